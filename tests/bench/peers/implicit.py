"""implicit: compiled top-N models on all cores; wants OPENBLAS_NUM_THREADS=1, which the bench sets."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from tests.bench.contender import SEED, Contender
from tests.bench.handover import Handed


class Implicit(Contender):
    def __init__(self, kind: str, title: str, settings: str, **options: Any) -> None:
        self.kind, self.title, self.settings, self.options = kind, title, settings, options

    def fit(self, data: Handed) -> None:
        from implicit import als, bpr, nearest_neighbours

        found = [module for module in (als, bpr, nearest_neighbours) if hasattr(module, self.kind)]
        self.model = getattr(found[0], self.kind)(**self.options)
        self.watched = watched(data)
        self.model.fit(self.watched, show_progress=False)

    def lists(self, users: NDArray[np.int64], top: int) -> NDArray[np.integer]:
        rows, scores = self.model.recommend(users, self.watched[users], N=top)
        # Where the neighbours run out, the library fills up with films at the lowest float or at nought.
        return np.where(scores > np.finfo(np.float32).min, rows, -1)


def watched(data: Handed) -> sparse.csr_matrix:
    """(n_users, n_items) ones where there is a rating."""
    ones = np.ones(len(data.train.user), np.float32)
    cells = data.train.user, data.train.item
    return sparse.csr_matrix((ones, cells), shape=(data.n_users, data.n_items))


METHODS = {
    "als": partial(
        Implicit,
        "AlternatingLeastSquares",
        "ALS",
        "64 factors, regularisation 100, alpha 10",
        factors=64,
        regularization=100,
        alpha=10,
        random_state=SEED,
    ),
    "bpr": partial(
        Implicit, "BayesianPersonalizedRanking", "BPR", "64 factors", factors=64, random_state=SEED
    ),
    "cosine": partial(Implicit, "CosineRecommender", "Cosine, films", "20 neighbours", K=20),
    "bm25": partial(Implicit, "BM25Recommender", "BM25, films", "20 neighbours", K=20),
}
