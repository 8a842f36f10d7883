"""The best films of everyone at once: what a nightly mailing, or an evaluation, asks of a list model.

The scores of all people for all films do not fit into memory, so people are taken in blocks. One block is one
matrix product in float32,

    S = U V' + b     from factors of people and films, or
    S = X B          from histories and weights between films (EASE),

from which the films already seen are struck out and the best n are kept. Threads share the blocks. The lists
are those of ranking one person after the other with the same scores: films at NaN are never listed, of
equal scores the lower row comes first, -1 stands where fewer are left. For people who are trained or folded
in already; scores are rounded as the product of a whole block rounds them.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float32]
Lists = NDArray[np.int32]
# Writes the scores (n, n_items) of the people [start, start + n) into the array it is given.
Scores = Callable[[int, Floats], None]
BLOCK = 128  # people scored together: their scores for some thousand films stay in the second-level cache


def lists_by_factors(
    U: Floats,
    V: Floats,
    seen: sparse.csr_array,
    top: int,
    *,
    bias: Floats | None = None,
    threads: int | None = None,
) -> Lists:
    """(n_users, top) film rows, best first; U (n_users, k), V (n_items, k), bias (n_items,).

    A film is listed where its factors and bias are not NaN and `seen` (n_users, n_items) has no entry.
    """
    films = np.ascontiguousarray(V.T, np.float32)
    people = np.ascontiguousarray(U, np.float32)

    def scores(start: int, out: Floats) -> None:
        np.matmul(people[start : start + len(out)], films, out=out)
        if bias is not None:
            out += bias

    return top_lists(scores, seen, top, threads=threads)


def lists_by_weights(
    X: sparse.csr_array, B: Floats, seen: sparse.csr_array, top: int, *, threads: int | None = None
) -> Lists:
    """(n_users, top) film rows, best first; X (n_users, n_items) histories, B (n_items, n_items) weights."""
    from recommender.ml.batch_kernel import add_weights

    x, weights = X.data.astype(np.float32, copy=False), np.ascontiguousarray(B, np.float32)

    def scores(start: int, out: Floats) -> None:
        add_weights(X.indptr[start : start + len(out) + 1], X.indices, x, weights, out)

    return top_lists(scores, seen, top, threads=threads)


def top_lists(scores: Scores, seen: sparse.csr_array, top: int, *, threads: int | None = None) -> Lists:
    """(n_users, top) film rows, best first, for the people and films of `seen`, whatever scores them.

    Holds one block of BLOCK * n_items scores a thread; threads are one a core where left out. Raises
    ValueError for a list without films.
    """
    if top < 1:
        raise ValueError(f"A list has at least one film, not {top}.")
    # Numba and the control of BLAS are libraries of training; the site, which ranks one person, does without.
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    from recommender.ml.batch_kernel import best_of

    n_users, n_items = seen.shape
    best = np.full((n_users, top), -1, np.int32)

    def rank(start: int) -> None:
        lists = best[start : start + BLOCK]
        block = np.empty((len(lists), n_items), np.float32)
        scores(start, block)
        best_of(block, seen.indptr[start : start + len(lists) + 1], seen.indices, lists)

    with threadpool_limits(1, "blas"), ThreadPoolExecutor(threads or len(os.sched_getaffinity(0))) as pool:
        for _ in pool.map(rank, range(0, n_users, BLOCK)):
            pass  # an error of a thread is raised here
    return best
