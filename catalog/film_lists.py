"""What a visitor is shown of lists: those around a film, and how much of one they have seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from django.db.models import Q, prefetch_related_objects

from catalog.marks import seen_by_visitor
from catalog.models import FilmList, Movie
from catalog.models.lists import first_entries
from catalog.services.lists import MOST_LISTS

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
    from django.http import HttpRequest

SHOWN = 6


@dataclass(frozen=True)
class ListsOfFilm:
    """`own`: all lists of the viewer, each with `holds`; `shown`: some that hold it, one's own first."""

    own: list[FilmList]
    shown: list[FilmList]
    has_more: bool

    @classmethod
    def of(cls, movie: Movie, viewer: AbstractBaseUser | AnonymousUser) -> Self:
        """Four queries; one where no list holds the film and the viewer has none, as it mostly is."""
        if not FilmList.objects.filter(Q(entries__movie=movie) | Q(user=viewer.pk)).exists():
            return cls([], [], has_more=False)
        lists = FilmList.objects.visible_to(viewer).with_standing(movie).counted().own_first(viewer)
        wanted = Q(holds=True) | Q(user=viewer.pk) if viewer.is_authenticated else Q(holds=True)
        found = list(lists.filter(wanted)[: MOST_LISTS + SHOWN + 1])
        holding = [one for one in found if one.holds]
        prefetch_related_objects(holding[:SHOWN], first_entries())
        own = [one for one in found if one.user_id == viewer.pk]
        return cls(own, holding[:SHOWN], len(holding) > SHOWN)

    @property
    def own_holding(self) -> int:
        return sum(one.holds for one in self.own)


def seen_of_list(request: HttpRequest, film_list: FilmList) -> set[int]:
    """The ids of its films that the visitor has seen."""
    films = Movie.objects.filter(list_entries__film_list=film_list).order_by()
    return set(seen_by_visitor(request, films).values_list("pk", flat=True))
