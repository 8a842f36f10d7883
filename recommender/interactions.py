"""All ratings and viewings of the database as the arrays that models are fitted on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, QuerySet
from numpy.typing import NDArray

from catalog.models import Credit, Movie, Plot, Rating, Watch
from recommender.ml.interactions import NO_TIME, Catalogue, Interactions, Vocabulary

if TYPE_CHECKING:
    from accounts.models import User

# Beyond the leading names a cast says little about a film and costs memory.
LEADING_CAST = 6
_COLUMNS = np.dtype([("user", np.int64), ("movie", np.int64), ("half_stars", np.float32), ("time", np.int64)])

Row = tuple[int, int, float, datetime | None]


def read_interactions() -> Interactions:
    """Everything that people did who lend it, in the order it was written; item ids are the keys of Movie.

    A film that was watched but not rated has the rating NaN. Films that nobody rated are in the
    vocabulary too, since content alone can recommend them.
    """
    items = Vocabulary.of(list(Movie.objects.order_by("pk").values_list("pk", flat=True)))
    columns = np.fromiter(_timed(_ratings()), dtype=_COLUMNS)
    columns = np.concatenate([columns, np.fromiter(_timed(_unrated_watches()), dtype=_COLUMNS)])
    return Interactions.of(
        columns["user"],
        columns["movie"],
        columns["half_stars"] / 2,
        columns["time"],
        items=items,
        catalogue=read_catalogue(items),
    )


def _not_lending() -> QuerySet[User]:
    """Few among many: left out by a list of ids, not by a join on every rating."""
    people: QuerySet[User] = get_user_model().objects.filter(lends_ratings=False)
    return people


def _ratings() -> Iterator[Row]:
    lent = Rating.objects.exclude(user__in=_not_lending()).order_by("pk")
    rows = lent.values_list("user_id", "movie_id", "half_stars", "rated_at")
    return rows.iterator(chunk_size=20_000)


def _unrated_watches() -> Iterator[Row]:
    rating = Rating.objects.filter(user=OuterRef("user"), movie=OuterRef("movie"))
    lent = Watch.objects.exclude(user__in=_not_lending())
    watches = lent.filter(~Exists(rating)).order_by("user_id", "movie_id", "-pk")
    seen: set[tuple[int, int]] = set()
    for user, movie, created in watches.values_list("user_id", "movie_id", "created_at").iterator():
        if (user, movie) not in seen:
            seen.add((user, movie))
            yield user, movie, np.nan, created


def _timed(rows: Iterable[Row]) -> Iterator[tuple[int, int, float, int]]:
    for user, movie, half_stars, moment in rows:
        yield user, movie, half_stars, seconds(moment)


def seconds(moment: datetime | None) -> int:
    """Seconds since 1970, NO_TIME for an unknown moment."""
    return int(NO_TIME) if moment is None else int(moment.timestamp())


def read_catalogue(items: Vocabulary) -> Catalogue:
    """Titles, texts, genres, people and years of the films of `items`, in its order."""
    films = {
        pk: (title, tagline, year or 0)
        for pk, title, tagline, year in Movie.objects.values_list("pk", "title", "tagline", "year")
    }
    plots = dict(Plot.objects.values_list("movie_id", "text"))
    genres = _grouped(Movie.genres.through.objects.values_list("movie_id", "genre__name"))
    leading = Credit.objects.exclude(role=Credit.Role.CAST, position__gte=LEADING_CAST)
    people = _grouped(leading.order_by("movie_id", "position").values_list("movie_id", "person__name"))
    ids = [int(pk) for pk in items.ids]
    years: NDArray[np.int16] = np.array([films[pk][2] for pk in ids], dtype=np.int16)
    return Catalogue(
        titles=[films[pk][0] for pk in ids],
        texts=[f"{films[pk][1]} {plots.get(pk, '')}".strip() for pk in ids],
        genres=[tuple(genres[pk]) for pk in ids],
        people=[tuple(dict.fromkeys(people[pk])) for pk in ids],
        years=years,
    )


def _grouped(pairs: Iterable[tuple[int, str]]) -> defaultdict[int, list[str]]:
    groups: defaultdict[int, list[str]] = defaultdict(list)
    for key, name in pairs:
        groups[key].append(name)
    return groups
