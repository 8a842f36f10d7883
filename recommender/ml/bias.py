"""Regularised biases: what a film and a person add to the mean, without any taste.

    r_ui = mu + b_i + b_u

    b_i = sum over u in R(i) of (r_ui - mu - b_u) / (lambda_i + |R(i)|)
    b_u = sum over i in R(u) of (r_ui - mu - b_i) / (lambda_u + |R(u)|)

taken in turns until they settle. Koren, "Factor in the Neighbors" (TKDD 2010), section 2.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from recommender.ml.contract import Arrays, Job, Progress, Recommender, WarmStart, no_progress
from recommender.ml.interactions import History, Interactions


@dataclass(frozen=True)
class BiasConfig:
    """lambda_i and lambda_u in numbers of ratings; n_rounds turns of films and people."""

    item_damping: float = 10.0
    user_damping: float = 15.0
    n_rounds: int = 10

    def __post_init__(self) -> None:
        if min(self.item_damping, self.user_damping) <= 0 or self.n_rounds < 1:
            raise ValueError("Biases need dampings above nought and at least one round.")


# As Koren prints it: lambda_i = 25 and lambda_u = 10, each bias taken once.
DOCUMENT = BiasConfig(item_damping=25.0, user_damping=10.0, n_rounds=1)
# Dampings, in ratings, that leave a bias out of a model, and that make it the plain mean of what is left.
LEFT_OUT = 1e9
UNDAMPED = 1e-6


class Bias(Recommender):
    """The baseline of every table of stars; a person's bias is folded in by its closed form."""

    name: ClassVar[str] = "bias"
    job: ClassVar[Job] = "stars"
    Config: ClassVar[type] = BiasConfig

    mean_: float
    item_bias_: NDArray[np.float32]
    trained_user_bias_: NDArray[np.float32]  # of the fit only; scoring folds every history in

    def __init__(self, config: BiasConfig | None = None) -> None:
        self.config: BiasConfig = config or BiasConfig()

    def fit(
        self,
        data: Interactions,
        *,
        seed: int,
        progress: Progress = no_progress,
        start: WarmStart | None = None,
    ) -> Self:
        """Learn from the ratings of `data`; nothing is random. Raises ValueError where there are none."""
        rated = data.rated
        if not len(rated):
            raise ValueError("Biases need at least one rating, the data have none.")
        self.mean_ = float(rated.rating.mean(dtype=np.float64))
        residual = rated.rating.astype(np.float64) - self.mean_
        item_bias, user_bias = np.zeros(data.n_items), np.zeros(data.n_users)
        for done in range(self.config.n_rounds):
            progress(done / self.config.n_rounds, f"round {done + 1} of {self.config.n_rounds}")
            item_bias = _damped(
                residual - user_bias[rated.user], rated.item, data.n_items, self.config.item_damping
            )
            user_bias = _damped(
                residual - item_bias[rated.item], rated.user, data.n_users, self.config.user_damping
            )
        self.item_bias_ = item_bias.astype(np.float32)
        self.trained_user_bias_ = user_bias.astype(np.float32)
        progress(1.0, "fitted")
        return self

    def residuals(self, rated: Interactions) -> NDArray[np.float32]:
        """(n,) r_ui - mu - b_u - b_i for ratings by people of the fit."""
        baseline = self.mean_ + self.trained_user_bias_[rated.user] + self.item_bias_[rated.item]
        return np.asarray(rated.rating - baseline, np.float32)

    def score(self, history: History) -> NDArray[np.float32]:
        """(n_items,) stars mu + b_i + b_u; without a rated film b_u is 0."""
        user_bias = self.user_shares(history).sum()
        return np.asarray(self.item_bias_ + np.float32(self.mean_ + user_bias), dtype=np.float32)

    def user_shares(self, history: History) -> NDArray[np.float64]:
        """(len(history),) what each film adds to b_u, in stars: (r_uj - mu - b_j) / (lambda_u + |R(u)|)."""
        residual = history.rating - self.mean_ - self.item_bias_[history.item].astype(np.float64)
        n_rated = np.count_nonzero(~np.isnan(residual))
        return np.asarray(np.nan_to_num(residual) / (self.config.user_damping + n_rated))

    def contributions(self, history: History, item: int) -> NDArray[np.float32]:
        """(len(history),) exact shares; they sum to the score minus the score without a history."""
        return self.user_shares(history).astype(np.float32)

    def state(self) -> dict[str, NDArray[Any]]:
        """mean (1,) float64 and item_bias (n_items,) float32."""
        return {"mean": np.array([self.mean_]), "item_bias": self.item_bias_}

    @classmethod
    def from_state(cls, config: BiasConfig, arrays: Arrays) -> Self:
        model = cls(config)
        model.mean_ = float(arrays["mean"][0])
        model.item_bias_ = arrays["item_bias"]
        return model


def _damped(
    residual: NDArray[np.float64], row: NDArray[np.int32], n_rows: int, damping: float
) -> NDArray[np.float64]:
    total = np.bincount(row, weights=residual, minlength=n_rows)
    return np.asarray(total / (damping + np.bincount(row, minlength=n_rows)))
