from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.models.films import Movie

# Importers meet these again and know from them which film is meant.
EXTERNAL_IDS = ("imdb_id", "tmdb_id", "movielens_id")
# What a film lacks of these it takes from the removed one, or from a file.
FACTS = ("tagline", "language", "released_on", "runtime", "budget", "revenue")


class FilmMergeQuerySet(models.QuerySet["FilmMerge"]):
    def standing(self) -> FilmMergeQuerySet:
        """Those that were not undone."""
        return self.filter(undone_at=None)


class FilmMerge(models.Model):
    """Two rows of one film made into one. The removed film's address leads to the kept one."""

    kept = models.ForeignKey(Movie, models.CASCADE, related_name="merges", verbose_name=_("kept film"))
    removed_id = models.PositiveBigIntegerField(_("id of the removed film"), db_index=True)
    removed_title = models.CharField(_("removed title"), max_length=300)
    # All that was moved or dropped, as the merging service wrote it: what undoing reads.
    record = models.JSONField(_("record"))
    merged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("merged by")
    )
    merged_at = models.DateTimeField(_("merged at"), auto_now_add=True)
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)

    objects = FilmMergeQuerySet.as_manager()

    class Meta:
        verbose_name = _("film merge")
        verbose_name_plural = _("film merges")
        ordering = ["-merged_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["removed_id"], condition=Q(undone_at=None), name="merged_into_one_film_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return gettext("%(removed)s into %(kept)s") % {"removed": self.removed_title, "kept": self.kept}
