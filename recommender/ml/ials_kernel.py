"""The ridge regressions of implicit ALS, compiled: one side of the factors anew while the other is fixed.

    x = W^-1 sum of w_n a_n,   W = sum of w_n a_n a_n' + gram + penalty I

Only the lower half of W is built, and turned into its Cholesky factor in place. Rows do not depend on each
other: they are shared among threads, and come out the same however many there are.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Rows = NDArray[np.integer]

# Reassociation lets the compiler add a dot product in vector registers.
FAST = {"reassoc", "contract", "arcp", "nsz"}
compiled = numba.njit(cache=True, fastmath=FAST)


@numba.njit(cache=True, fastmath=FAST, parallel=True)
def solve_rows(
    starts: Rows,
    entries: Rows,
    weights: Floats,
    fixed: Floats,
    gram: Floats,
    penalties: Floats,
    solved: Floats,
) -> None:
    """Every row of `solved` (n, k) in place; noughts for a row without entries.

    The entries of row r, rows of `fixed` (m, k), are entries[starts[r]:starts[r + 1]]; their weights are
    beside them. gram (k, k), penalties (n,), all float32.
    """
    for r in numba.prange(len(solved)):
        mine = slice(starts[r], starts[r + 1])
        W = gram.copy()
        x = solved[r]
        add_products(fixed, entries[mine], weights[mine], W, x)
        for f in range(len(x)):
            W[f, f] += penalties[r]
        factorise(W)
        substitute(W, x)


@compiled
def add_products(fixed: Floats, entries: Rows, weights: Floats, W: Floats, x: Floats) -> None:
    """W <- W + sum of w a a', its lower half; x <- sum of w a"""
    x[:] = 0
    for n in range(len(entries)):
        a = fixed[entries[n]]
        for f in range(len(x)):
            step = weights[n] * a[f]
            x[f] += step
            for g in range(f + 1):
                W[f, g] += step * a[g]


@compiled
def factorise(W: Floats) -> None:
    """The lower half of W <- L with L L' = W."""
    for f in range(len(W)):
        for g in range(f):
            left = W[f, g]
            for h in range(g):
                left -= W[f, h] * W[g, h]
            W[f, g] = left / W[g, g]
        left = W[f, f]
        for h in range(f):
            left -= W[f, h] * W[f, h]
        W[f, f] = np.sqrt(left)


@compiled
def substitute(L: Floats, x: Floats) -> None:
    """x <- (L L')^-1 x"""
    for f in range(len(x)):
        for g in range(f):
            x[f] -= L[f, g] * x[g]
        x[f] /= L[f, f]
    for f in range(len(x) - 1, -1, -1):
        x[f] /= L[f, f]
        for g in range(f):
            x[g] -= L[f, g] * x[f]
