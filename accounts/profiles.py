"""What a profile counts, as far as the viewer may know it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Self

from django.db.models import Q
from django.utils import timezone

from catalog.models import Movie, Rating, Review, Watch

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

    from accounts.models import User


class Step(NamedTuple):
    """How many ratings of so many stars."""

    half_stars: int
    count: int

    @property
    def stars(self) -> float:
        return self.half_stars / 2

    @property
    def figure(self) -> str:
        whole, half = divmod(self.half_stars, 2)
        return f"{whole or ''}{'½' if half else ''}"


def by_stars(histogram: Sequence[int]) -> list[Step]:
    """From five stars down to half a star."""
    return [Step(half_stars, count) for half_stars, count in enumerate(histogram, start=1)][::-1]


@dataclass(frozen=True)
class Figures:
    """Nought for what is not shown, so that a private diary and an empty one count alike."""

    films: int
    this_year: int
    reviews: int
    histogram: list[int]

    @classmethod
    def of(cls, person: User, viewer: AbstractBaseUser | AnonymousUser) -> Self:
        seen = Watch.objects.filter(user=person).visible_to(viewer).order_by()
        rated = Rating.objects.filter(user=person).visible_to(viewer).order_by()
        films = Movie.objects.filter(Q(pk__in=seen.values("movie")) | Q(pk__in=rated.values("movie")))
        return cls(
            films=films.count(),
            this_year=seen.filter(watched_on__year=timezone.localdate().year).count(),
            reviews=Review.objects.filter(user=person).visible_to(viewer).count(),
            histogram=rated.histogram(),
        )

    @property
    def ratings(self) -> int:
        return sum(self.histogram)

    @property
    def average(self) -> float | None:
        half_stars = sum(step * count for step, count in enumerate(self.histogram, start=1))
        return half_stars / 2 / self.ratings if self.ratings else None

    def __bool__(self) -> bool:
        return bool(self.films or self.reviews)
