"""Training of the like network, the one place where it needs torch.

    minimise  mean of (stars - r)^2 + like_weight * cross-entropy of (r >= 3.5)

by Adam. Where people are made of their histories a batch is some people with all their ratings: with
V_j = Y_j + e_j Z_j and S the sum of a person's V, the person who rates film j is
c + (S - V_j) (n - 1 + n0)^-a, the history without j, at the cost of one sum for all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from recommender.ml.contract import Progress, WarmStart
from recommender.ml.early_stopping import EarlyStopping
from recommender.ml.folded_users import BIAS_DAMPING, FoldedUsers, film_means
from recommender.ml.interactions import Catalogue, Interactions
from recommender.ml.like_network import LEAST, LIKED, MOST
from recommender.ml.pair_network import PairNetwork
from recommender.ml.pair_network_training import (
    Bags,
    Dropout,
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
from recommender.ml.splits import random_split
from recommender.ml.torch_device import DEVICE, one_thread

if TYPE_CHECKING:
    from recommender.ml.like_network import LikeNetworkConfig

Tensor = torch.Tensor
Floats = NDArray[np.float32]
Rows = NDArray[np.int64]


class Trained(NamedTuple):
    people: FoldedUsers
    network: PairNetwork
    films: Floats
    liking: Floats
    users: Floats | None


class _Films(NamedTuple):
    """Embeddings of movies, genres and years, and the rows that every film has in the last three."""

    movie: Tensor
    genre1: Tensor
    genre2: Tensor
    year: Tensor
    kinds: list[Tensor]

    @classmethod
    def of(cls, data: Interactions, n_factors: int, random: torch.Generator, start: WarmStart | None) -> Self:
        kinds = kinds_of(data.catalogue)
        fresh = torch.randn(data.n_items, n_factors, generator=random).numpy() * np.float32(0.05)
        movie = learned(fresh if start is None else start.carry("films", fresh))
        first, second, year = (normal((int(kind.max()) + 1, n_factors), 0.05, random) for kind in kinds)
        return cls(movie, first, second, year, [on_device(kind) for kind in kinds])

    def inputs(self, rows: Tensor) -> Tensor:
        """(len(rows), 4 n_factors) f_i."""
        tables = zip((self.genre1, self.genre2, self.year), self.kinds, strict=True)
        kinds = [functional.embedding(of[rows], table) for table, of in tables]
        return torch.cat([functional.embedding(rows, self.movie), *kinds], dim=1)


def kinds_of(catalogue: Catalogue) -> tuple[Rows, Rows, Rows]:
    """(n_items,) the first genre, the second and the year of every film as row numbers; 0 where unknown."""
    names = sorted({name for genres in catalogue.genres for name in genres})
    number = {name: row for row, name in enumerate(names, 1)}
    first, second = (
        np.array([number[genres[at]] if len(genres) > at else 0 for genres in catalogue.genres], np.int64)
        for at in (0, 1)
    )
    years = np.asarray(catalogue.years, np.int64)
    return first, second, np.searchsorted(np.unique(np.append(years, 0)), years)


class _Model(NamedTuple):
    films: _Films
    layers: Layers
    liking: Tensor
    bags: Bags | None
    users: Tensor | None

    @classmethod
    def of(
        cls, data: Interactions, config: LikeNetworkConfig, random: torch.Generator, start: WarmStart | None
    ) -> Self:
        n = config.n_factors
        films = _Films.of(data, n, random, start)
        direct = data.n_items if config.direct else 0
        layers = initial_layers(n, 4 * n, config.hidden, random, n_items_direct=direct)
        share = (film_means(data).clip(LEAST + 0.1, MOST - 0.1) - LEAST) / (MOST - LEAST)
        if layers.d is not None:
            layers = layers._replace(d=learned(np.log(share / (1 - share))))
        liking = learned(np.array([1, 0], np.float32))
        if config.people == "embedding":
            return cls(films, layers, liking, None, normal((data.n_users, n), 0.05, random))
        return cls(films, layers, liking, Bags.initial(data.n_items, n, random, start), None)

    def tables(self) -> list[Tensor]:
        people = [] if self.users is None else [self.users]
        return [*self.films[:4], *people, *(() if self.bags is None else self.bags.tables)]

    def others(self) -> list[Tensor]:
        of_people = () if self.bags is None else (self.bags.c, self.bags.g)
        return [*of_people, *self.layers.parameters(), self.liking]

    def parameters(self) -> list[Tensor]:
        return self.tables() + self.others()

    def z(self, u: Tensor, items: Tensor, on_inputs: Dropout | None, on_units: Dropout | None) -> Tensor:
        """(len(items),) of people u (len(items), n_factors) and films; a film's inputs are read once."""
        rows, at = torch.unique(items, return_inverse=True)
        f = self.films.inputs(rows)
        if on_inputs is not None:
            f, u = on_inputs(f), on_inputs(u)
        film = functional.embedding(at, self.layers.film_half(f))
        z = self.layers.z(u @ self.layers.W_u, film, on_units)
        if self.layers.direct is None or self.layers.d is None:
            return z
        return (
            z + self.layers.d[items] + (functional.embedding(at, self.layers.direct_half(f)) * u).sum(dim=1)
        )

    def export(self) -> tuple[PairNetwork, Floats, Floats]:
        f = self.films.inputs(torch.arange(len(self.films.movie), device=self.films.movie.device))
        return self.layers.export(f), as_array(self.films.movie), as_array(self.liking)


class _Ratings:
    """Ratings sorted by person, on the device."""

    def __init__(self, data: Interactions, m: Floats) -> None:
        order = np.argsort(data.user, kind="stable")
        counts = np.bincount(data.user, minlength=data.n_users)
        self.starts = np.concatenate([[0], np.cumsum(counts)])
        self.counts, self.present = on_device(counts), np.flatnonzero(counts)
        self.user = on_device(data.user[order].astype(np.int64))
        self.item = on_device(data.item[order].astype(np.int64))
        self.rating = on_device(data.rating[order])
        self.e = on_device(data.rating[order] - m[data.item[order]])

    def of(self, people: Rows) -> Tensor:
        """Places of all ratings of `people`, one after the other."""
        ranges = [np.arange(self.starts[u], self.starts[u + 1]) for u in people.tolist()]
        return on_device(np.concatenate(ranges))


@one_thread()
def train(
    rated: Interactions, config: LikeNetworkConfig, *, seed: int, progress: Progress, start: WarmStart | None
) -> Trained:
    progress(0.0, f"epoch 1 of {config.n_epochs}")
    random, rng = torch.Generator().manual_seed(seed), np.random.default_rng(seed)
    model = _Model.of(rated, config, random, start)
    part = random_split(rated, config.validation_share, seed) if config.patience else None
    if part is None or not len(part.test):
        ratings, held = _Ratings(rated, film_means(rated)), None
    else:
        ratings, held = _Ratings(part.train, film_means(part.train)), part.test
    adam = optimiser(model.tables(), model.others(), config.learning_rate, config.weight_decay)
    noises = Dropout(config.input_dropout, random), Dropout(config.dropout, random)
    stopping: EarlyStopping[list[Tensor]] = EarlyStopping(config.patience)
    for epoch in range(config.n_epochs):
        for share, u, places in _batches(model, ratings, config, rng):
            progress((epoch + share) / config.n_epochs, f"epoch {epoch + 1} of {config.n_epochs}")
            z = model.z(u, ratings.item[places], *noises)
            descend(_loss(z, ratings.rating[places], model.liking, config.like_weight), adam)
        if held is not None and stopping.stops(
            _held_out_loss(model, ratings, held, config), copies(model.parameters())
        ):
            break
    if stopping.best is not None:
        put_back(model.parameters(), stopping.best)
    return _finished(model, rated, config)


def _batches(
    model: _Model, ratings: _Ratings, config: LikeNetworkConfig, rng: np.random.Generator
) -> Iterator[tuple[float, Tensor, Tensor]]:
    """The share of the epoch done before, u (n, n_factors) and place of every rating of a batch."""
    of_all = ratings.present if model.bags is not None else np.arange(len(ratings.item))
    order = rng.permutation(of_all)
    for begin in range(0, len(order), config.batch_size):
        rows, done = order[begin : begin + config.batch_size], begin / len(order)
        if model.users is not None:
            places = on_device(rows)
            yield done, functional.embedding(ratings.user[places], model.users), places
        elif model.bags is not None:
            places = ratings.of(rows)
            yield done, _people_without_each(model.bags, ratings, places, len(rows), config), places


def _people_without_each(
    bags: Bags, ratings: _Ratings, places: Tensor, n_people: int, config: LikeNetworkConfig
) -> Tensor:
    """(len(places), n_factors) u of every rating, from the person's other ratings."""
    item, e = ratings.item[places], ratings.e[places, None]
    _, person = torch.unique_consecutive(ratings.user[places], return_inverse=True)

    def others(values: Tensor) -> Tensor:
        total = torch.zeros(n_people, values.shape[1], device=DEVICE).index_add(0, person, values)
        return functional.embedding(person, total) - values

    n = ratings.counts[ratings.user[places], None] - 1
    liked = functional.embedding(item, bags.Z)
    b = others(e) / (n + BIAS_DAMPING)
    total = others(functional.embedding(item, bags.Y) + e * liked) - b * others(liked)
    weight = (n.clamp(min=1) + config.history_damping) ** -config.history_power
    return bags.c + b * bags.g + total * weight


def _loss(z: Tensor, rating: Tensor, liking: Tensor, like_weight: float) -> Tensor:
    squared = (LEAST + (MOST - LEAST) * torch.sigmoid(z) - rating).square().mean()
    # Slope and shift are always learned; z follows the likes only as far as like_weight says.
    toward = like_weight * z + (1 - like_weight) * z.detach()
    likes = (rating >= LIKED).float()
    return squared + functional.binary_cross_entropy_with_logits(liking[0] * toward + liking[1], likes)


@torch.no_grad()
def _held_out_loss(model: _Model, ratings: _Ratings, held: Interactions, config: LikeNetworkConfig) -> float:
    users = there(model.users) if model.bags is None else _people(model.bags, ratings, config)
    u, rows = users[on_device(held.user.astype(np.int64))], on_device(held.item.astype(np.int64))
    z = model.z(u, rows, None, None)
    return float(_loss(z, on_device(held.rating), model.liking, config.like_weight))


def _people(bags: Bags, ratings: _Ratings, config: LikeNetworkConfig) -> Tensor:
    """(n_users, n_factors) u of everybody's whole history."""
    n, e = ratings.counts[:, None], ratings.e[:, None]

    def sums(values: Tensor) -> Tensor:
        return torch.zeros(len(n), values.shape[1], device=DEVICE).index_add(0, ratings.user, values)

    b = sums(e) / (n + BIAS_DAMPING)
    liked = bags.Z[ratings.item]
    total = sums(bags.Y[ratings.item] + e * liked) - b * sums(liked)
    weight = (n.clamp(min=1) + config.history_damping) ** -config.history_power
    return bags.c + b * bags.g + total * weight


@torch.no_grad()
def _finished(model: _Model, rated: Interactions, config: LikeNetworkConfig) -> Trained:
    """A film that nobody rated keeps its genres and its year; its own vectors are the noise of the start."""
    never = on_device(np.bincount(rated.item, minlength=rated.n_items) == 0)
    of_films = [model.films.movie, *([] if model.bags is None else [model.bags.Y, model.bags.Z])]
    for table in of_films:
        table[never] = 0
    network, films, liking = model.export()
    if model.bags is not None:
        people = model.bags.export(film_means(rated), config.weighing)
        return Trained(people, network, films, liking, None)
    users = as_array(model.users)
    people = FoldedUsers.learn(rated, users, config.weighing, config.fold_in_penalty)
    return Trained(people, network, films, liking, users)
