"""What a visitor without an account rates and hides: kept in the session, adopted at log-in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from catalog import services
from catalog.models import Movie, Rating, half_stars

if TYPE_CHECKING:
    from decimal import Decimal

    from django.contrib.auth.models import AbstractUser
    from django.http import HttpRequest

LIMIT = 200
_RATINGS = "ratings"
_HIDDEN = "hidden"
_DRAFT = "review_draft"


class TooManyRatings(Exception):
    pass


def ratings(request: HttpRequest) -> dict[int, int]:
    """Movie id to half stars, oldest first."""
    return {int(movie): value for movie, value in request.session.get(_RATINGS, {}).items()}


def rate(request: HttpRequest, *, movie: Movie, stars: Decimal | float | str) -> None:
    """Raises ValueError where stars are no half stars, TooManyRatings past what a session should carry."""
    kept = request.session.get(_RATINGS, {})
    if str(movie.pk) not in kept and len(kept) >= LIMIT:
        raise TooManyRatings
    request.session[_RATINGS] = {**kept, str(movie.pk): half_stars(stars)}


def remove_rating(request: HttpRequest, *, movie: Movie) -> None:
    kept = request.session.get(_RATINGS, {})
    request.session[_RATINGS] = {key: value for key, value in kept.items() if key != str(movie.pk)}


@transaction.atomic
def adopt_ratings(request: HttpRequest, *, user: AbstractUser) -> int:
    """Hand the session's ratings to the account; what the member rated before stays as it was."""
    kept = ratings(request)
    rated = set(Rating.objects.filter(user=user, movie__in=kept).values_list("movie_id", flat=True))
    new = Movie.objects.filter(pk__in=kept.keys() - rated)
    for movie in new:
        services.rate(user=user, movie=movie, stars=kept[movie.pk] / 2)
    request.session.pop(_RATINGS, None)
    return len(new)


def hidden(request: HttpRequest) -> list[int]:
    """Movie ids, the newest last."""
    kept: list[int] = request.session.get(_HIDDEN, [])
    return kept


def hide(request: HttpRequest, *, movie: Movie) -> None:
    """The oldest go where there would be more than a session should carry."""
    unhide(request, movie=movie)
    request.session[_HIDDEN] = [*hidden(request), movie.pk][-LIMIT:]


def unhide(request: HttpRequest, *, movie: Movie) -> None:
    request.session[_HIDDEN] = [pk for pk in hidden(request) if pk != movie.pk]


@transaction.atomic
def adopt_hidden(request: HttpRequest, *, user: AbstractUser) -> None:
    for movie in Movie.objects.filter(pk__in=hidden(request)):
        services.hide(user=user, movie=movie)
    request.session.pop(_HIDDEN, None)


def keep_draft(request: HttpRequest, *, movie: Movie, text: str) -> None:
    """A review sent after the log-in ran out waits here until its writer is back."""
    request.session[_DRAFT] = {"movie": movie.pk, "text": text[:20_000]}


def draft(request: HttpRequest, *, movie: Movie) -> str:
    kept = request.session.get(_DRAFT, {})
    return kept["text"] if kept.get("movie") == movie.pk else ""


def drop_draft(request: HttpRequest) -> None:
    request.session.pop(_DRAFT, None)
