"""How a visitor marked films: one film in every way, all of it asked at once, or which of many are seen."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Exists, Model
from django.http import HttpRequest

from catalog import session
from catalog.models import HiddenFilm, LikedFilm, Movie, UnusedFilm, WatchlistEntry
from catalog.models.films import MovieQuerySet

KINDS: dict[str, type[Model]] = {
    "is_hidden": HiddenFilm,
    "is_unused": UnusedFilm,
    "is_liked": LikedFilm,
    "is_on_watchlist": WatchlistEntry,
}


class Marks(NamedTuple):
    is_hidden: bool
    is_unused: bool
    is_liked: bool
    is_on_watchlist: bool


def marks_of(request: HttpRequest, film: Movie) -> Marks:
    """One query a request: a page asks from several places, and none of them has just changed a mark."""
    known: dict[int, Marks] = request.__dict__.setdefault("marks_of_films", {})
    if film.pk not in known:
        known[film.pk] = _read(request, film)
    return known[film.pk]


def _read(request: HttpRequest, film: Movie) -> Marks:
    own = {"user": request.user.pk, "movie": film.pk}
    marked = {name: Exists(kind._default_manager.filter(**own)) for name, kind in KINDS.items()}
    found = Movie.objects.order_by().filter(pk=film.pk).annotate(**marked).values(*marked).get()
    return Marks(**found)


def seen_by_visitor(request: HttpRequest, films: MovieQuerySet) -> MovieQuerySet:
    """Those that a member watched or rated; without an account, those rated in this session."""
    if request.user.is_authenticated:
        return films.watched_by(request.user)
    return films.filter(pk__in=session.ratings(request))
