"""All that changes what people do with films: keyword-only, atomic, and a film's counts follow."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

from django.db import transaction
from django.db.models import Count, Model, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from catalog.models import (
    HiddenFilm,
    Movie,
    Rating,
    RatingSource,
    Review,
    UnusedFilm,
    Watch,
    WatchlistEntry,
    half_stars,
)

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractUser

# What a person marks a film with, once: hidden, left out, on the watchlist.
Mark = TypeVar("Mark", HiddenFilm, UnusedFilm, WatchlistEntry)


@transaction.atomic
def rate(
    *,
    user: AbstractUser,
    movie: Movie,
    stars: Decimal | float | str,
    predicted: Decimal | float | None = None,
) -> Rating:
    """Give or change a rating. Raises ValueError where stars are not half stars from 0.5 to 5.

    `predicted`, in stars, is what the page showed beside the input; a later change does not forget it.
    """
    given = {"half_stars": half_stars(stars), "rated_at": timezone.now(), "source": RatingSource.SITE}
    if predicted is not None:
        given["predicted"] = round(Decimal(predicted), 1)
    rating, _ = Rating.objects.update_or_create(user_id=user.pk, movie=movie, defaults=given)
    refresh_counts(movie_ids=[movie.pk])
    return rating


@transaction.atomic
def remove_rating(*, user: AbstractUser, movie: Movie) -> bool:
    """True if there was a rating to remove."""
    removed, _ = Rating.objects.filter(user_id=user.pk, movie=movie).delete()
    refresh_counts(movie_ids=[movie.pk])
    return bool(removed)


@transaction.atomic
def log_watch(*, user: AbstractUser, movie: Movie, watched_on: date | None, rewatch: bool = False) -> Watch:
    """Write a viewing into the diary; the same film on the same day stays one entry."""
    watch, _ = Watch.objects.update_or_create(
        user_id=user.pk, movie=movie, watched_on=watched_on, defaults={"rewatch": rewatch}
    )
    return watch


def remove_watch(*, watch: Watch) -> None:
    watch.delete()


@transaction.atomic
def write_review(*, user: AbstractUser, movie: Movie, text: str, has_spoilers: bool = False) -> Review:
    """Write or rewrite the one review of a person about a film."""
    review, _ = Review.objects.update_or_create(
        user_id=user.pk, movie=movie, defaults={"text": text.strip(), "has_spoilers": has_spoilers}
    )
    return review


def remove_review(*, review: Review) -> None:
    review.delete()


def hide(*, user: AbstractUser, movie: Movie) -> HiddenFilm:
    """Recommend a film to this person no more; hiding it twice is hiding it once."""
    return _mark(HiddenFilm, user, movie)


def unhide(*, user: AbstractUser, movie: Movie) -> bool:
    """True if the film was hidden."""
    return _unmark(HiddenFilm, user, movie)


def leave_out(*, user: AbstractUser, movie: Movie) -> UnusedFilm:
    """Learn nothing about this person from a film; the rating and the diary stay as they are."""
    return _mark(UnusedFilm, user, movie)


def use_again(*, user: AbstractUser, movie: Movie) -> bool:
    """True if the film was left out."""
    return _unmark(UnusedFilm, user, movie)


def add_to_watchlist(*, user: AbstractUser, movie: Movie) -> WatchlistEntry:
    """Adding a film twice is adding it once."""
    return _mark(WatchlistEntry, user, movie)


def remove_from_watchlist(*, user: AbstractUser, movie: Movie) -> bool:
    """True if the film was on it."""
    return _unmark(WatchlistEntry, user, movie)


def _mark(kind: type[Mark], user: AbstractUser, movie: Movie) -> Mark:
    return kind._default_manager.get_or_create(user_id=user.pk, movie=movie)[0]


def _unmark(kind: type[Model], user: AbstractUser, movie: Movie) -> bool:
    removed, _ = kind._default_manager.filter(user_id=user.pk, movie=movie).delete()
    return bool(removed)


def refresh_counts(*, movie_ids: Iterable[int] | None = None) -> None:
    """Count the ratings of some films, or of all, anew in one statement."""
    ratings = Rating.objects.filter(movie=OuterRef("pk")).order_by().values("movie")
    movies = Movie.objects.all() if movie_ids is None else Movie.objects.filter(pk__in=movie_ids)
    movies.order_by().update(
        ratings_count=Coalesce(Subquery(ratings.annotate(n=Count("pk")).values("n")), Value(0)),
        half_stars_sum=Coalesce(Subquery(ratings.annotate(n=Sum("half_stars")).values("n")), Value(0)),
    )
