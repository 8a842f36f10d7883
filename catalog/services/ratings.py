"""Ratings, and the counts of films that follow them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from catalog.models import Movie, Rating, RatingSource, half_stars

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractUser


@transaction.atomic
def rate(
    *,
    user: AbstractUser,
    movie: Movie,
    stars: Decimal | float | str,
    predicted: Decimal | float | None = None,
) -> Rating:
    """Give or change a rating. Raises ValueError where stars are not half stars from 0.5 to 5.

    `predicted`, in stars, is what was shown before the rating; a later change does not forget it.
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


def refresh_counts(*, movie_ids: Iterable[int] | None = None) -> None:
    """Count the ratings of some films, or of all, anew in one statement."""
    ratings = Rating.objects.filter(movie=OuterRef("pk")).order_by().values("movie")
    movies = Movie.objects.all() if movie_ids is None else Movie.objects.filter(pk__in=movie_ids)
    movies.order_by().update(
        ratings_count=Coalesce(Subquery(ratings.annotate(n=Count("pk")).values("n")), Value(0)),
        half_stars_sum=Coalesce(Subquery(ratings.annotate(n=Sum("half_stars")).values("n")), Value(0)),
    )
