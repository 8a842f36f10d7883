"""A member's shelves of films: what is to be seen, and what was seen and waits for its stars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.db.models import Exists, F, Max, OuterRef
from django.utils.translation import gettext_lazy as _

from catalog.models import Movie, Rating
from catalog.models.films import MovieQuerySet

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

PREDICTED = "predicted"
ORDERS = {
    "added": (_("Added last"), [F("on_watchlists__added_at").desc(), "-pk"]),
    PREDICTED: (_("Best for me"), []),
    "popular": (_("Most rated"), ["-ratings_count", "pk"]),
    "newest": (_("Newest"), [F("year").desc(nulls_last=True), "pk"]),
    "oldest": (_("Oldest"), [F("year").asc(nulls_last=True), "pk"]),
    "shortest": (_("Shortest"), [F("runtime").asc(nulls_last=True), "pk"]),
    "longest": (_("Longest"), [F("runtime").desc(nulls_last=True), "pk"]),
}
LENGTHS = [
    (0, _("Any length")),
    (90, _("Up to 1½ hours")),
    (120, _("Up to 2 hours")),
    (150, _("Up to 2½ hours")),
]


class LengthField(forms.TypedChoiceField):
    """Minutes at most; nought for any length."""

    def __init__(self) -> None:
        super().__init__(choices=LENGTHS, coerce=int, empty_value=0, required=False, label=_("Length"))


class WatchlistForm(forms.Form):
    sort = forms.ChoiceField(
        choices=[(key, label) for key, (label, _columns) in ORDERS.items()], required=False, label=_("Order")
    )
    longest = LengthField()

    @property
    def sort_key(self) -> str:
        return self.cleaned_data.get("sort") or "added" if self.is_valid() else "added"

    @property
    def minutes(self) -> int:
        """Nought for any length, and for what makes no sense."""
        return self.cleaned_data.get("longest") or 0 if self.is_valid() else 0


def watchlist_of(user: AbstractBaseUser, *, longest: int = 0, sort: str = "added") -> MovieQuerySet:
    """`longest` in minutes; a film of unknown length may be too long."""
    films = Movie.objects.filter(on_watchlists__user=user.pk).order_by(*ORDERS[sort][1])
    return films.filter(runtime__lte=longest) if longest else films


def unrated(user: AbstractBaseUser) -> MovieQuerySet:
    """Seen, but without stars, each with `last_seen`; the latest viewing first."""
    rated = Rating.objects.filter(user=user.pk, movie=OuterRef("pk"))
    seen = Movie.objects.filter(~Exists(rated), watches__user=user.pk)
    dated = seen.annotate(last_seen=Max("watches__watched_on"))
    return dated.order_by(F("last_seen").desc(nulls_last=True), "-pk")
