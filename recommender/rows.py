"""The rows of a front page, each with a purpose of its own, and no film on two of them."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from catalog.models import Movie
from recommender.live import LiveModels, ask
from recommender.picks import Pick, Row, chart, picks_of
from recommender.scoring import best, row_of, stars_of, without
from recommender.services import recommend
from recommender.visitors import Visitor

# What a visitor must have given a film for a row to be named after it.
LIKED = 4.0
# The neighbours of a liked film from which the hybrid of document B picks.
NEIGHBOURS = 30


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
    picks = ask(lambda live: _neighbours_by_stars(live, visitor, film, limit, unwanted)) or []
    why = "Near it in story and people, ordered by what you would give them"
    return Row("Because you liked", why, picks, film)


def _neighbours_by_stars(
    live: LiveModels, visitor: Visitor, film: Movie, limit: int, unwanted: Collection[int]
) -> list[Pick]:
    row = row_of(live, film)
    if row is None:
        return []
    likeness = without(live, live.models["content"].similar(row), {film.pk, *unwanted})
    stars = stars_of(live, visitor)
    near = best(likeness, NEIGHBOURS)
    return picks_of(live, visitor, near[np.argsort(-stars[near], kind="stable")][:limit], stars)


def _recently_liked(visitor: Visitor) -> list[Movie]:
    liked = [film for film in reversed(visitor.ordered) if (visitor.stars(film) or 0) >= LIKED][:2]
    movies = Movie.objects.for_cards().in_bulk(liked)
    return [movies[film] for film in liked if film in movies]
