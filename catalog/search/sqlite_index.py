"""The trigrams of titles and names on SQLite: one FTS5 table beside each table, kept right by triggers.

The tables hold no texts, only which rows have which three letters. Names are padded with a space on
either side, so that the first and last letters of a word count too.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.backends.base.base import BaseDatabaseWrapper

from catalog.search.contract import SOURCES, Source


def index_of(source: Source) -> str:
    return f"{source.table}_trigrams"


def counts_of(source: Source) -> str:
    return f"{source.table}_trigram_counts"


def keep_index(connection: BaseDatabaseWrapper) -> None:
    """Make what is missing. A migration that rebuilds a table drops the triggers on it, unseen."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'trigger')")
        known = {name for (name,) in cursor.fetchall()}
        for source in SOURCES:
            if source.table in known and not known.issuperset(_triggers(source)):
                for statement in _statements(source):
                    cursor.execute(statement)


def drop_index(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        for source in SOURCES:
            for statement in _drops(source):
                cursor.execute(statement)


def _statements(source: Source) -> Iterator[str]:
    index, table, column = index_of(source), source.table, source.column
    yield from _drops(source)
    yield f"CREATE VIRTUAL TABLE {index} USING fts5(name, content='', detail=none, tokenize='trigram')"
    yield f"CREATE VIRTUAL TABLE {counts_of(source)} USING fts5vocab({index}, 'row')"
    yield f"INSERT INTO {index}(rowid, name) SELECT id, ' ' || {column} || ' ' FROM {table}"  # noqa: S608
    for name, (moment, does) in _triggers(source).items():
        yield f"CREATE TRIGGER {name} AFTER {moment} BEGIN {does} END"


def _triggers(source: Source) -> dict[str, tuple[str, str]]:
    index, table, column = index_of(source), source.table, source.column
    add = f"INSERT INTO {index}(rowid, name) VALUES (new.id, ' ' || new.{column} || ' ');"  # noqa: S608
    take = (
        f"INSERT INTO {index}({index}, rowid, name) "  # noqa: S608
        f"VALUES ('delete', old.id, ' ' || old.{column} || ' ');"
    )
    changed = f"UPDATE OF {column} ON {table} WHEN old.{column} <> new.{column}"
    return {
        f"{index}_added": (f"INSERT ON {table}", add),
        f"{index}_removed": (f"DELETE ON {table}", take),
        f"{index}_changed": (changed, take + add),
    }


def _drops(source: Source) -> Iterator[str]:
    yield from (f"DROP TRIGGER IF EXISTS {name}" for name in _triggers(source))
    yield f"DROP TABLE IF EXISTS {counts_of(source)}"
    yield f"DROP TABLE IF EXISTS {index_of(source)}"
