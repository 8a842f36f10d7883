"""How the ranker learns its order, the one place where it needs torch.

    minimise  mean over the people of  - n^-1/2 sum over the wanted i of log softmax_i(net)

over the candidates of a person, n of which are wanted: the softmax loss of Cao and others, "Learning to rank:
from pairwise approach to listwise approach" (ICML 2007), by AdamW with a rate that rises and falls (Smith and
Topin, "Super-convergence", 2019).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from recommender.ml.contract import Progress
from recommender.ml.early_stopping import EarlyStopping
from recommender.ml.interactions import History, Interactions
from recommender.ml.list_ranker_features import FURTHEST, RankingNetwork
from recommender.ml.pair_network_training import Dropout, as_array, copies, descend, on_device, uniform
from recommender.ml.parts import within
from recommender.ml.splits import per_user_split
from recommender.ml.torch_device import one_thread

if TYPE_CHECKING:
    from recommender.ml.list_ranker import ListRanker, ListRankerConfig

Floats = NDArray[np.float32]
Tensor = torch.Tensor
LEAST_SCALE = np.float32(1e-6)
PEOPLE_A_REPORT = 256
LEAST_PEOPLE = 50  # with fewer the first step is more to be trusted than what could be learned


class Lists(NamedTuple):
    """Candidates of n people.

    x (n, n_candidates, n_features); real (n, n_candidates), False where there are fewer; wanted the same;
    length (n,) of the histories.
    """

    x: Floats
    real: NDArray[np.bool_]
    wanted: NDArray[np.bool_]
    length: NDArray[np.int64]

    def take(self, people: NDArray[np.int64]) -> Lists:
        return Lists(self.x[people], self.real[people], self.wanted[people], self.length[people])


def learn_order(
    model: ListRanker, data: Interactions, seed: int, progress: Progress
) -> tuple[RankingNetwork, int]:
    """The network, and the length of the shortest history it learned from.

    Fits the parts of `model` on a part of the data and learns to put the rest first.
    """
    known, asked = per_user_split(data, model.config.held_out, seed)
    lists = None
    if len(known):
        model.fit_parts(known, seed, within(progress, 0.0, 0.6))
        lists = _lists(model, known, asked, seed, within(progress, 0.6, 0.75))
    if lists is None:
        return RankingNetwork.silent(model.n_features), 0
    return _train(lists, model.config, seed, within(progress, 0.75, 1.0)), int(lists.length.min())


def _lists(
    model: ListRanker, known: Interactions, asked: Interactions, seed: int, progress: Progress
) -> Lists | None:
    """Of those people of whom a candidate is wanted; None where they are too few."""
    found = []
    people = np.random.default_rng(seed).permutation(np.unique(asked.user))[: model.config.n_people]
    for number, user in enumerate(people.tolist()):
        if not number % PEOPLE_A_REPORT:
            progress(number / len(people), f"person {number:,} of {len(people):,}")
        one = _list_of(model, known.history(user), asked.history(user))
        if one.wanted.any():
            found.append(one)
    if len(found) < LEAST_PEOPLE:
        return None
    return Lists(*(np.stack(of) for of in zip(*found, strict=True)))


def _list_of(model: ListRanker, history: History, asked: History) -> Lists:
    """Without the dimension of people."""
    config = model.config
    liked = asked.item[asked.rating >= config.liked_from]
    lists = model.list_scores(history)
    rows = model.candidates(model.first(lists), history.item)
    wanted = np.isin(rows, liked if config.wanted == "liked" else asked.item)
    room = (0, config.n_candidates - len(rows))
    x = np.pad(model.features(history, rows, lists), (room, (0, 0)))
    real = np.pad(np.ones(len(rows), np.bool_), room)
    return Lists(x, real, np.pad(wanted, room), np.array(len(history)))


@one_thread()
def _train(lists: Lists, config: ListRankerConfig, seed: int, progress: Progress) -> RankingNetwork:
    random, rng = torch.Generator().manual_seed(seed), np.random.default_rng(seed)
    lists, centre, scale = _standardised(lists)
    order = rng.permutation(len(lists.x))
    n_held = round(len(order) * config.validation_share) if config.patience else 0
    held, learned = lists.take(order[:n_held]), lists.take(order[n_held:])
    weights, noise = _initial(lists.x.shape[2], config, random), Dropout(config.dropout, random)
    adam = torch.optim.AdamW(weights, config.learning_rate, weight_decay=config.weight_decay)
    n_steps = config.n_epochs * -(-len(learned.x) // config.batch_size)
    rate = torch.optim.lr_scheduler.OneCycleLR(adam, config.learning_rate, total_steps=n_steps)
    stopping: EarlyStopping[list[Tensor]] = EarlyStopping(config.patience)
    for epoch in range(config.n_epochs):
        progress(epoch / config.n_epochs, f"epoch {epoch + 1} of {config.n_epochs}")
        for batch in _batches(len(learned.x), config.batch_size, rng):
            descend(_loss(weights, learned.take(batch), noise), adam)
            rate.step()
        if n_held and stopping.stops(_held_out_loss(weights, held), copies(weights)):
            break
    best = weights if stopping.best is None else stopping.best
    return RankingNetwork(centre, scale, *(as_array(tensor) for tensor in best))


def _standardised(lists: Lists) -> tuple[Lists, Floats, Floats]:
    """In place, with the centre and the scale of the features of all candidates."""
    real = lists.x[lists.real]
    centre, scale = real.mean(axis=0), real.std(axis=0) + LEAST_SCALE
    for x in lists.x:
        x[:] = np.clip((x - centre) / scale, -FURTHEST, FURTHEST)
    return lists, centre, scale


def _batches(n: int, size: int, rng: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    order = rng.permutation(n)
    for begin in range(0, n, size):
        yield order[begin : begin + size]


def _initial(n_features: int, config: ListRankerConfig, random: torch.Generator) -> list[Tensor]:
    """W and b of the layers, small enough to leave their sums near 1."""
    first, second = config.hidden
    layers = (
        (n_features, (n_features, first), (first,)),
        (first, (first, second), (second,)),
        (second, (second,), ()),
    )
    return [uniform(shape, n_in**-0.5, random) for n_in, *shapes in layers for shape in shapes]


def _loss(weights: list[Tensor], lists: Lists, noise: Dropout | None = None) -> Tensor:
    W1, b1, W2, b2, w3, b3 = weights
    hidden = functional.silu(on_device(lists.x) @ W1 + b1)
    hidden = functional.silu((hidden if noise is None else noise(hidden)) @ W2 + b2)
    real, wanted = (on_device(of) for of in (lists.real, lists.wanted))
    net = torch.where(real, hidden @ w3 + b3, -torch.inf)
    log_share = torch.log_softmax(net, dim=1)
    total = torch.where(wanted, log_share, 0.0).sum(dim=1)
    return -(total / wanted.sum(dim=1).sqrt()).mean()


@torch.no_grad()
def _held_out_loss(weights: list[Tensor], held: Lists) -> float:
    return float(_loss(weights, held))
