"""What a database must be able to answer, so that everything else about searching is the same on each."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from django.db import DEFAULT_DB_ALIAS, connections

# The keys of what is found, what goes with them kept by the engine alone.
Keys = list[int]


@dataclass(frozen=True)
class Source:
    """A table of names in their search form. `key` and `fame` are SQL over its row, `entry`."""

    table: str
    column: str
    key: str
    fame: str
    join: str = ""


FILMS = Source("catalog_movie", "search_title", key="entry.id", fame="entry.ratings_count")
OTHER_TITLES = Source(
    "catalog_othertitle",
    "search_title",
    key="entry.movie_id",
    fame="film.ratings_count",
    join="JOIN catalog_movie film ON film.id = entry.movie_id",
)
PEOPLE = Source(
    "catalog_person",
    "search_name",
    key="entry.id",
    fame="(SELECT count(*) FROM catalog_credit WHERE catalog_credit.person_id = entry.id)",
)
SOURCES = (FILMS, OTHER_TITLES, PEOPLE)


class SearchBackend(ABC):
    """Candidates, quickly and generously: the ranking throws out what only looked alike."""

    def __init__(self, alias: str) -> None:
        self.alias = alias

    @abstractmethod
    def holding(self, source: Source, words: list[str], limit: int) -> Keys:
        """Names in which each of the words begins a word, the best known first."""

    @abstractmethod
    def near(self, source: Source, words: list[str], limit: int) -> Keys:
        """Names that share letters with the words, the nearest first, the best known among equals."""

    def rows(self, statement: str, parameters: list[object]) -> list[tuple]:
        with connections[self.alias].cursor() as cursor:
            cursor.execute(statement, parameters)
            return cursor.fetchall()


def backend(alias: str = DEFAULT_DB_ALIAS) -> SearchBackend:
    """The engine of the database that is in use."""
    from catalog.search.postgres import PostgresSearch
    from catalog.search.sqlite import SqliteSearch

    engines: dict[str, type[SearchBackend]] = {"sqlite": SqliteSearch, "postgresql": PostgresSearch}
    return engines[connections[alias].vendor](alias)
