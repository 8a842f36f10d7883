from __future__ import annotations

import secrets
from collections.abc import Collection
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.models import Movie

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

MOST_SEATS = 6


_WAYS = {
    "average": _("What suits all of you best on the whole."),
    "least-misery": _("The lowest stars count, so nobody suffers."),
    "turns": _("Everybody’s favourite, one after the other."),
}


def new_link() -> str:
    return secrets.token_urlsafe(16)


class WatchGroupQuerySet(models.QuerySet["WatchGroup"]):
    def of(self, user: AbstractBaseUser | AnonymousUser, guest_seats: list[int]) -> WatchGroupQuerySet:
        """Groups that somebody owns or sits in, as a member or as a guest; the newest first."""
        mine = Q(seats__pk__in=guest_seats, seats__user=None)
        if user.is_authenticated:
            mine |= Q(owner_id=user.pk) | Q(seats__user_id=user.pk)
        return self.filter(mine).distinct()

    def apart_from(self, people: Collection[int]) -> WatchGroupQuerySet:
        """Without the groups of these people (ids): whoever is blocked learns of none."""
        return self.exclude(owner__in=people)

    def with_seats(self, *, apart_from: Collection[int] = ()) -> WatchGroupQuerySet:
        """Seats of people in `apart_from` (ids) are as if they were empty."""
        seats = Seat.objects.select_related("user").exclude(user__in=apart_from)
        return self.select_related("owner").prefetch_related(Prefetch("seats", seats))

    def with_vetoes(self, *, apart_from: Collection[int] = ()) -> WatchGroupQuerySet:
        vetoed = Prefetch("seats__vetoed", Movie.objects.for_cards())
        return self.with_seats(apart_from=apart_from).prefetch_related(vetoed)


class WatchGroup(models.Model):
    """Two to six people who choose a film; whoever has the link may take a seat."""

    class Way(models.TextChoices):
        AVERAGE = "average", _("Average")
        LEAST_MISERY = "least-misery", _("Least misery")
        TURNS = "turns", _("Taking turns")

        @property
        def says(self) -> str:
            return str(_WAYS[self.value])

    class Length(models.IntegerChoices):
        SHORT = 90, _("up to 1 h 30")
        USUAL = 120, _("up to 2 h")
        LONG = 150, _("up to 2 h 30")

        __empty__ = _("any length")

    class Wanted(models.IntegerChoices):
        """On how many of their watchlists a film must be."""

        NOT_ASKED = 0, _("any film")
        BY_SOMEBODY = 1, _("on anybody’s watchlist")
        BY_SEVERAL = 2, _("on several watchlists")

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="owned_groups", verbose_name=_("owner")
    )
    name = models.CharField(_("name"), max_length=60, blank=True)
    link = models.CharField(_("link"), max_length=32, unique=True, default=new_link, editable=False)
    way = models.CharField(_("way of choosing"), max_length=12, choices=Way, default=Way.AVERAGE)
    longest = models.PositiveSmallIntegerField(_("minutes at most"), choices=Length, null=True, blank=True)
    wanted = models.PositiveSmallIntegerField(_("on watchlists"), choices=Wanted, default=Wanted.NOT_ASKED)
    allows_seen = models.BooleanField(_("with films that some of us have seen"), default=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = WatchGroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("watch group")
        verbose_name_plural = _("watch groups")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.name or gettext("The group of %(name)s") % {"name": self.owner}

    def get_absolute_url(self) -> str:
        return reverse("recommender:together-group", args=[self.pk])


class Seat(models.Model):
    """Somebody's place in a group: a member, or a guest whose few ratings are kept here."""

    group = models.ForeignKey(WatchGroup, models.CASCADE, related_name="seats", verbose_name=_("group"))
    position = models.PositiveSmallIntegerField(_("position"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="seats",
        verbose_name=_("user"),
    )
    guest_name = models.CharField(_("guest name"), max_length=30, blank=True)
    # What a guest answered, oldest first: pairs of a film's id and its half stars, null where unseen.
    cards = models.JSONField(_("cards"), default=list, blank=True)
    vetoed = models.ManyToManyField(Movie, blank=True, related_name="+", verbose_name=_("vetoed"))

    class Meta:
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["group", "position"], name="one_person_per_seat"),
            models.UniqueConstraint(fields=["group", "user"], name="one_seat_per_member_and_group"),
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=MOST_SEATS), name="at_most_six_seats"
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False, guest_name="") | Q(user__isnull=True) & ~Q(guest_name=""),
                name="a_seat_is_a_member_s_or_a_named_guest_s",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.user.get_username() if self.user else self.guest_name

    @property
    def is_guest(self) -> bool:
        return self.user_id is None

    @property
    def half_stars(self) -> dict[int, int]:
        """Film id to what a guest gave it, oldest first."""
        return {film: value for film, value in self.cards if value is not None}
