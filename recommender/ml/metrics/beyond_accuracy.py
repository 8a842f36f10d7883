"""What lists are like whether or not they are right: broad, new, fair to the films, varied."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recommender.ml.metrics.means import PerUser, ratio


def coverage(ranked: NDArray[np.integer], n_items: int) -> float:
    """Share of all films that occur in any list. Source: Ge et al. 2010, Beyond Accuracy, section 3.2."""
    return len(np.unique(ranked[ranked >= 0])) / n_items if n_items else float("nan")


def novelty(ranked: NDArray[np.integer], popularity: NDArray[np.integer], n_users: int) -> PerUser:
    """Mean self-information of a list in bits: -log2 of the share of users who know each film; NaN if empty.

    `popularity` is (n_items,), the users of the training part who rated each film; one nobody rated counts as
    known to one. Source: Zhou et al. 2010, Solving the apparent diversity-accuracy dilemma.
    """
    bits = -np.log2(np.maximum(popularity, 1) / max(n_users, 1))
    return _mean_of_listed(ranked, bits)


def average_popularity(ranked: NDArray[np.integer], popularity: NDArray[np.integer]) -> PerUser:
    """Mean number of training ratings of the films of a list, NaN if empty; its mean over users is the ARP.

    Source: Yin et al. 2012, Challenging the Long Tail Recommendation; Abdollahpouri et al. 2019.
    """
    return _mean_of_listed(ranked, popularity.astype(np.float64))


def exposure(ranked: NDArray[np.integer], n_items: int) -> NDArray[np.int64]:
    """(n_items,) the number of lists that each film is in."""
    return np.bincount(ranked[ranked >= 0], minlength=n_items)


def gini(counts: NDArray[np.integer]) -> float:
    """How unequal some counts are, from 0 (all the same) to 1 - 1/n (one has everything); NaN for none.

    With c ascending: sum over i of (2 i - n - 1) c_i / (n sum c), i from 1. Over the exposure of all films it
    is the aggregate popularity bias of a recommender. Source: Gini 1912; Fleder and Hosanagar 2009.
    """
    ascending = np.sort(counts)
    n, total = len(ascending), int(ascending.sum())
    if not total:
        return float("nan")
    return float(((2 * np.arange(1, n + 1) - n - 1) * ascending).sum() / (n * total))


def intra_list_diversity(ranked: NDArray[np.integer], features: sparse.csr_array) -> PerUser:
    """1 - mean cosine of the pairs of films of a list; NaN for a list with fewer than two known films.

    `features` is (n_items, n_features), for example a column a genre; a film whose row is nought is not known
    and has no part. With unit rows v the pairs sum to (|sum v|^2 - m) / 2 for m films. Source: Ziegler et al.
    2005, Improving Recommendation Lists Through Topic Diversification; Smyth and McClave 2001.
    """
    lengths = np.sqrt(np.asarray(features.multiply(features).sum(axis=1), np.float64).ravel())
    inverse = np.divide(1, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    unit = sparse.csr_array(sparse.diags_array(inverse) @ features)
    user, place = np.nonzero((ranked >= 0) & (lengths[ranked] > 0))
    listed = sparse.csr_array(
        (np.ones(len(user)), (user, ranked[user, place])), shape=(len(ranked), features.shape[0])
    )
    total = sparse.csr_array(listed @ unit)
    squared: PerUser = np.asarray(total.multiply(total).sum(axis=1), np.float64).ravel()
    m = np.bincount(user, minlength=len(ranked))
    return 1 - ratio(squared - m, m * (m - 1))


def _mean_of_listed(ranked: NDArray[np.integer], of_film: NDArray[np.float64]) -> PerUser:
    listed = ranked >= 0
    return ratio(np.where(listed, of_film[ranked], 0.0).sum(axis=1), listed.sum(axis=1))


def miscalibration(
    ranked: NDArray[np.integer], history: sparse.csr_array, features: sparse.csr_array, damping: float = 0.01
) -> PerUser:
    """KL(p | (1 - damping) q + damping p) in nats: how far the genres of a list are from those of the past.

    p and q are the means over the films of the history and of the list of their genres, each film's of which
    share 1. `history` (n_lists, n_items) marks what was watched, `features` (n_items, n_genres) the genres.
    NaN where either side knows no genre. Source: Steck 2018, Calibrated Recommendations.
    """
    counts = np.asarray(features.sum(axis=1), np.float64).ravel()
    shares = sparse.csr_array(
        sparse.diags_array(np.divide(1, counts, out=np.zeros_like(counts), where=counts > 0)) @ features
    )
    user, place = np.nonzero(ranked >= 0)
    listed = sparse.csr_array(
        (np.ones(len(user)), (user, ranked[user, place])), shape=(len(ranked), features.shape[0])
    )
    p, q = (_distribution(side, shares) for side in (history, listed))
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = p * np.log(p / ((1 - damping) * q + damping * p))
    total = np.where(p > 0, terms, 0).sum(axis=1)
    return np.asarray(np.where(np.isnan(p + q).any(axis=1), np.nan, total))


def _distribution(films: sparse.csr_array, shares: sparse.csr_array) -> NDArray[np.float64]:
    # (n_lists, n_genres); NaN where no film has a genre.
    total = np.asarray((films @ shares).todense(), np.float64)
    with np.errstate(invalid="ignore"):
        return np.asarray(total / total.sum(axis=1, keepdims=True))
