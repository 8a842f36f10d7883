"""What next: EASE's weights for all that was watched, and transitions from what was watched last.

    score(i) = sum over j in the history of w_j B_ji  +  mix * sum over j of rho^age_j T_ji

age_j is the number of films watched after j; films of the same moment share the mean of their ages, and films
without a time take no part in the second sum. B is that of sparse_ease.py. T is the ridge regression of every
next film, one-hot, on the state s = sum of rho^age_j over the films before it:

    min over T of sum over steps |next - s T|^2 + lambda |T|^2,    T = (A + lambda I)^-1 C

    C_ji = sum over pairs in order, j before i, of rho^(films between them)
    A_ji = (rho (C_ji + C_ij) + N_j [j = i]) / (1 - rho^2)

N_j counts who watched j. A is the sum of s s' for histories that go on after their last film; so one pass
over pairs at most `window` films apart gives both sides. The systems are solved film by film on the
strongest neighbours, as in sparse_ease.py.

Source: Choi et al., "Session-aware Linear Item-Item Models" (WWW 2021), whose one matrix for similarity and
transition are here two, so that a history without times loses the second and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recommender.ml.contract import Arrays, Job, Progress, Recommender, WarmStart, no_progress
from recommender.ml.ease import Weighting
from recommender.ml.interactions import NO_TIME, History, Interactions
from recommender.ml.parts import within
from recommender.ml.sparse_ease import (
    Products,
    SparseEase,
    SparseEaseConfig,
    add_rows,
    compressed,
    entries,
    regress,
)

Floats = NDArray[np.float32]
SIMILARITY_END = 0.5  # share of the fit that the order-free part takes
TRANSITIONS_END = 0.6  # share until the transitions are counted, the rest is their regression


@dataclass(frozen=True)
class NextFilmConfig:
    """Chosen by NDCG@10 on the last film but one of everybody in MovieLens 100K and latest-small.

    There the order is that in which people rated, much of it the order in which the site showed films.
    """

    regularisation: float = 300.0  # lambda of the order-free part, as in sparse_ease.py
    weighting: Weighting = "ones"
    unrated_weight: float = 1.0
    n_neighbours: int = 200
    n_products: int = 400
    mix: float = 150.0  # of the transitions; 0 is the order-free part alone
    decay: float = 0.85  # rho
    window: int = 20  # films between which a transition is counted at most
    transition_regularisation: float = 300.0  # lambda of the transitions, in steps

    def __post_init__(self) -> None:
        self.similarity()
        if not 0 < self.decay < 1 or self.window < 1:
            raise ValueError("Transitions need a decay between 0 and 1 and a window of one film or more.")
        if self.transition_regularisation <= 0 or self.mix < 0:
            raise ValueError("Transitions need a regularisation above nought and no negative mix.")

    def similarity(self) -> SparseEaseConfig:
        """Of the order-free part."""
        return SparseEaseConfig(
            self.regularisation, self.weighting, self.unrated_weight, self.n_neighbours, self.n_products
        )


DOCUMENT = NextFilmConfig()


class NextFilm(Recommender):
    """A list model for data with times; without them it is sparse EASE."""

    name: ClassVar[str] = "next-film"
    job: ClassVar[Job] = "list"
    Config: ClassVar[type] = NextFilmConfig

    similarity_: SparseEase
    T_: sparse.csr_array  # (n_items, n_items); row j is what film j, watched last, adds to the others

    def __init__(self, config: NextFilmConfig | None = None) -> None:
        self.config: NextFilmConfig = config or NextFilmConfig()

    def fit(
        self,
        data: Interactions,
        *,
        seed: int,
        progress: Progress = no_progress,
        start: WarmStart | None = None,
    ) -> Self:
        """Learn from ratings and unrated watches; nothing is random. Without times it has no transitions."""
        self.similarity_ = SparseEase(self.config.similarity()).fit(
            data, seed=seed, progress=within(progress, 0.0, SIMILARITY_END)
        )
        C = transitions(
            data, self.config.decay, self.config.window, within(progress, SIMILARITY_END, TRANSITIONS_END)
        )
        counts = np.bincount(data.item, minlength=data.n_items)
        self.T_ = self._regress(C, counts, within(progress, TRANSITIONS_END, 1.0))
        progress(1.0, "fitted")
        return self

    def _regress(
        self, C: sparse.csr_array, counts: NDArray[np.int64], progress: Progress = no_progress
    ) -> sparse.csr_array:
        config, rho = self.config, np.float32(self.config.decay)
        own = (counts / (1 - rho**2)).astype(np.float32)
        A = strongest(sparse.csr_array(C + C.T) * (rho / (1 - rho**2)), own, config.n_products, config)
        neighbour, target, *_ = strongest(sparse.csr_array(C.T), own, config.n_neighbours, config)
        return regress(neighbour, target, A, config.transition_regularisation, progress)

    def score(self, history: History) -> Floats:
        """(n_items,) in no unit, 0 for an empty history; NaN for films that nobody watched."""
        score = self.similarity_.score(history)
        add_rows(score, self.T_, history.item, self._recency(history))
        return score

    def _recency(self, history: History) -> Floats:
        """(len(history),) mix rho^age; 0 for films without a time."""
        age = ages(history.time)
        weight = self.config.mix * self.config.decay ** np.nan_to_num(age)
        return np.where(np.isnan(age), 0, weight).astype(np.float32)

    def contributions(self, history: History, item: int) -> Floats:
        """(len(history),) exact terms of both sums, which add up to the score.

        The ages are those of the whole history: without a film, those before it would count as newer.
        """
        similar = self.similarity_.contributions(history, item)
        return np.asarray(similar + self._recency(history) * entries(self.T_, history.item, item), np.float32)

    def similar(self, item: int) -> Floats:
        """(n_items,) likeness by the order-free part."""
        return self.similarity_.similar(item)

    def state(self) -> dict[str, NDArray[Any]]:
        """The arrays of sparse_ease.py, and T as next_starts, next_films and next_weights like its B."""
        T = self.T_
        following = {"next_starts": T.indptr, "next_films": T.indices, "next_weights": T.data}
        return self.similarity_.state() | following

    @classmethod
    def from_state(cls, config: NextFilmConfig, arrays: Arrays) -> Self:
        model = cls(config)
        model.similarity_ = SparseEase.from_state(config.similarity(), arrays)
        model.T_ = compressed(arrays["next_starts"], arrays["next_films"], arrays["next_weights"])
        return model


def transitions(
    data: Interactions, decay: float, window: int, progress: Progress = no_progress
) -> sparse.csr_array:
    """(n_items, n_items) C: row j, column i sums decay^(films between) over who watched i after j.

    Films of the same moment have no order and make no pair, nor have films without a time.
    """
    timed = data.take(data.time != NO_TIME)
    order = np.lexsort((timed.item, timed.time, timed.user))
    user, item, time = timed.user[order], timed.item[order], timed.time[order]
    shape = data.n_items, data.n_items
    C: Any = sparse.csr_array(shape, dtype=np.float32)
    for step in range(1, min(window, len(item) - 1) + 1):
        progress((step - 1) / window, f"transitions over {step} of {window} films")
        pair = (user[step:] == user[:-step]) & (time[step:] > time[:-step])
        cells = item[:-step][pair], item[step:][pair]
        weight = np.full(len(cells[0]), decay ** (step - 1), np.float32)
        C = C + sparse.csr_array(sparse.coo_array((weight, cells), shape=shape))
    return sparse.csr_array(C)


def ages(time: NDArray[np.int64]) -> NDArray[np.float64]:
    """(n,) how many films were watched after each, ties counting half; NaN without a time."""
    known = np.sort(time[time != NO_TIME])
    later = len(known) - np.searchsorted(known, time, side="right")
    tied = np.searchsorted(known, time, side="right") - np.searchsorted(known, time, side="left") - 1
    return np.where(time == NO_TIME, np.nan, later + tied / 2)


def strongest(M: sparse.csr_array, own: Floats, n_kept: int, config: NextFilmConfig) -> Products:
    """The n_kept strongest entries of each row of M, in the form that sparse_ease.py solves from."""
    # Numba is a library of training; scoring, and with it the site, does without.
    from recommender.ml.next_film_kernel import strongest_entries

    shape = M.shape[0], min(n_kept, M.shape[0])
    partner, excess = np.empty(shape, np.int32), np.empty(shape, np.float32)
    columns = M.indptr.astype(np.int64), M.indices.astype(np.int32), M.data.astype(np.float32)
    strongest_entries(*columns, own, config.transition_regularisation, partner, excess)
    return Products(partner, excess, np.zeros_like(own), own)
