"""Embeddings of people and films whose dot product is the rating.

    r_ui = mu + w_u . k_i
    plain:         mu = 0,      w_u = p_u,             k_i = q_i
    with biases:   mu the mean, w_u = (b_u, 1, p_u),   k_i = (1, b_i, q_i)

Trained by AdaMax (Kingma & Ba, "Adam", ICLR 2015, section 7.1) on the squared error, until a validation
part gets no better (embedding_dot_training.py, embedding_dot_kernel.py).

A history is folded in with the films fixed. The trained w_u have a mean w and a covariance S, the prior
of everybody else. With R R' = S, w_u = w + R z and z ~ N(0, I), A the rows k_j R of the rated films and
e = r - mu - k_j . w their residuals, the posterior mean is one ridge regression:

    score = mu + k_i . (w + R z),      z = A' (A A' + noise I)^-1 e
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from recommender.ml.contract import Arrays, Job, Progress, Recommender, WarmStart, no_progress
from recommender.ml.interactions import History, Interactions
from recommender.ml.likeness import cosines

if TYPE_CHECKING:
    from recommender.ml.embedding_dot_training import Trained

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class EmbeddingDotConfig:
    """Lightly searched on validation parts of latest-small and 1M; noise in squared stars."""

    n_factors: int = 100
    biases: bool = True
    n_epochs: int = 40  # at most, where patience is above 0
    batch_size: int = 256
    learning_rate: float = 0.002
    regularisation: float = 0.05
    initial_range: float = 0.05  # embeddings begin uniform between minus and plus this
    patience: int = 2  # epochs without a better validation error
    validation_share: float = 0.1
    noise: float = 0.5

    def __post_init__(self) -> None:
        if min(self.n_factors, self.n_epochs, self.batch_size) < 1:
            raise ValueError("Embeddings need at least one factor, epoch and rating a batch.")
        if min(self.learning_rate, self.noise) <= 0:
            raise ValueError("The learning rate and the noise of ratings must be above nought.")
        if not 0 < self.validation_share < 1:
            raise ValueError(f"The validation part is a share between 0 and 1, not {self.validation_share}.")


# The printed network is a plain dot product, trained for at most 30 epochs; what is not printed are the
# defaults of the library of its day: batches of 32, steps of .002, embeddings between -.05 and .05.
DOCUMENT = EmbeddingDotConfig(biases=False, n_epochs=30, batch_size=32, regularisation=0.0)


class EmbeddingDot(Recommender):
    """Films watched without a rating have no effect on its scores."""

    name: ClassVar[str] = "embedding-dot"
    job: ClassVar[Job] = "stars"
    Config: ClassVar[type] = EmbeddingDotConfig

    mean_: float
    K_: Floats  # (n_items, n) of k_i; a film that nobody rated has the mean k of a rating's film
    w_: Floats  # (n,)
    R_: Floats  # (n, n)
    typical_: Floats  # (n,) the mean k of a rating's film
    trained_: Trained  # of the fit only; scoring folds every history in

    def __init__(self, config: EmbeddingDotConfig | None = None) -> None:
        self.config: EmbeddingDotConfig = config or EmbeddingDotConfig()

    def fit(
        self,
        data: Interactions,
        *,
        seed: int,
        progress: Progress = no_progress,
        start: WarmStart | None = None,
    ) -> Self:
        """Learn from the ratings of `data`. Raises ValueError where nothing is rated."""
        # Numba is a library of training; scoring, and with it the site, does without.
        from recommender.ml.embedding_dot_training import train

        rated = data.rated
        if not len(rated):
            raise ValueError("Embeddings need at least one rating, the data have none.")
        self.trained_ = train(rated, self.config, seed=seed, progress=progress, start=start)
        self.mean_ = self.trained_.mean
        self._learn_prior(rated)
        progress(1.0, "fitted")
        return self

    def _learn_prior(self, rated: Interactions) -> None:
        counts = np.bincount(rated.item, minlength=rated.n_items)
        K, W = self.trained_.K, self.trained_.W[np.unique(rated.user)]
        self.typical_ = (counts @ K.astype(np.float64) / counts.sum()).astype(np.float32)
        self.K_ = np.where(counts[:, None] > 0, K, self.typical_)
        self.w_ = W.mean(axis=0, dtype=np.float64).astype(np.float32)
        values, vectors = np.linalg.eigh(np.cov(W, rowvar=False, bias=True).reshape(K.shape[1], -1))
        self.R_ = (vectors * np.sqrt(np.maximum(values, 0))).astype(np.float32)

    def score(self, history: History) -> Floats:
        """(n_items,) stars, not clipped; mu + k_i . w for a history without ratings."""
        A, e = self._folded(history.rated)
        taste = self.w_ + (self.R_ @ (A.T @ _solve(A, e, self.config.noise))).astype(np.float32)
        return np.asarray(self.K_ @ taste + np.float32(self.mean_), np.float32)

    def contributions(self, history: History, item: int) -> Floats:
        """(len(history),) exact shares ((A A' + noise I)^-1 A R' k_i)_j e_j.

        Their sum is the score minus the score of a history without ratings.
        """
        A, e = self._folded(history.rated)
        toward = self.R_.T.astype(np.float64) @ self.K_[item]
        share = np.zeros(len(history), np.float32)
        share[~np.isnan(history.rating)] = _solve(A, A @ toward, self.config.noise) * e
        return share

    def _folded(self, rated: History) -> tuple[Doubles, Doubles]:
        K = self.K_[rated.item].astype(np.float64)
        return K @ self.R_, rated.rating - self.mean_ - K @ self.w_

    def similar(self, item: int) -> Floats:
        """(n_items,) cosine of (k - mean k) R, in which films part people; NaN for those never rated."""
        apart = (self.K_ - self.typical_) @ self.R_
        return cosines(np.asarray(apart, np.float32), item)

    def state(self) -> dict[str, NDArray[Any]]:
        """mean (1,) float64; K (n_items, n), w and typical (n,), R (n, n), float32. Users are not kept."""
        mean = np.array([self.mean_])
        return {"mean": mean, "K": self.K_, "w": self.w_, "R": self.R_, "typical": self.typical_}

    @classmethod
    def from_state(cls, config: EmbeddingDotConfig, arrays: Arrays) -> Self:
        model = cls(config)
        model.mean_ = float(arrays["mean"][0])
        model.K_, model.w_, model.R_ = arrays["K"], arrays["w"], arrays["R"]
        model.typical_ = arrays["typical"]
        return model


def _solve(A: Doubles, right: Doubles, noise: float) -> Doubles:
    """(A A' + noise I)^-1 right, which is (right - A (A'A + noise I)^-1 A' right) / noise."""
    n_rows, n_columns = A.shape
    if n_rows <= n_columns:
        return np.asarray(np.linalg.solve(A @ A.T + noise * np.eye(n_rows), right))
    inner = np.linalg.solve(A.T @ A + noise * np.eye(n_columns), A.T @ right)
    return np.asarray((right - A @ inner) / noise)
