"""The serving door: a visitor's history in, films with predictions and reasons out.

Every function answers from the live models by folding the history in. Where that is impossible (no
model yet, a damaged file, a model that fails) the weighted rating chart answers instead and the
cause is logged: a page slows down or falls back, it never breaks.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np
from django.core.cache import caches
from django.db import DatabaseError
from numpy.typing import NDArray

from catalog.models import Movie
from recommender.intervals import Interval, around
from recommender.live import LiveModels, live_models
from recommender.ml.interactions import History
from recommender.visitors import Visitor

if TYPE_CHECKING:
    from recommender.ml.hybrid import Hybrid

logger = logging.getLogger(__name__)
T = TypeVar("T")

DEFAULT_ENGINE = "hybrid"
ENGINES = {
    "hybrid": "Hybrid",
    "svdpp": "Taste alike (SVD++)",
    "autoencoder": "Taste alike (autoencoder)",
    "content": "Story, genre and people",
    "weighted-rating": "Highest rated",
}
# What a visitor must have given a film for a row to be named after it.
LIKED = 4.0
# The neighbours of a liked film from which the hybrid of document B picks.
NEIGHBOURS = 30
REASONS = 3
STARS = (0.5, 5.0)


@dataclass(frozen=True)
class Pick:
    movie: Movie
    stars: float | None  # predicted, None where the models cannot say
    reason: str = ""
    interval: Interval | None = None


@dataclass(frozen=True)
class Row:
    title: str
    why: str
    picks: Sequence[Pick]
    about: Movie | None = None


@dataclass(frozen=True)
class Reason:
    movie: Movie
    stars: float | None  # the visitor's own rating
    share: float  # stars that this film adds to the prediction


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
    picks = _ask(lambda live: _ranked(live, visitor, engine, limit, unwanted))
    return chart(limit=limit, exclude=unwanted) if picks is None else picks


def rows_for(visitor: Visitor, *, limit: int = 14) -> list[Row]:
    """The rows of a front page, each with its purpose, no film on two of them."""
    why = "What everything you watched and rated points to" if visitor else "What most people here come for"
    top = Row("Top picks", why, recommend(visitor, limit=limit))
    rows = [top]
    shown = {pick.movie.pk for pick in top.picks}
    for film in _recently_liked(visitor)[:2]:
        row = because_of(visitor, film, limit=limit, exclude=shown)
        shown |= {pick.movie.pk for pick in row.picks}
        rows.append(row)
    highest = chart(limit=limit, exclude=shown | visitor.unwanted)
    rows.append(Row("Well loved here", "The highest rated films that you have not seen", highest))
    return [row for row in rows if row.picks]


def because_of(visitor: Visitor, film: Movie, *, limit: int, exclude: Collection[int] = ()) -> Row:
    """The hybrid of document B: content neighbours of `film`, ordered by what the visitor would give them."""
    unwanted = visitor.unwanted | set(exclude)
    picks = _ask(lambda live: _neighbours_by_stars(live, visitor, film, limit, unwanted)) or []
    why = "Near it in story and people, ordered by what you would give them"
    return Row("Because you liked", why, picks, film)


def similar_to(film: Movie, visitor: Visitor, *, limit: int = 14) -> Row:
    """Films near `film` by content and by who loves both, seen or not; hidden ones stay away."""
    picks = _ask(lambda live: _nearest(live, visitor, film, limit)) or []
    return Row("Near it", "By story, by people, and by who loves both", picks)


def predict(visitor: Visitor, film: Movie) -> Prediction | None:
    """What the visitor would give `film`; None without a history, for a rated film, or without an answer."""
    if not visitor or visitor.stars(film.pk) is not None:
        return None
    return _ask(lambda live: _prediction(live, visitor, film))


def pick_of(film: Movie, visitor: Visitor) -> Pick:
    """A film as lists show it: with the predicted stars where there are any."""
    found = predict(visitor, film)
    return Pick(film, found.stars, interval=found.interval) if found else Pick(film, None)


def chart(*, limit: int, exclude: Collection[int] = ()) -> list[Pick]:
    """The weighted rating chart, from the database alone."""
    movies = Movie.objects.by_weighted_rating().exclude(pk__in=exclude).for_cards()[:limit]
    return [Pick(movie, None) for movie in movies]


def _ask(question: Callable[[LiveModels], T]) -> T | None:
    """The models' answer, None without a model or where it fails. A broken database is not hidden."""
    try:
        live = live_models()
        return None if live is None else question(live)
    except DatabaseError:
        raise
    except Exception:
        logger.exception("The live models failed; the page falls back")
        return None


def _ranked(
    live: LiveModels, visitor: Visitor, engine: str, limit: int, unwanted: Collection[int]
) -> list[Pick]:
    scores = _scores(live, visitor, engine).copy()
    scores[_rows(live, unwanted)] = np.nan
    best = _best(scores, limit)
    stars = _stars(live, visitor) if visitor else None
    return _picks(live, visitor, best, stars, because=_main_reasons(live, visitor, best))


def _neighbours_by_stars(
    live: LiveModels, visitor: Visitor, film: Movie, limit: int, unwanted: Collection[int]
) -> list[Pick]:
    row = _row_of(live, film)
    if row is None:
        return []
    likeness = live.models["content"].similar(row).copy()
    likeness[row] = np.nan
    likeness[_rows(live, unwanted)] = np.nan
    stars = _stars(live, visitor)
    near = _best(likeness, NEIGHBOURS)
    return _picks(live, visitor, near[np.argsort(-stars[near], kind="stable")][:limit], stars)


def _nearest(live: LiveModels, visitor: Visitor, film: Movie, limit: int) -> list[Pick]:
    row = _row_of(live, film)
    if row is None:
        return []
    likeness = live.models["hybrid"].similar(row).copy()
    likeness[row] = np.nan
    likeness[_rows(live, visitor.hidden)] = np.nan
    return _picks(live, visitor, _best(likeness, limit), _stars(live, visitor) if visitor else None)


def _prediction(live: LiveModels, visitor: Visitor, film: Movie) -> Prediction | None:
    row = _row_of(live, film)
    stars = np.nan if row is None else float(_stars(live, visitor)[row])
    if row is None or np.isnan(stars):
        return None
    reasons = _reasons(live, visitor, row)
    without = _stars_without(live, visitor, reasons[0], row) if reasons else stars
    # As the page rounds them: a difference that cannot be read is none.
    told = without if round(without, 1) != round(stars, 1) else None
    return Prediction(stars, reasons, _interval(live, visitor, film, stars), told)


def _interval(live: LiveModels, visitor: Visitor, film: Movie, stars: float) -> Interval | None:
    if live.errors is None:
        return None
    return around(live.errors, stars, visitor.rated_count, film.ratings_count)


def _stars_without(live: LiveModels, visitor: Visitor, reason: Reason, row: int) -> float:
    left_out = visitor.history(live.items).without(int(live.items.rows([reason.movie.pk])[0]))
    return float(np.clip(_hybrid(live).stars(left_out)[row], *STARS))


def _scores(live: LiveModels, visitor: Visitor, engine: str) -> NDArray[np.float32]:
    """(n_items,) scores, pulled from the cache by model version and history or computed."""
    key = f"{live.version}:{engine}:{visitor.key}"
    found = caches["scores"].get(key)
    if found is None:
        found = live.models[engine].score(visitor.history(live.items))
        caches["scores"].set(key, found)
    return cast("NDArray[np.float32]", found)


def _stars(live: LiveModels, visitor: Visitor) -> NDArray[np.float32]:
    """(n_items,) predicted ratings by the blend of the rating models."""
    key = f"{live.version}:stars:{visitor.key}"
    found = caches["scores"].get(key)
    if found is None:
        found = np.clip(_hybrid(live).stars(visitor.history(live.items)), *STARS)
        caches["scores"].set(key, found)
    return cast("NDArray[np.float32]", found)


def _hybrid(live: LiveModels) -> Hybrid:
    return cast("Hybrid", live.models["hybrid"])


def _best(scores: NDArray[np.float32], limit: int) -> NDArray[np.int64]:
    """Rows of the highest scores, best first, NaN left out."""
    known = np.flatnonzero(~np.isnan(scores))
    if len(known) > limit:
        known = known[np.argpartition(-scores[known], limit)[:limit]]
    return known[np.argsort(-scores[known], kind="stable")]


def _rows(live: LiveModels, movie_ids: Collection[int]) -> NDArray[np.int64]:
    rows = live.items.rows(np.fromiter(movie_ids, dtype=np.int64, count=len(movie_ids)))
    return rows[rows >= 0]


def _row_of(live: LiveModels, film: Movie) -> int | None:
    row = int(live.items.rows([film.pk])[0])
    return row if row >= 0 else None


def _picks(
    live: LiveModels,
    visitor: Visitor,
    rows: NDArray[np.int64],
    stars: NDArray[np.float32] | None,
    because: dict[int, str] | None = None,
) -> list[Pick]:
    """Films of `rows` in their order; a film deleted since the training is left out."""
    ids = [int(live.items.ids[row]) for row in rows]
    movies = Movie.objects.for_cards().in_bulk(ids)
    picks = []
    for row, movie_id in zip(rows.tolist(), ids, strict=True):
        if movie_id in movies:
            film = movies[movie_id]
            told = None if stars is None else float(stars[row])
            interval = None if told is None else _interval(live, visitor, film, told)
            picks.append(Pick(film, told, (because or {}).get(row, ""), interval))
    return picks


def _contributions(live: LiveModels, history: History, row: int) -> list[tuple[int, float]]:
    """Film ids of the history with the stars each adds to the prediction of `row`, the weightiest first."""
    added = _hybrid(live).star_contributions(history, row)
    order = np.argsort(-added, kind="stable")
    return [(int(live.items.ids[history.item[place]]), float(added[place])) for place in order]


def _main_reasons(live: LiveModels, visitor: Visitor, rows: NDArray[np.int64]) -> dict[int, str]:
    """For each row the film of the history that speaks most for it, in one query for all titles."""
    if not visitor:
        return {}
    history = visitor.history(live.items)
    weightiest = {int(row): _contributions(live, history, int(row))[:1] for row in rows}
    speaking = {row: found[0][0] for row, found in weightiest.items() if found and found[0][1] > 0}
    titles = dict(Movie.objects.filter(pk__in=set(speaking.values())).order_by().values_list("pk", "title"))
    return {row: f"because of {titles[film]}" for row, film in speaking.items() if film in titles}


def _reasons(live: LiveModels, visitor: Visitor, row: int) -> list[Reason]:
    weightiest = _contributions(live, visitor.history(live.items), row)[:REASONS]
    found = [(film, share) for film, share in weightiest if share > 0]
    movies = Movie.objects.for_cards().in_bulk([film for film, _ in found])
    return [Reason(movies[film], visitor.stars(film), share) for film, share in found if film in movies]


def _recently_liked(visitor: Visitor) -> list[Movie]:
    liked = [film for film in reversed(visitor.ordered) if (visitor.stars(film) or 0) >= LIKED][:2]
    movies = Movie.objects.for_cards().in_bulk(liked)
    return [movies[film] for film in liked if film in movies]
