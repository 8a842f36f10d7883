"""Tables of films from CSV, Parquet or a zip of them, a row at a time; a zip is never unpacked to disk."""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO, Any

MOST_BYTES = 4 * 2**30
MOST_FILES = 100
# The longest cast of Kaggle's credits.csv takes 150 kB.
LONGEST_FIELD = 2**20
PARQUET_ROWS = 500
# Before the films what their ids are, after them what refers to those ids.
ORDER = ("links", "metadata", "movies", "credits", "keywords", "poster")
DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)

Row = dict[str, Any]


class UnreadableMetadata(Exception):
    """The file as a whole; the message says in one sentence what is wrong with it."""


@dataclass
class BadRow:
    """A row that was skipped, by its number in the file; the heading is row 1."""

    file: str
    row: int
    reason: str


@dataclass
class Problems:
    """Counted all, kept the first."""

    count: int = 0
    first: list[BadRow] = field(default_factory=list)

    def add(self, file: str, row: int, reason: str) -> None:
        self.count += 1
        if len(self.first) < 20:
            self.first.append(BadRow(file, row, reason))


@dataclass
class Table:
    """One table with a heading. `size` and `read` are bytes, or rows where the file counts them."""

    name: str
    size: int
    read: int = 0

    def rows(self, problems: Problems) -> Iterator[tuple[int, Row]]:
        """Row numbers and values by column; what cannot be read is a problem, not an end."""
        raise NotImplementedError


@dataclass
class CsvTable(Table):
    opened: Callable[[], AbstractContextManager[IO[bytes]]] = io.BytesIO

    def rows(self, problems: Problems) -> Iterator[tuple[int, Row]]:
        csv.field_size_limit(LONGEST_FIELD)
        try:
            with self.opened() as stream:
                yield from self._rows(csv.reader(self._lines(stream)), problems)
        except DAMAGE as damage:
            raise UnreadableMetadata(f"{self.name} breaks off or is damaged ({damage}).") from None

    def _rows(self, reader: Any, problems: Problems) -> Iterator[tuple[int, Row]]:
        heading = [name.strip() for name in next(reader, [])]
        for number, values in _numbered(reader, partial(problems.add, self.name)):
            if len(values) == len(heading):
                yield number, dict(zip(heading, values, strict=True))
            elif values:
                problems.add(self.name, number, f"has {len(values)} columns instead of {len(heading)}")

    def _lines(self, stream: IO[bytes]) -> Iterator[str]:
        """No line without end fills the memory; PostgreSQL takes no NUL; odd bytes become “�”."""
        text = io.TextIOWrapper(stream, "utf-8-sig", errors="replace", newline="")
        while line := text.readline(LONGEST_FIELD):
            self.read += len(line.encode())
            yield line.replace("\0", "")


def _numbered(reader: Any, complain: Callable[[int, str], None]) -> Iterator[tuple[int, list[str]]]:
    number = 1
    while True:
        number += 1
        try:
            yield number, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            complain(number, f"is not readable ({error})")


@dataclass
class ParquetTable(Table):
    path: Path = Path()

    def rows(self, problems: Problems) -> Iterator[tuple[int, Row]]:
        # No page needs it, so no page waits for it.
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile

        try:
            with ParquetFile(self.path, thrift_string_size_limit=MOST_BYTES // 64) as file:
                self.size = file.metadata.num_rows
                for batch in file.iter_batches(PARQUET_ROWS, use_threads=False):
                    yield from enumerate(batch.to_pylist(), self.read + 2)
                    self.read += batch.num_rows
        except (ArrowException, OSError) as damage:
            raise UnreadableMetadata(f"{self.name} is not a whole Parquet file ({damage}).") from None


def open_tables(path: Path) -> list[Table]:
    """What can be read at a path, in the order to read it. Raises UnreadableMetadata."""
    if not path.is_file():
        raise UnreadableMetadata(f"There is no file {path}; check the path.")
    if path.suffix.lower() == ".parquet":
        return [ParquetTable(path.name, 0, path=path)]
    if zipfile.is_zipfile(path):
        return sorted(_tables_of_zip(path), key=_turn)
    return [CsvTable(path.name, path.stat().st_size, opened=partial(path.open, "rb"))]


def _turn(table: Table) -> int:
    return next((place for place, word in enumerate(ORDER) if word in table.name), len(ORDER))


def _tables_of_zip(path: Path) -> list[Table]:
    with zipfile.ZipFile(path) as archive:
        entries = [entry for entry in archive.infolist() if _may_be_table(entry)]
    _refuse_large(path, entries)
    if not entries:
        raise UnreadableMetadata(f"{path.name} holds no CSV file.")
    return [_table_of(path, entry) for entry in entries]


def _may_be_table(entry: zipfile.ZipInfo) -> bool:
    name = entry.filename.rpartition("/")[2].lower()
    is_table = name.endswith((".csv", ".csv.zip")) and not name.startswith((".", "ratings"))
    return is_table and "__MACOSX" not in entry.filename


def _refuse_large(path: Path, entries: Iterable[zipfile.ZipInfo]) -> None:
    sizes = [entry.file_size for entry in entries]
    if len(sizes) > MOST_FILES or sum(sizes) > MOST_BYTES:
        raise UnreadableMetadata(f"{path.name} is too large: {len(sizes):,} files of {sum(sizes):,} bytes.")


def _table_of(path: Path, entry: zipfile.ZipInfo) -> Table:
    if not entry.filename.lower().endswith(".zip"):
        return CsvTable(entry.filename, entry.file_size, opened=partial(_Member, path, entry.filename))
    with _inner(path, entry.filename) as archive:
        inside = [member for member in archive.infolist() if member.filename.lower().endswith(".csv")][:1]
    _refuse_large(path, [entry, *inside])
    if not inside:
        raise UnreadableMetadata(f"{entry.filename} holds no CSV file.")
    [member] = inside
    opened = partial(_Member, path, entry.filename, member.filename)
    return CsvTable(member.filename, member.file_size, opened=opened)


def _inner(path: Path, name: str) -> zipfile.ZipFile:
    """A zip inside a zip, in memory; how much that is was checked."""
    with zipfile.ZipFile(path) as archive:
        return zipfile.ZipFile(io.BytesIO(archive.read(name)))


class _Member:
    """One file of an archive, open as long as it is read. It ends at its declared size, which was checked."""

    def __init__(self, path: Path, name: str, inside: str = "") -> None:
        self._archive = _inner(path, name) if inside else zipfile.ZipFile(path)
        self._name = inside or name

    def __enter__(self) -> IO[bytes]:
        return self._archive.open(self._name)

    def __exit__(self, *error: object) -> None:
        self._archive.close()
