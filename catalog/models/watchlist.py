from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models.films import Movie


class WatchlistEntry(models.Model):
    """A film somebody means to see."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="watchlist", verbose_name=_("user")
    )
    movie = models.ForeignKey(Movie, models.CASCADE, related_name="on_watchlists", verbose_name=_("movie"))
    added_at = models.DateTimeField(_("added at"), auto_now_add=True)

    class Meta:
        verbose_name = _("watchlist entry")
        verbose_name_plural = _("watchlist entries")
        constraints = [
            models.UniqueConstraint(fields=["user", "movie"], name="once_on_a_watchlist"),
        ]

    def __str__(self) -> str:
        return f"{self.movie} on the watchlist of {self.user}"
