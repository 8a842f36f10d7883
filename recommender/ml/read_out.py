"""People as read-outs of what is known of the films, with everybody trained as the prior of a newcomer.

    r_ui = mu + b_i + k_i . v_u,    k_i = (1, q_i - q)

q_i are the factors or codes of film i, q their mean over all ratings, and v_u = (b_u + q . p_u, p_u) what
training found for person u. Those v_u have a mean v and a covariance R R'; with v_u = v + R z, z ~ N(0, I),
the posterior mean of z after a history, A the rows k_j R of its rated films and e = r_j - mu - b_j - k_j . v,

    z = A' (A A' + noise I)^-1 e

is one ridge regression (empirical Bayes), and a history without ratings gets v. A film that nobody rated
is taken as a typical one, k = (1, 0).
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from recommender.ml.contract import Arrays, Recommender
from recommender.ml.interactions import History
from recommender.ml.likeness import cosines
from recommender.ml.ridge import ridge, ridge_weights

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]


class ReadOut(Recommender):
    """What models of this form share once they are trained.

    Their config has `noise`, the variance of a rating around its prediction in squared stars, and
    `default_rating`, said for unknown people and films where it is not None.
    """

    mean_: float
    b_: Floats  # (n_items,)
    K_: Floats  # (n_items, n_factors + 1)
    v_: Doubles  # (n_factors + 1,)
    R_: Doubles  # (n_factors + 1, n_factors + 1)
    rated_: NDArray[np.bool_]  # (n_items,) somebody rated it

    def _learn_prior(self, Q: Floats, b_user: Floats, P: Floats, counts: NDArray[np.int64]) -> None:
        """From films (n_items, n_factors) and the people trained with them; `counts` ratings of each film."""
        typical = counts @ Q.astype(np.float64) / counts.sum()
        self.rated_ = counts > 0
        away = np.where(self.rated_[:, None], Q - typical, 0)
        self.K_ = np.column_stack([np.ones(len(Q)), away]).astype(np.float32)
        v = np.column_stack([b_user + P @ typical, P]).astype(np.float64)
        self.v_ = v.mean(axis=0)
        values, vectors = np.linalg.eigh(np.cov(v, rowvar=False, bias=True))
        self.R_ = vectors * np.sqrt(np.maximum(values, 0))

    def score(self, history: History) -> Floats:
        """(n_items,) stars, not clipped."""
        rated = history.rated
        default = self.config.default_rating
        if default is not None and not len(rated):
            return np.full(len(self.b_), default, np.float32)
        A, e = self._design(rated)
        v = self.v_ + self.R_ @ ridge(A, e, self.config.noise)
        score = self.b_ + self.K_ @ v.astype(np.float32) + np.float32(self.mean_)
        known = self.rated_ if default is not None else True
        return np.where(known, score, np.float32(default or 0))

    def contributions(self, history: History, item: int) -> Floats:
        """(len(history),) exact shares ((A A' + noise I)^-1 A R' k_i)_j e_j.

        They sum to what the history adds to mu + b_i + k_i . v.
        """
        share = np.zeros(len(history), np.float32)
        if self.config.default_rating is None or self.rated_[item]:
            A, e = self._design(history.rated)
            share[~np.isnan(history.rating)] = (
                ridge_weights(A, self.K_[item] @ self.R_, self.config.noise) * e
            )
        return share

    def similar(self, item: int) -> Floats:
        """(n_items,) cosine of (0, q_i - q) R, how far taste tells films apart; NaN where nobody rated."""
        return cosines(self.K_[:, 1:] @ self.R_[1:].astype(np.float32), item)

    def _design(self, rated: History) -> tuple[Doubles, Doubles]:
        K = self.K_[rated.item].astype(np.float64)
        return K @ self.R_, rated.rating - self.mean_ - self.b_[rated.item] - K @ self.v_

    def state(self) -> dict[str, NDArray[Any]]:
        """mean (1,), v (d,) and R (d, d) float64; b (n_items,), K (n_items, d) float32; rated (n_items,)."""
        return {
            "mean": np.array([self.mean_]),
            "b": self.b_,
            "K": self.K_,
            "v": self.v_,
            "R": self.R_,
            "rated": self.rated_,
        }

    @classmethod
    def from_state(cls, config: Any, arrays: Arrays) -> Self:
        model = cls(config)
        model.mean_ = float(arrays["mean"][0])
        model.b_, model.K_, model.rated_ = arrays["b"], arrays["K"], arrays["rated"]
        model.v_, model.R_ = arrays["v"], arrays["R"]
        return model
