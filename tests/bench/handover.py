"""A split as arrays, in one file that every library can read: all are fitted and asked on the same rows."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

SAMPLE_USERS = 40
SAMPLE_RATINGS = 1_500


class Ratings(NamedTuple):
    """Parallel arrays of length n: user and item rows, stars, seconds since 1970 or -1."""

    user: NDArray[np.int32]
    item: NDArray[np.int32]
    rating: NDArray[np.float32]
    time: NDArray[np.int64]

    def take(self, index: NDArray[np.int64] | NDArray[np.bool_]) -> Ratings:
        return Ratings(*(column[index] for column in self))


class Handed(NamedTuple):
    """What a contender gets.

    `films` (n_items,) are the rows of the data set's catalogue, which lies in `folder` for those who read it.
    """

    train: Ratings
    test: Ratings
    n_users: int
    films: NDArray[np.int64]
    folder: Path

    @property
    def n_items(self) -> int:
        return len(self.films)

    def sample(self) -> Handed:
        """A few people and their films, numbered anew: enough to have everything compiled and loaded."""
        some = np.flatnonzero(self.train.user < SAMPLE_USERS)[:SAMPLE_RATINGS]
        users, user = np.unique(self.train.user[some], return_inverse=True)
        films, item = np.unique(self.train.item[some], return_inverse=True)
        few = Ratings(
            user.astype(np.int32), item.astype(np.int32), self.train.rating[some], self.train.time[some]
        )
        return Handed(few, few, len(users), self.films[films], self.folder)


def write(name: str, handed: Handed) -> None:
    """Into the folder of `handed`."""
    arrays = {f"train_{name}": column for name, column in handed.train._asdict().items()}
    arrays |= {f"test_{name}": column for name, column in handed.test._asdict().items()}
    np.savez(handed.folder / name, n_users=np.array(handed.n_users), films=handed.films, **arrays)


def read(path: Path) -> Handed:
    with np.load(path) as arrays:
        train, test = (
            Ratings(*(arrays[f"{part}_{name}"] for name in Ratings._fields)) for part in ("train", "test")
        )
        return Handed(train, test, int(arrays["n_users"]), arrays["films"], path.parent)
