"""Cornac: matrix factorisation by stochastic gradient descent in C++."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tests.bench.contender import SEED, Contender
from tests.bench.handover import Handed, Ratings


class MatrixFactorisation(Contender):
    title = "MF"
    settings = "10 factors, 25 epochs, learning rate .01, regularisation .02"

    def fit(self, data: Handed) -> None:
        from cornac.data import Dataset
        from cornac.models import MF

        train = data.train
        columns = (train.user.tolist(), train.item.tolist(), train.rating.tolist())
        self.data = Dataset.from_uir(list(zip(*columns, strict=True)), seed=SEED)
        self.model = MF(
            k=10, max_iter=25, learning_rate=0.01, lambda_reg=0.02, use_bias=True, seed=SEED, verbose=False
        )
        self.model.fit(self.data)
        self.n_items = data.n_items

    def stars(self, asked: Ratings) -> NDArray[np.floating]:
        """All films of a user at once, as the library gives them; NaN for unknown users and films."""
        stars = np.full(len(asked.user), np.nan)
        known = self.data.uid_map
        place = np.array([self.data.iid_map.get(row, -1) for row in range(self.n_items)])[asked.item]
        order = np.argsort(asked.user, kind="stable")
        users, starts = np.unique(asked.user[order], return_index=True)
        for user, rows in zip(users.tolist(), np.split(order, starts[1:]), strict=True):
            if user in known:
                scores = np.append(self.model.score(known[user]), np.nan)
                stars[rows] = scores[place[rows]]
        return stars


METHODS = {"mf": MatrixFactorisation}
