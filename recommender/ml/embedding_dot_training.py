"""The epochs of the embedding dot product, and when they end."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from recommender.ml.contract import Progress, WarmStart
from recommender.ml.early_stopping import EarlyStopping
from recommender.ml.embedding_dot_kernel import train_epoch
from recommender.ml.interactions import Interactions
from recommender.ml.splits import random_split

if TYPE_CHECKING:
    from recommender.ml.embedding_dot import EmbeddingDotConfig

Floats = NDArray[np.float32]
# Ratings between two calls of `progress`.
ROUND = 200_000


class Trained(NamedTuple):
    """mu, W (n_users, n) of w_u and K (n_items, n) of k_i, float32."""

    mean: float
    W: Floats
    K: Floats

    def error(self, data: Interactions) -> float:
        """Mean squared error in squared stars."""
        predicted = self.mean + np.einsum("nf,nf->n", self.W[data.user], self.K[data.item])
        return float(np.mean(np.square(data.rating - predicted)))


class _Table(NamedTuple):
    """The weights of people or of films with what AdaMax keeps beside them."""

    weights: Floats
    m: Floats
    v: Floats
    g: Floats
    at: NDArray[np.int64]

    @classmethod
    def of(cls, weights: Floats) -> Self:
        m, v, g = (np.zeros_like(weights) for _ in range(3))
        return cls(weights, m, v, g, np.zeros(len(weights), np.int64))


def train(
    rated: Interactions, config: EmbeddingDotConfig, *, seed: int, progress: Progress, start: WarmStart | None
) -> Trained:
    progress(0.0, f"epoch 1 of {config.n_epochs}")
    rng = np.random.default_rng(seed)
    learned = initial(rated, config, rng, start)
    people, films = _Table.of(learned.W), _Table.of(learned.K)
    free_user, free_item = _free_columns(learned.K.shape[1], biases=config.biases)
    part = random_split(rated, config.validation_share, seed) if config.patience else None
    train = part.train if part and len(part.test) else rated
    stopping: EarlyStopping[Trained] = EarlyStopping(config.patience)
    lr, reg, t = config.learning_rate, config.regularisation, 0
    for epoch in range(config.n_epochs):
        order = rng.permutation(len(train))
        for begin in range(0, len(order), ROUND):
            done = (epoch + begin / len(order)) / config.n_epochs
            progress(done, f"epoch {epoch + 1} of {config.n_epochs}")
            now = order[begin : begin + ROUND]
            ratings = train.user[now].astype(np.int64), train.item[now].astype(np.int64), train.rating[now]
            t = train_epoch(
                config.batch_size, t, *ratings, learned.mean, people, films, free_user, free_item, lr, reg
            )
        if part and len(part.test):
            kept = Trained(learned.mean, learned.W.copy(), learned.K.copy())
            if stopping.stops(kept.error(part.test), kept):
                break
    return stopping.best or learned


def initial(
    rated: Interactions, config: EmbeddingDotConfig, rng: np.random.Generator, start: WarmStart | None
) -> Trained:
    def drawn(n_rows: int) -> Floats:
        most = config.initial_range
        return rng.uniform(-most, most, (n_rows, config.n_factors)).astype(np.float32)

    W, K = drawn(rated.n_users), drawn(rated.n_items)
    mean = 0.0
    if config.biases:
        mean = float(rated.rating.mean(dtype=np.float64))
        W = np.column_stack([np.zeros_like(W[:, 0]), np.ones_like(W[:, 0]), W])
        K = np.column_stack([np.ones_like(K[:, 0]), np.zeros_like(K[:, 0]), K])
    return Trained(mean, W, K if start is None else start.carry("K", K))


def _free_columns(n_columns: int, *, biases: bool) -> tuple[Floats, Floats]:
    """Of a person's w = (b_u, 1, p_u) and a film's k = (1, b_i, q_i), 0 where the 1 stands."""
    free_user, free_item = np.ones(n_columns, np.float32), np.ones(n_columns, np.float32)
    if biases:
        free_user[1] = free_item[0] = 0
    return free_user, free_item
