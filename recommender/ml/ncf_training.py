"""Training of neural CF by Adam, the one place where it needs torch: on pairs or on lists.

pairs:  cross-entropy of sigmoid(z_ui) with 1 for what was watched and 0 for what was drawn
lists:  minus the mean over watched (u, i) of log softmax_i(z_u), u made of a part of the history
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import ArpackError, svds
from torch.nn import functional

from recommender.ml.contract import Progress, WarmStart
from recommender.ml.early_stopping import EarlyStopping
from recommender.ml.folded_users import FoldedUsers, film_means, user_biases
from recommender.ml.interactions import Interactions
from recommender.ml.pair_network import PairNetwork
from recommender.ml.pair_network_training import (
    SMALL,
    Bags,
    Layers,
    as_array,
    copies,
    descend,
    initial_layers,
    learned,
    normal,
    on_device,
    optimiser,
    put_back,
    there,
)
from recommender.ml.splits import per_user_split
from recommender.ml.torch_device import one_thread

if TYPE_CHECKING:
    from recommender.ml.ncf import NeuralCFConfig

Tensor = torch.Tensor
Floats = NDArray[np.float32]
# People whose held-out films tell when to stop, and how many of them are taken at once.
MOST_VALIDATED = 200
VALIDATION_BATCH = 10
# Singular vectors times this make probabilities of about the right sharpness.
AXES_SCALE = 7.0


class Trained(NamedTuple):
    people: FoldedUsers
    network: PairNetwork
    films: Floats
    users: Floats | None


class _Model(NamedTuple):
    Q: Tensor
    layers: Layers
    bags: Bags | None
    users: Tensor | None

    @classmethod
    def of(
        cls, data: Interactions, config: NeuralCFConfig, random: torch.Generator, start: WarmStart | None
    ) -> Self:
        n, free = config.n_factors, config.people == "embedding"
        fresh = torch.randn(data.n_items, n, generator=random).numpy() * np.float32(1 if free else n**-0.5)
        Q = learned(fresh if start is None else start.carry("films", fresh))
        direct = 0 if free else data.n_items
        layers = initial_layers(n, n, config.hidden, random, n_items_direct=direct)
        if free:
            return cls(Q, layers, None, normal((data.n_users, n), 1.0, random))
        popularity = np.log(np.bincount(data.item, minlength=data.n_items) + 1.0).astype(np.float32)
        layers = layers._replace(d=learned(popularity), direct=learned(np.eye(n + 1, n, dtype=np.float32)))
        axes = principal_axes(data, fresh)
        Q = learned(axes if start is None else start.carry("films", axes))
        bags = Bags.initial(data.n_items, n, random, start)
        return cls(
            Q, layers, bags._replace(Y=learned(axes if start is None else start.carry("Y", axes))), None
        )

    def tables(self) -> list[Tensor]:
        people = [] if self.users is None else [self.users]
        return [self.Q, *people, *(() if self.bags is None else self.bags.tables)]

    def others(self) -> list[Tensor]:
        of_people = () if self.bags is None else (self.bags.c, self.bags.g)
        return [*of_people, *self.layers.parameters()]

    def parameters(self) -> list[Tensor]:
        return self.tables() + self.others()

    def of_pairs(self, user: Tensor, item: Tensor) -> Tensor:
        u, q = functional.embedding(user, there(self.users)), functional.embedding(item, self.Q)
        return self.layers.z(u @ self.layers.W_u, self.layers.film_half(q))

    def of_lists(self, u: Tensor, films: Tensor) -> Tensor:
        """(len(u), len(films)) z."""
        q = functional.embedding(films, self.Q)
        z = self.layers.z((u @ self.layers.W_u)[:, None], self.layers.film_half(q))
        return z + there(self.layers.d)[films] + u @ self.layers.direct_half(q).T


def principal_axes(data: Interactions, fresh: Floats) -> Floats:
    """`fresh` (n_items, n_factors) with the right singular vectors of who watched what as its first columns.

    Every person has length 1, as in u. Lists begin in the order of a truncated decomposition.
    """
    n_axes = min(fresh.shape[1], data.n_users - 1, data.n_items - 1)
    if n_axes < 1:
        return fresh
    length = np.sqrt(np.bincount(data.user, minlength=data.n_users))
    places = data.user, data.item
    X = sparse.csr_array(sparse.coo_array((1 / length[data.user], places), (data.n_users, data.n_items)))
    V = right_singular_vectors(X, n_axes)
    axes = fresh * SMALL
    axes[:, :n_axes] = AXES_SCALE * V.T
    return axes


def right_singular_vectors(X: sparse.csr_array, k: int) -> Floats:
    """(k, n_items) of X, (n_people, n_items), with k below both."""
    try:
        return np.asarray(svds(X, k, v0=np.ones(min(X.shape)))[2])
    except ArpackError:
        # Lanczos steps from one vector can end early where singular values are equal, as among a few films.
        return np.asarray(np.linalg.svd(X.toarray(), full_matrices=False)[2][:k][::-1])


class _Histories:
    """Rows of people as dense batches: who watched what, and e_j - b of what they rated."""

    def __init__(self, data: Interactions, config: NeuralCFConfig) -> None:
        m = film_means(data)
        b = user_biases(data, m)
        above = np.nan_to_num(data.rating - m[data.item] - b[data.user])
        shape, places = (data.n_users, data.n_items), (data.user, data.item)
        self.watched = sparse.csr_array(sparse.coo_array((np.ones(len(data), np.float32), places), shape))
        self.above = sparse.csr_array(sparse.coo_array((above, places), shape))
        self.b, self.weighing = on_device(b), config.weighing

    def targets(self, people: NDArray[np.int64]) -> Tensor:
        return on_device(self.watched[people].toarray())

    def vectors(self, people: NDArray[np.int64], kept: Tensor, bags: Bags) -> Tensor:
        """(len(people), n_factors) u of the watched films in `kept` (len(people), n_items), 0 or 1."""
        weight = self.weighing.of(kept.sum(dim=1, keepdim=True).cpu().numpy())
        total = kept @ bags.Y + (kept * on_device(self.above[people].toarray())) @ bags.Z
        return bags.c + self.b[people][:, None] * bags.g + total * on_device(weight)


@one_thread()
def train(
    data: Interactions, config: NeuralCFConfig, *, seed: int, progress: Progress, start: WarmStart | None
) -> Trained:
    progress(0.0, f"epoch 1 of {config.n_epochs}")
    random, rng = torch.Generator().manual_seed(seed), np.random.default_rng(seed)
    model = _Model.of(data, config, random, start)
    part = per_user_split(data, config.validation_share, seed) if config.patience else None
    if part is None or not len(part.test):
        _learn(model, data, None, config, random, rng, progress)
    else:
        _learn(model, part.train, part.test, config, random, rng, progress)
    return _finished(model, data, config)


def _learn(
    model: _Model,
    data: Interactions,
    held: Interactions | None,
    config: NeuralCFConfig,
    random: torch.Generator,
    rng: np.random.Generator,
    progress: Progress,
) -> None:
    adam = optimiser(model.tables(), model.others(), config.learning_rate, config.weight_decay)
    losses, held_out = (_pairs if model.bags is None else _lists)(model, data, held, config, random, rng)
    stopping: EarlyStopping[list[Tensor]] = EarlyStopping(config.patience)
    for epoch in range(config.n_epochs):
        for share, loss in losses():
            progress((epoch + share) / config.n_epochs, f"epoch {epoch + 1} of {config.n_epochs}")
            descend(loss, adam)
        if held is not None and stopping.stops(held_out(), copies(model.parameters())):
            break
    if stopping.best is not None:
        put_back(model.parameters(), stopping.best)


Losses = Callable[[], Iterator[tuple[float, Tensor]]]


def _pairs(
    model: _Model,
    data: Interactions,
    held: Interactions | None,
    config: NeuralCFConfig,
    random: torch.Generator,
    rng: np.random.Generator,
) -> tuple[Losses, Callable[[], float]]:
    watched = np.sort(data.user.astype(np.int64) * data.n_items + data.item)

    def epoch() -> Iterator[tuple[float, Tensor]]:
        user, item, label = labelled_pairs(data, watched, config.n_negatives, rng)
        order = rng.permutation(len(user))
        for begin in range(0, len(order), config.batch_size):
            rows = order[begin : begin + config.batch_size]
            z = model.of_pairs(on_device(user[rows]), on_device(item[rows]))
            yield begin / len(order), functional.binary_cross_entropy_with_logits(z, on_device(label[rows]))

    @torch.no_grad()
    def held_out() -> float:
        pairs = labelled_pairs(there(held), watched, config.n_negatives, np.random.default_rng(0))
        user, item, label = (on_device(column) for column in pairs)
        return float(functional.binary_cross_entropy_with_logits(model.of_pairs(user, item), label))

    return epoch, held_out


def labelled_pairs(
    data: Interactions, watched: NDArray[np.int64], n_negatives: int, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """User, item and label: all of `data` and n_negatives films for each that are not in `watched`.

    `watched` holds user * n_items + item, ascending. What was watched is drawn again; of someone who watched
    nearly everything some of it is left out.
    """
    user = np.repeat(data.user.astype(np.int64), n_negatives)
    item = rng.integers(data.n_items, size=len(user))
    for _ in range(20):
        taken = np.flatnonzero(_among(watched, user * data.n_items + item))
        if not len(taken):
            break
        item[taken] = rng.integers(data.n_items, size=len(taken))
    free = ~_among(watched, user * data.n_items + item)
    label = np.repeat(np.array([1, 0], np.float32), [len(data), free.sum()])
    return np.append(data.user, user[free]), np.append(data.item, item[free]), label


def _among(ascending: NDArray[np.int64], keys: NDArray[np.int64]) -> NDArray[np.bool_]:
    found = np.minimum(np.searchsorted(ascending, keys), len(ascending) - 1)
    return np.asarray(ascending[found] == keys)


def _lists(
    model: _Model,
    data: Interactions,
    held: Interactions | None,
    config: NeuralCFConfig,
    random: torch.Generator,
    rng: np.random.Generator,
) -> tuple[Losses, Callable[[], float]]:
    bags, histories, present = (
        there(model.bags),
        _Histories(data, config),
        np.unique(data.user).astype(np.int64),
    )
    mean_length = len(data) / len(present)

    def epoch() -> Iterator[tuple[float, Tensor]]:
        order = rng.permutation(present)
        for begin in range(0, len(order), config.batch_size):
            people = order[begin : begin + config.batch_size]
            target = histories.targets(people)
            shown = torch.rand(target.shape, generator=random) >= config.history_dropout
            u = histories.vectors(people, target * on_device(shown.numpy()), bags)
            n = min(config.n_candidates, data.n_items)
            films = on_device(np.sort(rng.choice(data.n_items, n, replace=False)))
            likely = functional.log_softmax(model.of_lists(u, films), dim=1)
            share = n / data.n_items * mean_length * len(people)
            yield begin / len(order), -(target[:, films] * likely).sum() / share

    @torch.no_grad()
    def held_out() -> float:
        """Minus the log of the probability of held-out films among those not in the history."""
        of_held = _Histories(there(held), config)
        everything = torch.arange(data.n_items, device=model.Q.device)
        loss, n = 0.0, 0.0
        some = np.unique(there(held).user).astype(np.int64)[:MOST_VALIDATED]
        for begin in range(0, len(some), VALIDATION_BATCH):
            people = some[begin : begin + VALIDATION_BATCH]
            seen, target = histories.targets(people), of_held.targets(people)
            z = model.of_lists(histories.vectors(people, seen, bags), everything)
            likely = functional.log_softmax(z - 1e9 * seen, dim=1)
            loss, n = loss - float((target * likely).sum()), n + float(target.sum())
        return loss / n

    return epoch, held_out


@torch.no_grad()
def _finished(model: _Model, data: Interactions, config: NeuralCFConfig) -> Trained:
    network, films = model.layers.export(model.Q), as_array(model.Q)
    films[np.bincount(data.item, minlength=data.n_items) == 0] = 0
    if model.bags is not None:
        return Trained(model.bags.export(film_means(data), config.weighing), network, films, None)
    users = as_array(model.users)
    people = FoldedUsers.learn(data, users, config.weighing, config.fold_in_penalty)
    return Trained(people, network, films, users)
