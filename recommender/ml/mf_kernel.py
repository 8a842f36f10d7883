"""One epoch of stochastic gradient descent on the factors of matrix factorisation, compiled."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Rows = NDArray[np.int64]
Real = float | np.floating

# Reassociation lets the compiler add a dot product in vector registers.
compiled = numba.njit(cache=True, fastmath={"reassoc", "contract", "arcp", "nsz"})


@compiled
def train_epoch(
    order: Rows,
    user: Rows,
    item: Rows,
    rating: Floats,
    mean: Real,
    b_user: Floats,
    b_item: Floats,
    P: Floats,
    Q: Floats,
    lr: Real,
    reg: Real,
    reg_bias: Real,
    biased: bool,
) -> None:
    """One pass over the ratings in `order`, in place; b (n,), factors (n, n_factors), of one float type."""
    for n in order:
        u, i = user[n], item[n]
        p, q = P[u], Q[i]
        error = rating[n] - mean - b_user[u] - b_item[i]
        for f in range(len(p)):
            error -= p[f] * q[f]
        if biased:
            b_user[u] += lr * (error - reg_bias * b_user[u])
            b_item[i] += lr * (error - reg_bias * b_item[i])
        for f in range(len(p)):
            p_f, q_f = p[f], q[f]
            p[f] += lr * (error * q_f - reg * p_f)
            q[f] += lr * (error * p_f - reg * q_f)
