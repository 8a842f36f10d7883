"""Neighbours: people with the same films behind them, or films with the same people.

    cos(a, b) = |N(a) and N(b)| / sqrt(|N(a)| |N(b)|)

    user-cf   score(i) = sum over the K people v nearest to the history of cos(u, v)^e [v watched i]
    item-cf   score(i) = sum over j in the history of cos(i, j)^e [i is one of the K films nearest to j]

N(.) holds all that was watched, rated or not: what two people both rated, or who rated both films, is what
likens them, whatever the stars. The tables by user and by item are each other's inverse, so that the
overlaps of one history with everyone are counted over the watchers of its films alone.

Resnick et al., "GroupLens" (CSCW 1994); Deshpande and Karypis, "Item-Based Top-N Recommendation" (TOIS
2004); the exponent as in Aiolli, "Efficient Top-N Recommendation for Very Large Scale Binary Rated
Datasets" (RecSys 2013).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recommender.ml.contract import Arrays, Job, Progress, Recommender, WarmStart, no_progress
from recommender.ml.interactions import History, Interactions

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Rows = NDArray[np.integer[Any]]
BLOCK = 256  # films compared with all others at once


@dataclass(frozen=True)
class UserCFConfig:
    """Best NDCG@10 on a validation part, a fifth of each user's training ratings of MovieLens 1M."""

    n_neighbours: int = 200  # K
    exponent: float = 4.0  # e

    def __post_init__(self) -> None:
        _check(self.n_neighbours, self.exponent)


@dataclass(frozen=True)
class ItemCFConfig:
    """Best NDCG@10 on a validation part, a fifth of each user's training ratings of MovieLens 1M."""

    n_neighbours: int = 20  # K
    exponent: float = 0.5  # e

    def __post_init__(self) -> None:
        _check(self.n_neighbours, self.exponent)


def _check(n_neighbours: int, exponent: float) -> None:
    if n_neighbours < 1 or exponent <= 0:
        raise ValueError("Neighbours need a number of at least one and an exponent above nought.")


# Document A counts what two people, or two films, have in common and prints no K; 20 stands for it.
USER_DOCUMENT = UserCFConfig(n_neighbours=20, exponent=1.0)
ITEM_DOCUMENT = ItemCFConfig(n_neighbours=20, exponent=1.0)


class Table(NamedTuple):
    """Rows of different length laid end to end: row r is entries[starts[r]:starts[r + 1]]."""

    starts: NDArray[np.int64]
    entries: NDArray[np.int32]

    @classmethod
    def of(cls, row: NDArray[np.int32], entry: NDArray[np.int32], n_rows: int) -> Self:
        order = np.lexsort((entry, row))
        starts = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=n_rows))])
        return cls(starts, entry[order])

    @property
    def sizes(self) -> NDArray[np.int64]:
        return np.diff(self.starts)

    def sum(self, rows: Rows, weights: NDArray[Any], n: int) -> Doubles:
        """(n,) for each entry the sum of the weights of those of `rows` that hold it."""
        bounds = zip(self.starts[rows], self.starts[rows + 1], strict=True)
        pieces = [self.entries[start:end] for start, end in bounds]
        sizes = [len(piece) for piece in pieces]
        entries = np.concatenate([np.empty(0, np.int32), *pieces])
        return np.asarray(np.bincount(entries, np.repeat(weights, sizes), minlength=n), np.float64)


class UserCF(Recommender):
    """Scores a history against the stored histories of everyone."""

    name: ClassVar[str] = "user-cf"
    job: ClassVar[Job] = "list"
    Config: ClassVar[type] = UserCFConfig

    by_user_: Table  # the films of each person
    by_item_: Table  # the people of each film

    def __init__(self, config: UserCFConfig | None = None) -> None:
        self.config: UserCFConfig = config or UserCFConfig()

    def fit(
        self,
        data: Interactions,
        *,
        seed: int,
        progress: Progress = no_progress,
        start: WarmStart | None = None,
    ) -> Self:
        """Sort the interactions by person and by film; nothing is random."""
        progress(0.0, "by person")
        self.by_user_ = Table.of(data.user, data.item, data.n_users)
        progress(0.5, "by film")
        self.by_item_ = Table.of(data.item, data.user, data.n_items)
        progress(1.0, "fitted")
        return self

    def nearest(self, history: History) -> tuple[NDArray[np.int64], Doubles]:
        """At most K user rows with something in common with the history, and their cosines; unordered.

        Someone who was in the fit is one of their own neighbours, who knows no film they do not.
        """
        overlap = self._overlap(history.item)
        cosine = overlap / np.sqrt(np.maximum(self.by_user_.sizes * len(history), 1))
        rows = _largest(cosine, self.config.n_neighbours)
        return rows, cosine[rows]

    def _overlap(self, films: Rows) -> Doubles:
        """(n_users,) how many of `films` each person watched."""
        return self.by_item_.sum(films, np.ones(len(films)), len(self.by_user_.sizes))

    def score(self, history: History) -> Floats:
        """(n_items,) 0 where no neighbour watched a film; NaN for films that nobody watched."""
        rows, cosine = self.nearest(history)
        return self._known(self.by_user_.sum(rows, cosine**self.config.exponent, self._n_items))

    def contributions(self, history: History, item: int) -> Floats:
        """(len(history),) shares, which sum to the score: a neighbour's part goes to the films in common.

        cos(u, v)^e = sum over j in N(u) and N(v) of cos(u, v)^(e - 1) / sqrt(|N(u)| |N(v)|)
        """
        rows, cosine = self.nearest(history)
        knows = np.array([item in self._films(row) for row in rows], np.bool_)
        rows, cosine = rows[knows], cosine[knows]
        lengths = np.sqrt(self.by_user_.sizes[rows] * len(history))
        each = self.by_user_.sum(rows, cosine ** (self.config.exponent - 1) / lengths, self._n_items)
        return np.asarray(each[history.item], np.float32)

    def _films(self, user: int) -> NDArray[np.int32]:
        return self.by_user_.entries[self.by_user_.starts[user] : self.by_user_.starts[user + 1]]

    def similar(self, item: int) -> Floats:
        """(n_items,) cosine of the films' watchers; NaN for films that nobody watched."""
        watchers = self.by_item_.entries[self.by_item_.starts[item] : self.by_item_.starts[item + 1]]
        if not len(watchers):
            return np.full(self._n_items, np.nan, np.float32)
        overlap = self.by_user_.sum(watchers, np.ones(len(watchers)), self._n_items)
        return self._known(overlap / np.sqrt(np.maximum(self.by_item_.sizes * len(watchers), 1)))

    @property
    def _n_items(self) -> int:
        return len(self.by_item_.sizes)

    def _known(self, score: Doubles) -> Floats:
        return np.where(self.by_item_.sizes > 0, score, np.nan).astype(np.float32)

    def state(self) -> dict[str, NDArray[Any]]:
        """Both tables: starts int64 (n + 1,) and entries int32 (n_interactions,)."""
        return {
            "user_starts": self.by_user_.starts,
            "user_items": self.by_user_.entries,
            "item_starts": self.by_item_.starts,
            "item_users": self.by_item_.entries,
        }

    @classmethod
    def from_state(cls, config: UserCFConfig, arrays: Arrays) -> Self:
        model = cls(config)
        model.by_user_ = Table(arrays["user_starts"], arrays["user_items"])
        model.by_item_ = Table(arrays["item_starts"], arrays["item_users"])
        return model


class ItemCF(Recommender):
    """Adds up the nearest films of those in a history."""

    name: ClassVar[str] = "item-cf"
    job: ClassVar[Job] = "list"
    Config: ClassVar[type] = ItemCFConfig

    neighbours_: NDArray[np.int32]  # (n_items, K)
    cosine_: Floats  # (n_items, K), 0 where fewer films have a watcher in common
    known_: NDArray[np.bool_]  # (n_items,) somebody watched it

    def __init__(self, config: ItemCFConfig | None = None) -> None:
        self.config: ItemCFConfig = config or ItemCFConfig()

    def fit(
        self,
        data: Interactions,
        *,
        seed: int,
        progress: Progress = no_progress,
        start: WarmStart | None = None,
    ) -> Self:
        """The K nearest films of each; nothing is random. Memory 4 BLOCK n_items bytes beside them."""
        found = list(_nearest_in_blocks(data, min(self.config.n_neighbours, data.n_items - 1), progress))
        self.neighbours_ = np.concatenate([rows for rows, _ in found])
        self.cosine_ = np.concatenate([cosine for _, cosine in found])
        self.known_ = np.bincount(data.item, minlength=data.n_items) > 0
        progress(1.0, "fitted")
        return self

    def score(self, history: History) -> Floats:
        """(n_items,) 0 where a film is near none of the history; NaN for films that nobody watched."""
        near, each = self.neighbours_[history.item], self.cosine_[history.item] ** self.config.exponent
        total = np.bincount(near.ravel(), each.ravel(), minlength=len(self.known_))
        return np.where(self.known_, total, np.nan).astype(np.float32)

    def contributions(self, history: History, item: int) -> Floats:
        """(len(history),) exact shares cos(i, j)^e, which sum to the score."""
        found = self.neighbours_[history.item] == item
        each = np.where(found, self.cosine_[history.item], 0).sum(axis=1)
        return np.asarray(each**self.config.exponent, np.float32)

    def similar(self, item: int) -> Floats:
        """(n_items,) cosine of the K nearest films, 1 for itself, 0 for others; NaN where nobody watched."""
        likeness = np.where(self.known_ & self.known_[item], np.float32(0), np.float32(np.nan))
        if self.known_[item]:
            near = self.cosine_[item] > 0
            likeness[self.neighbours_[item][near]] = self.cosine_[item][near]
            likeness[item] = 1
        return likeness

    def state(self) -> dict[str, NDArray[Any]]:
        """neighbours int32 and cosine float32 (n_items, K); known (n_items,) bool."""
        return {"neighbours": self.neighbours_, "cosine": self.cosine_, "known": self.known_}

    @classmethod
    def from_state(cls, config: ItemCFConfig, arrays: Arrays) -> Self:
        model = cls(config)
        model.neighbours_, model.cosine_, model.known_ = (
            arrays["neighbours"],
            arrays["cosine"],
            arrays["known"],
        )
        return model


def _largest(values: Doubles, k: int) -> NDArray[np.int64]:
    """Rows of the k largest values above nought, or of all of them where they are fewer."""
    above = np.flatnonzero(values > 0)
    if len(above) <= k:
        return above
    return above[np.argpartition(-values[above], k - 1)[:k]]


def _nearest_in_blocks(
    data: Interactions, k: int, progress: Progress
) -> Iterator[tuple[NDArray[np.int32], Floats]]:
    X = _unit_columns(data)
    films = sparse.csr_array(X.T)
    for start in range(0, data.n_items, BLOCK):
        progress(start / data.n_items, f"film {start:,} of {data.n_items:,}")
        cosine = (films[start : start + BLOCK] @ X).toarray()
        itself = np.arange(len(cosine))
        cosine[itself, start + itself] = -1
        rows = np.argpartition(-cosine, max(k - 1, 0), axis=1)[:, :k].astype(np.int32)
        yield rows, np.maximum(np.take_along_axis(cosine, rows, axis=1), 0)


def _unit_columns(data: Interactions) -> sparse.csr_array:
    """(n_users, n_items) 1 / sqrt(|N(i)|) for each film watched, so that X'X holds the cosines."""
    watchers = np.bincount(data.item, minlength=data.n_items)
    values = (1 / np.sqrt(watchers[data.item])).astype(np.float32)
    shape = (data.n_users, data.n_items)
    return sparse.csr_array(sparse.coo_array((values, (data.user, data.item)), shape=shape))
