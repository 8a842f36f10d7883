"""Surprise: the library that many a notebook starts with. Single-threaded Cython."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.bench.contender import SEED, Contender
from tests.bench.handover import Handed, Ratings


class Surprise(Contender):
    def __init__(self, algorithm: str, title: str, settings: str, **options: Any) -> None:
        self.algorithm, self.title, self.settings, self.options = algorithm, title, settings, options

    def fit(self, data: Handed) -> None:
        import pandas as pd
        import surprise

        train = data.train
        frame = pd.DataFrame({"user": train.user, "item": train.item, "rating": train.rating})
        scale = surprise.Reader(rating_scale=(float(train.rating.min()), float(train.rating.max())))
        ratings = surprise.Dataset.load_from_df(frame, scale).build_full_trainset()
        self.model = getattr(surprise, self.algorithm)(**self.options)
        self.model.fit(ratings)

    def stars(self, asked: Ratings) -> NDArray[np.floating]:
        pairs = zip(asked.user.tolist(), asked.item.tolist(), asked.rating.tolist(), strict=True)
        return np.array([answer.est for answer in self.model.test(list(pairs))])


_SIMILARITY = {"name": "pearson_baseline", "user_based": False}
METHODS = {
    "baseline": partial(Surprise, "BaselineOnly", "Baseline", "as it comes", verbose=False),
    "svd": partial(Surprise, "SVD", "SVD", "20 factors, 20 epochs", n_factors=20, random_state=SEED),
    "svdpp": partial(
        Surprise, "SVDpp", "SVD++", "as it comes: 20 factors, 20 epochs", random_state=SEED, verbose=False
    ),
    "item-knn": partial(
        Surprise,
        "KNNBaseline",
        "KNN baseline, films",
        "pearson_baseline, 40 neighbours",
        sim_options=_SIMILARITY,
        verbose=False,
    ),
}
