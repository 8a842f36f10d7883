"""Popularity: the films that most people watched, the baseline of every table of lists.

s_i = |{u : u watched or rated i}|
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from recommender.ml.contract import Arrays, Job, Progress, Recommender, WarmStart, no_progress
from recommender.ml.interactions import History, Interactions


@dataclass(frozen=True)
class PopularityConfig:
    """Nothing to choose."""


DOCUMENT = PopularityConfig()


class Popularity(Recommender):
    """The same order for everyone."""

    name: ClassVar[str] = "popularity"
    job: ClassVar[Job] = "list"
    Config: ClassVar[type] = PopularityConfig

    count_: NDArray[np.float32]

    def __init__(self, config: PopularityConfig | None = None) -> None:
        self.config: PopularityConfig = config or PopularityConfig()

    def fit(
        self,
        data: Interactions,
        *,
        seed: int,
        progress: Progress = no_progress,
        start: WarmStart | None = None,
    ) -> Self:
        progress(0.0, "counting")
        self.count_ = np.bincount(data.item, minlength=data.n_items).astype(np.float32)
        progress(1.0, "fitted")
        return self

    def score(self, history: History) -> NDArray[np.float32]:
        """(n_items,) the number of people who watched each film, whatever the history."""
        return np.array(self.count_)

    def contributions(self, history: History, item: int) -> NDArray[np.float32]:
        """(len(history),) noughts: no history moves popularity."""
        return np.zeros(len(history), np.float32)

    def state(self) -> dict[str, NDArray[Any]]:
        """count (n_items,) float32, exact to 16 million people."""
        return {"count": self.count_}

    @classmethod
    def from_state(cls, config: PopularityConfig, arrays: Arrays) -> Self:
        model = cls(config)
        model.count_ = arrays["count"]
        return model
