"""Whoever asks for recommendations, reduced to a history: member, newcomer or stranger alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from django.db.models import BigIntegerField, F, Func, Model, SmallIntegerField, Value
from django.http import HttpRequest

from catalog import session
from catalog.models import HiddenFilm, Rating, UnusedFilm, Watch, WatchlistEntry
from recommender import preferences
from recommender.ml.interactions import NO_TIME, History, Vocabulary

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

# Stand for films that were watched without a rating, are hidden, not to be learned from, or on the watchlist,
# in the one query that reads all.
_UNRATED, _HIDDEN, _UNUSED, _WATCHLIST = 0, -1, -2, -3
_KINDS: tuple[tuple[type[Model], Any, str], ...] = (
    (Rating, F("half_stars"), "rated_at"),
    *(
        (kind, Value(code, output_field=SmallIntegerField()), moment)
        for kind, code, moment in (
            (Watch, _UNRATED, "created_at"),
            (HiddenFilm, _HIDDEN, "hidden_at"),
            (UnusedFilm, _UNUSED, "unused_at"),
            (WatchlistEntry, _WATCHLIST, "added_at"),
        )
    ),
)


class _Seconds(Func):
    """Whole seconds since 1970, by the database: reading a thousand moments takes longer than the query."""

    output_field = BigIntegerField()
    template = "CAST(FLOOR(EXTRACT(EPOCH FROM %(expressions)s)) AS bigint)"

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "CAST(strftime('%%%%s', %(expressions)s) AS integer)"
        return self.as_sql(compiler, connection, template=template, **context)


# Stars from which a film counts as liked.
LIKED = 4.0


@dataclass(frozen=True)
class Visitor:
    """Film ids with half stars (0 where watched without a rating), and with times in seconds."""

    half_stars: Mapping[int, int]
    times: Mapping[int, int]
    hidden: frozenset[int] = frozenset()  # films that shall not be recommended
    unused: frozenset[int] = frozenset()  # films of the history that shall not be learned from
    watchlist: frozenset[int] = frozenset()
    sees_predictions: bool = True

    @classmethod
    def of_member(cls, user: AbstractBaseUser) -> Self:
        """One query, however long the history."""
        columns = ("movie_id", "value", "moment")
        kinds = [
            kind._default_manager.filter(user_id=user.pk)
            .order_by()
            .annotate(value=value, moment=_Seconds(moment))
            .values_list(*columns)
            for kind, value, moment in _KINDS
        ]
        return cls._of_rows(kinds[0].union(*kinds[1:]))

    @classmethod
    def of_session(
        cls, half_stars: Mapping[int, int], hidden: Iterable[int] = (), unused: Iterable[int] = ()
    ) -> Self:
        return cls(dict(half_stars), {}, frozenset(hidden), frozenset(unused))

    @classmethod
    def _of_rows(cls, rows: Iterable[tuple[int, int, int | None]]) -> Self:
        half_stars: dict[int, int] = {}
        times: dict[int, int] = {}
        apart: dict[int, set[int]] = {_HIDDEN: set(), _UNUSED: set(), _WATCHLIST: set()}
        for movie_id, value, moment in rows:
            if value in apart:
                apart[value].add(movie_id)
            elif value >= half_stars.get(movie_id, _UNRATED):
                half_stars[movie_id] = value
                times[movie_id] = int(NO_TIME) if moment is None else moment
        hidden, unused, watchlist = (frozenset(films) for films in apart.values())
        return cls(half_stars, times, hidden, unused, watchlist)

    def __bool__(self) -> bool:
        return bool(self.ordered)

    @property
    def seen(self) -> set[int]:
        return set(self.half_stars)

    @cached_property
    def rated_count(self) -> int:
        return sum(self.half_stars[film] > _UNRATED for film in self.ordered)

    @property
    def unwanted(self) -> set[int]:
        """What no list offers: films that were seen and films that are hidden."""
        return self.seen | self.hidden

    @cached_property
    def ordered(self) -> list[int]:
        """Ids of the films to learn from, from the oldest to the newest."""
        used = self.half_stars.keys() - self.unused
        return sorted(used, key=lambda movie_id: (self.times.get(movie_id, 0), movie_id))

    @cached_property
    def liked(self) -> list[int]:
        """Ids of the films to learn from with LIKED stars or more, from the oldest to the newest."""
        return [film for film in self.ordered if (self.stars(film) or 0) >= LIKED]

    @cached_property
    def key(self) -> str:
        """Equal for equal histories: what a cached score belongs to."""
        entries = ((film, self.half_stars[film], self.times.get(film, 0)) for film in self.ordered)
        return blake2b(repr(list(entries)).encode(), digest_size=16).hexdigest()

    def history(self, items: Vocabulary) -> History:
        """In rows of `items`; made once, as a page asks for it a dozen times."""
        if id(items) not in self._histories:
            self._histories[id(items)] = items, self._history(items)
        return self._histories[id(items)][1]

    @cached_property
    def _histories(self) -> dict[int, tuple[Vocabulary, History]]:
        return {}

    def _history(self, items: Vocabulary) -> History:
        ratings = np.array([self.half_stars[film] / 2 for film in self.ordered], dtype=np.float32)
        ratings[ratings == _UNRATED] = np.nan
        times = [self.times.get(film, int(NO_TIME)) for film in self.ordered]
        return History.of(items, self.ordered, ratings, times)

    def as_before(self, movie_id: int, stars: float | None) -> Self:
        """The same visitor with another rating of one film, or with none."""
        others = {film: value for film, value in self.half_stars.items() if film != movie_id}
        if stars is not None:
            others[movie_id] = round(2 * stars)
        return replace(self, half_stars=others)

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
        visitor = Visitor.of_member(user)
    else:
        kept = session.ratings(request), session.hidden(request), session.unused(request)
        visitor = Visitor.of_session(*kept)
    return replace(visitor, sees_predictions=preferences.of(request).shows_predictions)
