"""The one reader of MovieLens data sets, from a folder or a zip, of any generation.

Source of the forms: the README files of MovieLens latest-small, 32M, 25M, 20M, 10M, 1M and 100K
(https://grouplens.org/datasets/movielens/). The website's importer streams `rating_chunks()`, the offline
evaluation takes `interactions()`; both see the same validated rows and the same list of problems.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np

from recommender.ml.demographics import about
from recommender.ml.interactions import Catalogue, Interactions, Vocabulary
from recommender.ml.movielens_files import DatasetFiles, UnreadableDataset, open_files
from recommender.ml.movielens_films import (
    Film,
    Person,
    Tag,
    movies_table,
    read_films,
    read_films_100k,
    read_links,
    read_people,
    read_tags,
)
from recommender.ml.movielens_ratings import (
    RatingChunk,
    by_whole_users,
    ratings_table,
    raw_chunks,
    require_ratings,
    rows_hint,
    without_repeats,
)
from recommender.ml.movielens_tables import Problem, ProblemLog, Table

__all__ = [
    "Film",
    "MovieLens",
    "Person",
    "Problem",
    "RatingChunk",
    "Tag",
    "UnreadableDataset",
    "open_dataset",
]

CHUNK_ROWS = 100_000


class Form(NamedTuple):
    """One way in which a data set is laid out in files; `ratings` is empty where there are none."""

    name: str
    ratings: str
    films: str
    also: frozenset[str] = frozenset()
    links: str = "links.csv"

    def fits(self, files: frozenset[str]) -> bool:
        return self.also | ({self.ratings, self.films} - {""}) <= files


# The first that fits is taken: 10M differs from 1M in its tags and in being UTF-8.
FORMS = (
    Form("csv", "ratings.csv", "movies.csv"),
    Form("10m", "ratings.dat", "movies.dat", frozenset({"tags.dat"})),
    Form("1m", "ratings.dat", "movies.dat"),
    Form("1m-no-timestamps", "ratings.csv", "movies.dat"),
    Form("100k", "u.data", "u.item"),
    Form("the-movies-dataset", "ratings_small.csv", "links_small.csv", links="links_small.csv"),
    Form("catalogue", "", "movies.csv"),
)


class MovieLens:
    """An opened data set: `name` is that of its folder or zip, `form` that of its layout.

    Nothing but the list of files is read before it is asked for. Every method that reads raises
    UnreadableDataset where a file as a whole cannot be read; a bad row is skipped and listed.
    """

    def __init__(self, name: str, files: DatasetFiles, folder: str, form: Form) -> None:
        self.name, self.form = name, form.name
        self._files, self._folder, self._form = files, folder, form
        self._log = ProblemLog()

    @property
    def problems(self) -> list[Problem]:
        """The rows skipped so far, the first 1,000 of them; `problem_count` counts them all."""
        return list(self._log.stored)

    @property
    def problem_count(self) -> int:
        return self._log.counts.total()

    @property
    def has_ratings(self) -> bool:
        return bool(self._form.ratings)

    @cached_property
    def count_hint(self) -> int:
        """About how many ratings there are, for a progress bar; 0 for a catalogue alone."""
        return rows_hint(self._files, self._ratings_table) if self.has_ratings else 0

    def films(self) -> list[Film]:
        """All films in the order of their file. The Movies Dataset has no titles: they are empty."""
        return list(self._films.values())

    def rating_chunks(self) -> Iterator[RatingChunk]:
        """Valid ratings in chunks of about 100,000, each (user, film) once.

        A file whose users follow one another, as all but 100K are, is streamed in bounded memory and every
        chunk holds whole users. In a file where a user comes back, a pair of a later chunk may replace
        one of an earlier chunk; whoever applies the chunks in order ends with the newest rating.
        """
        seen: set[int] = set()
        last_row = 0
        for chunk in by_whole_users(self._raw_chunks(), self._form.ratings, self._log):
            users = set(np.unique(chunk.user).tolist())
            if not seen.isdisjoint(users):
                yield from self._chunks_after(last_row)
                return
            yield chunk
            seen |= users
            last_row = int(chunk.row[-1])

    def ratings(self) -> RatingChunk:
        """All valid ratings at once, 36 bytes each, each (user, film) once."""
        whole = RatingChunk.joined(self._raw_chunks())
        return without_repeats(whole, self._form.ratings, self._log)

    def interactions(self) -> Interactions:
        """All ratings, over the films that were rated, with what is known of these and of their users."""
        ratings = require_ratings(self.ratings(), self._form.ratings or "The data set")
        items = Vocabulary.of(ratings.film)
        catalogue = self._catalogue(items)
        people = {person.id: about(person) for person in self.people()}
        return Interactions.of(
            ratings.user,
            ratings.film,
            ratings.stars,
            ratings.time,
            items=items,
            catalogue=catalogue,
            people=people or None,
        )

    def people(self) -> list[Person]:
        """What 1M and 100K say of their users; empty for every other form."""
        known = {"1m": "users.dat", "1m-no-timestamps": "users.dat", "100k": "u.user"}
        path = self._path(known.get(self.form, ""))
        return list(read_people(self._files, path, self._log)) if path else []

    def tags(self) -> Iterator[Tag]:
        """The words users gave to films, in the order of their file; none where there is no such file."""
        path = self._path("tags.dat" if self.form == "10m" else "tags.csv")
        return read_tags(self._files, path, self._log) if path else iter(())

    def _path(self, name: str) -> str:
        """The path of a file by its name, empty where the data set has none."""
        path = self._folder + name
        return path if name and path in self._files.sizes else ""

    @cached_property
    def _films(self) -> dict[int, Film]:
        if self.form == "100k":
            return read_films_100k(self._files, self._path("u.item"), self._log)
        links_path = self._path(self._form.links)
        links = read_links(self._files, links_path, self._log) if links_path else {}
        if self._form.films == self._form.links:
            return {film: Film(film, "", None, (), *link) for film, link in links.items()}
        encoding = "utf-8" if self.form == "10m" else "latin-1"
        table = movies_table(self._path(self._form.films), encoding)
        films = read_films(self._files, table, self._log)
        for film, (imdb_id, tmdb_id) in links.items():
            if film in films:
                films[film] = films[film]._replace(imdb_id=imdb_id, tmdb_id=tmdb_id)
        return films

    @cached_property
    def _ratings_table(self) -> Table:
        return ratings_table(self._files, self._path(self._form.ratings))

    def _raw_chunks(self) -> Iterator[RatingChunk]:
        if not self.has_ratings:
            return iter(())
        known = Vocabulary.of(list(self._films))
        return raw_chunks(self._files, self._ratings_table, known, self._log)

    def _chunks_after(self, row: int) -> Iterator[RatingChunk]:
        whole = self.ratings()
        rest = whole.take(whole.row > row)
        for start in range(0, len(rest), CHUNK_ROWS):
            yield rest.take(slice(start, start + CHUNK_ROWS))

    def _catalogue(self, items: Vocabulary) -> Catalogue:
        films = [self._films[film] for film in items.ids.tolist()]
        return Catalogue(
            titles=[film.title for film in films],
            texts=[""] * len(films),
            genres=[film.genres for film in films],
            people=[()] * len(films),
            years=np.array([film.year or 0 for film in films], np.int16),
        )


def open_dataset(path: Path | str) -> MovieLens:
    """The data set in the folder or zip at `path`, its files at the top or one folder down.

    Raises UnreadableDataset with a sentence that says what to do.
    """
    path = Path(path)
    files = open_files(path)
    folders = files.folders()
    for form in FORMS:
        for folder, names in folders.items():
            if form.fits(names):
                return MovieLens(path.name.removesuffix(".zip"), files, folder, form)
    raise UnreadableDataset(
        f"{path.name} holds no MovieLens data set: put ratings.csv and movies.csv (or ratings.dat and "
        "movies.dat, or u.data and u.item) at its top or one folder down, as GroupLens ships them."
    )
