"""Ratings of imported people in bulk, to each kind of database by its fastest road."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable

from django.db import connection

# User, movie, half stars, seconds since 1970; None where the data set has no time.
Row = tuple[int, int, int, int | None]

# A member's own rating is out of reach; newer replaces older, and an unknown time replaces no known one.
# The last condition keeps rows that would not change from being written, so that they are not counted.
UPSERT = """
    INSERT INTO catalog_rating (user_id, movie_id, half_stars, rated_at, source)
    {values}
    ON CONFLICT (user_id, movie_id) DO UPDATE
    SET half_stars = excluded.half_stars,
        rated_at = coalesce(excluded.rated_at, catalog_rating.rated_at)
    WHERE catalog_rating.source = 'import'
      AND coalesce(excluded.rated_at >= catalog_rating.rated_at, true)
      AND (excluded.half_stars <> catalog_rating.half_stars
           OR coalesce(excluded.rated_at <> catalog_rating.rated_at,
                       excluded.rated_at IS NOT NULL AND catalog_rating.rated_at IS NULL))
"""


class BulkRatings(ABC):
    """Rows of one call to `write` must name each person and film at most once; call inside a transaction."""

    @abstractmethod
    def write(self, rows: Iterable[Row]) -> int:
        """How many rows were added or changed."""


class SqliteRatings(BulkRatings):
    # The table's three indexes stay in memory while a million rows go in: 128 MiB, for this connection.
    CACHE = "PRAGMA cache_size = -131072"
    INSERT = UPSERT.format(values="VALUES (%s, %s, %s, datetime(%s, 'unixepoch'), 'import')")

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(self.CACHE)

    def write(self, rows: Iterable[Row]) -> int:
        with connection.cursor() as cursor:
            cursor.executemany(self.INSERT, rows)
            return int(cursor.rowcount)


class PostgresRatings(BulkRatings):
    TABLE = """
        CREATE TEMPORARY TABLE IF NOT EXISTS ratings_to_take
            (user_id bigint, movie_id bigint, half_stars smallint, seconds bigint) ON COMMIT DROP
    """
    COPY = "COPY ratings_to_take FROM STDIN (NULL '')"
    INSERT = UPSERT.format(
        values="SELECT user_id, movie_id, half_stars, to_timestamp(seconds), 'import' FROM ratings_to_take"
    )

    def write(self, rows: Iterable[Row]) -> int:
        lines = (
            f"{user}\t{movie}\t{half_stars}\t{'' if seconds is None else seconds}\n"
            for user, movie, half_stars, seconds in rows
        )
        with connection.cursor() as cursor:
            cursor.execute(self.TABLE)
            cursor.execute("TRUNCATE ratings_to_take")
            with cursor.copy(self.COPY) as copy:
                copy.write("".join(lines))
            cursor.execute(self.INSERT)
            return int(cursor.rowcount)


def bulk_ratings() -> BulkRatings:
    """The writer for the database in use."""
    return PostgresRatings() if connection.vendor == "postgresql" else SqliteRatings()
