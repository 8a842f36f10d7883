"""The serving door: a visitor's history in, films with predictions and reasons out.

Every function answers from the live models by folding the history in. Where that is impossible (no
model yet, a damaged file, a model that fails) the weighted rating chart answers instead and the
cause is logged: a page slows down or falls back, it never breaks.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from catalog.models import Movie
from recommender.intervals import Interval
from recommender.live import LiveModels, ask
from recommender.picks import Pick, Row, chart, interval_of, picks_of
from recommender.reasons import Reason, main_reasons, reasons_of, stars_without
from recommender.scoring import best, hybrid, row_of, scores_of, stars_of, without
from recommender.visitors import Visitor

DEFAULT_ENGINE = "hybrid"
ENGINES = {
    "hybrid": "Hybrid",
    "svdpp": "Taste alike (SVD++)",
    "autoencoder": "Taste alike (autoencoder)",
    "content": "Story, genre and people",
    "weighted-rating": "Highest rated",
}


@dataclass(frozen=True)
class Prediction:
    stars: float
    reasons: Sequence[Reason]
    interval: Interval | None = None
    without_first: float | None = None  # the prediction if the first reason had never been rated


def recommend(
    visitor: Visitor, *, engine: str = DEFAULT_ENGINE, limit: int = 20, exclude: Collection[int] = ()
) -> list[Pick]:
    """The first `limit` films for a visitor by one engine, none that is seen, hidden or in `exclude` (ids).

    Raises KeyError for an engine that is not in ENGINES.
    """
    if engine not in ENGINES:
        raise KeyError(f"There is no engine {engine!r}; choose from {', '.join(ENGINES)}.")
    unwanted = visitor.unwanted | set(exclude)
    picks = ask(lambda live: _ranked(live, visitor, engine, limit, unwanted))
    return chart(limit=limit, exclude=unwanted) if picks is None else picks


def similar_to(film: Movie, visitor: Visitor, *, limit: int = 14) -> Row:
    """Films near `film` by content and by who loves both, seen or not; hidden ones stay away."""
    picks = ask(lambda live: _nearest(live, visitor, film, limit)) or []
    return Row("Near it", "By story, by people, and by who loves both", picks)


def predict(visitor: Visitor, film: Movie) -> Prediction | None:
    """What the visitor would give `film`; None without a history, for a rated film, or without an answer."""
    if not visitor or visitor.stars(film.pk) is not None:
        return None
    return ask(lambda live: _prediction(live, visitor, film))


def pick_of(film: Movie, visitor: Visitor) -> Pick:
    """A film as lists show it: with the predicted stars where there are any."""
    found = predict(visitor, film)
    return Pick(film, found.stars, interval=found.interval) if found else Pick(film, None)


def _ranked(
    live: LiveModels, visitor: Visitor, engine: str, limit: int, unwanted: Collection[int]
) -> list[Pick]:
    rows = best(without(live, scores_of(live, visitor, engine), unwanted), limit)
    stars = stars_of(live, visitor) if visitor else None
    return picks_of(live, visitor, rows, stars, because=main_reasons(live, visitor, rows))


def _nearest(live: LiveModels, visitor: Visitor, film: Movie, limit: int) -> list[Pick]:
    row = row_of(live, film)
    if row is None:
        return []
    likeness = without(live, hybrid(live).similar(row), {film.pk} | visitor.hidden)
    return picks_of(live, visitor, best(likeness, limit), stars_of(live, visitor) if visitor else None)


def _prediction(live: LiveModels, visitor: Visitor, film: Movie) -> Prediction | None:
    row = row_of(live, film)
    stars = np.nan if row is None else float(stars_of(live, visitor)[row])
    if row is None or np.isnan(stars):
        return None
    reasons = reasons_of(live, visitor, row)
    left = stars_without(live, visitor, reasons, row)
    # As the page rounds them: a difference that cannot be read is none.
    told = None if left is None or round(left, 1) == round(stars, 1) else left
    return Prediction(stars, reasons, interval_of(live, visitor, film, stars), told)
