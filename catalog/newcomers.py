"""The first films somebody rates, before the models know a taste."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest

from catalog import session
from catalog.left_out import hidden_films
from catalog.looks import apart
from catalog.models import Movie, Rating
from catalog.shown import shown_films

ENOUGH_RATINGS = 5
OFFERED = 9
ON_THE_WALL = 21
# So many of the best loved may stand higher on the page.
SPARE = 60


def first_films(request: HttpRequest) -> dict[str, Any]:
    """While a visitor gave fewer than five ratings: films that many people know, with the stars so far."""
    given = latest_stars(request)
    if len(given) >= ENOUGH_RATINGS:
        return {"given": given}
    shown = shown_films(request)
    known = Movie.objects.for_cards().exclude(pk__in=hidden_films(request) | shown)
    films = [(film, given.get(film.pk)) for film in known[:OFFERED]]
    shown.update(film.pk for film, _ in films)
    return {"given": given, "to_rate": films, "still_to_rate": ENOUGH_RATINGS - len(given)}


def best_loved(request: HttpRequest) -> list[Movie]:
    """Candidates for a stranger's wall, more than it holds: none that was rated or hidden."""
    unwanted = hidden_films(request) | session.ratings(request).keys()
    best = Movie.objects.by_weighted_rating().exclude(pk__in=unwanted)
    return list(best.for_cards()[: ON_THE_WALL + SPARE])


def on_the_wall(request: HttpRequest, best: Iterable[Movie]) -> list[Movie]:
    """Those that the page does not show yet."""
    shown = shown_films(request)
    fresh = [film for film in best if film.pk not in shown][:ON_THE_WALL]
    shown.update(film.pk for film in fresh)
    return apart(fresh)


def latest_stars(request: HttpRequest) -> dict[int, float]:
    """Movie id to stars, no more of them than a beginning needs."""
    if request.user.is_authenticated:
        latest = Rating.objects.filter(user=request.user).newest_first()[:ENOUGH_RATINGS]
        return {rating.movie_id: rating.stars for rating in latest}
    latest = list(session.ratings(request).items())[-ENOUGH_RATINGS:]
    return {film: half_stars / 2 for film, half_stars in latest}
