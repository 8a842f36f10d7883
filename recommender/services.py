"""The serving door: a visitor's history in, films with predictions and reasons out.

Every function answers from the live models by folding the history in. Where that is impossible (no
model yet, a damaged file, a model that fails) the weighted rating chart answers instead and the
cause is logged: a page slows down or falls back, it never breaks.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from catalog.models import Movie
from recommender.intervals import Interval
from recommender.live import LiveModels, ask
from recommender.picks import Pick, chart, interval_of, picks_of
from recommender.reasons import Reason, main_reasons, reasons_of, stars_without
from recommender.scoring import row_of, shown_stars, stars_of
from recommender.steering import AS_IT_COMES, ENGINES, Steering, steered
from recommender.visitors import Visitor


@dataclass(frozen=True)
class Prediction:
    stars: float | None  # None for whoever switched predictions off
    reasons: Sequence[Reason]
    interval: Interval | None = None
    without_first: float | None = None  # the prediction if the first reason had never been rated


class Answer(NamedTuple):
    picks: list[Pick]
    version: str | None  # None where the chart answered


def recommend(
    visitor: Visitor, *, steering: Steering = AS_IT_COMES, limit: int = 20, exclude: Collection[int] = ()
) -> list[Pick]:
    """The first `limit` films for a visitor, as steered; none that is seen, hidden or in `exclude` (ids).

    Raises KeyError for an engine that is not in ENGINES.
    """
    return answered(visitor, steering=steering, limit=limit, exclude=exclude).picks


def answered(
    visitor: Visitor, *, steering: Steering = AS_IT_COMES, limit: int = 20, exclude: Collection[int] = ()
) -> Answer:
    """`recommend`, and the version that it is of: another may go live at any moment."""
    if steering.engine not in ENGINES:
        raise KeyError(f"There is no engine {steering.engine!r}; choose from {', '.join(ENGINES)}.")
    unwanted = visitor.unwanted | set(exclude)
    found = ask(lambda live: Answer(_ranked(live, visitor, steering, limit, unwanted), live.version))
    return found or Answer(chart(limit=limit, exclude=unwanted), None)


def predict(visitor: Visitor, film: Movie) -> Prediction | None:
    """What the visitor would give `film` and why, or why alone where predictions are switched off.

    None without a history, for a rated film, or without an answer.
    """
    if not visitor or visitor.stars(film.pk) is not None:
        return None
    return ask(lambda live: _prediction(live, visitor, film))


def predicted_stars(visitor: Visitor, film: Movie) -> float | None:
    """The number of `predict` alone, for less."""
    if not visitor or not visitor.sees_predictions or visitor.stars(film.pk) is not None:
        return None
    return ask(lambda live: _stars(live, visitor, film))


def pick_of(film: Movie, visitor: Visitor) -> Pick:
    """A film as lists show it: with the predicted stars where there are any."""
    found = predict(visitor, film)
    return Pick(film, found.stars, interval=found.interval) if found else Pick(film, None)


def _ranked(
    live: LiveModels, visitor: Visitor, steering: Steering, limit: int, unwanted: Collection[int]
) -> list[Pick]:
    rows = steered(live, visitor, steering, limit, unwanted)
    return picks_of(
        live,
        visitor,
        rows,
        shown_stars(live, visitor),
        because=main_reasons(live, visitor, rows, steering.engine),
    )


def _prediction(live: LiveModels, visitor: Visitor, film: Movie) -> Prediction | None:
    row, stars = row_of(live, film), _stars(live, visitor, film)
    if row is None or stars is None:
        return None
    reasons = reasons_of(live, visitor, row)
    if not visitor.sees_predictions:
        return Prediction(None, reasons)
    left = stars_without(live, visitor, reasons, row)
    # As the page rounds them: a difference that cannot be read is none.
    told = None if left is None or round(left, 1) == round(stars, 1) else left
    return Prediction(stars, reasons, interval_of(live, visitor, film, stars), told)


def _stars(live: LiveModels, visitor: Visitor, film: Movie) -> float | None:
    row = row_of(live, film)
    stars = np.nan if row is None else float(stars_of(live, visitor)[row])
    return None if np.isnan(stars) else stars
