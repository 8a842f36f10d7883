"""Truncated singular value decomposition of the ratings, each person's mean taken off.

    X = U D V'      x_uj = r_uj - b_uj,   b_uj = mu + b_j + b_u

with k singular values, as Billsus and Pazzani, "Learning Collaborative Information Filters" (ICML 1998) do.
Most of X is unknown. With n_rounds = 0 the unknown entries are nought, and a history x, of which nothing but
its known entries is needed, is projected on the film factors:

    score = b + V V' x

Otherwise every round fills the unknown entries with what the last one said and shrinks the singular values
by lambda: soft-impute, Mazumder, Hastie and Tibshirani (JMLR 2010), with one step of a subspace iteration a
round, as in Hastie et al., "Matrix Completion and Low-Rank SVD via Fast Alternating Least Squares" (JMLR
2015). With E the errors of the known entries, U'U = V'V = I, and in no need of the full matrix:

    (E + U D V') V  = E V + U D           its orthonormal basis is the new U
    (E + U D V')'U  = E'U + V D U_old'U   its singular value decomposition is V (D + lambda) and a turn of U

It ends where |x - u B'|^2 + lambda (|u|^2 + |B|^2) over the known entries is least, with B = V D^1/2, so that
a history with the films B_o behind it is folded in by one ridge regression:

    score = b + B (B_o' B_o + lambda I)^-1 B_o' x

Noise of standard deviation sigma at n known entries has singular values up to about

    lambda = sigma (sqrt(n / people) + sqrt(n / films))

what lies below that says nothing of taste. So one sigma serves small data and large.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import svds

from recommender.ml.bias import LEFT_OUT, UNDAMPED, Bias, BiasConfig
from recommender.ml.contract import Arrays, Job, Progress, Recommender, WarmStart, no_progress
from recommender.ml.early_stopping import EarlyStopping
from recommender.ml.interactions import History, Interactions
from recommender.ml.splits import Split, random_split

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class SVDConfig:
    """The noise is where the best lambdas of validation parts of MovieLens latest-small and of 1M agree."""

    n_factors: int = 50
    n_rounds: int = 40  # 0: unknown entries stay nought
    noise: float = 0.86  # sigma, in stars
    item_damping: float = 5.0  # of the biases, in ratings
    user_damping: float = 5.0
    patience: int = 0  # rounds without a better validation part before the end; 0: all rounds
    validation_share: float = 0.05

    def __post_init__(self) -> None:
        if self.n_factors < 1 or self.n_rounds < 0:
            raise ValueError("SVD needs at least one factor, and rounds from nought.")
        if self.noise < 0 or (self.n_rounds and self.noise == 0):
            raise ValueError("Unknown entries can only be filled in with a noise above nought.")


# scipy's svds with k = 50 of each person's ratings less their mean, as document E prints it.
DOCUMENT = SVDConfig(n_factors=50, n_rounds=0, noise=0.0, item_damping=LEFT_OUT, user_damping=UNDAMPED)


class Decomposition(NamedTuple):
    """U (n_users, k), D (k,) descending and V (n_items, k), float64."""

    U: Doubles
    D: Doubles
    V: Doubles


class DemeanedSVD(Recommender):
    """A star model; films watched without a rating have no effect on its scores."""

    name: ClassVar[str] = "svd"
    job: ClassVar[Job] = "stars"
    Config: ClassVar[type] = SVDConfig

    bias_: Bias
    B_: Floats  # (n_items, k) film factors: V, or V D^1/2 where unknown entries were filled in
    shrinkage_: float  # lambda

    def __init__(self, config: SVDConfig | None = None) -> None:
        self.config: SVDConfig = config or SVDConfig()

    def fit(
        self,
        data: Interactions,
        *,
        seed: int,
        progress: Progress = no_progress,
        start: WarmStart | None = None,
    ) -> Self:
        """Learn from the ratings of `data`. Raises ValueError where nothing is rated."""
        progress(0.0, "biases")
        train, held_out = self._parts(data.rated, seed)
        self.bias_ = Bias(self._biases()).fit(train, seed=seed)
        X = residuals(train, self.bias_)
        self.shrinkage_ = self.config.noise * noise_level(X)
        found = truncated(X, self.config.n_factors, np.random.default_rng(seed))
        if self.config.n_rounds:
            if start is not None and isinstance(start.model, DemeanedSVD):
                former = start.carry("B", np.zeros(found.V.shape, np.float32)).astype(np.float64)
                found = begun_at(X, former, self.shrinkage_) if former.any() else found
            found = self._impute(X, found, residuals(held_out, self.bias_), progress)
        self.B_ = (found.V * np.sqrt(found.D) if self.config.n_rounds else found.V).astype(np.float32)
        progress(1.0, "fitted")
        return self

    def _biases(self) -> BiasConfig:
        return BiasConfig(self.config.item_damping, self.config.user_damping)

    def _parts(self, rated: Interactions, seed: int) -> Split:
        if self.config.n_rounds and self.config.patience:
            return random_split(rated, self.config.validation_share, seed)
        return Split(rated, rated.take(np.empty(0, np.int64)))

    def _impute(
        self, X: sparse.csr_array, found: Decomposition, held_out: sparse.csr_array, progress: Progress
    ) -> Decomposition:
        n_rounds = self.config.n_rounds
        errors = errors_of(X)
        errors_held_out = errors_of(held_out)
        stopping = EarlyStopping[Decomposition](self.config.patience if held_out.nnz else 0)
        for done in range(n_rounds):
            progress(done / n_rounds, f"round {done + 1} of {n_rounds}")
            found = imputed_once(errors(found), found, self.shrinkage_)
            if stopping.stops(float(np.square(errors_held_out(found).data).sum()), found):
                break
        return stopping.best or found

    def score(self, history: History) -> Floats:
        """(n_items,) stars, not clipped; mu + b_j for a history without ratings."""
        rated = history.rated
        taste = self._weights(rated.item) @ self._above(rated)
        return np.asarray(self.bias_.score(history) + self.B_ @ taste.astype(np.float32), np.float32)

    def contributions(self, history: History, item: int) -> Floats:
        """(len(history),) exact shares; they sum to the score minus the score without a history."""
        rated = history.rated
        share = self.bias_.contributions(history, item)
        share[~np.isnan(history.rating)] += (self.B_[item] @ self._weights(rated.item)) * self._above(rated)
        return share

    def _above(self, rated: History) -> Doubles:
        return rated.rating.astype(np.float64) - self.bias_.score(rated)[rated.item]

    def _weights(self, rows: NDArray[np.int64]) -> Doubles:
        """(k, n) what turns the residuals of n films into a person's factors."""
        A = self.B_[rows].astype(np.float64)
        if not self.config.n_rounds:
            return A.T
        return _ridge_weights(A, self.shrinkage_)

    def similar(self, item: int) -> Floats:
        """(n_items,) cosine of the film factors; NaN for films that nobody rated."""
        length = np.linalg.norm(self.B_, axis=1)
        norms = length * length[item]
        cosine = np.full(len(norms), np.nan, np.float32)
        np.divide(self.B_ @ self.B_[item], norms, out=cosine, where=norms > 1e-12)
        return cosine

    def state(self) -> dict[str, NDArray[Any]]:
        """B (n_items, k) float32, shrinkage (1,) float64, the biases as in bias.py. Users are not kept."""
        return {"B": self.B_, "shrinkage": np.array([self.shrinkage_]), **self.bias_.state()}

    @classmethod
    def from_state(cls, config: SVDConfig, arrays: Arrays) -> Self:
        model = cls(config)
        model.B_, model.shrinkage_ = arrays["B"], float(arrays["shrinkage"][0])
        model.bias_ = Bias.from_state(model._biases(), arrays)
        return model


def residuals(rated: Interactions, bias: Bias) -> sparse.csr_array:
    """X, (n_users, n_items) float64, its known entries alone."""
    cells = bias.residuals(rated).astype(np.float64), (rated.user, rated.item)
    return sparse.csr_array(sparse.coo_array(cells, shape=(rated.n_users, rated.n_items)))


def noise_level(X: sparse.csr_array) -> float:
    """sqrt(n / people) + sqrt(n / films), of those with a known entry; 0 where there is none."""
    people, films = int(np.count_nonzero(np.diff(X.indptr))), len(np.unique(X.indices))
    return float(np.sqrt(X.nnz / max(people, 1)) + np.sqrt(X.nnz / max(films, 1)))


def truncated(X: sparse.csr_array, k: int, rng: np.random.Generator) -> Decomposition:
    """The k largest singular values of X, or one less than its sides have where that is fewer."""
    smallest = min(X.shape)
    if smallest < 2 or not X.nnz:
        return Decomposition(np.zeros((X.shape[0], 1)), np.zeros(1), np.zeros((X.shape[1], 1)))
    found = svds(X, k=min(k, smallest - 1), v0=rng.standard_normal(smallest))
    U, D, Vt = (np.asarray(part, np.float64) for part in found)
    return Decomposition(U[:, ::-1], D[::-1], Vt[::-1].T)


def begun_at(X: sparse.csr_array, B: Doubles, shrinkage: float) -> Decomposition:
    """Former film factors B and everybody folded in to them, as one decomposition."""
    bounds = zip(X.indptr[:-1], X.indptr[1:], strict=True)
    mine = [slice(first, end) for first, end in bounds]
    people = np.stack([_ridge_weights(B[X.indices[of]], shrinkage) @ X.data[of] for of in mine])
    (Q_people, R_people), (Q_films, R_films) = np.linalg.qr(people), np.linalg.qr(B)
    U, D, Vt = np.linalg.svd(R_people @ R_films.T)
    return Decomposition(Q_people @ U, D, Q_films @ Vt.T)


def errors_of(X: sparse.csr_array) -> Callable[[Decomposition], sparse.csr_array]:
    """X - U D V' at the known entries of X, as a function of the decomposition."""
    row = np.repeat(np.arange(X.shape[0]), np.diff(X.indptr))

    def errors(found: Decomposition) -> sparse.csr_array:
        left = X.data.copy()
        for u, d, v in zip(found.U.T, found.D, found.V.T, strict=True):
            if d:  # shrunk to nought are most of them
                left -= (d * u)[row] * v[X.indices]
        return sparse.csr_array((left, X.indices, X.indptr), shape=X.shape)

    return errors


def imputed_once(E: sparse.csr_array, old: Decomposition, shrinkage: float) -> Decomposition:
    """One round of soft-impute; E are the errors of `old`."""
    U, _ = np.linalg.qr(E @ old.V + old.U * old.D)
    V, D, turn = np.linalg.svd(E.T @ U + (old.V * old.D) @ (old.U.T @ U), full_matrices=False)
    return Decomposition(U @ turn.T, np.maximum(D - shrinkage, 0), V)


def _ridge_weights(A: Doubles, penalty: float) -> Doubles:
    """(A'A + penalty I)^-1 A'"""
    return np.asarray(np.linalg.solve(A.T @ A + penalty * np.eye(A.shape[1]), A.T))
