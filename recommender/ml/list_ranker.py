"""A ranking in two steps: a blend of list models finds some hundred films, a small network orders them.

    first(i)  = the score of list_blend.py
    score(i)  = net(x_ui)     for the n_candidates films of the largest first(i), lifted above all others

x_ui is what list models and a star model say of the film, and how film and person suit each other in year,
genres and popularity (list_ranker_features.py). What one model says is worth more for some people and films
than for others, which no weights of a sum can express. Candidates and ranking apart: Covington, Adams and
Sargin, "Deep Neural Networks for YouTube Recommendations" (RecSys 2016).

A fifth of the films of every person is held out, the parts are fitted on the rest, and the network learns to
put the held-out films first (list_ranker_training.py). Then the parts are fitted on all. A history shorter
than those it learned from keeps the order of the first step.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray

from recommender.ml.contract import Arrays, Job, Progress, Recommender, WarmStart, no_progress
from recommender.ml.ease import Ease, EaseConfig
from recommender.ml.interactions import History, Interactions
from recommender.ml.list_blend import ListBlend, ListBlendConfig, deviation
from recommender.ml.list_ranker_features import N_PLAIN, FilmTable, RankingNetwork, features
from recommender.ml.ordinal import OrdinalConfig, OrdinalSVDPlusPlus
from recommender.ml.parts import fit_in_turn, prefixed, starts_of, under, within

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]
PARTS = ("blend", "starred", "grades")
N_LIST_PARTS = 4
STEP = 0.001  # between the last candidate and all other films


def _grades() -> OrdinalConfig:
    """Fewer draws than stars need: an order asks for less."""
    return OrdinalConfig(n_factors=16, n_samples=4, n_chains=4)


@dataclass(frozen=True)
class ListRankerConfig:
    """Chosen by NDCG@10 on a validation part, a fifth of each user's training ratings of MovieLens 1M."""

    blend: ListBlendConfig = field(default_factory=ListBlendConfig)
    starred: EaseConfig = field(default_factory=EaseConfig)
    grades: OrdinalConfig = field(default_factory=_grades)
    wanted: Literal["watched", "liked"] = "watched"  # which of the held-out films belong on top
    liked_from: float = 4.0  # stars
    n_candidates: int = 300
    held_out: float = 0.2  # of each person's films
    n_people: int = 4000  # who are learned from
    hidden: tuple[int, int] = (64, 32)
    dropout: float = 0.1
    n_epochs: int = 10
    batch_size: int = 64  # people
    learning_rate: float = 4e-3
    weight_decay: float = 0.01
    patience: int = 0  # epochs without a better validation part before the end; 0: all epochs
    validation_share: float = 0.1  # of the people, where patience is above nought

    def __post_init__(self) -> None:
        if self.wanted not in ("watched", "liked"):
            raise ValueError(f'On top belong films that are "watched" or "liked", not {self.wanted!r}.')
        if min(self.n_candidates, self.n_people, self.n_epochs, self.batch_size, *self.hidden) < 1:
            raise ValueError("The ranker needs at least one candidate, person, epoch and unit.")
        if not 0 < self.held_out < 1 or not 0 < self.validation_share < 1:
            raise ValueError("The shares of the ranker lie between 0 and 1.")


@dataclass(frozen=True)
class LikedRankerConfig(ListRankerConfig):
    wanted: Literal["watched", "liked"] = "liked"


# No document has it: the tuned form is the only one.
DOCUMENT = ListRankerConfig()
LIKED_DOCUMENT = LikedRankerConfig()


class ListRanker(Recommender):
    """Holds its fitted parts, a table of films and the network."""

    name: ClassVar[str] = "list-ranker"
    job: ClassVar[Job] = "list"
    Config: ClassVar[type] = ListRankerConfig

    blend_: ListBlend
    starred_: Ease
    grades_: OrdinalSVDPlusPlus
    films_: FilmTable
    network_: RankingNetwork
    shortest_: int  # history that the network learned from

    def __init__(self, config: ListRankerConfig | None = None) -> None:
        self.config: ListRankerConfig = config or self.Config()

    def fit(
        self,
        data: Interactions,
        *,
        seed: int,
        progress: Progress = no_progress,
        start: WarmStart | None = None,
    ) -> Self:
        """Learn the order, then the parts, which begin at their former selves where there are any."""
        from recommender.ml.list_ranker_training import learn_order

        self.network_, self.shortest_ = learn_order(self, data, seed, within(progress, 0.0, 0.6))
        self.fit_parts(data, seed, within(progress, 0.6, 1.0), start)
        return self

    def fit_parts(
        self, data: Interactions, seed: int, progress: Progress, start: WarmStart | None = None
    ) -> Self:
        """The parts and the table of films alone; a former network stays as it is."""
        config = self.config
        parts = (ListBlend(config.blend), Ease(config.starred), OrdinalSVDPlusPlus(config.grades))
        starts = starts_of(start, ListRanker, attrgetter("parts"), len(parts))
        fit_in_turn(parts, data, seed, progress, starts)
        self.blend_, self.starred_, self.grades_ = parts
        self.films_ = FilmTable.of(data)
        return self

    @property
    def parts(self) -> tuple[Recommender, ...]:
        return (self.blend_, self.starred_, self.grades_)

    @property
    def n_features(self) -> int:
        return N_LIST_PARTS + 1 + N_PLAIN

    def score(self, history: History) -> Floats:
        """(n_items,) in no unit, the candidates above all others; NaN for films that no part knows."""
        lists = self.list_scores(history)
        score = self.first(lists)
        if not self._orders(history):
            return score
        rows = self.candidates(score, history.item)
        if not len(rows):
            return score
        others = np.delete(score, rows)
        ordered = self.network_.score(self.features(history, rows, lists))
        above = np.nanmax(others) if (~np.isnan(others)).any() else np.float32(0)
        score[rows] = ordered - ordered.min() + above + np.float32(STEP)
        return score

    def _orders(self, history: History) -> bool:
        return len(history) >= max(self.shortest_, 1) and not self.network_.is_silent

    def list_scores(self, history: History) -> Floats:
        """(N_LIST_PARTS, n_items) those of the blend's parts, and EASE on stars."""
        return np.concatenate([self.blend_.part_scores(history), self.starred_.score(history)[None]])

    def first(self, lists: Floats) -> Floats:
        """(n_items,) the score of the first step."""
        return self.blend_.blended(lists[:-1])

    def candidates(self, first: Floats, watched: Rows) -> Rows:
        """(at most n_candidates,) films of the largest first scores that are not in the history, rising."""
        left = np.nan_to_num(first, nan=-np.inf)
        left[watched] = -np.inf
        n = min(self.config.n_candidates, len(left))
        rows = np.argpartition(-left, n - 1)[:n]
        return np.sort(rows[left[rows] > -np.inf])

    def features(self, history: History, rows: Rows, lists: Floats) -> Floats:
        """(len(rows), n_features) for a history that is not empty; `lists` are its list_scores."""
        deviated = lists[:, rows] / self._deviations(lists)[:, None]
        return features(deviated, self.grades_.score_of(history, rows), self.films_, history, rows)

    def _deviations(self, lists: Floats) -> Floats:
        return np.array([deviation(score) for score in lists], np.float32)

    def contributions(self, history: History, item: int) -> Floats:
        """(len(history),) the shares in every part's score, each times what the whole gains by that part.

        To the first order: the network is curved.
        """
        if not self._orders(history):
            return self.blend_.contributions(history, item)
        lists = self.list_scores(history)
        gains = self.network_.gradient(self.features(history, np.array([item]), lists))[0]
        parts = (*self.blend_.parts, self.starred_, self.grades_)
        shares = np.stack([part.contributions(history, item) for part in parts])
        shares[:-1] /= self._deviations(lists)[:, None]
        return np.asarray(gains[: len(parts)] @ shares, np.float32)

    def similar(self, item: int) -> Floats:
        """(n_items,) as the blend of list models has it."""
        return self.blend_.similar(item)

    def state(self) -> dict[str, NDArray[Any]]:
        """The arrays of the parts, the table of films and the network under their names."""
        arrays: dict[str, NDArray[Any]] = {}
        for name, part in zip(PARTS, self.parts, strict=True):
            arrays |= prefixed(f"{name}.", part.state())
        arrays |= prefixed("films.", self.films_._asdict())
        arrays |= prefixed("network.", self.network_._asdict())
        return arrays | {"shortest": np.array(self.shortest_)}

    @classmethod
    def from_state(cls, config: ListRankerConfig, arrays: Arrays) -> Self:
        model = cls(config)
        model.blend_ = ListBlend.from_state(config.blend, under("blend.", arrays))
        model.starred_ = Ease.from_state(config.starred, under("starred.", arrays))
        model.grades_ = OrdinalSVDPlusPlus.from_state(config.grades, under("grades.", arrays))
        model.films_ = FilmTable(**under("films.", arrays))
        model.network_ = RankingNetwork(**under("network.", arrays))
        model.shortest_ = int(arrays["shortest"])
        return model


class LikedRanker(ListRanker):
    """The same with the films on top that a person will like, not all that will be watched."""

    name: ClassVar[str] = "liked-ranker"
    Config: ClassVar[type] = LikedRankerConfig
