"""The contract between the models and everything that trains, stores, serves or measures them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray

from recommender.ml.interactions import History, Interactions

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

    @abstractmethod
    def fit(self, data: Interactions, *, seed: int, progress: Progress = no_progress) -> Self:
        """Learn from `data`; same data, config and seed, same state. Raises Cancelled if progress does."""

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
