from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models.films import Movie

# Cards are 124 to 190 pixels wide, the film page's poster 250; screens have one or two pixels for each.
WIDTHS = (160, 320, 500)
LARGEST = WIDTHS[-1]
EXTENSIONS = ("avif", "webp")


def widths_up_to(widest: int) -> list[int]:
    """The widths of a picture's files: those in use, and its own if it is not that large."""
    return [width for width in WIDTHS if width < widest] + [widest]


class PosterPicture(models.Model):
    """A poster known by its address elsewhere: fetched once, resized, and served from this site."""

    class State(models.TextChoices):
        DUE = "due", _("to be fetched")
        KEPT = "kept", _("kept here")
        REFUSED = "refused", _("not usable")

    movie = models.OneToOneField(Movie, models.CASCADE, related_name="picture", verbose_name=_("movie"))
    source_url = models.URLField(_("poster at the source"), max_length=1000)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DUE, db_index=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("due at"), default=timezone.now, db_index=True)
    answer = models.CharField(_("answer"), max_length=300, blank=True)
    # Of the source's bytes: part of every file's name, so that a changed poster has a new address.
    digest = models.CharField(_("digest"), max_length=64, blank=True, editable=False)
    width = models.PositiveSmallIntegerField(_("width"), default=0, editable=False)
    height = models.PositiveSmallIntegerField(_("height"), default=0, editable=False)
    blur = models.TextField(_("blurred picture as a data address"), blank=True, editable=False)
    fetched_at = models.DateTimeField(_("fetched at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("poster picture")
        verbose_name_plural = _("poster pictures")

    def __str__(self) -> str:
        return f"Poster of {self.movie}"

    @property
    def is_shown(self) -> bool:
        """A poster whose address changed is shown until the new one has come."""
        return bool(self.digest)

    @property
    def file_names(self) -> list[str]:
        widths = widths_up_to(self.width)
        return [f"{self.digest}-{width}.{extension}" for width in widths for extension in EXTENSIONS]

    @property
    def address(self) -> str:
        """For browsers that know no source sets."""
        return f"{self._stem}-{self.width}.webp"

    @property
    def source_sets(self) -> Iterator[tuple[str, str]]:
        """Media type and source set, the smaller format first."""
        for extension in EXTENSIONS:
            files = (f"{self._stem}-{width}.{extension} {width}w" for width in widths_up_to(self.width))
            yield f"image/{extension}", ", ".join(files)

    @property
    def _stem(self) -> str:
        return f"{settings.MEDIA_URL}posters/{self.digest}"
