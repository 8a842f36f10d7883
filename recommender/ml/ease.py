"""EASE: a linear autoencoder whose films may not explain themselves, in closed form.

    min over B of |X - X B|^2 + lambda |B|^2   with diag(B) = 0

    P = (X'X + lambda I)^-1
    B = I - P diag(1 / diag P)
    score(i) = sum over j in the history of w_j B_ji

Steck, "Embarrassingly Shallow Autoencoders for Sparse Data" (WWW 2019), equation 8. X holds the weights w
of what people watched: 1 for each film ("ones"), or what the stars say ("stars"), (r - 1) / 4 but never
below nought, so that a film rated with one star counts as little as one not watched. In the fit, not in
the score, the square error of each person counts (mean |N| / |N|)^beta: with a beta above nought those who
watched most no longer decide alone.

The Gram matrix becomes its inverse and then B in the same memory, 4 n^2 bytes for n films. A large
catalogue is therefore cut to the films that most people watched; all others are not scored.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import lapack

from recommender.ml.contract import Arrays, Job, Progress, Recommender, WarmStart, no_progress
from recommender.ml.interactions import History, Interactions

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]
Weighting = Literal["ones", "stars"]
BLOCK = 512  # films whose products with all others are made at once
PRODUCTS_END = 0.5  # share of the fit that the products take, the rest is the inverse


@dataclass(frozen=True)
class EaseConfig:
    """Best mean of NDCG@10 over all held-out films and over those of 4 stars or more.

    Measured on a validation part, a fifth of each user's training ratings of MovieLens 1M. By the first
    figure alone "ones" with a regularisation of 1,000 does better, by the second far worse.
    """

    regularisation: float = 500.0  # lambda, in units of squared weights: people
    weighting: Weighting = "stars"
    unrated_weight: float = 0.6  # of a film watched without a rating, whatever the weighting
    largest: int = 15_000  # films that get weights
    length_exponent: float = 0.0  # beta

    def __post_init__(self) -> None:
        if self.regularisation <= 0 or self.largest < 1:
            raise ValueError("EASE needs a regularisation above nought and at least one film.")
        check_weighting(self.weighting)


class Ease(Recommender):
    """A list model: the weights of one closed-form solve, added up over a history."""

    name: ClassVar[str] = "ease"
    job: ClassVar[Job] = "list"
    Config: ClassVar[type] = EaseConfig

    B_: Floats  # (n_kept, n_kept); row j is what film j adds to the others
    place_: Rows  # (n_items,) row of each film in B, -1 for one that was left out

    def __init__(self, config: EaseConfig | None = None) -> None:
        self.config: EaseConfig = config or EaseConfig()

    def fit(
        self,
        data: Interactions,
        *,
        seed: int,
        progress: Progress = no_progress,
        start: WarmStart | None = None,
    ) -> Self:
        """Learn from ratings and unrated watches; nothing is random. O(n_kept^3)."""
        progress(0.0, "choosing films")
        self.place_ = most_watched(data, self.config.largest)
        X = self._matrix(data)
        G = gram(X, lambda share, what: progress(PRODUCTS_END * share, what))
        progress(PRODUCTS_END, "inverse")
        G[np.diag_indices_from(G)] += np.float32(self.config.regularisation)
        self.B_ = weights_in_place(G)
        progress(1.0, "fitted")
        return self

    def _matrix(self, data: Interactions) -> sparse.csr_array:
        """(n_users, n_kept) weights."""
        column = self.place_[data.item]
        kept = column >= 0
        shape = (data.n_users, int((self.place_ >= 0).sum()))
        cells = data.user[kept], column[kept].astype(np.int32)
        weights = self.weights(data.rating[kept])
        if self.config.length_exponent:
            weights *= _length_scales(data, self.config.length_exponent)[data.user[kept]]
        return sparse.csr_array(sparse.coo_array((weights, cells), shape=shape))

    def weights(self, rating: Floats) -> Floats:
        """(n,) w of ratings in stars, NaN for those without."""
        return watch_weights(rating, self.config.weighting, self.config.unrated_weight)

    def score(self, history: History) -> Floats:
        """(n_items,) in no unit, 0 for an empty history; NaN for films that were left out of the fit."""
        kept = self.place_[history.item] >= 0
        rows = self.place_[history.item[kept]]
        return self._over_all_films(self.weights(history.rating[kept]) @ self.B_[rows])

    def contributions(self, history: History, item: int) -> Floats:
        """(len(history),) exact shares w_j B_ji, which sum to the score; 0 where a film was left out."""
        rows, column = self.place_[history.item], self.place_[item]
        if column < 0:
            return np.zeros(len(history), np.float32)
        share = self.weights(history.rating) * self.B_[rows, column]
        return np.where(rows >= 0, share, np.float32(0))

    def similar(self, item: int) -> Floats:
        """(n_items,) -P_ij / sqrt(P_ii P_jj), 1 for itself; NaN for films that were left out.

        The geometric mean of B_ij and B_ji, which share their sign: how much two films go together
        once all others are accounted for (their partial correlation).
        """
        row = self.place_[item]
        if row < 0:
            return np.full(len(self.place_), np.nan, np.float32)
        there, back = self.B_[row], self.B_[:, row]
        likeness = np.sign(there) * np.sqrt(there * back)
        likeness[row] = 1
        return self._over_all_films(likeness)

    def _over_all_films(self, of_kept: Floats) -> Floats:
        padded = np.append(of_kept, np.float32(np.nan))
        return np.asarray(padded[self.place_], np.float32)

    def state(self) -> dict[str, NDArray[Any]]:
        """B (n_kept, n_kept) float32; place (n_items,) int64, the row of each film in B or -1."""
        return {"B": self.B_, "place": self.place_}

    @classmethod
    def from_state(cls, config: EaseConfig, arrays: Arrays) -> Self:
        model = cls(config)
        model.B_, model.place_ = arrays["B"], arrays["place"]
        return model


def check_weighting(weighting: str) -> None:
    if weighting not in ("ones", "stars"):
        raise ValueError(f'Films are weighted by "ones" or "stars", not by {weighting!r}.')


# Steck's settings for MovieLens 20M. His ones are ratings of 4 and more; here all that was watched is one.
DOCUMENT = EaseConfig(regularisation=500.0, weighting="ones", unrated_weight=1.0)


def watch_weights(rating: Floats, weighting: Weighting, unrated: float) -> Floats:
    """(n,) 1 ("ones") or (r - 1) / 4 ("stars") for ratings in stars, `unrated` for NaN, never below 0."""
    told = np.ones_like(rating) if weighting == "ones" else (rating - 1) / 4
    return np.where(np.isnan(rating), unrated, np.maximum(told, 0)).astype(np.float32)


def _length_scales(data: Interactions, exponent: float) -> Floats:
    """(n_users,) square roots of what each person counts, as the Gram matrix holds products."""
    watched = np.maximum(np.bincount(data.user, minlength=data.n_users), 1)
    return np.asarray((watched.mean() / watched) ** (exponent / 2), np.float32)


def most_watched(data: Interactions, largest: int) -> Rows:
    """(n_items,) 0, 1, ... in the order of item rows for the `largest` most watched films, else -1.

    Films that nobody watched are always left out.
    """
    count = np.bincount(data.item, minlength=data.n_items)
    first = np.argsort(-count, kind="stable")[:largest]
    kept = np.sort(first[count[first] > 0])
    place = np.full(data.n_items, -1, np.int64)
    place[kept] = np.arange(len(kept))
    return place


def gram(X: sparse.csr_array, progress: Progress = no_progress) -> Floats:
    """X'X, dense (n_kept, n_kept) float32 in Fortran order, a block of films at a time."""
    n_kept = X.shape[1]
    columns = sparse.csr_array(X.T)
    G = np.empty((n_kept, n_kept), np.float32, order="F")
    for start in range(0, n_kept, BLOCK):
        progress(start / n_kept, f"film {start:,} of {n_kept:,}")
        block = columns[start : start + BLOCK] @ X
        G[:, start : start + BLOCK] = block.toarray().T  # symmetric, and columns lie together
    return G


def weights_in_place(G: Floats) -> Floats:
    """B = I - P diag(1 / diag P) with P = G^-1, in the memory of G, which is symmetric, in Fortran order.

    Returned in C order, so that the row of a film lies together. Raises numpy.linalg.LinAlgError where
    G is not positive definite.
    """
    if not len(G):
        return G
    P = _inverse_in_place(G)
    _mirror_lower(P)
    B = P.T  # P is symmetric: its transpose is the same matrix in C order
    B /= -P.diagonal().copy()
    np.fill_diagonal(B, 0)
    return B


def _inverse_in_place(G: Floats) -> Floats:
    factor, failed = lapack.spotrf(G, lower=1, clean=0, overwrite_a=1)
    if failed:
        raise np.linalg.LinAlgError("X'X + lambda I is not positive definite: raise the regularisation.")
    P, _ = lapack.spotri(factor, lower=1, overwrite_c=1)
    return np.asarray(P, np.float32)


def _mirror_lower(P: Floats) -> None:
    """Copy what lies below the diagonal above it, a block of columns at a time."""
    for start in range(0, len(P), BLOCK):
        end = start + BLOCK
        corner = np.tril(P[start:end, start:end])
        P[start:end, start:end] = corner + np.tril(corner, -1).T
        P[start:end, end:] = P[end:, start:end].T
