"""One epoch of AdaMax on the dot product of two embeddings, compiled.

AdaMax keeps for every weight the decayed mean m of its gradients and the decayed largest size v:

    m <- b1 m + (1 - b1) g      v <- max(b2 v, |g|)      weight <- weight - lr / (1 - b1^t) m / v

A row without a gradient in a batch still moves: m decays by b1 and v by b2 a step. Its next k steps sum to

    lr m / v  sum over s = 1..k of (b1 / b2)^s / (1 - b1^(t + s))

so a row is brought up to date when a batch next reads it, and a batch costs as much as its ratings, not
as much as all people and films. Past t = LATE the divisor is 1 up to rounding and the sum is that of a
geometric series. Equal to the literal algorithm up to rounding.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Rows = NDArray[np.int64]
B1, B2 = 0.9, 0.999
LATE = 400

compiled = numba.njit(cache=True, fastmath={"reassoc", "contract", "arcp", "nsz"})


@compiled
def train_epoch(
    batch_size: int,
    t: int,
    user: Rows,
    item: Rows,
    rating: Floats,
    mean: float,
    of_user: tuple[Floats, Floats, Floats, Floats, Rows],
    of_item: tuple[Floats, Floats, Floats, Floats, Rows],
    free_user: Floats,
    free_item: Floats,
    lr: float,
    reg: float,
) -> int:
    """One pass over the ratings in their order, in place; the number of steps taken by then.

    of_user and of_item hold weights, m, v and g (n, n_columns), and the step (n,) at which each row is up
    to date. free (n_columns,) is 0 in the columns that are not learned.
    """
    for begin in range(0, len(user), batch_size):
        end = min(begin + batch_size, len(user))
        for n in range(begin, end):
            catch_up(user[n], t, of_user, lr)
            catch_up(item[n], t, of_item, lr)
        for n in range(begin, end):
            add_gradient(user[n], item[n], rating[n] - mean, of_user, of_item, free_user, free_item, reg)
        t += 1
        for n in range(begin, end):
            step(user[n], t, of_user, lr, end - begin)
            step(item[n], t, of_item, lr, end - begin)
    for table in (of_user, of_item):
        for row in range(len(table[4])):
            catch_up(row, t, table, lr)
    return t


@compiled
def catch_up(row: int, t: int, table: tuple[Floats, Floats, Floats, Floats, Rows], lr: float) -> None:
    """All steps up to t that the row's gradients before them still cause."""
    weights, m, v, _, at = table
    missed = t - at[row]
    if missed == 0:
        return
    move = weights.dtype.type(lr * sum_of_steps(at[row], missed))
    decay_m, decay_v = weights.dtype.type(B1**missed), weights.dtype.type(B2**missed)
    for f in range(weights.shape[1]):
        if v[row, f] > 0:
            weights[row, f] -= move * m[row, f] / v[row, f]
            m[row, f] *= decay_m
            v[row, f] *= decay_v
    at[row] = t


@compiled
def sum_of_steps(t: int, n_steps: int) -> float:
    ratio = B1 / B2
    if t >= LATE:
        return ratio * (1 - ratio**n_steps) / (1 - ratio)
    total = 0.0
    for s in range(1, min(n_steps, LATE) + 1):
        total += ratio**s / (1 - B1 ** (t + s))
    return total


@compiled
def add_gradient(
    u: int,
    i: int,
    above_mean: float,
    of_user: tuple[Floats, Floats, Floats, Floats, Rows],
    of_item: tuple[Floats, Floats, Floats, Floats, Rows],
    free_user: Floats,
    free_item: Floats,
    reg: float,
) -> None:
    """Of (r - mu - w . k)^2 + reg (w^2 + k^2)."""
    w, k = of_user[0][u], of_item[0][i]
    of_w, of_k = of_user[3][u], of_item[3][i]
    two, reg = w.dtype.type(2), w.dtype.type(2 * reg)
    error = w.dtype.type(above_mean)
    for f in range(len(w)):
        error -= w[f] * k[f]
    for f in range(len(w)):
        of_w[f] += free_user[f] * (reg * w[f] - two * error * k[f])
        of_k[f] += free_item[f] * (reg * k[f] - two * error * w[f])


@compiled
def step(
    row: int, t: int, table: tuple[Floats, Floats, Floats, Floats, Rows], lr: float, n_in_batch: int
) -> None:
    """Step t by the mean gradient of the batch; nothing where the row has taken it."""
    weights, m, v, g, at = table
    if at[row] == t:
        return
    move = weights.dtype.type(lr / (1 - B1**t))
    share = weights.dtype.type(1 / n_in_batch)
    b1, b2, rest = weights.dtype.type(B1), weights.dtype.type(B2), weights.dtype.type(1 - B1)
    for f in range(weights.shape[1]):
        gradient = g[row, f] * share
        m[row, f] = b1 * m[row, f] + rest * gradient
        v[row, f] = max(b2 * v[row, f], abs(gradient))
        if v[row, f] > 0:
            weights[row, f] -= move * m[row, f] / v[row, f]
        g[row, f] = 0
    at[row] = t
