"""The first films somebody rates, before the models know a taste."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from catalog import session
from catalog.left_out import hidden_films
from catalog.models import Movie, Rating

ENOUGH_RATINGS = 5
OFFERED = 9


def first_films(request: HttpRequest) -> dict[str, Any]:
    """While a visitor gave fewer than five ratings: films that many people know, with the stars so far."""
    given = latest_stars(request)
    if len(given) >= ENOUGH_RATINGS:
        return {"given": given}
    known = Movie.objects.for_cards().exclude(pk__in=hidden_films(request))
    films = [(film, given.get(film.pk)) for film in known[:OFFERED]]
    return {"given": given, "to_rate": films, "still_to_rate": ENOUGH_RATINGS - len(given)}


def latest_stars(request: HttpRequest) -> dict[int, float]:
    """Movie id to stars, no more of them than a beginning needs."""
    if request.user.is_authenticated:
        latest = Rating.objects.filter(user=request.user).newest_first()[:ENOUGH_RATINGS]
        return {rating.movie_id: rating.stars for rating in latest}
    latest = list(session.ratings(request).items())[-ENOUGH_RATINGS:]
    return {film: half_stars / 2 for film, half_stars in latest}
