"""What people did with films, as arrays: the one form of data that every model reads."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

# The time of an interaction that carries none (MovieLens 1M without timestamps, an undated diary entry).
NO_TIME = np.int64(-1)


@dataclass(frozen=True)
class Vocabulary:
    """Two-way map between ids of the outside world and rows 0..n-1. `ids` is ascending and unique, int64."""

    ids: NDArray[np.int64]

    @classmethod
    def of(cls, ids: ArrayLike) -> Self:
        return cls(np.unique(np.asarray(ids, dtype=np.int64)))

    def __len__(self) -> int:
        return len(self.ids)

    def rows(self, ids: ArrayLike) -> NDArray[np.int64]:
        """Row of each id, -1 for an id that is not in the vocabulary."""
        wanted = np.asarray(ids, dtype=np.int64)
        if not len(self.ids):
            return np.full(wanted.shape, -1, dtype=np.int64)
        found = np.minimum(np.searchsorted(self.ids, wanted), len(self.ids) - 1)
        return np.where(self.ids[found] == wanted, found, -1)


@dataclass(frozen=True)
class Catalogue:
    """What is known of each film besides ratings; every field has one entry per item row."""

    titles: Sequence[str]
    texts: Sequence[str]  # plot and tagline; empty where unknown
    genres: Sequence[tuple[str, ...]]
    people: Sequence[tuple[str, ...]]  # directors, writers and leading cast
    years: NDArray[np.int16]  # 0 where unknown

    def __len__(self) -> int:
        return len(self.titles)

    @classmethod
    def blank(cls, n_items: int) -> Self:
        blanks, nothing = [""] * n_items, [()] * n_items
        return cls(blanks, blanks, nothing, nothing, np.zeros(n_items, np.int16))

    def take(self, rows: Iterable[int]) -> Self:
        kept = list(rows)
        return type(self)(
            [self.titles[row] for row in kept],
            [self.texts[row] for row in kept],
            [self.genres[row] for row in kept],
            [self.people[row] for row in kept],
            self.years[kept],
        )


class About(NamedTuple):
    """What is known of one person besides films; an empty text or NaN where it is not."""

    sex: str = ""
    age: float = math.nan  # years
    occupation: str = ""
    latitude: float = math.nan  # degrees, north is positive
    longitude: float = math.nan  # degrees, east is positive
    utc_offset: float = math.nan  # hours of standard time


@dataclass(frozen=True)
class History:
    """One person's interactions in item rows of a model's vocabulary: what a model scores.

    rating is in stars (0.5 to 5), NaN where the film was watched without a rating; time is in
    seconds since 1970, NO_TIME where unknown. An item occurs at most once. `about` is None where nothing
    is known of the person.
    """

    item: NDArray[np.int64]
    rating: NDArray[np.float32]
    time: NDArray[np.int64]
    about: About | None = None

    @classmethod
    def of(
        cls,
        items: Vocabulary,
        ids: ArrayLike,
        ratings: ArrayLike,
        times: ArrayLike | None = None,
    ) -> Self:
        """From film ids; unknown films are left out, and of a repeated film the last entry counts."""
        rows = items.rows(ids)
        rating = np.asarray(ratings, dtype=np.float32)
        time = np.full(len(rows), NO_TIME) if times is None else np.asarray(times, dtype=np.int64)
        if not len(rows) == len(rating) == len(time):
            raise ValueError(f"{len(rows)} films, {len(rating)} ratings and {len(time)} times do not match.")
        _, last = np.unique(rows[::-1], return_index=True)
        kept = len(rows) - 1 - last
        kept = np.sort(kept[rows[kept] >= 0])
        return cls(rows[kept], rating[kept], time[kept])

    @classmethod
    def empty(cls) -> Self:
        return cls(np.empty(0, np.int64), np.empty(0, np.float32), np.empty(0, np.int64))

    def __len__(self) -> int:
        return len(self.item)

    @property
    def rated(self) -> Self:
        """The part with a rating."""
        return self._take(~np.isnan(self.rating))

    def without(self, row: int) -> Self:
        return self._take(self.item != row)

    def _take(self, kept: NDArray[np.bool_]) -> Self:
        return type(self)(self.item[kept], self.rating[kept], self.time[kept], self.about)


@dataclass(frozen=True)
class Interactions:
    """All interactions of a data set: parallel arrays of length n, in the order of their source.

    user and item are rows of the vocabularies (int32); rating is float32 stars, NaN for implicit
    feedback; time is int64 seconds, NO_TIME where unknown. A (user, item) pair occurs at most once.
    `people` has one entry per user row, or is None where the data say nothing of their users.
    """

    users: Vocabulary
    items: Vocabulary
    user: NDArray[np.int32]
    item: NDArray[np.int32]
    rating: NDArray[np.float32]
    time: NDArray[np.int64]
    catalogue: Catalogue = field(repr=False)
    people: Sequence[About] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        lengths = {len(self.user), len(self.item), len(self.rating), len(self.time)}
        if len(lengths) != 1:
            raise ValueError(f"Interaction columns differ in length: {sorted(lengths)}.")
        if len(self.catalogue) != len(self.items):
            raise ValueError(
                f"{len(self.catalogue)} films in the catalogue, {len(self.items)} in the vocabulary."
            )
        if self.people is not None and len(self.people) != len(self.users):
            raise ValueError(f"{len(self.people)} people are described, {len(self.users)} users are known.")

    @classmethod
    def of(
        cls,
        user_ids: ArrayLike,
        item_ids: ArrayLike,
        ratings: ArrayLike,
        times: ArrayLike | None = None,
        *,
        items: Vocabulary | None = None,
        catalogue: Catalogue | None = None,
        people: Mapping[int, About] | None = None,
    ) -> Self:
        """From id columns. `items` may name more films than were rated; every rated film must be in it.

        `people` are by user id; a user who is not among them is one of whom nothing is known.
        """
        users = Vocabulary.of(user_ids)
        items = Vocabulary.of(item_ids) if items is None else items
        item = items.rows(item_ids)
        if (item < 0).any():
            unknown = np.asarray(item_ids)[item < 0][0]
            raise ValueError(f"Film {unknown} was rated but is not in the vocabulary of films.")
        rating = np.asarray(ratings, dtype=np.float32)
        time = np.full(len(rating), NO_TIME) if times is None else np.asarray(times, dtype=np.int64)
        return cls(
            users,
            items,
            users.rows(user_ids).astype(np.int32),
            item.astype(np.int32),
            rating,
            time,
            Catalogue.blank(len(items)) if catalogue is None else catalogue,
            None if people is None else [people.get(user, About()) for user in users.ids.tolist()],
        )

    def __len__(self) -> int:
        return len(self.rating)

    @property
    def n_users(self) -> int:
        return len(self.users)

    @property
    def n_items(self) -> int:
        return len(self.items)

    @property
    def is_timed(self) -> bool:
        return bool(len(self.time)) and bool((self.time != NO_TIME).any())

    def take(self, index: NDArray[np.int64] | NDArray[np.bool_]) -> Self:
        """Some of the interactions, over the same vocabularies and catalogue."""
        return type(self)(
            self.users,
            self.items,
            self.user[index],
            self.item[index],
            self.rating[index],
            self.time[index],
            self.catalogue,
            self.people,
        )

    @property
    def rated(self) -> Self:
        """The explicit part: interactions with a rating."""
        return self.take(~np.isnan(self.rating))

    @cached_property
    def by_user(self) -> sparse.csr_array:
        """(n_users, n_items) float32 matrix of ratings; an unrated interaction is stored as NaN."""
        shape = (self.n_users, self.n_items)
        coordinates = sparse.coo_array((self.rating, (self.user, self.item)), shape=shape)
        return sparse.csr_array(coordinates)

    @cached_property
    def _user_order(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        order = np.argsort(self.user, kind="stable")
        starts = np.concatenate([[0], np.cumsum(np.bincount(self.user, minlength=self.n_users))])
        return order, starts

    def history(self, user_row: int) -> History:
        """The interactions of one user, in the order of their source."""
        order, starts = self._user_order
        mine = order[starts[user_row] : starts[user_row + 1]]
        about = None if self.people is None else self.people[user_row]
        return History(self.item[mine].astype(np.int64), self.rating[mine], self.time[mine], about)


def rows_by_user(user: NDArray[np.integer]) -> list[tuple[int, NDArray[np.int64]]]:
    """Each user of a column of user rows, and the places (n_u,) where it stands, in their order."""
    order = np.argsort(user, kind="stable")
    users, starts = np.unique(user[order], return_index=True)
    return list(zip(users.tolist(), np.split(order, starts[1:]), strict=True)) if len(users) else []
