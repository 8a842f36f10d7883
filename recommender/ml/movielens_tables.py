"""Text tables of a data set, read line by line: a bad row is listed and skipped, the others are kept."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from recommender.ml.movielens_files import DatasetFiles, UnreadableDataset, lines

MAX_STORED_PROBLEMS = 1_000
MAX_ID = 2**31 - 1

# Eighteen digits always fit into 64 bits.
_WHOLE_NUMBER = re.compile(r"\s*[+-]?\d{1,18}\s*", re.ASCII)


class Problem(NamedTuple):
    """One row that was skipped. `row` counts the lines of the file from 1, a header included."""

    file: str
    row: int
    reason: str


class BadRow(Exception):
    """Raised by what reads one row; the message is the reason shown to people."""


class ProblemLog:
    """The problems of a data set: the first MAX_STORED_PROBLEMS are kept, all are counted."""

    def __init__(self) -> None:
        self.stored: list[Problem] = []
        self.counts: Counter[str] = Counter()

    @property
    def room(self) -> int:
        """How many more problems will be kept."""
        return MAX_STORED_PROBLEMS - len(self.stored)

    def add(self, file: str, row: int, reason: str) -> None:
        self.counts[file] += 1
        if self.room > 0:
            self.stored.append(Problem(file, row, reason))

    def count_only(self, file: str, number: int) -> None:
        """Count problems for which there is no room; building their reasons would cost more than reading."""
        self.counts[file] += number

    def forget(self, file: str) -> None:
        """Begin a file anew, so that reading it twice does not list its problems twice."""
        self.stored = [problem for problem in self.stored if problem.file != file]
        del self.counts[file]


@dataclass(frozen=True)
class Table:
    """How one file is written. `file` is its path in the data set; without a header, columns only count."""

    file: str
    columns: tuple[str, ...]
    separator: str = ","
    encoding: str = "utf-8"
    has_header: bool = True

    @property
    def name(self) -> str:
        return self.file.rpartition("/")[2]

    def fields(self, line: bytes) -> list[str]:
        """The fields of one line, none for a blank one. Raises BadRow."""
        try:
            text = line.decode(self.encoding).rstrip("\r\n")
        except UnicodeDecodeError as error:
            raise BadRow(f"is not written in {self.encoding.upper()}") from error
        if not text.strip():
            return []
        found = self._split(text)
        if len(found) != len(self.columns):
            raise BadRow(f"has {len(found)} fields where {len(self.columns)} belong")
        return found

    def _split(self, text: str) -> list[str]:
        if self.separator != ",":
            return text.split(self.separator)
        try:
            return next(csv.reader([text], strict=True))
        except csv.Error as error:
            raise BadRow(f"is not well quoted ({error})") from error

    def check_header(self, line: bytes) -> None:
        """Raises UnreadableDataset where `line` does not name the columns in their order."""
        if header_columns(line) != tuple(column.lower() for column in self.columns):
            raise UnreadableDataset(
                f"{self.name} does not begin with the line {','.join(self.columns)}; "
                "take the file as GroupLens ships it, in UTF-8."
            )


def header_columns(line: bytes) -> tuple[str, ...]:
    """The column names in a first line, in lower case."""
    text = line.decode("utf-8-sig", errors="replace").strip()
    return tuple(column.strip(' "').lower() for column in text.split(","))


def table_rows(files: DatasetFiles, table: Table, log: ProblemLog) -> Iterator[tuple[int, list[str]]]:
    """Row number and fields of every well-formed row. Raises UnreadableDataset (header, damage)."""
    log.forget(table.name)
    with files.reading(table.file) as stream:
        if table.has_header:
            table.check_header(stream.readline(1000))
        for row, line in enumerate(lines(stream), start=1 + table.has_header):
            try:
                fields = table.fields(line)
            except BadRow as reason:
                log.add(table.name, row, str(reason))
                continue
            if fields:
                yield row, fields


def whole_number(text: str, column: str) -> int:
    """Raises BadRow for what is not a whole number."""
    if not _WHOLE_NUMBER.fullmatch(text):
        raise BadRow(f"{column} {text[:40]!r} is not a whole number")
    return int(text)


def identifier(text: str, column: str) -> int:
    """A positive id that fits into 31 bits. Raises BadRow."""
    number = whole_number(text, column)
    if not 1 <= number <= MAX_ID:
        raise BadRow(f"{column} {number} is not between 1 and {MAX_ID}")
    return number
