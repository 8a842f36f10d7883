"""What predictions and ranked lists are worth.

Nothing here knows a model. Predictions are parallel arrays of stars. A ranked list is a row of item rows,
best first, padded with -1; `hits` turns lists into a boolean matrix (n_users, N), from which the list metrics
give one figure a user; a table shows their mean over the users with something held out.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

Hits = NDArray[np.bool_]
PerUser = NDArray[np.float64]


def rmse(predicted: ArrayLike, actual: ArrayLike) -> float:
    """Root of the mean squared error, in stars; NaN for no predictions.

    Source: Herlocker et al. 2004, Evaluating Collaborative Filtering Recommender Systems, section 5.1.
    """
    return float(np.sqrt(_mean(_errors(predicted, actual) ** 2)))


def mae(predicted: ArrayLike, actual: ArrayLike) -> float:
    """Mean absolute error, in stars; NaN for no predictions. Source: as `rmse`."""
    return _mean(np.abs(_errors(predicted, actual)))


def exact_match(predicted: ArrayLike, actual: ArrayLike) -> float:
    """Share of predictions that equal the rating once rounded to half a star; a quarter rounds up.

    The accuracy of the item autoencoder document; NaN for no predictions.
    """
    halves = np.floor(np.asarray(predicted, np.float64) * 2 + 0.5)
    return _mean(halves == np.asarray(actual, np.float64) * 2)


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
    return _ratio(hit.sum(axis=1), held_out)


def ndcg(hit: Hits, held_out: NDArray[np.integer]) -> PerUser:
    """Discounted gain of the list / that of the best possible list; NaN for a user with nothing held out.

    DCG = sum over hits of 1 / log2(rank + 1), ranks from 1; the best list has min(held out, N) hits in
    front. Source: Järvelin and Kekäläinen 2002, Cumulated Gain-Based Evaluation; binary gains as in Liang
    et al. 2018.
    """
    discount = 1 / np.log2(np.arange(hit.shape[1]) + 2)
    best = np.concatenate([[0.0], np.cumsum(discount)])
    return _ratio(hit @ discount, best[np.minimum(held_out, hit.shape[1])])


def average_precision(hit: Hits, held_out: NDArray[np.integer]) -> PerUser:
    """Sum of the precisions at the rank of each hit / min(held out, N); its mean over users is MAP.

    NaN for a user with nothing held out. Source: Manning, Raghavan and Schütze 2008, section 8.4.
    """
    ranks = np.arange(hit.shape[1]) + 1
    at_hits = np.cumsum(hit, axis=1) / ranks * hit
    return _ratio(at_hits.sum(axis=1), np.minimum(held_out, hit.shape[1]))


def reciprocal_rank(hit: Hits) -> PerUser:
    """1 / rank of the first relevant film, 0 without one; its mean is MRR. Source: Voorhees 1999."""
    first = hit.argmax(axis=1) + 1 if hit.shape[1] else np.ones(len(hit))
    return hit.any(axis=1) / first


def coverage(ranked: NDArray[np.integer], n_items: int) -> float:
    """Share of all films that occur in any list. Source: Ge et al. 2010, Beyond Accuracy, section 3.2."""
    return len(np.unique(ranked[ranked >= 0])) / n_items if n_items else float("nan")


def novelty(ranked: NDArray[np.integer], popularity: NDArray[np.integer], n_users: int) -> PerUser:
    """Mean self-information of a list in bits: -log2 of the share of users who know each film; NaN if empty.

    `popularity` is (n_items,), the users of the training part who rated each film; one nobody rated counts as
    known to one. Source: Zhou et al. 2010, Solving the apparent diversity-accuracy dilemma.
    """
    bits = -np.log2(np.maximum(popularity, 1) / max(n_users, 1))
    listed = ranked >= 0
    return _ratio(np.where(listed, bits[ranked], 0.0).sum(axis=1), listed.sum(axis=1))


def mean(per_user: PerUser) -> float:
    """The mean over the users who have a figure; NaN where nobody has."""
    return _mean(per_user[~np.isnan(per_user)])


def _errors(predicted: ArrayLike, actual: ArrayLike) -> NDArray[np.float64]:
    left, right = np.asarray(predicted, np.float64), np.asarray(actual, np.float64)
    if left.shape != right.shape:
        raise ValueError(f"{left.size} predictions do not belong to {right.size} ratings.")
    return left - right


def _mean(values: NDArray[np.float64] | NDArray[np.bool_]) -> float:
    return float(values.mean()) if values.size else float("nan")


def _ratio(above: NDArray[np.number], below: NDArray[np.number]) -> PerUser:
    ratio = np.full(len(above), np.nan)
    np.divide(above, below, out=ratio, where=below > 0)
    return ratio
