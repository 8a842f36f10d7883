"""Neighbours by Pearson correlation: people who rate alike, or films that are rated alike.

    e_uj = r_uj - b_uj                          what a rating says beyond the biases, or beyond a mean
    corr(a, b) = sum e_a e_b / sqrt(sum e_a^2 sum e_b^2)        over the ratings that a and b have in common
    s(a, b) = corr^p n / (n + shrinkage)        n: how many those are

    user side   score(i) = b_ui + sum over v of s(u, v) e_vi / (damping + sum |s(u, v)|)
    item side   score(i) = b_ui + sum over j of s(i, j) e_uj / (damping + sum |s(i, j)|)

v are the people who rated i, j the films of the history. Resnick et al., "GroupLens" (CSCW 1994); centred on
biases, with the shrinkage, Koren, "Factor in the Neighbors" (TKDD 2010), section 2.2; the power p keeps the
sign and is the case amplification of Breese et al., "Empirical Analysis of Predictive Algorithms" (UAI 1998).

The user side keeps everyone's ratings and compares a history with them when it is scored. The item side
keeps the n_kept films that go most strongly with each film, in either direction.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recommender.ml.bias import LEFT_OUT, UNDAMPED, Bias, BiasConfig
from recommender.ml.contract import Arrays, Job, Progress, Recommender, WarmStart, no_progress
from recommender.ml.interactions import History, Interactions

Floats = NDArray[np.float32]
Side = Literal["user", "item"]
BLOCK = 256  # films compared with all others at once


@dataclass(frozen=True)
class PearsonConfig:
    """Chosen by RMSE on a validation part, a tenth of the training ratings of MovieLens latest-small."""

    side: Side = "item"
    shrinkage: float = 100.0  # ratings in common at which a correlation counts by half
    amplification: float = 1.0  # p
    damping: float = 0.1  # in likenesses: draws a score from few neighbours to the biases
    n_kept: int = 200  # films kept for each film, on the item side
    positive_only: bool = True  # films and people of opposite taste have no say
    item_damping: float = 5.0  # of the biases, in ratings
    user_damping: float = 5.0

    def __post_init__(self) -> None:
        if self.side not in ("user", "item"):
            raise ValueError(f'Pearson neighbours are those of the "user" or the "item", not {self.side!r}.')
        if min(self.shrinkage, self.damping) < 0 or self.amplification <= 0 or self.n_kept < 1:
            raise ValueError("Pearson neighbours need a film to keep, and no setting below nought.")


# As document E prints it, over all neighbours, centred on each person's, or each film's, own mean.
DOCUMENT = PearsonConfig(
    side="user",
    shrinkage=0.0,
    amplification=1.0,
    damping=0.0,
    positive_only=False,
    item_damping=LEFT_OUT,
    user_damping=UNDAMPED,
)
ITEM_DOCUMENT = PearsonConfig(
    side="item",
    shrinkage=0.0,
    amplification=1.0,
    damping=0.0,
    n_kept=100_000,
    positive_only=False,
    item_damping=UNDAMPED,
    user_damping=LEFT_OUT,
)


class PearsonCF(Recommender):
    """A star model; films watched without a rating have no effect on its scores."""

    name: ClassVar[str] = "pearson-cf"
    job: ClassVar[Job] = "stars"
    Config: ClassVar[type] = PearsonConfig

    bias_: Bias
    # User side: e by person (n_users, n_items). Item side: s (n_items, n_items), row j the films kept for j.
    table_: sparse.csr_array
    by_item_: sparse.csr_array  # e by film, of the user side; empty on the other

    def __init__(self, config: PearsonConfig | None = None) -> None:
        self.config: PearsonConfig = config or PearsonConfig()

    def fit(
        self,
        data: Interactions,
        *,
        seed: int,
        progress: Progress = no_progress,
        start: WarmStart | None = None,
    ) -> Self:
        """Count the ratings of `data`; nothing is random. Raises ValueError where nothing is rated."""
        progress(0.0, "biases")
        rated = data.rated
        self.bias_ = Bias(self._biases()).fit(rated, seed=seed)
        E = residuals(rated, self.bias_)
        films = sparse.csr_array(E.T)
        if self.config.side == "user":
            self.table_, self.by_item_ = E, films
        else:
            kept = [sparse.csr_array(block) for block in self._kept_in_blocks(E, films, progress)]
            self.table_, self.by_item_ = sparse.csr_array(sparse.vstack(kept)), _nothing(data.n_items)
        progress(1.0, "fitted")
        return self

    def _biases(self) -> BiasConfig:
        return BiasConfig(self.config.item_damping, self.config.user_damping)

    def _kept_in_blocks(
        self, E: sparse.csr_array, films: sparse.csr_array, progress: Progress
    ) -> Iterator[sparse.csr_array]:
        """Likenesses of BLOCK films to all, the strongest n_kept of each; 16 BLOCK n_items bytes."""
        n_items = films.shape[0]
        known, squares = _ones(E), E.power(2)
        for first in range(0, n_items, BLOCK):
            progress(first / n_items, f"film {first:,} of {n_items:,}")
            mine = films[first : first + BLOCK]
            product = (mine @ E).toarray()
            own = (mine.power(2) @ known).toarray()
            others, common = (_ones(mine) @ squares).toarray(), (_ones(mine) @ known).toarray()
            S = self._likeness(product, own, others, common)
            S[np.arange(len(S)), first + np.arange(len(S))] = 0
            yield strongest(S, self.config.n_kept)

    def _likeness(self, product: Any, own: Any, others: Any, common: Any) -> Floats:
        """s from sum e_a e_b, sum e_a^2, sum e_b^2 and n, arrays of one shape; 0 where nothing varies."""
        below = np.sqrt(own * others)
        correlation = np.divide(product, below, out=np.zeros(below.shape, np.float32), where=below > 1e-6)
        sharp = np.sign(correlation) * np.abs(correlation) ** self.config.amplification
        s = sharp * common / np.maximum(common + self.config.shrinkage, 1)
        return np.asarray(np.maximum(s, 0) if self.config.positive_only else s, np.float32)

    def score(self, history: History) -> Floats:
        """(n_items,) stars, not clipped; the biases alone where no neighbour has a say."""
        rated = history.rated
        e = self._above(rated)
        above, size = self._votes_of_people(rated, e) if self._by_people else self._votes_of_films(rated, e)
        below = size + np.float32(self.config.damping)
        change = np.divide(above, below, out=np.zeros_like(above), where=below > 1e-6)
        return np.asarray(self.bias_.score(history) + change, np.float32)

    @property
    def _by_people(self) -> bool:
        return self.config.side == "user"

    def _above(self, rated: History) -> Floats:
        return np.asarray(rated.rating - self.bias_.score(rated)[rated.item], np.float32)

    def _votes_of_films(self, rated: History, e: Floats) -> tuple[Floats, Floats]:
        """sum of s e and of |s| for every film, (n_items,) each."""
        near = self.table_[rated.item]
        return near.T @ e, abs(near).T @ np.ones(len(e), np.float32)

    def _votes_of_people(self, rated: History, e: Floats) -> tuple[Floats, Floats]:
        """sum of s e and of |s| for every film, (n_items,) each."""
        s = self.likeness_to_people(rated, e)
        return self.table_.T @ s, _ones(self.table_).T @ np.abs(s)

    def likeness_to_people(self, rated: History, e: Floats) -> Floats:
        """(n_users,) s of everyone to the person who gave these ratings, whose residuals are e."""
        theirs = self.by_item_[rated.item].T
        known = _ones(theirs)
        own, others = known @ np.square(e), theirs.power(2) @ np.ones_like(e)
        return self._likeness(theirs @ e, own, others, known @ np.ones_like(e))

    def contributions(self, history: History, item: int) -> Floats:
        """(len(history),) exact shares on the item side, leave-one-out on the user side.

        The exact ones sum to the score minus the score without a history.
        """
        if self._by_people:
            return super().contributions(history, item)
        rated = history.rated
        near = self.table_[rated.item][:, [item]].toarray()[:, 0]
        below = float(np.abs(near).sum()) + self.config.damping
        share = self.bias_.contributions(history, item)
        if below > 1e-6:
            share[~np.isnan(history.rating)] += near * self._above(rated) / np.float32(below)
        return share

    def similar(self, item: int) -> Floats:
        """(n_items,) s of the films, 1 for itself, 0 where they have nobody in common or were not kept."""
        if self._by_people:
            mine = self.by_item_[[item]]
            known, others = _ones(mine), self.table_
            sums = (
                mine @ others,
                mine.power(2) @ _ones(others),
                known @ others.power(2),
                known @ _ones(others),
            )
            likeness = self._likeness(*(total.toarray()[0] for total in sums))
        else:
            likeness = self.table_[[item]].toarray()[0]
        likeness[item] = 1
        return np.asarray(likeness, np.float32)

    def state(self) -> dict[str, NDArray[Any]]:
        """The two tables as CSR under "table." and "by_item.", and the biases as in bias.py."""
        return {**_stored("table", self.table_), **_stored("by_item", self.by_item_), **self.bias_.state()}

    @classmethod
    def from_state(cls, config: PearsonConfig, arrays: Arrays) -> Self:
        model = cls(config)
        model.bias_ = Bias.from_state(model._biases(), arrays)
        n_items = len(model.bias_.item_bias_)
        model.table_ = _restored("table", arrays, n_items)
        n_users = model.table_.shape[0] if model._by_people else 0
        model.by_item_ = _restored("by_item", arrays, n_users)
        return model


def residuals(rated: Interactions, bias: Bias) -> sparse.csr_array:
    """e (n_users, n_items) float32 in CSR; one of exactly nought is kept as an entry."""
    cells = bias.residuals(rated), (rated.user, rated.item)
    return sparse.csr_array(sparse.coo_array(cells, shape=(rated.n_users, rated.n_items)))


def strongest(S: Floats, k: int) -> sparse.csr_array:
    """The k entries of each row that are farthest from nought."""
    if k < S.shape[1]:
        weak = np.argpartition(-np.abs(S), k, axis=1)[:, k:]
        np.put_along_axis(S, weak, np.float32(0), axis=1)
    n_rows, n_columns = S.shape
    rows, columns = np.nonzero(S)
    cells = S[rows, columns], (rows, columns)
    return sparse.csr_array(sparse.coo_array(cells, shape=(n_rows, n_columns)))


def _ones(X: Any) -> Any:
    ones = X.copy()
    ones.data = np.ones_like(X.data)
    return ones


def _nothing(n_rows: int) -> sparse.csr_array:
    return sparse.csr_array(np.zeros((n_rows, 0), np.float32))


def _stored(name: str, X: sparse.csr_array) -> dict[str, NDArray[Any]]:
    return {f"{name}.data": X.data, f"{name}.indices": X.indices, f"{name}.indptr": X.indptr}


def _restored(name: str, arrays: Arrays, n_columns: int) -> sparse.csr_array:
    data, indices, indptr = (arrays[f"{name}.{part}"] for part in ("data", "indices", "indptr"))
    return sparse.csr_array((data, indices, indptr), shape=(len(indptr) - 1, n_columns))
