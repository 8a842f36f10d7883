"""What a visitor without an account rates, hides and leaves out: kept in the session, adopted at log-in."""

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
_PREDICTED = "predicted"
_HIDDEN = "hidden"
_UNUSED = "unused"
_LAST_RATED = "last_rated"
_DRAFT = "review_draft"


class TooManyRatings(Exception):
    pass


def ratings(request: HttpRequest) -> dict[int, int]:
    """Movie id to half stars, oldest first."""
    return {int(movie): value for movie, value in request.session.get(_RATINGS, {}).items()}


def rate(
    request: HttpRequest, *, movie: Movie, stars: Decimal | float | str, predicted: float | None = None
) -> None:
    """Raises ValueError where stars are no half stars, TooManyRatings past what a session should carry.

    `predicted`, in stars, is what was shown before the rating; a later change does not forget it.
    """
    kept = request.session.get(_RATINGS, {})
    if str(movie.pk) not in kept and len(kept) >= LIMIT:
        raise TooManyRatings
    request.session[_RATINGS] = {**kept, str(movie.pk): half_stars(stars)}
    if predicted is not None:
        told = request.session.get(_PREDICTED, {})
        request.session[_PREDICTED] = {**told, str(movie.pk): round(predicted, 1)}


def remove_rating(request: HttpRequest, *, movie: Movie) -> None:
    for name in (_RATINGS, _PREDICTED):
        kept = request.session.get(name, {})
        request.session[name] = {key: value for key, value in kept.items() if key != str(movie.pk)}


@transaction.atomic
def adopt_ratings(request: HttpRequest, *, user: AbstractUser) -> int:
    """Hand the session's ratings to the account; what the member rated before stays as it was."""
    kept, told = ratings(request), request.session.get(_PREDICTED, {})
    rated = set(Rating.objects.filter(user=user, movie__in=kept).values_list("movie_id", flat=True))
    new = Movie.objects.filter(pk__in=kept.keys() - rated)
    for movie in new:
        predicted = told.get(str(movie.pk))
        services.rate(user=user, movie=movie, stars=kept[movie.pk] / 2, predicted=predicted)
    for name in (_RATINGS, _PREDICTED):
        request.session.pop(name, None)
    return len(new)


def hidden(request: HttpRequest) -> list[int]:
    """Ids of films that shall not be recommended, the newest last."""
    return _ids(request, _HIDDEN)


def hide(request: HttpRequest, *, movie: Movie) -> None:
    _add(request, _HIDDEN, movie)


def unhide(request: HttpRequest, *, movie: Movie) -> None:
    _drop(request, _HIDDEN, movie)


def unused(request: HttpRequest) -> list[int]:
    """Ids of films that shall not be learned from, the newest last."""
    return _ids(request, _UNUSED)


def leave_out(request: HttpRequest, *, movie: Movie) -> None:
    _add(request, _UNUSED, movie)


def use_again(request: HttpRequest, *, movie: Movie) -> None:
    _drop(request, _UNUSED, movie)


@transaction.atomic
def adopt_left_out(request: HttpRequest, *, user: AbstractUser) -> None:
    """Hand what is hidden and what is not learned from to the account."""
    for movie in Movie.objects.filter(pk__in=hidden(request)):
        services.hide(user=user, movie=movie)
    for movie in Movie.objects.filter(pk__in=unused(request)):
        services.leave_out(user=user, movie=movie)
    for key in (_HIDDEN, _UNUSED):
        request.session.pop(key, None)


def _ids(request: HttpRequest, key: str) -> list[int]:
    kept: list[int] = request.session.get(key, [])
    return kept


def _add(request: HttpRequest, key: str, movie: Movie) -> None:
    # The oldest go where there would be more than a session should carry.
    _drop(request, key, movie)
    request.session[key] = [*_ids(request, key), movie.pk][-LIMIT:]


def _drop(request: HttpRequest, key: str, movie: Movie) -> None:
    request.session[key] = [pk for pk in _ids(request, key) if pk != movie.pk]


def note_rated(request: HttpRequest, *, movie: Movie, former: float | None) -> None:
    """For the next page, which says what the rating changed: the film and its stars before."""
    request.session[_LAST_RATED] = [movie.pk, former]


def last_rated(request: HttpRequest) -> tuple[int, float | None] | None:
    """Said once."""
    noted = request.session.pop(_LAST_RATED, None)
    return tuple(noted) if noted else None


def keep_draft(request: HttpRequest, *, movie: Movie, text: str, **fields: str) -> None:
    """A review sent after the log-in ran out waits here until its writer is back, with what came with it."""
    kept = {name: value[:1_000] for name, value in fields.items()}
    request.session[_DRAFT] = {"movie": movie.pk, "text": text[:20_000], "fields": kept}


def draft(request: HttpRequest, *, movie: Movie) -> str:
    kept = request.session.get(_DRAFT, {})
    return kept["text"] if kept.get("movie") == movie.pk else ""


def draft_fields(request: HttpRequest, *, movie: Movie) -> dict[str, str]:
    kept = request.session.get(_DRAFT, {})
    return kept.get("fields", {}) if kept.get("movie") == movie.pk else {}


def drop_draft(request: HttpRequest) -> None:
    request.session.pop(_DRAFT, None)
