"""Lists of films that members make, each in an order of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Case, Count, Exists, OuterRef, Prefetch, Q, Subquery, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from catalog.models.films import CARD_FIELDS, Movie, card_genres
from catalog.permissions import PUBLIC, seen_by

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

    Viewer = AbstractBaseUser | AnonymousUser

FIRST_FILMS = 5


class FilmListQuerySet(models.QuerySet["FilmList"]):
    def visible_to(self, viewer: Viewer) -> FilmListQuerySet:
        """One's own, and what others show who show themselves."""
        theirs = Q(visibility=PUBLIC, is_taken_down=False)
        return self.filter(seen_by(viewer), theirs | Q(user=viewer.pk) if viewer.is_authenticated else theirs)

    def public(self) -> FilmListQuerySet:
        return self.filter(visibility=PUBLIC, is_taken_down=False)

    def with_films(self) -> FilmListQuerySet:
        """Those that hold a film."""
        return self.filter(Exists(ListEntry.objects.filter(film_list=OuterRef("pk"))))

    def with_standing(self, movie: Movie) -> FilmListQuerySet:
        """`holds`: whether the film is in it."""
        return self.annotate(holds=Exists(_entry_of(movie)))

    def holding(self, movie: Movie) -> FilmListQuerySet:
        return self.filter(Exists(_entry_of(movie)))

    def counted(self) -> FilmListQuerySet:
        """`films_count`, and the owner."""
        entries = ListEntry.objects.filter(film_list=OuterRef("pk")).order_by().values("film_list")
        count = Subquery(entries.annotate(count=Count("pk")).values("count"))
        return self.annotate(films_count=Coalesce(count, 0)).select_related("user")

    def for_cards(self) -> FilmListQuerySet:
        """The same and `first_entries`, in three queries however many lists there are."""
        return self.counted().prefetch_related(first_entries())

    def latest_first(self) -> FilmListQuerySet:
        return self.order_by("-updated_at", "-pk")

    def own_first(self, viewer: Viewer) -> FilmListQuerySet:
        is_other = Case(When(user=viewer.pk, then=0), default=1, output_field=models.SmallIntegerField())
        return self.order_by(is_other, "-updated_at", "-pk")


class ListEntryQuerySet(models.QuerySet["ListEntry"]):
    def in_order(self) -> ListEntryQuerySet:
        return self.order_by("position", "pk")

    def for_cards(self) -> ListEntryQuerySet:
        """With film, poster and genres, in two queries."""
        shown = [f"movie__{name}" for name in CARD_FIELDS]
        entries = self.select_related("movie__picture").only("film_list", "position", "note", *shown)
        return entries.prefetch_related(card_genres("movie__"))


def first_entries() -> Prefetch:
    entries = ListEntry.objects.in_order().for_cards()[:FIRST_FILMS]
    return Prefetch("entries", entries, to_attr="first_entries")


def _entry_of(movie: Movie) -> ListEntryQuerySet:
    return ListEntry.objects.filter(film_list=OuterRef("pk"), movie=movie)


class FilmList(models.Model):
    class Visibility(models.TextChoices):
        PUBLIC = PUBLIC, _("everybody")
        PRIVATE = "private", _("only me")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="film_lists", verbose_name=_("user")
    )
    title = models.CharField(_("title"), max_length=100)
    description = models.TextField(_("description"), max_length=5_000, blank=True)
    is_ranked = models.BooleanField(_("ranked"), default=False)
    visibility = models.CharField(
        _("who sees it"), max_length=10, choices=Visibility, default=Visibility.PUBLIC
    )
    # Taken down by staff: seen by its owner alone, and by staff in the panel.
    is_taken_down = models.BooleanField(_("taken down"), default=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    # Of the list or of any of its entries.
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = FilmListQuerySet.as_manager()

    class Meta:
        verbose_name = _("film list")
        verbose_name_plural = _("film lists")
        ordering = ["-updated_at", "-pk"]
        indexes = [models.Index(fields=["-updated_at", "-id"], name="latest_film_lists")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("catalog:list", args=[self.pk, self.slug])

    @property
    def slug(self) -> str:
        return slugify(self.title)[:80].strip("-") or "list"

    @property
    def is_public(self) -> bool:
        return self.visibility == self.Visibility.PUBLIC


class ListEntry(models.Model):
    film_list = models.ForeignKey(
        FilmList, models.CASCADE, related_name="entries", verbose_name=_("film list")
    )
    movie = models.ForeignKey(Movie, models.CASCADE, related_name="list_entries", verbose_name=_("movie"))
    # Not unique: a merge of films leaves a gap, and its undoing comes back to a place that may be taken.
    position = models.PositiveSmallIntegerField(_("position"))
    note = models.CharField(_("note"), max_length=300, blank=True)
    added_at = models.DateTimeField(_("added at"), auto_now_add=True)

    objects = ListEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("list entry")
        verbose_name_plural = _("list entries")
        ordering = ["position", "pk"]
        indexes = [models.Index(fields=["film_list", "position", "id"], name="entries_in_order")]
        constraints = [
            models.UniqueConstraint(fields=["film_list", "movie"], name="film_once_on_a_list"),
        ]

    def __str__(self) -> str:
        return f"{self.movie} on {self.film_list}"
