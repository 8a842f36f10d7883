"""The two loops of lists in batch, compiled: weights added up over histories, and the best of many scores.

Neither takes a lock of the interpreter, so that several threads may each do a block of people.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]

compiled = numba.njit(cache=True, nogil=True, fastmath={"contract", "nsz"})
# A comparison with NaN must stay false, so nothing about floats is assumed here.
strict = numba.njit(cache=True, nogil=True)

TILE = 256  # films added up together: their sums stay in the first-level cache


@compiled
def add_weights(
    indptr: NDArray[np.integer], indices: NDArray[np.integer], x: Floats, B: Floats, out: Floats
) -> None:
    """out[u] <- sum over j of x_uj B[j]; out (n, n_items), B (n_items, n_items), rows of X as in CSR."""
    n_items = B.shape[1]
    for start in range(0, n_items, TILE):
        end = min(start + TILE, n_items)
        for u in range(len(out)):
            sums = out[u, start:end]
            sums[:] = 0
            for at in range(indptr[u], indptr[u + 1]):
                weight, row = x[at], B[indices[at], start:end]
                for i in range(len(sums)):
                    sums[i] += weight * row[i]


@strict
def best_of(
    scores: Floats, indptr: NDArray[np.integer], indices: NDArray[np.integer], best: NDArray[np.int32]
) -> None:
    """best[u] <- the rows of the highest scores[u] without indices[indptr[u]:indptr[u + 1]], -1 where none.

    Films at NaN or -inf are never listed; of equal scores the lower row comes first. Overwrites what is
    left out with -inf. A heap keeps the best so far with the worst of them at its root: most films are
    turned away by one comparison.
    """
    top = best.shape[1]
    kept = np.empty(top, np.float32)
    for u in range(len(scores)):
        score, rows = scores[u], best[u]
        for at in range(indptr[u], indptr[u + 1]):
            score[indices[at]] = -np.inf
        size = fill(score, kept, rows)
        sort_down(kept, rows, size)
        rows[size:] = -1


@strict
def fill(score: Floats, kept: Floats, rows: NDArray[np.int32]) -> int:
    """The heap of the best films of one person; how many there are."""
    size, top = 0, len(rows)
    threshold = np.float32(-np.inf)
    for i in range(len(score)):
        # Rows come in order: one that equals the worst has a higher row than it, and is worse.
        if score[i] > threshold:
            if size < top:
                kept[size], rows[size] = score[i], i
                size += 1
                if size == top:
                    for parent in range(top // 2 - 1, -1, -1):
                        sink(kept, rows, parent, size)
                    threshold = kept[0]
            else:
                kept[0], rows[0] = score[i], i
                sink(kept, rows, 0, size)
                threshold = kept[0]
    if size < top:
        for parent in range(size // 2 - 1, -1, -1):
            sink(kept, rows, parent, size)
    return size


@strict
def sink(kept: Floats, rows: NDArray[np.int32], parent: int, size: int) -> None:
    """Move one entry down to where no child of it is worse."""
    score, row = kept[parent], rows[parent]
    while 2 * parent + 1 < size:
        child = 2 * parent + 1
        if child + 1 < size and worse(kept[child + 1], rows[child + 1], kept[child], rows[child]):
            child += 1
        if not worse(kept[child], rows[child], score, row):
            break
        kept[parent], rows[parent] = kept[child], rows[child]
        parent = child
    kept[parent], rows[parent] = score, row


@strict
def sort_down(kept: Floats, rows: NDArray[np.int32], size: int) -> None:
    """Best first: the worst of the heap goes to its end, again and again."""
    for last in range(size - 1, 0, -1):
        kept[0], kept[last] = kept[last], kept[0]
        rows[0], rows[last] = rows[last], rows[0]
        sink(kept, rows, 0, last)


@strict
def worse(score: float, row: int, other_score: float, other_row: int) -> bool:
    return score < other_score or (score == other_score and row > other_row)
