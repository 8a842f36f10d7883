"""A MovieLens data set into the database: films, people, ratings, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.text import slugify
from numpy.typing import NDArray

from catalog.imports.films import TakenFilms, take_films
from catalog.imports.people import ImportedPeople
from catalog.imports.ratings import Row, bulk_ratings
from catalog.models import Rating
from catalog.services import refresh_counts
from recommender.ml.movielens import MovieLens, Problem, RatingChunk, UnreadableDataset

# Called with the number of ratings read since the last call.
Advance = Callable[[int], object]
# Its ids are its own; every later set continues those of 1M.
FORMS_WITH_OWN_IDS = frozenset({"100k"})
# Two people with so many ratings, all of them alike, are one.
TELLING = 15


@dataclass
class Taken:
    """What an import did, in numbers. `merged`: ratings of a film that the set lists under two ids."""

    films: TakenFilms
    people_added: int = 0
    people: int = 0
    ratings_added: int = 0
    ratings_changed: int = 0
    ratings_unchanged: int = 0
    merged: int = 0
    filmless: int = 0
    problem_count: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def wrote_ratings(self) -> bool:
        return bool(self.ratings_added or self.ratings_changed)


def dataset_key(name: str) -> str:
    """The name under which a data set's people are known: at most 60 letters, digits and hyphens."""
    return slugify(name)[:60].strip("-") or "movielens"


def is_imported(name: str) -> bool:
    """Whether ratings of the data set are in this database; an import is whole or it is not there."""
    people = get_user_model().objects.filter(source_key__startswith=f"{dataset_key(name)}:")
    return Rating.objects.imported().filter(user__in=people).exists()


@transaction.atomic
def import_movielens(*, dataset: MovieLens, name: str, advance: Advance = lambda rows: None) -> Taken:
    """Take films, people and ratings; the same data set twice changes nothing.

    Raises UnreadableDataset where a file as a whole cannot be read or holds no rating, and leaves the
    database as it was.
    """
    films = take_films(dataset.films(), shared_ids=dataset.form not in FORMS_WITH_OWN_IDS)
    taken = Taken(films)
    if dataset.has_ratings:
        _take_ratings(dataset, ImportedPeople(dataset_key(name)), taken, advance)
        if taken.wrote_ratings:
            refresh_counts()
    taken.problem_count, taken.problems = dataset.problem_count, dataset.problems
    return taken


def _take_ratings(dataset: MovieLens, people: ImportedPeople, taken: Taken, advance: Advance) -> None:
    writer, before, rows = bulk_ratings(), Rating.objects.count(), 0
    written, seen = 0, set[int]()
    for chunk in dataset.rating_chunks():
        columns = _Columns.of(chunk, taken.films.keys, people, taken)
        if not seen and people.added == len(np.unique(columns.user)):
            _refuse_what_is_here_already(columns)
        written += writer.write(columns.rows())
        rows += len(columns.user)
        seen.update(np.unique(chunk.user).tolist())
        advance(len(chunk))
    if not seen:
        raise UnreadableDataset(_nothing_in(dataset))
    taken.people, taken.people_added = len(seen), people.added
    taken.ratings_added = Rating.objects.count() - before
    taken.ratings_changed = written - taken.ratings_added
    taken.ratings_unchanged = rows - written


def _refuse_what_is_here_already(columns: _Columns) -> None:
    """A new name for a set that was imported would count everybody twice: the first person gives it away."""
    mine = columns.user == columns.user[0]
    ratings = set(zip(columns.movie[mine].tolist(), columns.half_stars[mine].tolist(), strict=True))
    movie, half_stars = min(ratings)
    alike = Rating.objects.imported().filter(movie=movie, half_stars=half_stars).select_related("user")
    for other in alike if len(ratings) >= TELLING else ():
        if set(other.user.ratings.values_list("movie_id", "half_stars")) == ratings:
            name = other.user.source_key.partition(":")[0]
            raise UnreadableDataset(f"These people are here already as {name}: give --name {name} to import.")


def _nothing_in(dataset: MovieLens) -> str:
    first = next((f" ({bad.file}, row {bad.row} {bad.reason})" for bad in dataset.problems), "")
    return f"{dataset.name} holds no readable rating{first}. Take the files as GroupLens ships them."


@dataclass(frozen=True)
class _Columns:
    """A chunk in the database's own keys."""

    user: NDArray[np.int64]
    movie: NDArray[np.int64]
    half_stars: NDArray[np.int64]
    seconds: NDArray[np.int64]

    @classmethod
    def of(cls, chunk: RatingChunk, films: dict[int, int], people: ImportedPeople, taken: Taken) -> _Columns:
        movie = _translated(chunk.film, films)
        known = movie > 0
        taken.filmless += int((~known).sum())
        kept = chunk.take(known)
        user = _translated(kept.user, people.keys(np.unique(kept.user).tolist()))
        newest = _newest_of_each(user, movie[known], kept)
        taken.merged += len(kept) - len(newest)
        kept = kept.take(newest)
        half_stars = (kept.stars * 2).astype(np.int64)
        return cls(user[newest], movie[known][newest], half_stars, kept.time)

    def rows(self) -> Iterator[Row]:
        seconds = [None if time < 0 else time for time in self.seconds.tolist()]
        return zip(self.user.tolist(), self.movie.tolist(), self.half_stars.tolist(), seconds, strict=True)


def _translated(ids: NDArray[np.int64], keys: dict[int, int]) -> NDArray[np.int64]:
    """Primary keys for ids of the data set, 0 where there is none."""
    distinct, where = np.unique(ids, return_inverse=True)
    return np.array([keys.get(id_, 0) for id_ in distinct.tolist()], np.int64)[where]


def _newest_of_each(
    user: NDArray[np.int64], movie: NDArray[np.int64], chunk: RatingChunk
) -> NDArray[np.int64]:
    """Positions, in the order of the file, of the newest rating of each person for each film."""
    order = np.lexsort((chunk.row, chunk.time, movie, user))
    ahead = order[1:]
    is_last = (user[ahead] != user[order[:-1]]) | (movie[ahead] != movie[order[:-1]])
    return np.sort(order[np.append(is_last, True)]) if len(order) else order
