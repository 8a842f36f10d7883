"""EASE for large catalogues: each film is explained by its strongest neighbours alone.

    min over b_i of |x_i - X b_i|^2 + lambda |b_i|^2   with b_i = 0 outside S_i

    (G_SS + lambda I) b_S = G_Si,    G = X'X
    score(i) = sum over j in the history and in S_i of w_j b_ji

With all other films in S_i this is EASE itself (ease.py, which says what the weights w are). Its n x n
inverse falls apart into n systems of n_neighbours unknowns, so that time and memory grow with the number of
films, not with its cube and its square.

Popular films share people with every film. What counts is how many more than that,

    C_ij = G_ij - e_i e_j,   e_i e_j = n_users * mean_i * mean_j

S_i holds the n_neighbours films j with the largest C_ij^2 / (C_jj + lambda), the part of film i's variance
that each would explain alone. Of each row of C the n_products strongest entries are kept; all others count
as 0.

Sources: Steck, "Markov Random Fields for Collaborative Filtering" (NeurIPS 2019), section 3, whose
neighbourhoods come from a threshold on correlations. Spisak et al., "Scalable Approximate NonSymmetric
Autoencoder" (RecSys 2023) reach the same end by a sparse approximate inverse.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recommender.ml.contract import Arrays, Job, Progress, Recommender, WarmStart, no_progress
from recommender.ml.ease import Weighting, check_weighting, watch_weights
from recommender.ml.interactions import History, Interactions

Floats = NDArray[np.float32]
BLOCK = 256  # films between two reports of progress
PRODUCTS_END = 0.4  # share of the fit that the products take, the rest is the systems


@dataclass(frozen=True)
class SparseEaseConfig:
    """Weights as in ease.py; the sizes are where more brought little on a validation part of MovieLens 1M."""

    regularisation: float = 500.0  # lambda, in units of squared weights: people
    weighting: Weighting = "stars"
    unrated_weight: float = 0.6  # of a film watched without a rating, whatever the weighting
    n_neighbours: int = 200  # size of S
    n_products: int = 400  # entries of G that are kept for each film

    def __post_init__(self) -> None:
        if self.regularisation <= 0 or self.n_neighbours < 1:
            raise ValueError("Sparse EASE needs a regularisation above nought and at least one neighbour.")
        if self.n_products < self.n_neighbours:
            raise ValueError("Sparse EASE needs a product for each neighbour at least.")
        check_weighting(self.weighting)


# Every watch counts alike, as in Steck's papers; the regularisation and the sizes are those chosen here.
DOCUMENT = SparseEaseConfig(weighting="ones", unrated_weight=1.0)


class Products(NamedTuple):
    """G by its strongest entries: partner and excess C (n_items, n_kept), e and C's diagonal (n_items,).

    Row i of partner has the films j != i, strongest first and -1 where there are no more.
    """

    partner: NDArray[np.int32]
    excess: Floats
    expected: Floats
    own: Floats


class SparseEase(Recommender):
    """A list model: EASE's weights between each film and its neighbours, added up over a history."""

    name: ClassVar[str] = "sparse-ease"
    job: ClassVar[Job] = "list"
    Config: ClassVar[type] = SparseEaseConfig

    B_: sparse.csr_array  # (n_items, n_items); row j is what film j adds to the others
    unknown_: NDArray[np.bool_]  # (n_items,) films that nobody watched, or only with no weight

    def __init__(self, config: SparseEaseConfig | None = None) -> None:
        self.config: SparseEaseConfig = config or SparseEaseConfig()

    def fit(
        self,
        data: Interactions,
        *,
        seed: int,
        progress: Progress = no_progress,
        start: WarmStart | None = None,
    ) -> Self:
        """Learn from ratings and unrated watches; nothing is random."""
        progress(0.0, "weighing")
        X = weight_matrix(data, self.weights(data.rating))
        G = strongest(X, self.config, lambda share, what: progress(PRODUCTS_END * share, what))
        self.unknown_ = np.diff(sparse.csc_array(X).indptr) == 0
        self.B_ = solve(G, self.config, lambda s, what: progress(PRODUCTS_END + (1 - PRODUCTS_END) * s, what))
        progress(1.0, "fitted")
        return self

    def weights(self, rating: Floats) -> Floats:
        """(n,) w of ratings in stars, NaN for those without."""
        return watch_weights(rating, self.config.weighting, self.config.unrated_weight)

    def score(self, history: History) -> Floats:
        """(n_items,) in no unit, 0 for an empty history; NaN for films that nobody watched."""
        score = np.where(self.unknown_, np.float32(np.nan), np.float32(0))
        add_rows(score, self.B_, history.item, self.weights(history.rating))
        return score

    def contributions(self, history: History, item: int) -> Floats:
        """(len(history),) exact shares w_j b_ji, which sum to the score."""
        return self.weights(history.rating) * entries(self.B_, history.item, item)

    def similar(self, item: int) -> Floats:
        """(n_items,) sqrt(b_ij b_ji) with their sign where both are each other's neighbours, else 0.

        1 for itself, NaN for films that nobody watched: the partial correlation of ease.py.
        """
        alike = np.where(self.unknown_ | self.unknown_[item], np.float32(np.nan), np.float32(0))
        there = slice(self.B_.indptr[item], self.B_.indptr[item + 1])
        films, weight = self.B_.indices[there], self.B_.data[there]
        back = entries(self.B_, films, item)
        alike[films] = np.sign(weight) * np.sqrt(np.maximum(weight * back, 0))
        alike[item] += 1
        return alike

    def state(self) -> dict[str, NDArray[Any]]:
        """B as starts (n_items + 1,) int64, films int32 and weights float32; unknown (n_items,) bool."""
        B = self.B_
        return {"starts": B.indptr, "films": B.indices, "weights": B.data, "unknown": self.unknown_}

    @classmethod
    def from_state(cls, config: SparseEaseConfig, arrays: Arrays) -> Self:
        model = cls(config)
        model.unknown_ = arrays["unknown"]
        model.B_ = compressed(arrays["starts"], arrays["films"], arrays["weights"])
        return model


def weight_matrix(data: Interactions, weights: Floats) -> sparse.csr_array:
    """(n_users, n_items) the weights that are not nought."""
    shape = data.n_users, data.n_items
    X = sparse.csr_array(sparse.coo_array((weights, (data.user, data.item)), shape=shape))
    X.eliminate_zeros()
    return X


def strongest(X: sparse.csr_array, config: SparseEaseConfig, progress: Progress = no_progress) -> Products:
    """X'X, 8 n_items n_products bytes of it."""
    from recommender.ml.sparse_ease_kernel import strongest_products

    n_users, n_items = X.shape
    by_user, by_film = _rows(X), _rows(sparse.csr_array(X.T))
    expected = np.asarray(X.sum(axis=0) / np.sqrt(max(n_users, 1)), np.float32)
    own = np.asarray(X.multiply(X).sum(axis=0), np.float32) - expected**2
    n_kept = min(config.n_products, n_items)
    partner = np.empty((n_items, n_kept), np.int32)
    excess = np.empty((n_items, n_kept), np.float32)
    for block in _blocks(n_items, progress, "products"):
        rows = partner[block], excess[block]
        strongest_products(block.start, by_user, by_film, expected, own, config.regularisation, *rows)
    return Products(partner, excess, expected, own)


def solve(G: Products, config: SparseEaseConfig, progress: Progress = no_progress) -> sparse.csr_array:
    """(n_items, n_items) B, with b_i in column i."""
    neighbour = G.partner[:, : config.n_neighbours]
    target = G.excess[:, : config.n_neighbours] + G.expected[:, None] * G.expected[neighbour]
    return regress(neighbour, target, G, config.regularisation, progress)


def regress(
    neighbour: NDArray[np.int32],
    target: Floats,
    G: Products,
    regularisation: float,
    progress: Progress = no_progress,
) -> sparse.csr_array:
    """(n_items, n_items); column i solves (G_SS + regularisation I) b_S = target[i] for S = neighbour[i]."""
    # Numba is a library of training; scoring, and with it the site, does without.
    from recommender.ml.sparse_ease_kernel import solve_neighbourhoods

    weight = np.empty(neighbour.shape, np.float32)
    for block in _blocks(len(neighbour), progress, "weights"):
        weight[block] = solve_neighbourhoods(neighbour[block], target[block], *G, regularisation)
    return by_history_film(neighbour, weight)


def by_history_film(neighbour: NDArray[np.int32], weight: Floats) -> sparse.csr_array:
    """(n, n) the matrix whose column i has weight[i] in the rows neighbour[i]."""
    kept = weight != 0
    starts = np.concatenate([[0], np.cumsum(kept.sum(axis=1))])
    shape = len(weight), len(weight)
    return sparse.csr_array(sparse.csc_array((weight[kept], neighbour[kept], starts), shape=shape))


def add_rows(score: Floats, B: sparse.csr_array, rows: NDArray[np.int64], weights: Floats) -> None:
    """score <- score + sum over n of weights_n B[rows_n], in place."""
    for row, weight in zip(rows.tolist(), weights.tolist(), strict=True):
        at = slice(B.indptr[row], B.indptr[row + 1])
        score[B.indices[at]] += np.float32(weight) * B.data[at]


def entries(B: sparse.csr_array, rows: NDArray[np.integer], column: int) -> Floats:
    """(len(rows),) B[row, column], 0 where nothing is stored."""
    found = np.zeros(len(rows), np.float32)
    for n, row in enumerate(rows.tolist()):
        at = slice(B.indptr[row], B.indptr[row + 1])
        found[n] = B.data[at][B.indices[at] == column].sum()
    return found


def compressed(starts: NDArray[Any], films: NDArray[Any], weights: NDArray[Any]) -> sparse.csr_array:
    """(n, n) from its compressed rows."""
    n = len(starts) - 1
    return sparse.csr_array((weights, films, starts), shape=(n, n))


def _rows(X: sparse.csr_array) -> tuple[NDArray[np.int64], NDArray[np.int32], Floats]:
    return X.indptr.astype(np.int64), X.indices.astype(np.int32), X.data


def _blocks(n: int, progress: Progress, what: str) -> Iterator[slice]:
    for first in range(0, n, BLOCK):
        progress(first / n, f"{what} of film {first:,} of {n:,}")
        yield slice(first, min(first + BLOCK, n))
