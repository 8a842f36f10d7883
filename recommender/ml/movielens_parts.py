"""The parts of MovieLens that others published: the folds of 100K, and the films left out of 1M.

The folds u1 to u5 lie inside the data set as u1.base, u1.test and so on (Herlocker et al. 1999). The films
left out lie beside the data set in ml-1m-leave-one-out.csv.gz, a line a user: userId, heldOutMovieId,
heldOutTimestamp, negative1 to negative99 (He et al. 2017). For 156 users one of the negatives is the film
held out itself; whoever published them ranked each film once, so that these users have 98.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from recommender.ml.interactions import Interactions, Vocabulary
from recommender.ml.movielens_files import DatasetFiles, UnreadableDataset, open_files
from recommender.ml.splits import Split

FOLDS = ("u1", "u2", "u3", "u4", "u5")
LEFT_OUT = "ml-1m-leave-one-out.csv.gz"


class LeftOut(NamedTuple):
    """negatives: (n_test, 99) item rows in the order of split.test, -1 for what is no negative."""

    split: Split
    negatives: NDArray[np.int64]


def read_folds(data: Interactions, path: Path) -> Iterator[tuple[str, Split]]:
    """The published folds of 100K, by name; `path` is the folder or zip that `data` came from.

    Raises ValueError where there are none, UnreadableDataset where a fold names a rating not in `data`.
    """
    files = open_files(path)
    for fold in FOLDS:
        base, test = (_find(files, f"{fold}.{part}") for part in ("base", "test"))
        yield fold, Split(_rows_of(data, files, base), _rows_of(data, files, test))


def left_out_file(name: str, path: Path | None) -> Path | None:
    """The file of films left out that lies beside a data set called `name`, None where there is none."""
    beside = path.parent / LEFT_OUT if path and name.startswith("ml-1m") else None
    return beside if beside and beside.exists() else None


def read_left_out(data: Interactions, file: Path) -> LeftOut:
    """Leave one out as published; users or films that `data` do not have are left aside.

    Raises UnreadableDataset for a file that is not such a table.
    """
    try:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            table = np.loadtxt(lines, np.int64, delimiter=",", skiprows=1, ndmin=2)
    except (OSError, EOFError, ValueError) as damage:
        raise UnreadableDataset(f"{file.name} is damaged ({damage}); fetch it again.") from damage
    held_out = _find_pairs(data, table[:, 0], table[:, 1])
    line, row = np.flatnonzero(held_out >= 0), held_out[held_out >= 0]
    in_order = np.argsort(row)
    tested = np.zeros(len(data), np.bool_)
    tested[row] = True
    split = Split(data.take(~tested), data.take(tested))
    negatives = data.items.rows(table[line[in_order], 3:])
    return LeftOut(split, np.where(negatives == split.test.item[:, None], -1, negatives))


def _find(files: DatasetFiles, name: str) -> str:
    found = [path for path in files.sizes if path.rpartition("/")[2] == name]
    if not found:
        raise ValueError(f"There is no {name} here: only MovieLens 100K comes with its folds.")
    return found[0]


def _rows_of(data: Interactions, files: DatasetFiles, path: str) -> Interactions:
    with files.reading(path) as stream:
        table = np.loadtxt(stream, np.int64, usecols=(0, 1), ndmin=2)
    rows = _find_pairs(data, table[:, 0], table[:, 1])
    if (rows < 0).any():
        user, film = table[rows < 0][0]
        raise UnreadableDataset(f"{path} has a rating of film {film} by user {user} that u.data has not.")
    return data.take(np.sort(rows))


def _find_pairs(data: Interactions, users: NDArray[np.int64], films: NDArray[np.int64]) -> NDArray[np.int64]:
    # (n,) the row of `data` of each (user id, film id), -1 where it has none.
    wanted = data.users.rows(users) * data.n_items + data.items.rows(films)
    known = (data.users.rows(users) >= 0) & (data.items.rows(films) >= 0)
    pairs = data.user.astype(np.int64) * data.n_items + data.item
    order = np.argsort(pairs)
    found = Vocabulary(pairs[order]).rows(wanted)
    return np.where(known & (found >= 0), order[found], -1)
