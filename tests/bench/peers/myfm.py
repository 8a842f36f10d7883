"""myfm: Bayesian factorisation machines by Gibbs sampling in C++."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from tests.bench.contender import SEED, Contender
from tests.bench.handover import Handed, Ratings


class FlippedSVDPlusPlus(Contender):
    """Users with the films they rated, films with the users who rated them, each set weighted n^-1/2."""

    title = "SVD++ flipped"
    rank = 10
    n_sweeps = 100
    settings = f"rank {rank}, {n_sweeps} sweeps"

    def fit(self, data: Handed) -> None:
        import myfm

        self.person, self.film = _with_sets(data)
        self.model = myfm.MyFMRegressor(rank=self.rank, random_seed=SEED)
        self.model.fit(
            sparse.csr_matrix((len(data.train.user), 0)),
            data.train.rating.astype(np.float64),
            X_rel=self._relations(data.train),
            n_iter=self.n_sweeps,
        )

    def _relations(self, asked: Ratings) -> list[object]:
        import myfm

        pairs = (asked.user, self.person), (asked.item, self.film)
        return [myfm.RelationBlock(rows.astype(np.uint64), block) for rows, block in pairs]

    def stars(self, asked: Ratings) -> NDArray[np.floating]:
        nothing = sparse.csr_matrix((len(asked.user), 0))
        return np.asarray(self.model.predict(nothing, self._relations(asked)))


def _with_sets(data: Handed) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """(n_users, n_users + n_items) and (n_items, n_items + n_users): who it is, and the set beside it."""
    shape = (data.n_users, data.n_items)
    seen = sparse.csr_matrix((np.ones(len(data.train.user)), (data.train.user, data.train.item)), shape=shape)
    return _itself_and(seen), _itself_and(seen.T.tocsr())


def _itself_and(seen: sparse.csr_matrix) -> sparse.csr_matrix:
    weight = 1 / np.sqrt(np.maximum(np.diff(seen.indptr), 1))
    return sparse.hstack([sparse.eye(seen.shape[0]), sparse.diags(weight) @ seen], format="csr")


METHODS = {"svdpp-flipped": FlippedSVDPlusPlus}
