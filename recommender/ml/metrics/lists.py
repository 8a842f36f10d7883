"""How well a ranked list finds what was held out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from recommender.ml.metrics.means import PerUser, ratio

Hits = NDArray[np.bool_]


def hits(ranked: NDArray[np.integer], relevant: sparse.csr_array) -> Hits:
    """(n_users, N): whether each film of each list is relevant; padding is not.

    `ranked` is (n_users, N) item rows; `relevant` is (n_users, n_items) with an entry for each relevant film.
    """
    n_items = relevant.shape[1]
    user = np.repeat(np.arange(relevant.shape[0]), np.diff(relevant.indptr))
    wanted = np.sort(user * n_items + relevant.indices)
    asked = np.arange(len(ranked))[:, None] * n_items + ranked
    if not len(wanted):
        return np.zeros(ranked.shape, np.bool_)
    at = np.minimum(np.searchsorted(wanted, asked), len(wanted) - 1)
    found: Hits = (wanted[at] == asked) & (ranked >= 0)
    return found


def hit_rate(hit: Hits) -> PerUser:
    """1 for a list with a relevant film, else 0. Source: Deshpande and Karypis 2004, Item-Based Top-N."""
    return np.asarray(hit.any(axis=1), np.float64)


def precision(hit: Hits) -> PerUser:
    """Relevant films in the list / N, whatever its length. Source: Herlocker et al. 2004, section 5.2."""
    return np.asarray(hit.sum(axis=1) / max(hit.shape[1], 1))


def recall(hit: Hits, held_out: NDArray[np.integer]) -> PerUser:
    """Relevant films in the list / all relevant films; NaN for a user without any. Source: as `precision`."""
    return ratio(hit.sum(axis=1), held_out)


def f1(precision: ArrayLike, recall: ArrayLike) -> PerUser:
    """2 P R / (P + R), the harmonic mean; 0 where both are. Source: van Rijsbergen 1979, chapter 7.

    The tables show it for the mean precision and the mean recall, as document A does.
    """
    P, R = np.asarray(precision, np.float64), np.asarray(recall, np.float64)
    return np.where(P + R == 0, 0.0, 2 * P * R / np.where(P + R == 0, 1, P + R))


def ndcg(hit: Hits, held_out: NDArray[np.integer]) -> PerUser:
    """Discounted gain of the list / that of the best possible list; NaN for a user with nothing held out.

    DCG = sum over hits of 1 / log2(rank + 1), ranks from 1; the best list has min(held out, N) hits in
    front. Source: Järvelin and Kekäläinen 2002, Cumulated Gain-Based Evaluation; binary gains as in Liang
    et al. 2018.
    """
    discount = 1 / np.log2(np.arange(hit.shape[1]) + 2)
    best = np.concatenate([[0.0], np.cumsum(discount)])
    return ratio(hit @ discount, best[np.minimum(held_out, hit.shape[1])])


def average_precision(hit: Hits, held_out: NDArray[np.integer]) -> PerUser:
    """Sum of the precisions at the rank of each hit / min(held out, N); its mean over users is MAP.

    NaN for a user with nothing held out. Source: Manning, Raghavan and Schütze 2008, section 8.4.
    """
    ranks = np.arange(hit.shape[1]) + 1
    at_hits = np.cumsum(hit, axis=1) / ranks * hit
    return ratio(at_hits.sum(axis=1), np.minimum(held_out, hit.shape[1]))


def reciprocal_rank(hit: Hits) -> PerUser:
    """1 / rank of the first relevant film, 0 without one; its mean is MRR. Source: Voorhees 1999."""
    first = hit.argmax(axis=1) + 1 if hit.shape[1] else np.ones(len(hit))
    return hit.any(axis=1) / first


def place_among(wanted: float, others: NDArray[np.floating]) -> float:
    """The place from 1 of one score among others: 1 + those above + half of those that equal it.

    The rank of the sampled metrics, where a held-out film stands among films nobody says anything of; a model
    that says the same of all gets the middle, not the top. NaN counts as the lowest score there is.
    """
    score = np.where(np.isnan(wanted), -np.inf, wanted)
    rest = np.where(np.isnan(others), -np.inf, others)
    return float(1 + (rest > score).sum() + (rest == score).sum() / 2)


def place_ndcg(place: ArrayLike, top: int) -> PerUser:
    """1 / log2(place + 1) up to place `top`, 0 below: the NDCG of one held-out film.

    Source: He et al. 2017, Neural Collaborative Filtering, section 4.1. Among a sample of negatives it is not
    the NDCG of the whole catalogue, nor of the same order (Krichene and Rendle 2020).
    """
    at = np.asarray(place, np.float64)
    return np.where(at <= top, 1 / np.log2(at + 1), 0.0)
