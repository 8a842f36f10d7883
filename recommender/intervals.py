"""How sure a prediction is: what pages show as "usually 3.5 to 4.5", learned from ratings it did not know.

The gate holds out everybody's newest ratings. How far the predictions lie from them, by how many ratings the
person and the film had, gives split-conformal intervals (recommender/ml/stacking.py). That they hold four
times in five is checked on people from whom they were not learned.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from recommender.ml.interactions import History
from recommender.ml.splits import Split
from recommender.ml.stacking import Errors, learn_errors

LEAST_RATINGS = 200  # held out; intervals of fewer would be wide guesses themselves
HALF_STARS = (1, 10)
MIDDLE = 3.5  # stands in where a model cannot say


@dataclass(frozen=True)
class Interval:
    """Half stars between which four of five ratings lie, both ends among them."""

    low: float
    high: float


class Told(NamedTuple):
    """Predictions of held-out ratings, with how many ratings the person and the film had; (n,) each."""

    person: NDArray[np.int64]
    predicted: NDArray[np.float32]
    actual: NDArray[np.float32]
    n_user: NDArray[np.int64]
    n_item: NDArray[np.int64]

    def take(self, some: NDArray[np.bool_]) -> Told:
        return Told(*(column[some] for column in self))

    @property
    def error(self) -> NDArray[np.float32]:
        return self.actual - self.predicted


def learned(told: Told) -> dict[str, Any]:
    """Plain values for a version's metrics: the quantiles, and the share that they hold of unseen people.

    Empty where too few ratings are held out.
    """
    if len(told.actual) < LEAST_RATINGS:
        return {}
    learners = told.person % 2 == 0
    held, half = told.take(~learners), told.take(learners)
    errors = learn_errors(half.error, half.n_user, half.n_item)
    whole = learn_errors(told.error, told.n_user, told.n_item)
    return {
        "errors": {name: np.asarray(value).tolist() for name, value in whole._asdict().items()},
        "coverage": round(float(np.mean(_inside(errors, held))), 4),
        "buckets": _by_bucket(errors, held),
        "ratings": len(told.actual),
    }


def errors_of(metrics: Mapping[str, Any]) -> Errors | None:
    """What a version learned, None where it learned nothing."""
    kept = metrics.get("intervals", {}).get("errors")
    return Errors(**{name: np.array(value) for name, value in kept.items()}) if kept else None


def around(errors: Errors, stars: NDArray[Any], n_user: ArrayLike, n_item: NDArray[Any]) -> list[Interval]:
    """For each of (n,) predictions the half stars inside its interval; the nearest one where none is."""
    low, high = errors.around(stars, n_user, n_item)
    first, last = np.ceil(2 * low), np.floor(2 * high)
    none, nearest = first > last, np.rint(2 * stars)
    ends = (np.clip(np.where(none, nearest, end), *HALF_STARS) / 2 for end in (first, last))
    return [Interval(*both) for both in zip(*(end.tolist() for end in ends), strict=True)]


def told_of(stars: Callable[[History], NDArray[Any]], split: Split, users: NDArray[Any]) -> Told:
    """What a model says of the held-out ratings of `users`, shown their past."""
    counts = np.bincount(split.train.rated.item, minlength=split.train.n_items)
    parts = []
    for place, user in enumerate(users.tolist()):
        past, future = split.train.history(user), split.test.history(user)
        predicted = np.clip(np.nan_to_num(stars(past)[future.item], nan=MIDDLE), 0.5, 5)
        n = np.full(len(future), len(past.rated))
        parts.append(Told(np.full(len(future), place), predicted, future.rating, n, counts[future.item]))
    return Told(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _by_bucket(errors: Errors, told: Told) -> list[dict[str, Any]]:
    """Coverage by what is known: people's buckets from few to many ratings, and in each the films'."""
    inside = np.array(_inside(errors, told))
    user = np.searchsorted(errors.user_edges, told.n_user)
    item = np.searchsorted(errors.item_edges, told.n_item)
    found = []
    for row, column in np.ndindex(errors.low.shape):
        own = inside[(user == row) & (item == column)]
        share = round(float(own.mean()), 4) if len(own) else None
        found.append({"person": row, "film": column, "coverage": share, "ratings": len(own)})
    return found


def _inside(errors: Errors, told: Told) -> list[bool]:
    """Whether each rating lies within what would have been shown."""
    shown = around(errors, told.predicted, told.n_user, told.n_item)
    return [one.low <= rating <= one.high for one, rating in zip(shown, told.actual, strict=True)]
