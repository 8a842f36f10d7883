"""Films as the serving door hands them out: with predicted stars, an interval and a reason."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from catalog.models import Movie
from recommender.intervals import Interval, around
from recommender.live import LiveModels
from recommender.scoring import Floats, Rows
from recommender.visitors import Visitor

# Films on a visitor's own page.
PICKS = 42


@dataclass(frozen=True)
class Pick:
    movie: Movie
    stars: float | None  # predicted, None where the models cannot say
    reason: str = ""
    interval: Interval | None = None


@dataclass(frozen=True)
class Row:
    """A row of a page; `why` says in one line what it is there for, `key` names it to a program."""

    title: str
    why: str
    picks: Sequence[Pick]
    about: Movie | None = None
    key: str = ""


def picks_of(
    live: LiveModels,
    visitor: Visitor,
    rows: Rows,
    stars: Floats | None,
    because: Mapping[int, str] | None = None,
    movies: Mapping[int, Movie] | None = None,
) -> list[Pick]:
    """Films of `rows` in their order; a film deleted since the training is left out.

    `movies` are those that were read already, by id; else they are read here.
    """
    films = by_row(live, rows, movies_of(live, rows) if movies is None else movies)
    told = [None] * len(films) if stars is None else stars[[*films]].tolist()
    intervals = intervals_of(live, visitor, list(films.values()), told)
    return [
        Pick(film, own, (because or {}).get(row, ""), interval)
        for (row, film), own, interval in zip(films.items(), told, intervals, strict=True)
    ]


def movies_of(live: LiveModels, rows: Rows) -> dict[int, Movie]:
    """As cards show them, by id."""
    return Movie.objects.for_cards().in_bulk(live.items.ids[rows].tolist())


def by_row(live: LiveModels, rows: Rows, movies: Mapping[int, Movie]) -> dict[int, Movie]:
    """Those of `movies`, which are by id, that stand in `rows`, in their order."""
    ids = zip(rows.tolist(), live.items.ids[rows].tolist(), strict=True)
    return {row: movies[film] for row, film in ids if film in movies}


def intervals_of(
    live: LiveModels, visitor: Visitor, films: Sequence[Movie], stars: Sequence[float | None]
) -> Sequence[Interval | None]:
    """Where each rating usually lies; None without stars, or where the live version learned too little."""
    if live.errors is None or None in stars:
        return [None] * len(films)
    counts = np.array([film.ratings_count for film in films], np.int64)
    return around(live.errors, np.array(stars, np.float32), visitor.rated_count, counts)


def interval_of(live: LiveModels, visitor: Visitor, film: Movie, stars: float) -> Interval | None:
    return intervals_of(live, visitor, [film], [stars])[0]


def chart(*, limit: int, exclude: Collection[int] = ()) -> list[Pick]:
    """The weighted rating chart, from the database alone."""
    movies = Movie.objects.by_weighted_rating().exclude(pk__in=exclude).for_cards()[:limit]
    return [Pick(movie, None) for movie in movies]
