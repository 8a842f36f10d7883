from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models.films import Movie
from catalog.permissions import seen_by

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser


class LikedFilmQuerySet(models.QuerySet["LikedFilm"]):
    def visible_to(self, viewer: AbstractBaseUser | AnonymousUser) -> LikedFilmQuerySet:
        """A heart is an opinion: it is shown with the ratings."""
        return self.filter(seen_by(viewer, "ratings"))


class LikedFilm(models.Model):
    """A heart for a film, beside whatever stars it was given."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="liked_films", verbose_name=_("user")
    )
    movie = models.ForeignKey(Movie, models.CASCADE, related_name="liked_by", verbose_name=_("movie"))
    liked_at = models.DateTimeField(_("liked at"), auto_now_add=True)

    objects = LikedFilmQuerySet.as_manager()

    class Meta:
        verbose_name = _("liked film")
        verbose_name_plural = _("liked films")
        constraints = [
            models.UniqueConstraint(fields=["user", "movie"], name="one_like_per_user_and_movie"),
        ]

    def __str__(self) -> str:
        return f"{self.movie} liked by {self.user}"


class ReviewLike(models.Model):
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="liked_reviews", verbose_name=_("user")
    )
    review = models.ForeignKey(
        "catalog.Review", models.CASCADE, related_name="likes", verbose_name=_("review")
    )
    liked_at = models.DateTimeField(_("liked at"), auto_now_add=True)

    class Meta:
        verbose_name = _("review like")
        verbose_name_plural = _("review likes")
        constraints = [
            models.UniqueConstraint(fields=["user", "review"], name="one_like_per_user_and_review"),
        ]

    def __str__(self) -> str:
        return f"{self.review} liked by {self.user}"
