"""The weighted rating of charts: a film's mean, drawn to the mean of all votes until it has many of its own.

    WR = v / (v + m) R + m / (v + m) C

v: votes of the film, R: its mean vote, C: the mean of all votes, m: the 60th percentile of the
votes that films have, counted over the films with a vote. The formula of the IMDb Top 250.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from recommender.ml.contract import Arrays, Job, Progress, Recommender, WarmStart, no_progress
from recommender.ml.interactions import History, Interactions


@dataclass(frozen=True)
class WeightedRatingConfig:
    """percentile: of the votes per film, 0 to 100, where a film's own mean weighs as much as everyone's."""

    percentile: float = 60.0

    def __post_init__(self) -> None:
        if not 0 <= self.percentile <= 100:
            raise ValueError(f"A percentile lies between 0 and 100, not at {self.percentile}.")


DOCUMENT = WeightedRatingConfig(percentile=60.0)


class WeightedRating(Recommender):
    """The same stars for everyone."""

    name: ClassVar[str] = "weighted-rating"
    job: ClassVar[Job] = "stars"
    Config: ClassVar[type] = WeightedRatingConfig

    votes_: NDArray[np.int64]
    least_votes_: float  # m; a chart of qualified films shows those with v >= m
    mean_: float  # C
    weighted_rating_: NDArray[np.float32]

    def __init__(self, config: WeightedRatingConfig | None = None) -> None:
        self.config: WeightedRatingConfig = config or WeightedRatingConfig()

    def fit(
        self,
        data: Interactions,
        *,
        seed: int,
        progress: Progress = no_progress,
        start: WarmStart | None = None,
    ) -> Self:
        """Count the votes of `data`; nothing is random. Raises ValueError where there are none."""
        rated = data.rated
        if not len(rated):
            raise ValueError("A weighted rating needs at least one vote, the data have none.")
        progress(0.0, "counting votes")
        v = np.bincount(rated.item, minlength=data.n_items)
        total = np.bincount(rated.item, weights=rated.rating, minlength=data.n_items)
        C = total.sum() / v.sum()
        m = float(np.percentile(v[v > 0], self.config.percentile))
        R = np.divide(total, v, out=np.full(data.n_items, C), where=v > 0)
        self.weighted_rating_ = (v / (v + m) * R + m / (v + m) * C).astype(np.float32)
        self.votes_, self.least_votes_, self.mean_ = v, m, float(C)
        progress(1.0, "fitted")
        return self

    def score(self, history: History) -> NDArray[np.float32]:
        """(n_items,) WR in stars, whatever the history; C for a film without votes."""
        return np.array(self.weighted_rating_)

    def contributions(self, history: History, item: int) -> NDArray[np.float32]:
        """(len(history),) noughts: no history moves the weighted rating."""
        return np.zeros(len(history), np.float32)

    def state(self) -> dict[str, NDArray[Any]]:
        """votes (n_items,) int64, weighted_rating (n_items,) float32, constants (2,): m and C."""
        return {
            "votes": self.votes_,
            "weighted_rating": self.weighted_rating_,
            "constants": np.array([self.least_votes_, self.mean_]),
        }

    @classmethod
    def from_state(cls, config: WeightedRatingConfig, arrays: Arrays) -> Self:
        model = cls(config)
        model.votes_, model.weighted_rating_ = arrays["votes"], arrays["weighted_rating"]
        model.least_votes_, model.mean_ = (float(constant) for constant in arrays["constants"])
        return model
