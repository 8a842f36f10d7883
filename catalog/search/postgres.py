"""Candidates out of the GIN indexes of pg_trgm.

Its own measures of likeness miss a short word with two letters exchanged, or read half the catalogue for it;
so the trigrams are looked up one by one here, and weighed by how rare they are, as on SQLite.
"""

from __future__ import annotations

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from catalog.search.contract import SOURCES, Keys, SearchBackend, Source
from catalog.search.words import spoilt_trigrams

# A trigram that as many rows have tells little, and a part of its rows would mislead: it is left out.
ROWS = 2_000
# Kilobytes of names that may wait to be sorted into an index. Every trigram that is looked up reads them
# all: the four megabytes that PostgreSQL allows make a search five times as slow.
PENDING = 128

# Padded, so that the first and last letters of a word count too.
NAME = "(' ' || {column} || ' ')"
HOLDING = """
    WITH entry AS MATERIALIZED (SELECT * FROM {table} WHERE {conditions})
    SELECT {key} FROM entry {join} ORDER BY {fame} DESC, entry.id LIMIT %s
"""
NEAR = """
    WITH trigram(pattern) AS (VALUES {values}),
    hit AS MATERIALIZED (
        SELECT ids, ln(1 + 1e5 / cardinality(ids)::float8) AS weight FROM trigram
        CROSS JOIN LATERAL (
            SELECT array_agg(id) AS ids
            FROM (SELECT id FROM {table} WHERE {name} LIKE pattern LIMIT {rows}) found
        ) holding
        WHERE cardinality(ids) < {rows}
    ),
    near AS MATERIALIZED (
        SELECT id, sum(weight) AS score FROM hit CROSS JOIN unnest(ids) AS id
        GROUP BY id ORDER BY score DESC LIMIT 1000
    )
    SELECT {key} FROM near JOIN {table} entry ON entry.id = near.id {join}
    ORDER BY score DESC, {fame} DESC, entry.id LIMIT %s
"""


class PostgresSearch(SearchBackend):
    def holding(self, source: Source, words: list[str], limit: int) -> Keys:
        conditions = " AND ".join(["{name} LIKE %s"] * len(words)).format(name=_name(source))
        patterns = [f"% {word}%" for word in words]
        return self._keys(HOLDING, source, [*patterns, limit], conditions=conditions)

    def near(self, source: Source, words: list[str], limit: int) -> Keys:
        patterns = [f"%{letters}%" for letters in spoilt_trigrams(words)]
        parts = {"values": ", ".join(["(%s)"] * len(patterns)), "name": _name(source), "rows": str(ROWS)}
        return self._keys(NEAR, source, [*patterns, limit], **parts)

    def _keys(self, statement: str, source: Source, parameters: list[object], **parts: str) -> Keys:
        statement = statement.format(**vars(source), **parts)
        return [key for (key,) in self.rows(statement, parameters)]


def make_index(schema_editor: BaseDatabaseSchemaEditor) -> None:
    for source in SOURCES:
        schema_editor.execute(
            f"CREATE INDEX {source.table}_trigrams ON {source.table} USING gin ({_name(source)} gin_trgm_ops)"
            f" WITH (gin_pending_list_limit = {PENDING})"
        )


def drop_index(schema_editor: BaseDatabaseSchemaEditor) -> None:
    for source in SOURCES:
        schema_editor.execute(f"DROP INDEX {source.table}_trigrams")


def _name(source: Source) -> str:
    return NAME.format(column=source.column)
