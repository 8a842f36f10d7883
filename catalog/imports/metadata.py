"""Facts about films out of the tables that go round: Kaggle's, TMDB's and those made from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from catalog.imports import metadata_links as links
from catalog.imports.metadata_files import Problems, Table, UnreadableMetadata, open_tables
from catalog.imports.metadata_rows import BadValue, FilmMetadata, film_of, has_films
from catalog.models import FilmMerge, Movie
from catalog.models.merges import EXTERNAL_IDS, FACTS
from catalog.titles import film_search_form

BATCH_ROWS = 200
WRITTEN = [*EXTERNAL_IDS, *FACTS, "year", "slug", "search_title", "updated_at"]
SHOWN_FILMS = 5
# No two films have one of these; a TMDB id may stand at several.
UNIQUE_IDS = {"imdb_id": "IMDb id", "movielens_id": "MovieLens id"}
# A film by the number of its row in the file.
NumberedFilm = tuple[int, FilmMetadata]
# Told the total and the name of a table; gives the function that is told how far it was read.
Shown = Callable[[int, str], AbstractContextManager[Callable[[int], object]]]


def unseen(total: int, what: str) -> AbstractContextManager[Callable[[int], object]]:
    return nullcontext(lambda more: None)


@dataclass
class TakenMetadata:
    """What became of the rows. `not_here`: of films that the catalogue does not have."""

    rows: int = 0
    known: set[int] = field(default_factory=set)
    added: int = 0
    completed: set[int] = field(default_factory=set)
    not_here: int = 0
    first_not_here: list[str] = field(default_factory=list)
    genres: int = 0
    keywords: int = 0
    credits: int = 0
    plots: int = 0
    posters: int = 0
    problems: Problems = field(default_factory=Problems)


class FilmIndex:
    """The films of the catalogue by what files call them, in a few tens of megabytes for 90,000 films."""

    def __init__(self) -> None:
        self.by_id: dict[str, dict[str | int, int]] = {name: {} for name in EXTERNAL_IDS}
        self.by_title: dict[str, list[int]] = {}
        # In the order of EXTERNAL_IDS.
        self.ids: dict[int, tuple[str | int | None, ...]] = {}
        for film in Movie.objects.order_by("pk").only("search_title", *EXTERNAL_IDS).iterator():
            self.add(film)
        # A film that was merged into another one goes on meaning that one.
        merges = FilmMerge.objects.standing().order_by("pk")
        for kept, ids in merges.values_list("kept_id", "record__ids"):
            self._remember(kept, ids or {})

    def add(self, film: Movie) -> None:
        self.by_title.setdefault(film.search_title, []).append(film.pk)
        self.learn(film)

    def learn(self, film: Movie) -> None:
        ids = {name: getattr(film, name) for name in EXTERNAL_IDS}
        self.ids[film.pk] = tuple(ids.values())
        self._remember(film.pk, ids)

    def _remember(self, film: int, ids: dict[str, str | int | None]) -> None:
        for name, value in ids.items():
            if value:
                self.by_id[name].setdefault(value, film)

    def find(self, row: FilmMetadata) -> int | None:
        for name, value in row.ids.items():
            if value in self.by_id[name]:
                return self.by_id[name][value]
        return self._namesake(row)

    def _namesake(self, row: FilmMetadata) -> int | None:
        """The one film of this title and year, unless its ids say that it is another one."""
        namesakes = self.by_title.get(film_search_form(row.title, row.year), ()) if row.year else ()
        if len(namesakes) != 1:
            return None
        # Had both the same one, the film would have been found by it.
        known = dict(zip(EXTERNAL_IDS, self.ids[namesakes[0]], strict=True))
        return None if any(known[name] for name in row.ids) else namesakes[0]

    def is_free(self, name: str, value: str | int) -> bool:
        return value not in self.by_id[name]


class _FirstRows:
    """The first row of a batch with each id: the index learns from a batch only when all of it is read."""

    def __init__(self, index: FilmIndex) -> None:
        self.index = index
        self.rows: dict[tuple[str, str | int], NumberedFilm] = {}

    def is_news(self, number: int, row: FilmMetadata) -> bool:
        """False where an earlier row is about the same film.

        Raises BadValue for a row with an earlier one's id that is about another film.
        """
        names = list(row.ids.items()) or [("title", film_search_form(row.title, row.year))]
        for name, value in names:
            if (name, value) not in self.rows:
                continue
            before, earlier = self.rows[name, value]
            if not self._differ(earlier, row):
                return False
            if name in UNIQUE_IDS:
                known = f"{UNIQUE_IDS[name]} {value} of row {before}"
                raise BadValue(f"has the {known}, which is about another film")
        for key in names:
            self.rows.setdefault(key, (number, row))
        return True

    def _differ(self, one: FilmMetadata, other: FilmMetadata) -> bool:
        films = {self.index.find(one), self.index.find(other)}
        if None not in films:
            return len(films) > 1
        return any(one.ids[name] != other.ids[name] for name in one.ids.keys() & other.ids.keys())


def import_metadata(
    *, path: Path, add: bool = False, overwrite: bool = False, dry_run: bool = False, shown: Shown = unseen
) -> TakenMetadata:
    """Fill in what the catalogue does not know of its films; every batch of rows is whole or not there.

    With `add`, films that are not here are made; with `overwrite`, what is known gives way, except
    titles, ids, and plots that somebody here wrote or locked. Raises UnreadableMetadata.
    """
    importer = _Importer(add, overwrite)
    with transaction.atomic() if dry_run else nullcontext():
        for table in open_tables(path):
            importer.take(table, shown)
        if dry_run:
            transaction.set_rollback(True)
    if not importer.found_films:
        raise UnreadableMetadata(f"{path.name} has no column of film ids, such as imdb_id, id or movieId.")
    return importer.taken


class _Importer:
    def __init__(self, add: bool, overwrite: bool) -> None:
        self.adds, self.overwrite = add, overwrite
        self.index, self.taken, self.found_films = FilmIndex(), TakenMetadata(), False

    def take(self, table: Table, shown: Shown) -> None:
        films = self._films(table)
        with shown(table.size, table.name) as advance:
            said = 0
            while batch := list(islice(films, BATCH_ROWS)):
                self._take(table.name, batch)
                advance(table.read - said)
                said = table.read

    def _films(self, table: Table) -> Iterator[NumberedFilm]:
        problems = self.taken.problems
        for number, row in table.rows(problems):
            if not has_films(row):
                return
            self.found_films = True
            self.taken.rows += 1
            try:
                yield number, film_of(row)
            except BadValue as error:
                problems.add(table.name, number, str(error))

    @transaction.atomic
    def _take(self, table: str, numbered: list[NumberedFilm]) -> None:
        rows = list(self._distinct(table, numbered))
        if self.adds:
            self._add([row for row in rows if row.title and self.index.find(row) is None])
        batch = self._matched(rows)
        self._fill(batch)
        taken, overwrite = self.taken, self.overwrite
        taken.genres += links.link_genres(batch, overwrite=overwrite)
        taken.keywords += links.link_keywords(batch, overwrite=overwrite)
        taken.credits += links.credit_people(batch, overwrite=overwrite)
        taken.plots += links.write_plots(batch, overwrite=overwrite)
        taken.posters += links.note_posters(batch, overwrite=overwrite)

    def _distinct(self, table: str, numbered: list[NumberedFilm]) -> Iterator[FilmMetadata]:
        """Without rows that repeat or contradict an earlier one of the batch."""
        first = _FirstRows(self.index)
        for number, row in numbered:
            is_absent = self.index.find(row) is None and not (self.adds and row.title)
            try:
                if is_absent or first.is_news(number, row):
                    yield row
            except BadValue as error:
                self.taken.problems.add(table, number, str(error))

    def _matched(self, rows: list[FilmMetadata]) -> links.Batch:
        batch: links.Batch = {}
        for row in rows:
            film = self.index.find(row)
            if film is None:
                self._note_absent(row)
            else:
                batch.setdefault(film, row)
        self.taken.known |= batch.keys()
        return batch

    def _note_absent(self, row: FilmMetadata) -> None:
        self.taken.not_here += 1
        if row.title and len(self.taken.first_not_here) < SHOWN_FILMS:
            self.taken.first_not_here.append(f"{row.title} ({row.year})" if row.year else row.title)

    def _add(self, rows: Iterable[FilmMetadata]) -> None:
        new = [Movie(title=row.title, year=row.year, **row.ids) for row in rows]
        for movie in new:
            movie.derive_from_title()
        Movie.objects.bulk_create(new)
        for movie in new:
            self.index.add(movie)
        self.taken.added += len(new)

    def _fill(self, batch: links.Batch) -> None:
        movies = Movie.objects.in_bulk(list(batch))
        changed = [movie for key, movie in movies.items() if self._complete(movie, batch[key])]
        for movie in changed:
            movie.updated_at = timezone.now()
            self.index.learn(movie)
        # One statement, where bulk_update's CASE grows with the batch.
        Movie.objects.bulk_create(changed, update_conflicts=True, unique_fields=["id"], update_fields=WRITTEN)
        self.taken.completed |= {movie.pk for movie in changed}

    def _complete(self, movie: Movie, row: FilmMetadata) -> bool:
        offered = {name: getattr(row, name) for name in (*EXTERNAL_IDS, *FACTS, "year")}
        missing = {
            name: value for name, value in offered.items() if value and self._may_take(movie, name, value)
        }
        for name, value in missing.items():
            setattr(movie, name, value)
        if "year" in missing:
            movie.derive_from_title()
        return bool(missing)

    def _may_take(self, movie: Movie, name: str, value: object) -> bool:
        if not getattr(movie, name):
            return name not in EXTERNAL_IDS or self.index.is_free(name, value)  # type: ignore[arg-type]
        return self.overwrite and name in FACTS and getattr(movie, name) != value
