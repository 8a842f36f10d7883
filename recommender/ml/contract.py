"""The contract between the models and everything that trains, stores, serves or measures them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Literal, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from recommender.ml.interactions import History, Interactions, Vocabulary

# Stars predict the rating someone would give; a list says what to put first. They are different jobs.
Job = Literal["stars", "list"]
Arrays = Mapping[str, NDArray[Any]]
# Called with the share done (0 to 1) and what is being done; it may raise Cancelled to stop a fit.
Progress = Callable[[float, str], None]


class Cancelled(Exception):
    """Raised by a progress callback when the fit shall stop; nothing of it is kept."""


def no_progress(share: float, what: str) -> None:
    """The progress callback of those who do not watch."""


class Recommender(ABC):
    """A model that scores a history, never a user id.

    `config` is a frozen dataclass of plain values. Attributes learned by `fit` end in an underscore.
    Fitted state is a flat mapping of arrays, so that it can be written without pickle and opened by
    memory map. Scoring needs numpy alone.
    """

    name: ClassVar[str]
    job: ClassVar[Job]
    Config: ClassVar[type]  # the class of `config`
    config: Any

    def __init__(self, config: Any = None) -> None:
        self.config = config or self.Config()

    @abstractmethod
    def fit(
        self,
        data: Interactions,
        *,
        seed: int,
        progress: Progress = no_progress,
        start: WarmStart | None = None,
    ) -> Self:
        """Learn from `data`; same data, config, seed and start, same state.

        Raises Cancelled if progress does. A model that learns step by step begins at `start`
        where that is one of its kind and of its sizes; one that is solved or counted at once has nothing to
        gain from it and leaves it aside.
        """

    @abstractmethod
    def score(self, history: History) -> NDArray[np.float32]:
        """(n_items,) scores for one history, higher is better, NaN where it cannot say.

        In stars where job is "stars". Rows of `history` are those of the vocabulary the model was
        fitted on. Seen films are scored too.
        """

    @abstractmethod
    def state(self) -> dict[str, NDArray[Any]]:
        """Everything learned, as named arrays."""

    @classmethod
    @abstractmethod
    def from_state(cls, config: Any, arrays: Arrays) -> Self:
        """The fitted model back from `state()`; arrays may be read-only memory maps."""

    def contributions(self, history: History, item: int) -> NDArray[np.float32]:
        """(len(history),) how much each film of the history adds to the score of `item`.

        Leave-one-out by default: score with the whole history minus score without that film. Models
        that are additive in the history override this with their exact terms.
        """
        whole = self.score(history)[item]
        lost = [whole - self.score(history.without(int(row)))[item] for row in history.item]
        return np.nan_to_num(np.array(lost, dtype=np.float32))

    def similar(self, item: int) -> NDArray[np.float32]:
        """(n_items,) likeness of every film to `item`, higher is nearer; NaN where it cannot say."""
        raise NotImplementedError(f"{self.name} does not compare films.")


class WarmStart(NamedTuple):
    """A model fitted before, and (n_items,) the row that each film of the new data had in it, -1 if none."""

    model: Recommender
    rows: NDArray[np.int64]

    @classmethod
    def of(cls, model: Recommender, then: Vocabulary, now: Vocabulary) -> Self:
        """From the film vocabulary that `model` was fitted on and that of the data to come."""
        return cls(model, then.rows(now.ids))

    def carry(self, name: str, fresh: NDArray[Any]) -> NDArray[Any]:
        """`fresh` (n_items, ...), with the former array `name` in the rows of the films that were known.

        `fresh` alone where the former model has no such array or one of other widths.
        """
        former = self.model.state().get(name)
        if former is None or former.shape[1:] != fresh.shape[1:]:
            return fresh
        carried = fresh.copy()
        known = self.rows >= 0
        carried[known] = former[self.rows[known]]
        return carried
