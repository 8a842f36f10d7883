"""Directors, writers and cast out of a table of films with names in commas, as Bokeh's sample data has it."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from django.db import connection, transaction

from catalog.imports.films import KnownFilms
from catalog.models import Credit, Movie, Person
from catalog.titles import film_search_form
from recommender.ml.movielens import Film

BATCH_SIZE = 2_000
# A comma before "Jr." stands within a name.
_BETWEEN_NAMES = re.compile(r",(?!\s*(?:Jr|Sr|II|III|IV)\b)")
ROLES = (Credit.Role.DIRECTOR, Credit.Role.WRITER, Credit.Role.CAST)
SELECT = 'SELECT imdbID, Title, Year, Runtime, Director, Writer, "Cast" FROM omdb ORDER BY ID'

FILL = """
    UPDATE catalog_movie SET imdb_id = coalesce(imdb_id, %s), runtime = coalesce(runtime, %s) WHERE id = %s
"""


class UnreadableCredits(Exception):
    """The file is not such a table; the message says so in one sentence."""


class CreditedFilm(NamedTuple):
    """`names` holds directors, writers and cast, each as one text with commas; runtime in minutes."""

    film: Film
    runtime: int | None
    names: tuple[str, str, str]


@dataclass
class TakenCredits:
    films: int = 0
    credits: int = 0
    people_added: int = 0
    films_filled: int = 0


@transaction.atomic
def import_credits(*, path: Path) -> TakenCredits:
    """Credit the films that have no credits yet, and fill in IMDb id and runtime where they are missing.

    Raises UnreadableCredits and leaves the database as it was.
    """
    credited = set(Credit.objects.values_list("movie_id", flat=True).distinct())
    pairs = [(movie, film) for movie, film in _matched(_read(path)) if movie.pk not in credited]
    taken = TakenCredits(films_filled=_fill(pairs))
    people, taken.people_added = _people(pairs)
    seen = Counter(name for _, film in pairs for name in _split(film.names[-1]))
    rows = {
        (movie.pk, people[name], role): position
        for movie, film in pairs
        for role, names in zip(ROLES, film.names, strict=True)
        for position, name in enumerate(_billed(_split(names), role, seen))
    }
    Credit.objects.bulk_create(
        (
            Credit(movie_id=movie, person_id=person, role=role, position=position)
            for (movie, person, role), position in rows.items()
        ),
        batch_size=BATCH_SIZE,
    )
    taken.films, taken.credits = len({movie for movie, _, _ in rows}), len(rows)
    return taken


def _read(path: Path) -> list[CreditedFilm]:
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
            return [
                CreditedFilm(
                    Film(0, title, year, (), imdb_id), int(runtime) if runtime else None, tuple(names)
                )
                for imdb_id, title, year, runtime, *names in database.execute(SELECT)
                if title
            ]
    except (sqlite3.Error, TypeError, ValueError) as error:
        raise UnreadableCredits(f"{path.name} is not a table of films ({error}).") from None


def _matched(films: list[CreditedFilm]) -> Iterator[tuple[Movie, CreditedFilm]]:
    """By IMDb id, else by title and year where one film alone goes by them, there as here."""
    known = KnownFilms()
    namesakes = Counter(_name(credited.film) for credited in films)
    taken: set[int] = set()
    for credited in films:
        film = credited.film
        unique = namesakes[_name(film)] == 1 and len(known.by_title.get(_name(film), ())) == 1
        movie = known.find(film, None) if unique else known.by_imdb.get(film.imdb_id)
        if movie and movie.pk not in taken:
            taken.add(movie.pk)
            yield movie, credited


def _name(film: Film) -> str:
    return film_search_form(film.title, film.year)


def _fill(pairs: list[tuple[Movie, CreditedFilm]]) -> int:
    rows = [
        (credited.film.imdb_id or None, credited.runtime, movie.pk)
        for movie, credited in pairs
        if not movie.imdb_id or (credited.runtime and not movie.runtime)
    ]
    # Several times as fast as bulk_update, whose CASE grows with the batch.
    with connection.cursor() as cursor:
        cursor.executemany(FILL, rows)
    return len(rows)


def _people(pairs: list[tuple[Movie, CreditedFilm]]) -> tuple[dict[str, int], int]:
    """Primary keys by name, and how many are new. The table has names only: namesakes are one person."""
    wanted = dict.fromkeys(name for _, film in pairs for names in film.names for name in _split(names))
    known = dict(Person.objects.order_by("-pk").values_list("name", "pk"))
    new = [Person.named(name) for name in wanted if name not in known]
    Person.objects.bulk_create(new, batch_size=BATCH_SIZE)
    return known | {person.name: person.pk for person in new}, len(new)


def _billed(names: list[str], role: str, seen: Counter[str]) -> list[str]:
    """The table lists its cast by the alphabet; whom most films cast comes first instead."""
    return sorted(names, key=lambda name: -seen[name]) if role == Credit.Role.CAST else names


def _split(names: str | None) -> list[str]:
    """ "Robert Downey, Jr., Jude Law" are two people."""
    return [name.strip()[:200] for name in _BETWEEN_NAMES.split(names or "") if name.strip()]
