"""Lists that do not repeat themselves: maximal marginal relevance.

    next = argmax over the films i left of  (1 - trade) s(i) - trade max(0, cos(v_i, v_j) of the chosen j)

s are the scores brought to 0 at the last and 1 at the first film of the pool, v the films' vectors. With a
trade of nought the order stays as it is. Carbonell and Goldstein, "The use of MMR, diversity-based reranking"
(SIGIR 1998).

    normal score of the film in place r of n = Phi^-1((n - r + 1/2) / n),    r = 1 for the best

makes scores of any unit comparable and leaves only their order. Van der Waerden (1952).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from recommender.ml.likeness import unit_rows

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]
LEAST_SPREAD = 1e-9


def diverse(score: Floats, vectors: Floats, n: int, trade: float) -> Rows:
    """(at most n,) places in `score` in the order of a list.

    score (n_pool,) without NaN, vectors (n_pool, F), trade from 0 to 1. Raises ValueError for another trade.
    """
    if not 0 <= trade <= 1:
        raise ValueError(f"Diversity is traded for from 0 to 1, not {trade}.")
    worth = (1 - trade) * _from_nought_to_one(score)
    unit = unit_rows(vectors)
    nearest = np.zeros(len(score), np.float32)
    chosen: list[int] = []
    left = np.ones(len(score), np.bool_)
    for _ in range(min(n, len(score))):
        best = int(np.argmax(np.where(left, worth - trade * nearest, -np.inf)))
        chosen.append(best)
        left[best] = False
        nearest = np.maximum(nearest, unit @ unit[best])
    return np.array(chosen, np.int64)


def normal_scores(score: Floats) -> Floats:
    """(n,) by place alone, NaN where the score is; equal scores keep the order they are in."""
    order = descending(score)
    found = np.full(len(score), np.nan, np.float32)
    found[order] = _of_places(len(order))
    return found


@lru_cache(maxsize=16)
def _of_places(n: int) -> Floats:
    return np.asarray(ndtri((n - np.arange(n) - 0.5) / max(n, 1)), np.float32)


def descending(score: Floats) -> Rows:
    """Places of the scores that are known, the highest first; equal scores keep the order they are in.

    A score's bits and its place make one number each: sorting these takes a third of a stable argsort's time.
    """
    known = np.flatnonzero(~np.isnan(score))
    if score.dtype != np.float32:
        return known[np.argsort(-score[known], kind="stable")]
    bits = (score[known] + np.float32(0)).view(np.uint32)  # there is but one nought then
    falling = np.where(bits >> 31, bits, bits ^ 0x7FFFFFFF).astype(np.uint64)
    both = np.sort(falling << 32 | np.arange(len(known), dtype=np.uint64))
    return known[(both & 0xFFFFFFFF).astype(np.int64)]


def _from_nought_to_one(score: Floats) -> Floats:
    if not len(score):
        return score
    low, high = score.min(), score.max()
    return np.asarray((score - low) / max(high - low, LEAST_SPREAD), np.float32)
