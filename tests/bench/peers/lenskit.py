"""LensKit: research implementations on PyTorch and Rust."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.bench.contender import SEED, Contender
from tests.bench.handover import Handed, Ratings


class LensKit(Contender):
    def __init__(self, kind: str, title: str, settings: str, **options: Any) -> None:
        self.kind, self.title, self.settings, self.options = kind, title, settings, options

    def fit(self, data: Handed) -> None:
        import pandas as pd
        from lenskit import als, knn
        from lenskit.data import from_interactions_df
        from lenskit.training import TrainingOptions

        train = data.train
        columns = {"user_id": train.user, "item_id": train.item, "rating": train.rating.astype(np.float64)}
        found = als if hasattr(als, self.kind) else knn
        self.model = getattr(found, self.kind)(**self.options)
        self.model.train(from_interactions_df(pd.DataFrame(columns)), TrainingOptions(rng=SEED))
        self.train, self.n_items = train, data.n_items

    def stars(self, asked: Ratings) -> NDArray[np.floating]:
        stars = np.empty(len(asked.user))
        for user, rows in _rows_by_user(asked.user):
            stars[rows] = self._scores(user, asked.item[rows])
        return stars

    def lists(self, users: NDArray[np.int64], top: int) -> NDArray[np.integer]:
        histories = {user: self.train.item[rows] for user, rows in _rows_by_user(self.train.user)}
        lists = np.full((len(users), top), -1)
        for place, user in enumerate(users.tolist()):
            unseen = np.setdiff1d(np.arange(self.n_items), histories.get(user, []))
            scores = self._scores(user, unseen, histories.get(user))
            best = np.argsort(-np.nan_to_num(scores, nan=-np.inf), kind="stable")[:top]
            lists[place, : len(best)] = unseen[best]
        return lists

    def _scores(
        self, user: int, films: NDArray[np.integer], history: NDArray[np.integer] | None = None
    ) -> NDArray[np.floating]:
        from lenskit.data import ItemList, RecQuery

        watched = None if history is None else ItemList(item_ids=history)
        answer = self.model(RecQuery(user_id=user, user_items=watched), ItemList(item_ids=films))
        return np.asarray(answer.scores())


def _rows_by_user(user: NDArray[np.integer]) -> list[tuple[int, NDArray[np.intp]]]:
    order = np.argsort(user, kind="stable")
    users, starts = np.unique(user[order], return_index=True)
    return list(zip(users.tolist(), np.split(order, starts[1:]), strict=True))


METHODS = {
    "biased-mf": partial(LensKit, "BiasedMFScorer", "BiasedMF", "50 factors, as it comes", embedding_size=50),
    "implicit-mf": partial(
        LensKit, "ImplicitMFScorer", "ImplicitMF", "50 factors, as it comes", embedding_size=50
    ),
    "ease": partial(LensKit, "EASEScorer", "EASE", "regularisation 1,000", regularization=1000),
}
