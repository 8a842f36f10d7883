"""A blend of list models: EASE and implicit ALS on what was watched, implicit ALS on what the stars say.

    score(i) = popularity_weight log(1 + n_i) / sd  +  sum over the parts m of weight_m s_m(i) / sd_m

s_m are the scores of one part for a history, sd_m their deviation over the films, so that no part is louder
than its weight whatever the length of the history; n_i is the number of people who watched film i, and its
part alone orders the films of an empty history. What was watched ("ones") finds the films that people will
watch, the stars those that they will like; factors generalise where weights between films are too many for
the data.

Steck (2019) for EASE, Rendle et al., "Revisiting the Performance of iALS on Item Recommendation Benchmarks"
(RecSys 2022) for the ALS.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from recommender.ml.contract import Arrays, Job, Progress, Recommender, WarmStart, no_progress
from recommender.ml.ease import Ease, EaseConfig
from recommender.ml.ials import ImplicitALS, ImplicitALSConfig
from recommender.ml.interactions import History, Interactions
from recommender.ml.parts import prefixed, starts_of, under, within

Floats = NDArray[np.float32]
FACTORS = attrgetter("watched_", "starred_")


def _ease() -> EaseConfig:
    return EaseConfig(1200.0, weighting="ones", unrated_weight=1.0, length_exponent=0.5)


def _watched() -> ImplicitALSConfig:
    return ImplicitALSConfig(weighting="ones", unrated_weight=1.0)


@dataclass(frozen=True)
class ListBlendConfig:
    """Chosen by NDCG@10 on a validation part, a fifth of each user's training ratings of MovieLens 1M.

    There the blend reaches .2690 over all held-out films and .2397 over those of 4 stars or more, EASE on
    ones alone .2651 and .2324. A fourth part helps one figure and harms the other: predicted stars give the
    liked films .2450 and all films .2631; EASE on stars .2692 and .2418 at the cost of a second large matrix.
    """

    ease: EaseConfig = field(default_factory=_ease)
    watched: ImplicitALSConfig = field(default_factory=_watched)
    starred: ImplicitALSConfig = field(default_factory=ImplicitALSConfig)
    ease_weight: float = 1.0
    watched_weight: float = 0.5
    starred_weight: float = 1.0
    popularity_weight: float = 0.01  # orders the films of an empty history, and of others hardly any

    def __post_init__(self) -> None:
        weights = (self.ease_weight, self.watched_weight, self.starred_weight, self.popularity_weight)
        if min(weights) < 0 or not any(weights):
            raise ValueError("The parts of a blend need weights from nought, and one above it.")


# No document has this model: its only form is the tuned one.
DOCUMENT = ListBlendConfig()


class ListBlend(Recommender):
    """A list model that holds its three fitted parts."""

    name: ClassVar[str] = "list-blend"
    job: ClassVar[Job] = "list"
    Config: ClassVar[type] = ListBlendConfig

    ease_: Ease
    watched_: ImplicitALS
    starred_: ImplicitALS
    popularity_: Floats  # (n_items,) log(1 + n) in deviations

    def __init__(self, config: ListBlendConfig | None = None) -> None:
        self.config: ListBlendConfig = config or ListBlendConfig()

    def fit(
        self,
        data: Interactions,
        *,
        seed: int,
        progress: Progress = no_progress,
        start: WarmStart | None = None,
    ) -> Self:
        """Fit the parts; the two ALS begin at their former selves, EASE is solved at once."""
        config = self.config
        watched, starred = starts_of(start, ListBlend, FACTORS, 2)
        self.ease_ = Ease(config.ease).fit(data, seed=seed, progress=within(progress, 0.0, 0.2))
        self.watched_ = ImplicitALS(config.watched).fit(
            data, seed=seed, progress=within(progress, 0.2, 0.6), start=watched
        )
        self.starred_ = ImplicitALS(config.starred).fit(
            data, seed=seed, progress=within(progress, 0.6, 1.0), start=starred
        )
        count = np.log1p(np.bincount(data.item, minlength=data.n_items))
        self.popularity_ = np.asarray(count / deviation(count), np.float32)
        return self

    def score(self, history: History) -> Floats:
        """(n_items,) in deviations, popularity for an empty history; NaN for films that no part knows."""
        return self.blended(self.part_scores(history))

    @property
    def parts(self) -> tuple[Recommender, ...]:
        return (self.ease_, self.watched_, self.starred_)

    @property
    def _weights(self) -> tuple[float, ...]:
        return (self.config.ease_weight, self.config.watched_weight, self.config.starred_weight)

    def part_scores(self, history: History) -> Floats:
        """(3, n_items) each part's own scores."""
        return np.stack([part.score(history) for part in self.parts])

    def blended(self, scores: Floats) -> Floats:
        """(n_items,) the score from those of the parts, (3, n_items)."""
        total = self.config.popularity_weight * self.popularity_
        for score, weight in zip(scores, self._weights, strict=True):
            total += weight / deviation(score) * np.nan_to_num(score)
        return np.asarray(np.where(np.isnan(scores).all(axis=0), np.nan, total), np.float32)

    def contributions(self, history: History, item: int) -> Floats:
        """(len(history),) exact shares, which sum to the score without popularity's part.

        The deviations are those of the whole history.
        """
        total = np.zeros(len(history), np.float32)
        for part, weight in zip(self.parts, self._weights, strict=True):
            total += weight / deviation(part.score(history)) * part.contributions(history, item)
        return np.asarray(total, np.float32)

    def similar(self, item: int) -> Floats:
        """(n_items,) weighted mean of the parts' likenesses, 1 for itself; NaN where a part cannot say."""
        likeness = [part.similar(item) for part in self.parts]
        return np.asarray(np.average(likeness, axis=0, weights=self._weights), np.float32)

    def state(self) -> dict[str, NDArray[Any]]:
        """The parts' arrays under "ease.", "watched." and "starred."; popularity (n_items,) float32."""
        return {
            **prefixed("ease.", self.ease_.state()),
            **prefixed("watched.", self.watched_.state()),
            **prefixed("starred.", self.starred_.state()),
            "popularity": self.popularity_,
        }

    @classmethod
    def from_state(cls, config: ListBlendConfig, arrays: Arrays) -> Self:
        model = cls(config)
        model.ease_ = Ease.from_state(config.ease, under("ease.", arrays))
        model.watched_ = ImplicitALS.from_state(config.watched, under("watched.", arrays))
        model.starred_ = ImplicitALS.from_state(config.starred, under("starred.", arrays))
        model.popularity_ = arrays["popularity"]
        return model


def deviation(score: NDArray[Any]) -> float:
    """Over the films that are scored; 1 where all are equal, as those of an empty history are."""
    scored = score[~np.isnan(score)]
    return float(scored.std() or 1.0) if len(scored) else 1.0
