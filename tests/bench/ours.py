"""Marquee's models as contenders: asked as the site asks, one history after the other."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recommender.ml.answers import top_items
from recommender.ml.contract import Progress, Recommender
from recommender.ml.interactions import Catalogue, Interactions, Vocabulary
from recommender.ml.presets import PRESETS
from recommender.ml.registry import CLASSES
from recommender.ml.svdpp import DOCUMENT, Parameters, SVDPlusPlus
from tests.bench.contender import SEED, Contender
from tests.bench.handover import Handed, Ratings

CATALOGUE = "catalogue.pickle"  # beside the split: titles, genres, texts for the models that read them


class Ours(Contender):
    settings = "tuned"

    def __init__(self, title: str, make: Callable[[], Recommender]) -> None:
        self.title, self.make = title, make

    def fit(self, data: Handed) -> None:
        self.train = interactions(data)
        self.model = self.make().fit(self.train, seed=SEED)

    def stars(self, asked: Ratings) -> NDArray[np.floating]:
        scorer = getattr(self.model, "stars", self.model.score)
        stars = np.empty(len(asked.user), np.float32)
        order = np.argsort(asked.user, kind="stable")
        users, starts = np.unique(asked.user[order], return_index=True)
        for user, rows in zip(users.tolist(), np.split(order, starts[1:]), strict=True):
            stars[rows] = scorer(self.train.history(user))[asked.item[rows]]
        return stars

    def lists(self, users: NDArray[np.int64], top: int) -> NDArray[np.integer]:
        lists = np.full((len(users), top), -1)
        for place, user in enumerate(users.tolist()):
            history = self.train.history(user)
            lists[place] = top_items(self.model.score(history), history.item, top)
        return lists


class FromSurprisesStart(SVDPlusPlus):
    """SVD++ that begins with the factors Surprise would draw: what differs then is the implementation."""

    def _descend(
        self,
        data: Interactions,
        held_out: Interactions,
        learned: Parameters,
        rng: np.random.Generator,
        progress: Progress,
    ) -> Parameters:
        drawn = np.random.RandomState(SEED)
        for factors, seen in ((learned.P, data.user), (learned.Q, data.item), (learned.Y, data.item)):
            rows, first = np.unique(seen, return_index=True)
            in_order = rows[np.argsort(first)]  # Surprise numbers users and films as they appear
            factors[in_order] = drawn.normal(0, self.config.initial_sd, (len(rows), factors.shape[1]))
        return super()._descend(data, held_out, learned, rng, progress)


class TrainedUsers(Ours):
    """SVD++ asked with the user factors of its training instead of the history folded in again."""

    settings = "Surprise's settings and first factors, users as trained"

    def stars(self, asked: Ratings) -> NDArray[np.floating]:
        model, user, item = self.model, asked.user, asked.item
        assert isinstance(model, SVDPlusPlus)
        learned, train = model.trained_, self.train
        watched = np.bincount(train.user, minlength=train.n_users)
        weight = (1 / np.sqrt(np.maximum(watched, 1))).astype(np.float32)
        shape = (train.n_users, train.n_items)
        sets = sparse.csr_array((weight[train.user], (train.user, train.item)), shape=shape)
        taste = learned.P + sets @ learned.Y
        biases = model.mean_ + learned.b_user[user] + learned.b_item[item]
        return np.asarray(biases + np.einsum("nf,nf->n", taste[user], learned.Q[item]))


class FoldedIn(Ours):
    settings = "Surprise's settings, history folded in"


def interactions(data: Handed) -> Interactions:
    """The training part as the models read it."""
    users, items = Vocabulary(np.arange(data.n_users)), Vocabulary(np.arange(data.n_items))
    return Interactions(users, items, *data.train, catalogue(data))


def catalogue(data: Handed) -> Catalogue:
    whole: Catalogue = pickle.loads((data.folder / CATALOGUE).read_bytes())  # noqa: S301 - written by the bench
    return whole if len(whole) == data.n_items else whole.take(data.films.tolist())


def registered() -> list[str]:
    """Presets whose model exists, in their order."""
    return [name for name, preset in PRESETS.items() if preset.model in CLASSES]


METHODS: dict[str, Callable[[], Contender]] = {
    name: partial(Ours, name, partial(PRESETS[name].build, tuned=True)) for name in registered()
}
METHODS["svdpp-document"] = partial(FoldedIn, "svdpp", partial(SVDPlusPlus, DOCUMENT))
METHODS["svdpp-trained"] = partial(TrainedUsers, "svdpp", partial(FromSurprisesStart, DOCUMENT))
