"""Item KNN on stars: a film is rated as the films like it were, likeness being the adjusted cosine.

    sim(i, j) = sum of d_ui d_uj / sqrt(sum of d_ui^2 sum of d_uj^2)   over the people u who rated both
                times (n / (n + shrinkage))^significance               n of them

    d_ui      = r_ui - mean rating of u                                the adjusted cosine
              = r_ui - mu - b_u - b_i                                  with biases

    r_ui      = sum of sim(i, j) r_uj / sum of |sim(i, j)|             over j in N(i) that u rated
              = mu + b_u + b_i + sum of sim(i, j) d_uj / (sum of |sim(i, j)| + damping)

N(i) are the n_neighbours films most like i. The first of each pair is Sarwar et al., "Item-Based
Collaborative Filtering" (WWW 2001), the second Koren, "Factor in the Neighbors" (TKDD 2010). N is kept by j:
a history of n films is scored by adding up n of its rows, without a look at any other film.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recommender.ml.bias import Bias, BiasConfig
from recommender.ml.contract import Arrays, Job, Progress, Recommender, WarmStart, no_progress
from recommender.ml.interactions import History, Interactions

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
BLOCK = 256  # films compared with all others at once


@dataclass(frozen=True)
class ItemKNNConfig:
    """Chosen together by RMSE on a tenth of the training parts of MovieLens latest-small and 1M."""

    n_neighbours: int = 100
    shrinkage: float = 60.0  # in people who rated both
    significance: float = 2.0
    damping: float = 0.2  # in likenesses
    biased: bool = True
    item_damping: float = 5.0  # of the biases, in ratings
    user_damping: float = 5.0
    default_rating: float = 3.0  # where there is neither neighbour nor bias

    def __post_init__(self) -> None:
        if self.n_neighbours < 1:
            raise ValueError("Item KNN needs at least one neighbour.")
        if min(self.shrinkage, self.significance, self.damping) < 0:
            raise ValueError("Shrinkage, significance and damping are never below nought.")


# Document C prints the adjusted cosine, the weighted mean over those of the K nearest films that were rated,
# and the default of 3; K it leaves open.
DOCUMENT = ItemKNNConfig(n_neighbours=40, shrinkage=0.0, damping=0.0, biased=False)


class Asked(NamedTuple):
    """Pairs of a film and one of its neighbours: its row, the neighbour's place in the history, likeness."""

    item: NDArray[np.int32]
    place: NDArray[np.int64]
    likeness: Floats


class ItemKNN(Recommender):
    """Films watched without a rating have no effect on its scores."""

    name: ClassVar[str] = "item-knn"
    job: ClassVar[Job] = "stars"
    Config: ClassVar[type] = ItemKNNConfig

    bias_: Bias
    # The films i with j in N(i): near_[starts_[j]:starts_[j + 1]], ascending, and how much alike they are.
    starts_: NDArray[np.int64]
    near_: NDArray[np.int32]
    likeness_: Floats
    rated_: NDArray[np.bool_]  # (n_items,) somebody rated it

    def __init__(self, config: ItemKNNConfig | None = None) -> None:
        self.config: ItemKNNConfig = config or ItemKNNConfig()

    def fit(
        self,
        data: Interactions,
        *,
        seed: int,
        progress: Progress = no_progress,
        start: WarmStart | None = None,
    ) -> Self:
        """Compare all films; nothing is random. Raises ValueError where nothing is rated.

        Takes 5 * 4 * BLOCK * n_items bytes beside 12 * n_neighbours * n_items for the neighbours.
        """
        rated = data.rated
        if not len(rated):
            raise ValueError("Item KNN needs at least one rating, the data have none.")
        progress(0.0, "biases")
        dampings = BiasConfig(item_damping=self.config.item_damping, user_damping=self.config.user_damping)
        self.bias_ = Bias(dampings).fit(rated, seed=seed)
        self.rated_ = np.bincount(rated.item, minlength=data.n_items) > 0
        likeness = sparse.vstack(list(self._compared(self._deviations(rated), progress)), format="csc")
        self.starts_ = likeness.indptr.astype(np.int64)
        self.near_ = likeness.indices.astype(np.int32)
        self.likeness_ = likeness.data
        progress(1.0, "fitted")
        return self

    def _deviations(self, rated: Interactions) -> sparse.csr_array:
        """(n_users, n_items) d of every rating; one of 0 is kept, as somebody who rated both."""
        if self.config.biased:
            base = self.bias_.mean_ + self.bias_.trained_user_bias_[rated.user]
            base = base + self.bias_.item_bias_[rated.item]
        else:
            n = np.bincount(rated.user, minlength=rated.n_users)
            total = np.bincount(rated.user, rated.rating, minlength=rated.n_users)
            base = (total / np.maximum(n, 1))[rated.user]
        d = (rated.rating - base).astype(np.float32)
        shape = (rated.n_users, rated.n_items)
        return sparse.csr_array(sparse.coo_array((d, (rated.user, rated.item)), shape=shape))

    def _compared(self, D: sparse.csr_array, progress: Progress) -> Iterator[sparse.coo_array]:
        """The likeness of BLOCK films at a time to their n_neighbours, (BLOCK, n_items)."""
        n_items, films = D.shape[1], sparse.csr_array(D.T)
        squares, ones = D.power(2), sparse.csr_array((np.ones_like(D.data), D.indices, D.indptr), D.shape)
        k = min(self.config.n_neighbours, n_items - 1)
        for first in range(0, n_items, BLOCK):
            progress(first / n_items, f"film {first:,} of {n_items:,}")
            block = films[first : first + BLOCK]
            there = sparse.csr_array((np.ones_like(block.data), block.indices, block.indptr), block.shape)
            below = (block.power(2) @ ones).toarray() * (there @ squares).toarray()
            likeness = np.zeros(below.shape, np.float32)
            np.divide((block @ D).toarray(), np.sqrt(below), out=likeness, where=below > 1e-12)
            likeness *= self._trust((there @ ones).toarray())
            yield _largest(likeness, first, k)

    def _trust(self, n: Floats) -> Floats:
        """(n / (n + shrinkage))^significance"""
        share = n / np.maximum(n + np.float32(self.config.shrinkage), 1)
        return np.asarray(share**self.config.significance, np.float32)

    def score(self, history: History) -> Floats:
        """(n_items,) stars, not clipped; the biases, or the default, where no film of the history is near."""
        base, rated = self._base(history), history.rated
        asked = self._asked(rated)
        said = asked.likeness * self._values(rated)[asked.place]
        found = np.bincount(asked.item, said, minlength=len(base))
        weight = np.bincount(asked.item, np.abs(asked.likeness), minlength=len(base))
        answered = weight > 0
        near = np.divide(found, weight + self.config.damping, out=np.zeros(len(base)), where=answered)
        if self.config.biased:
            return np.asarray(base + near, np.float32)
        return np.where(answered, near, base).astype(np.float32)

    def contributions(self, history: History, item: int) -> Floats:
        """(len(history),) exact shares; they sum to the score minus the score without a history.

        With biases the d of a film carries the bias of the person, to which every film adds its share s:
        score = mu + b_i + sum_j [w_j (r_j - mu - b_j) + (1 - sum_k w_k) s_j]. Without, the shares are
        w_j r_j - |w_j| default, whose |w| add up to 1.
        """
        rated = history.rated
        w = self._likeness_to(item, rated)
        w /= max(np.abs(w).sum() + self.config.damping, 1e-12)
        if self.config.biased:
            left = rated.rating - self.bias_.mean_ - self.bias_.item_bias_[rated.item]
            found = w * left + (1 - w.sum()) * self.bias_.user_shares(rated)
        else:
            found = w * rated.rating - np.abs(w) * self.config.default_rating
        share = np.zeros(len(history), np.float32)
        share[~np.isnan(history.rating)] = found
        return share

    def similar(self, item: int) -> Floats:
        """(n_items,) likeness where one of the two is a neighbour of the other, 1 for itself, else 0.

        NaN where nobody rated one of the two.
        """
        alike = np.where(self.rated_ & self.rated_[item], np.float32(0), np.float32(np.nan))
        if self.rated_[item]:
            own = np.flatnonzero(self.near_ == item)
            alike[np.searchsorted(self.starts_, own, side="right") - 1] = self.likeness_[own]
            mine = slice(self.starts_[item], self.starts_[item + 1])
            alike[self.near_[mine]] = self.likeness_[mine]
            alike[item] = 1
        return alike

    def _base(self, history: History) -> Floats:
        if self.config.biased:
            return self.bias_.score(history)
        return np.full(len(self.rated_), self.config.default_rating, np.float32)

    def _values(self, rated: History) -> Doubles:
        """(len(rated),) what a neighbour says: how far it was rated from its bias, or its stars."""
        stars = rated.rating.astype(np.float64)
        return stars - self.bias_.score(rated)[rated.item] if self.config.biased else stars

    def _asked(self, rated: History) -> Asked:
        rows = [slice(*self.starts_[row : row + 2]) for row in rated.item]
        lengths = self.starts_[rated.item + 1] - self.starts_[rated.item]
        return Asked(
            np.concatenate([np.empty(0, np.int32), *(self.near_[row] for row in rows)]),
            np.repeat(np.arange(len(rows)), lengths),
            np.concatenate([np.empty(0, np.float32), *(self.likeness_[row] for row in rows)]),
        )

    def _likeness_to(self, item: int, rated: History) -> Doubles:
        """(len(rated),) likeness of `item` to those of its neighbours that were rated, 0 for the others."""
        asked = self._asked(rated)
        mine = asked.item == item
        total = np.bincount(asked.place[mine], asked.likeness[mine], minlength=len(rated))
        return total.astype(np.float64)

    def state(self) -> dict[str, NDArray[Any]]:
        """mean (1,) float64, item_bias (n_items,) float32; rated (n_items,) bool; the neighbours by film:
        starts int64 (n_items + 1,), near int32 and likeness float32 (starts[-1],)."""
        return {
            **self.bias_.state(),
            "rated": self.rated_,
            "starts": self.starts_,
            "near": self.near_,
            "likeness": self.likeness_,
        }

    @classmethod
    def from_state(cls, config: ItemKNNConfig, arrays: Arrays) -> Self:
        model = cls(config)
        dampings = BiasConfig(item_damping=config.item_damping, user_damping=config.user_damping)
        model.bias_ = Bias.from_state(dampings, arrays)
        model.rated_, model.starts_ = arrays["rated"], arrays["starts"]
        model.near_, model.likeness_ = arrays["near"], arrays["likeness"]
        return model


def _largest(likeness: Floats, first: int, k: int) -> sparse.coo_array:
    """The k largest of each row that are not 0, without the film itself, the first being film `first`."""
    own = np.arange(len(likeness))
    likeness[own, first + own] = 0
    order = np.where(likeness == 0, -np.inf, likeness)
    columns = np.argpartition(-order, max(k - 1, 0), axis=1)[:, :k]
    values = np.take_along_axis(likeness, columns, axis=1)
    row, place = np.nonzero(values)
    return sparse.coo_array((values[row, place], (row, columns[row, place])), shape=likeness.shape)
