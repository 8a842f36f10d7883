"""Films as the serving door hands them out: with predicted stars, an interval and a reason."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

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
    ids = live.items.ids[rows].tolist()
    movies = movies_of(live, rows) if movies is None else movies
    picks = []
    for row, movie_id in zip(rows.tolist(), ids, strict=True):
        if movie_id in movies:
            film = movies[movie_id]
            told = None if stars is None else float(stars[row])
            interval = None if told is None else interval_of(live, visitor, film, told)
            picks.append(Pick(film, told, (because or {}).get(row, ""), interval))
    return picks


def movies_of(live: LiveModels, rows: Rows) -> dict[int, Movie]:
    """As cards show them, by id."""
    return Movie.objects.for_cards().in_bulk(live.items.ids[rows].tolist())


def interval_of(live: LiveModels, visitor: Visitor, film: Movie, stars: float) -> Interval | None:
    """Where the rating usually lies; None where the live version learned too little to say."""
    if live.errors is None:
        return None
    return around(live.errors, stars, visitor.rated_count, film.ratings_count)


def chart(*, limit: int, exclude: Collection[int] = ()) -> list[Pick]:
    """The weighted rating chart, from the database alone."""
    movies = Movie.objects.by_weighted_rating().exclude(pk__in=exclude).for_cards()[:limit]
    return [Pick(movie, None) for movie in movies]
