"""One epoch of exact SVD++ in O(ratings x factors), compiled.

The literal algorithm moves every y_j of N(u) at every rating of u, O(|N(u)|) vectors a rating. But all
of them take the same step and the same shrink, so that of one user it is enough to keep

    s = |N(u)|^-1/2 sum y_j     their sum
    c                           the change that they share
    D                           the shrink that they share

and, per rating, with e the error, q_i as it was before the step and k = 1 - lr reg_y:

    c <- k c + lr e |N(u)|^-1/2 q_i
    s <- k s + lr e q_i
    D <- k D

At the user's end y_j <- D y_j + c. Equal to the literal loop up to rounding.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Rows = NDArray[np.int64]
Real = float | np.floating


# Reassociation lets the compiler add a dot product in vector registers; NaN must keep its meaning.
compiled = numba.njit(cache=True, fastmath={"reassoc", "contract", "arcp", "nsz"})


@compiled
def train_epoch(
    order: Rows,
    starts: Rows,
    item: Rows,
    rating: Floats,
    mean: Real,
    b_user: Floats,
    b_item: Floats,
    P: Floats,
    Q: Floats,
    Y: Floats,
    lr: Real,
    reg: Real,
    reg_y: Real,
) -> None:
    """One pass over the users of `order`, in place.

    The interactions of user u are item[starts[u]:starts[u + 1]] and the ratings beside them, NaN where
    watched without a rating. b (n,), factors (n, n_factors), all float32 or all float64.
    """
    s, c = np.empty_like(Q[0]), np.empty_like(Q[0])
    one = Q.dtype.type(1)  # an integer 1 would turn float32 into float64
    shrink, k = one - lr * reg, one - lr * reg_y
    for u in order:
        begin, end = starts[u], starts[u + 1]
        norm = one / np.sqrt(Q.dtype.type(max(end - begin, 1)))
        gather(Y, item[begin:end], norm, s)
        c[:] = 0
        D = one
        for n in range(begin, end):
            if not np.isnan(rating[n]):
                learn(u, item[n], rating[n] - mean, b_user, b_item, P, Q, s, c, norm, lr, shrink, k)
                D *= k
        scatter(Y, item[begin:end], D, c)


@compiled
def gather(Y: Floats, watched: Rows, norm: Real, s: Floats) -> None:
    """s <- |N|^-1/2 sum y_j"""
    s[:] = 0
    for j in watched:
        for f in range(len(s)):
            s[f] += norm * Y[j, f]


@compiled
def learn(
    u: int,
    i: int,
    above_mean: Real,
    b_user: Floats,
    b_item: Floats,
    P: Floats,
    Q: Floats,
    s: Floats,
    c: Floats,
    norm: Real,
    lr: Real,
    shrink: Real,
    k: Real,
) -> None:
    """One step down the gradient of (r_ui - predicted)^2 / 2 and its penalties."""
    p, q = P[u], Q[i]
    error = above_mean - b_user[u] - b_item[i]
    for f in range(len(s)):
        error -= q[f] * (p[f] + s[f])
    step = lr * error
    b_user[u] = shrink * b_user[u] + step
    b_item[i] = shrink * b_item[i] + step
    for f in range(len(s)):
        q_f, p_f, s_f = q[f], p[f], s[f]
        p[f] = shrink * p_f + step * q_f
        q[f] = shrink * q_f + step * (p_f + s_f)
        c[f] = k * c[f] + step * norm * q_f
        s[f] = k * s_f + step * q_f


@compiled
def scatter(Y: Floats, watched: Rows, D: Real, c: Floats) -> None:
    """y_j <- D y_j + c"""
    for j in watched:
        for f in range(len(c)):
            Y[j, f] = D * Y[j, f] + c[f]
