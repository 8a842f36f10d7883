from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models.films import Movie


class HiddenFilm(models.Model):
    """A film somebody does not want to be recommended again; it says nothing about how good it is."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="hidden_films", verbose_name=_("user")
    )
    movie = models.ForeignKey(Movie, models.CASCADE, related_name="hidden_by", verbose_name=_("movie"))
    hidden_at = models.DateTimeField(_("hidden at"), auto_now_add=True)

    class Meta:
        verbose_name = _("hidden film")
        verbose_name_plural = _("hidden films")
        constraints = [
            models.UniqueConstraint(fields=["user", "movie"], name="one_hiding_per_user_and_movie"),
        ]

    def __str__(self) -> str:
        return f"{self.movie} hidden by {self.user}"


class UnusedFilm(models.Model):
    """A film of somebody's history that shall not be learned from: a child's choice, a night with friends."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="unused_films", verbose_name=_("user")
    )
    movie = models.ForeignKey(Movie, models.CASCADE, related_name="unused_by", verbose_name=_("movie"))
    unused_at = models.DateTimeField(_("unused at"), auto_now_add=True)

    class Meta:
        verbose_name = _("unused film")
        verbose_name_plural = _("unused films")
        constraints = [
            models.UniqueConstraint(fields=["user", "movie"], name="one_leaving_out_per_user_and_movie"),
        ]

    def __str__(self) -> str:
        return f"{self.movie} left out by {self.user}"
