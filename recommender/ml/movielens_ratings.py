"""Ratings of a data set as validated arrays, a block of lines at a time.

A block goes through the C parser of pandas at once; only a block with a row that it refuses is read line
by line, so that the bad rows can be named and the others kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from io import BytesIO
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recommender.ml.interactions import NO_TIME, Vocabulary
from recommender.ml.movielens_files import DatasetFiles, UnreadableDataset, blocks
from recommender.ml.movielens_tables import (
    MAX_ID,
    BadRow,
    ProblemLog,
    Table,
    header_columns,
    identifier,
    whole_number,
)

COLUMNS = ("userId", "movieId", "rating", "timestamp")
# Seconds since 1970 in the year 3000; a larger number is in milliseconds.
LATEST = 32_503_680_000
_DTYPES = {"userId": np.int64, "movieId": np.int64, "rating": np.float32, "timestamp": np.int64}


@dataclass(frozen=True)
class RatingChunk:
    """Ratings as parallel arrays of length n, in the order of the file.

    user, film: int64 ids of the data set; stars: float32, 0.5 to 5 by half stars; time: int64 seconds
    since 1970, NO_TIME where the file has none; row: int64 line of the file, from 1, a header included.
    """

    user: NDArray[np.int64]
    film: NDArray[np.int64]
    stars: NDArray[np.float32]
    time: NDArray[np.int64]
    row: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.user)

    def take(self, index: NDArray[np.int64] | NDArray[np.bool_] | slice) -> Self:
        return type(self)(*(getattr(self, column.name)[index] for column in fields(self)))

    @classmethod
    def joined(cls, chunks: Iterable[RatingChunk]) -> Self:
        parts = [cls.empty(), *chunks]
        return cls(
            *(np.concatenate([getattr(part, column.name) for part in parts]) for column in fields(cls))
        )

    @classmethod
    def empty(cls) -> Self:
        whole = np.empty(0, np.int64)
        return cls(whole, whole, np.empty(0, np.float32), whole, whole)


def ratings_table(files: DatasetFiles, file: str) -> Table:
    """The layout of a file of ratings, timed or not. Raises UnreadableDataset for a wrong header."""
    name = file.rpartition("/")[2]
    if not name.endswith(".csv"):
        return Table(file, COLUMNS, "\t" if name == "u.data" else "::", has_header=False)
    with files.reading(file) as stream:
        columns = header_columns(stream.readline(1000))
    table = Table(file, COLUMNS if len(columns) == len(COLUMNS) else COLUMNS[:3])
    table.check_header(",".join(columns).encode())
    return table


def raw_chunks(
    files: DatasetFiles, table: Table, films: Vocabulary, log: ProblemLog
) -> Iterator[RatingChunk]:
    """Every valid row, repeats included. Raises UnreadableDataset where the file breaks off."""
    log.forget(table.name)
    row = 1
    with files.reading(table.file) as stream:
        if table.has_header:
            stream.readline(1000)
            row = 2
        for block in blocks(stream):
            yield _valid(_parse(block, row, table, log), films, table, log)
            row += block.count(b"\n")


def without_repeats(chunk: RatingChunk, file: str, log: ProblemLog) -> RatingChunk:
    """Each (user, film) once: the newest rating counts, of equally old ones the last in the file."""
    pair = (chunk.user << 32) | chunk.film
    if len(np.unique(pair)) == len(pair):
        return chunk
    order = np.lexsort((chunk.row, chunk.time, pair))
    is_newest = np.append(pair[order][1:] != pair[order][:-1], True)
    lost = chunk.take(np.sort(order[~is_newest]))
    _list(
        lost,
        np.ones(len(lost), np.bool_),
        "rates film {film} again for user {user}; the newest counts",
        file,
        log,
    )
    return chunk.take(np.sort(order[is_newest]))


def by_whole_users(chunks: Iterable[RatingChunk], file: str, log: ProblemLog) -> Iterator[RatingChunk]:
    """The chunks cut anew, without repeats, so that none ends inside the ratings of a user."""
    rest = RatingChunk.empty()
    for chunk in chunks:
        rest = without_repeats(RatingChunk.joined([rest, chunk]), file, log)
        if not len(rest):
            continue
        cut = int(np.flatnonzero(np.append(True, rest.user[1:] != rest.user[:-1]))[-1])
        if cut:
            yield rest.take(slice(None, cut))
            rest = rest.take(slice(cut, None))
    if len(rest):
        yield rest


def rows_hint(files: DatasetFiles, table: Table) -> int:
    """About how many rows the file has, from its size and its first lines."""
    with files.reading(table.file) as stream:
        sample = stream.read(2**16)
    return files.sizes[table.file] * sample.count(b"\n") // max(len(sample), 1)


def _parse(block: bytes, row: int, table: Table, log: ProblemLog) -> RatingChunk:
    # A rating of 1e99 becomes infinite as float32; _valid names it, numpy need not warn.
    with np.errstate(over="ignore"):
        frame = _fast(block, table)
        if frame is None:
            return _slow(block, row, table, log)
    n = len(frame)
    timed = "timestamp" in table.columns
    return RatingChunk(
        frame["userId"].to_numpy(),
        frame["movieId"].to_numpy(),
        frame["rating"].to_numpy(),
        frame["timestamp"].to_numpy() if timed else np.full(n, NO_TIME),
        np.arange(row, row + n),
    )


def _fast(block: bytes, table: Table) -> pd.DataFrame | None:
    """The block as a frame; None if any row in it needs a closer look."""
    separator = "\t" if table.separator == "::" else table.separator
    text = block.replace(b"::", b"\t") if table.separator == "::" else block
    n = text.count(b"\n") + (not text.endswith(b"\n"))
    # Surplus fields would be cut off in silence; with the sum right, a row with more means one with fewer.
    if text.count(separator.encode()) != n * (len(table.columns) - 1):
        return None
    try:
        frame = pd.read_csv(
            BytesIO(text),
            sep=separator,
            header=None,
            names=list(table.columns),
            dtype={column: _DTYPES[column] for column in table.columns},
            index_col=False,
            na_filter=False,
            skip_blank_lines=False,
        )
    except (ValueError, OverflowError):
        return None
    return frame if len(frame) == n else None


def _slow(block: bytes, row: int, table: Table, log: ProblemLog) -> RatingChunk:
    good: list[tuple[int, int, float, int, int]] = []
    for number, line in enumerate(block.split(b"\n"), start=row):
        try:
            if found := table.fields(line):
                good.append((*_rating(found), number))
        except BadRow as reason:
            log.add(table.name, number, str(reason))
    columns = list(zip(*good, strict=True)) or [()] * 5
    user, film, stars, time, rows = columns
    return RatingChunk(
        np.array(user, np.int64),
        np.array(film, np.int64),
        np.array(stars, np.float32),
        np.array(time, np.int64),
        np.array(rows, np.int64),
    )


def _rating(found: list[str]) -> tuple[int, int, float, int]:
    try:
        stars = float(found[2])
    except ValueError as error:
        raise BadRow(f"rating {found[2][:40]!r} is not a number") from error
    time = whole_number(found[3], "timestamp") if len(found) > 3 else int(NO_TIME)
    return identifier(found[0], "userId"), identifier(found[1], "movieId"), stars, time


def _valid(chunk: RatingChunk, films: Vocabulary, table: Table, log: ProblemLog) -> RatingChunk:
    doubled = chunk.stars * 2
    stars_fit = (doubled >= 1) & (doubled <= 10) & (doubled == np.round(doubled))
    time_fits = (chunk.time >= 0) & (chunk.time < LATEST) | ("timestamp" not in table.columns)
    good = np.ones(len(chunk), np.bool_)
    for fits, reason in (
        ((chunk.user >= 1) & (chunk.user <= MAX_ID), f"userId {{user}} is not between 1 and {MAX_ID}"),
        (films.rows(chunk.film) >= 0, "film {film} is not in the list of films"),
        (stars_fit, "rating {stars:g} is not a half star from 0.5 to 5"),
        (time_fits, "timestamp {time} is not in seconds since 1970"),
    ):
        _list(chunk, good & ~fits, reason, table.name, log)
        good &= fits
    return chunk if good.all() else chunk.take(good)


def _list(chunk: RatingChunk, bad: NDArray[np.bool_], reason: str, file: str, log: ProblemLog) -> None:
    rows = np.flatnonzero(bad)
    shown = rows[: max(log.room, 0)]
    for at in shown:
        values = {name: getattr(chunk, name)[at] for name in ("user", "film", "stars", "time")}
        log.add(file, int(chunk.row[at]), reason.format(**values))
    log.count_only(file, len(rows) - len(shown))


def require_ratings(chunk: RatingChunk, file: str) -> RatingChunk:
    """The chunk itself. Raises UnreadableDataset where it is empty."""
    if not len(chunk):
        raise UnreadableDataset(f"{file} holds no readable rating; take the file as GroupLens ships it.")
    return chunk
