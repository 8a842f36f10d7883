"""Whoever asks for recommendations, reduced to a history: member, newcomer or stranger alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING, Self

import numpy as np
from django.db.models import F, SmallIntegerField, Value
from django.http import HttpRequest

from catalog import session
from catalog.models import HiddenFilm, Rating, Watch
from recommender.interactions import seconds
from recommender.ml.interactions import NO_TIME, History, Vocabulary

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

# Stand for a film that was watched without a rating, and for a hidden one, in the one query that reads all.
_UNRATED, _HIDDEN = 0, -1


@dataclass(frozen=True)
class Visitor:
    """Film ids with half stars (0 where watched without a rating), and with times in seconds."""

    half_stars: Mapping[int, int]
    times: Mapping[int, int]
    hidden: frozenset[int] = frozenset()  # films that shall not be recommended

    @classmethod
    def of_member(cls, user: AbstractBaseUser) -> Self:
        """One query, however long the history."""
        rated = Rating.objects.filter(user_id=user.pk).order_by()
        watched = Watch.objects.filter(user_id=user.pk).order_by()
        hidden = HiddenFilm.objects.filter(user_id=user.pk).order_by()
        unrated, unwanted = (Value(code, output_field=SmallIntegerField()) for code in (_UNRATED, _HIDDEN))
        columns = ("movie_id", "value", "moment")
        ratings = rated.annotate(value=F("half_stars"), moment=F("rated_at")).values_list(*columns)
        watches = watched.annotate(value=unrated, moment=F("created_at")).values_list(*columns)
        hidings = hidden.annotate(value=unwanted, moment=F("hidden_at")).values_list(*columns)
        return cls._of_rows(ratings.union(watches, hidings))

    @classmethod
    def of_session(cls, half_stars: Mapping[int, int], hidden: Iterable[int] = ()) -> Self:
        return cls(dict(half_stars), {}, frozenset(hidden))

    @classmethod
    def _of_rows(cls, rows: Iterable[tuple[int, int, datetime | None]]) -> Self:
        half_stars: dict[int, int] = {}
        times: dict[int, int] = {}
        hidden: set[int] = set()
        for movie_id, value, moment in rows:
            if value == _HIDDEN:
                hidden.add(movie_id)
            elif value >= half_stars.get(movie_id, _UNRATED):
                half_stars[movie_id] = value
                times[movie_id] = seconds(moment)
        return cls(half_stars, times, frozenset(hidden))

    def __bool__(self) -> bool:
        return bool(self.half_stars)

    @property
    def seen(self) -> set[int]:
        return set(self.half_stars)

    @cached_property
    def rated_count(self) -> int:
        return sum(value > _UNRATED for value in self.half_stars.values())

    @property
    def unwanted(self) -> set[int]:
        """What no list offers: films that were seen and films that are hidden."""
        return self.seen | self.hidden

    @cached_property
    def ordered(self) -> list[int]:
        """Film ids from the oldest to the newest."""
        return sorted(self.half_stars, key=lambda movie_id: (self.times.get(movie_id, 0), movie_id))

    @cached_property
    def key(self) -> str:
        """Equal for equal histories: what a cached score belongs to."""
        entries = ((film, self.half_stars[film], self.times.get(film, 0)) for film in self.ordered)
        return blake2b(repr(list(entries)).encode(), digest_size=16).hexdigest()

    def history(self, items: Vocabulary) -> History:
        ratings = np.array([self.half_stars[film] / 2 for film in self.ordered], dtype=np.float32)
        ratings[ratings == _UNRATED] = np.nan
        times = [self.times.get(film, int(NO_TIME)) for film in self.ordered]
        return History.of(items, self.ordered, ratings, times)

    def stars(self, movie_id: int) -> float | None:
        """The visitor's own rating of a film."""
        value = self.half_stars.get(movie_id, _UNRATED)
        return value / 2 if value else None


def visitor_of(request: HttpRequest) -> Visitor:
    """The visitor behind a request, read once a request and after whatever the request changed."""
    known: Visitor | None = getattr(request, "visitor", None)
    if known is None:
        known = _read(request, request.user)
        request.visitor = known  # type: ignore[attr-defined]
    return known


def _read(request: HttpRequest, user: AbstractBaseUser | AnonymousUser) -> Visitor:
    if user.is_authenticated:
        return Visitor.of_member(user)
    return Visitor.of_session(session.ratings(request), session.hidden(request))
