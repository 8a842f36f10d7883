"""Candidates out of the FTS5 trigram tables that `sqlite_index` describes."""

from __future__ import annotations

from math import log

from catalog.search.contract import Keys, SearchBackend, Source
from catalog.search.sqlite_index import counts_of, index_of
from catalog.search.words import spoilt_trigrams, trigrams

# So many rows are looked at for one search: trigrams that are in more of them tell least.
ROWS = 12_000

HOLDING = """
    SELECT {key} FROM {table} entry {join}
    WHERE entry.id IN (SELECT rowid FROM {index} WHERE {index} MATCH %s)
    ORDER BY {fame} DESC, entry.id LIMIT %s
"""
BEGINNING = """
    SELECT {key} FROM {table} entry {join} WHERE entry.{column} >= %s AND entry.{column} < %s
    ORDER BY {fame} DESC, entry.id LIMIT %s
"""
NEAR = """
    WITH trigram(letters, weight) AS (VALUES {values}),
    near AS (
        SELECT {index}.rowid AS id, sum(weight) AS score FROM trigram CROSS JOIN {index}
        WHERE {index} MATCH '"' || letters || '"' GROUP BY 1 ORDER BY 2 DESC LIMIT 2000
    )
    SELECT {key} FROM near JOIN {table} entry ON entry.id = near.id {join}
    ORDER BY score DESC, {fame} DESC LIMIT %s
"""


class SqliteSearch(SearchBackend):
    def holding(self, source: Source, words: list[str], limit: int) -> Keys:
        letters = dict.fromkeys(trigram for word in words for trigram in trigrams(f" {word}"))
        if letters:
            match = " AND ".join(f'"{trigram}"' for trigram in letters)
            return self._keys(HOLDING, source, [match, limit])
        # A single letter has no trigram; whatever comes after the word, it begins with it.
        return self._keys(BEGINNING, source, [words[0], words[0] + "\U0010ffff", limit])

    def near(self, source: Source, words: list[str], limit: int) -> Keys:
        weights = self._telling(source, words)
        values = ", ".join(["(%s, %s)"] * len(weights))
        parameters = [part for pair in weights.items() for part in pair]
        return self._keys(NEAR, source, [*parameters, limit], values=values) if weights else []

    def _telling(self, source: Source, words: list[str]) -> dict[str, float]:
        """The rarest trigrams of the words, weighed by how rare they are."""
        letters = spoilt_trigrams(words)
        marks = ", ".join(["%s"] * len(letters))
        statement = f"SELECT term, doc FROM {counts_of(source)} WHERE term IN ({marks}) ORDER BY doc"  # noqa: S608
        found, weights = 0, {}
        for trigram, count in self.rows(statement, letters):
            found += count
            if found > ROWS and len(weights) > 2:
                break
            weights[trigram] = log(1 + 100_000 / count)
        return weights

    def _keys(self, statement: str, source: Source, parameters: list[object], **parts: str) -> Keys:
        statement = statement.format(**vars(source), index=index_of(source), **parts)
        return [key for (key,) in self.rows(statement, parameters)]
