"""Training of the twin autoencoders and their dense network, the one place where they need torch.

The side of the people and that of the films are mirror images: a side has vectors of its own, and its
autoencoder reads, for every rating, the vector and the data of the other side.

1. Rounds. Each side in turn: its autoencoder learns to reconstruct its inputs on a sample of the ratings
   (squared error, Adam), then reads all of them. Shift and scale are set so that the mean codes of the
   side have mean 0 and deviation 1 in every unit (without that, means of means shrink to one point), and
   the vectors move a part of the way to the means; all the way in the last round. People are read with the
   films' vectors of the round before (`films_read`) ever after, so that a person or a film read again
   has exactly the vector that it was trained with.
2. The dense network learns (r - predicted)^2 from batches of whole people, by Adam. With `fine_tunes`
   it reads people through an encoder of its own, which begins as the twin's and goes on learning.

A vector must not tell the rating that it shall predict, so that in training it is the mean of the others:

    (sum over the own ratings of c - c of this one) / (n - 1 + damping)

for the person and for the film, and likewise for their biases. It is what they were before the rating,
which is what they are for a rating of the test part. Only vectors of third persons still know of it. A part
of the ratings read is hidden (watched without a rating) and some histories are cut short, so that the network
has met both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from recommender.ml.bias import Bias, BiasConfig
from recommender.ml.contract import Progress
from recommender.ml.early_stopping import EarlyStopping
from recommender.ml.interactions import Interactions
from recommender.ml.splits import random_split
from recommender.ml.torch_device import DEVICE, one_thread
from recommender.ml.twin_encoder import N_OF_RATING, Encoder
from recommender.ml.twin_features import N_CONTEXT, N_LEVELS, days, levels

if TYPE_CHECKING:
    from recommender.ml.twin import TwinConfig

Floats = NDArray[np.float32]
Tensor = torch.Tensor
READING_BATCH = 100_000  # ratings
LEAST_SCALE = 0.03  # of codes, which lie between -1 and 1


class Trained(NamedTuple):
    """Encoders of the twins and of the network's people, vectors of films and people, arrays and biases."""

    user: Encoder
    film: Encoder
    taste: Encoder
    vectors: Floats
    films_read: Floats
    user_vectors: Floats
    dense: dict[str, Floats]
    bias: Bias


class Draw:
    """Random numbers from the processor's generator, so that a seed means the same on every device."""

    def __init__(self, seed: int) -> None:
        self.random = torch.Generator().manual_seed(seed)

    def normal(self, *shape: int, sd: float) -> Tensor:
        drawn: Tensor = torch.randn(*shape, generator=self.random) * sd
        return drawn.to(DEVICE).requires_grad_()

    def uniform(self, n: int) -> Tensor:
        return torch.rand(n, generator=self.random).to(DEVICE)


class Weights(NamedTuple):
    """Of one autoencoder: W and b encode, V and d decode."""

    W: Tensor
    b: Tensor
    V: Tensor
    d: Tensor

    @classmethod
    def drawn(cls, n_inputs: int, n_units: int, draw: Draw) -> Weights:
        return cls(
            draw.normal(n_inputs, n_units, sd=n_units**-0.5),
            _zeros(n_units).requires_grad_(),
            draw.normal(n_units, n_inputs, sd=n_units**-0.5),
            _zeros(n_inputs).requires_grad_(),
        )


@dataclass
class Side:
    """One of the twins; index, above and bias have an entry per rating, data and vectors one per own row.

    `bias` is the own row's without the share of the rating itself, `above` what the encoder reads of it.
    """

    index: Tensor
    above: Tensor
    bias: Tensor
    data: Tensor
    vectors: Tensor
    weights: Weights
    shift: Tensor
    scale: Tensor
    sums: Tensor = field(init=False)
    counts: Tensor = field(init=False)

    def __post_init__(self) -> None:
        self.sums = torch.zeros_like(self.vectors)
        self.counts = torch.bincount(self.index, minlength=len(self.data)).float()

    def encoder(self) -> Encoder:
        return Encoder(*map(_array, (self.weights.W, self.weights.b, self.shift, self.scale)))

    def for_the_network(self) -> Side:
        """The same people, read through an encoder of the network's own."""
        own = Weights(*(weight.detach().clone().requires_grad_() for weight in self.weights))
        return Side(self.index, self.above, self.bias, self.data, self.vectors, own, self.shift, self.scale)


class Twins:
    """Both autoencoders and the dense network, with the ratings that they are learned from."""

    def __init__(
        self, data: Interactions, features: tuple[Floats, Floats], config: TwinConfig, seed: int
    ) -> None:
        self.config, self.draw, self.rng = config, Draw(seed), np.random.default_rng(seed)
        dates, day = days(data.time)
        self.dates, self.day = _tensor(dates), _tensor(day)
        self.level, self.rating = _tensor(levels(data.rating)), _tensor(data.rating)
        dampings = BiasConfig(item_damping=config.bias_damping, user_damping=config.bias_damping)
        bias = self.bias = Bias(dampings).fit(data, seed=seed)
        above_mean = data.rating - np.float32(bias.mean_)
        films, people = features
        user, item = data.user.astype(np.int64), data.item.astype(np.int64)
        above_film = above_mean - bias.item_bias_[item]
        above_user = above_mean - bias.trained_user_bias_[user]
        self.user = self._side(user, above_film, bias.trained_user_bias_, people, films.shape[1])
        self.film = self._side(item, above_user, bias.item_bias_, films, people.shape[1])
        self.films_read = self.film.vectors
        self.dense = _network(config, films.shape[1], people.shape[1], self.draw)

    def _side(self, index: NDArray[np.int64], above: Floats, bias: Floats, data: Floats, n_read: int) -> Side:
        N, damping = self.config.n_units, self.config.bias_damping
        n = np.bincount(index[~np.isnan(above)], minlength=len(data))[index]
        above = np.nan_to_num(above)
        others = (bias[index] * (damping + n) - above) / np.maximum(damping + n - 1, damping)
        return Side(
            _tensor(index),
            _tensor(above),
            _tensor(others.astype(np.float32)),
            _tensor(data),
            self.draw.normal(len(data), N, sd=1.0).detach(),
            Weights.drawn(N + n_read + N_OF_RATING, N, self.draw),
            _zeros(N),
            torch.ones(N, device=DEVICE),
        )

    def begin_at(self, vectors: Floats) -> None:
        """Film vectors of a former model; NaN where there is none."""
        known = ~np.isnan(vectors[:, 0])
        self.film.vectors[_tensor(known)] = _tensor(vectors[known])
        self.films_read = self.film.vectors

    def other(self, side: Side) -> Side:
        return self.user if side is self.film else self.film

    def halves(self, side: Side) -> Tensor:
        """(n, n_units) what vector and data of each row of the other side add to the units."""
        read, weights = self.other(side), side.weights
        vectors = read.vectors if side is self.film else self.films_read
        return torch.cat([vectors, read.data], 1) @ weights.W[:-N_OF_RATING] + weights.b

    def codes(self, side: Side, halves: Tensor, at: Tensor, level: Tensor) -> Tensor:
        """(len(at), n_units) codes of the ratings `at`, those of level 0 as if they were hidden."""
        of_level, of_above, of_day = side.weights.W[-N_OF_RATING:].split_with_sizes([N_LEVELS, 1, N_CONTEXT])
        units = halves[self.other(side).index[at]] + of_level[level] + (self.dates @ of_day)[self.day[at]]
        units = units + (side.above[at] * (level > 0))[:, None] * of_above
        return (torch.tanh(units) - side.shift) / side.scale

    @torch.no_grad()
    def read(self, side: Side) -> None:
        """Sum a side's codes over all ratings; its vectors are their damped means."""
        halves, side.sums = self.halves(side), torch.zeros_like(side.sums)
        for at in torch.split(torch.arange(len(self.level), device=DEVICE), READING_BATCH):
            side.sums.index_add_(0, side.index[at], self.codes(side, halves, at, self.level[at]))
        side.vectors = self._means(side.sums, side.counts)

    def _means(self, sums: Tensor, counts: Tensor) -> Tensor:
        return sums / (counts + self.config.damping).clamp(min=1.0)[:, None]

    def turn(self, side: Side, adam: torch.optim.Adam, moves: float) -> None:
        """Let a side's autoencoder learn, then move the side's vectors to what it reads."""
        for _ in range(self.config.steps_per_turn):
            drawn = _tensor(self.rng.integers(len(self.level), size=self.config.sample_size))
            _step(adam, self._reconstruction_loss(side, drawn))
        before = side.vectors
        self.films_read = self.films_read if side is self.film else self.film.vectors
        self._standardise(side)
        side.vectors = before + moves * (side.vectors - before)

    def _reconstruction_loss(self, side: Side, at: Tensor) -> Tensor:
        read, weights = self.other(side), side.weights
        row, level = read.index[at], functional.one_hot(self.level[at], N_LEVELS).float()
        of_rating = [level, side.above[at][:, None], self.dates[self.day[at]]]
        inputs = torch.cat([read.vectors[row], read.data[row], *of_rating], 1)
        units = torch.tanh(inputs @ weights.W + weights.b)
        return functional.mse_loss(units @ weights.V + weights.d, inputs)

    def _standardise(self, side: Side) -> None:
        side.shift, side.scale = torch.zeros_like(side.shift), torch.ones_like(side.scale)
        self.read(side)
        seen = side.counts > 0
        means = side.sums[seen] / side.counts[seen][:, None]
        side.shift, side.scale = means.mean(0), means.std(0, correction=0).clamp(min=LEAST_SCALE)
        side.sums = (side.sums - side.counts[:, None] * side.shift) / side.scale
        side.vectors = self._means(side.sums, side.counts)

    def batches(self) -> Iterator[Tensor]:
        """Places of all ratings of some people at a time, about `batch_size` of them."""
        index = self.user.index.cpu().numpy()
        order = np.argsort(index, kind="stable")
        ends = np.cumsum(np.bincount(index, minlength=len(self.user.data)))
        people = self.rng.permutation(np.unique(index))
        sizes = np.diff(ends, prepend=0)[people]
        cuts = np.flatnonzero(np.diff(np.cumsum(sizes) // self.config.batch_size)) + 1
        for some in np.split(people, cuts):
            places = [order[ends[person - 1] if person else 0 : ends[person]] for person in some]
            yield _tensor(np.concatenate(places))

    def prediction_loss(self, taste: Side, at: Tensor) -> Tensor:
        with torch.set_grad_enabled(self.config.fine_tunes):
            user = self._taste_without_own(taste, at)
        with torch.no_grad():
            film = self._film_without_own(at)
        rated = self.level[at] > 0
        day = self.day[at].masked_fill(self.draw.uniform(len(at)) < self.config.hidden_days, 0)
        user, film, day, at = user[rated], film[rated], day[rated], at[rated]
        residual = self.residual(film, user, self.film.index[at], self.user.index[at], day)
        baseline = self.user.bias[at] + self.bias.mean_ + self.film.bias[at]
        return functional.mse_loss(residual + baseline, self.rating[at])

    def _taste_without_own(self, taste: Side, at: Tensor) -> Tensor:
        people, local = torch.unique(taste.index[at], return_inverse=True)
        hidden = self.draw.uniform(len(at)) < self.config.hidden_ratings
        codes = self.codes(taste, self.halves(taste), at, self.level[at].masked_fill(hidden, 0))
        length = self.draw.uniform(len(people))
        length[self.draw.uniform(len(people)) >= self.config.short_histories] = 1
        kept = (self.draw.uniform(len(at)) < length[local]).float()
        codes = codes * kept[:, None]
        sums = torch.zeros(len(people), codes.shape[1], device=DEVICE).index_add(0, local, codes)
        n = torch.zeros(len(people), device=DEVICE).index_add(0, local, kept)
        return self._means(sums[local] - codes, n[local] - kept)

    def _film_without_own(self, at: Tensor) -> Tensor:
        rows = self.film.index[at]
        codes = self.codes(self.film, self.halves(self.film), at, self.level[at])
        return self._means(self.film.sums[rows] - codes, self.film.counts[rows] - 1)

    def residual(self, film: Tensor, user: Tensor, item: Tensor, person: Tensor, day: Tensor) -> Tensor:
        """(n,) stars beyond the biases, from n vectors of films and people, their rows and those of days."""
        N, dense = self.config.n_units, self.dense
        widths = [N, self.film.data.shape[1], N, self.user.data.shape[1], N_CONTEXT]
        x, of_film, u, of_user, of_day = dense["W0"].split_with_sizes(widths)
        units = film @ x + (self.film.data @ of_film + dense["b0"])[item]
        units = units + user @ u + (self.user.data @ of_user)[person] + (self.dates @ of_day)[day]
        for layer in range(1, len(self.config.hidden)):
            units = torch.relu(units) @ dense[f"W{layer}"] + dense[f"b{layer}"]
        product = ((film @ dense["M"]) * user).sum(1) / N
        return torch.relu(units) @ dense["w"] + dense["c"] + product

    @torch.no_grad()
    def rmse(self, taste: Side, held_out: Interactions) -> float:
        self.read(taste)
        item, person = _tensor(held_out.item.astype(np.int64)), _tensor(held_out.user.astype(np.int64))
        film, user = self.film.vectors[item], taste.vectors[person]
        left = self.residual(film, user, item, person, torch.zeros_like(item))
        return float(np.sqrt(np.mean(np.square(_array(left) - self.bias.residuals(held_out)))))

    def learned(self, taste: Side) -> Trained:
        return Trained(
            user=self.user.encoder(),
            film=self.film.encoder(),
            taste=taste.encoder(),
            vectors=_array(self.film.vectors),
            films_read=_array(self.films_read),
            user_vectors=_array(self.user.vectors),
            dense={name: _array(tensor) for name, tensor in self.dense.items()},
            bias=self.bias,
        )


@one_thread()
def train(
    data: Interactions,
    features: tuple[Floats, Floats],
    start: Floats | None,
    config: TwinConfig,
    *,
    seed: int,
    progress: Progress,
) -> Trained:
    """Learn from `data` with `features`, the inputs known of films and of people.

    `start` are former film vectors (n_items, n_units), NaN for films that were not known then.
    """
    held_out = None
    if config.patience:
        data, held_out = random_split(data, config.validation_share, seed)
        held_out = held_out.rated
    twins = Twins(data, features, config, seed)
    if start is not None:
        twins.begin_at(start)
    _rounds(twins, lambda share, what: progress(share / 2, what))
    return _epochs(twins, held_out, lambda share, what: progress((1 + share) / 2, what))


def _rounds(twins: Twins, progress: Progress) -> None:
    config, sides = twins.config, (twins.user, twins.film)
    adams = [torch.optim.Adam(side.weights, config.learning_rate) for side in sides]
    for number in range(config.n_rounds):
        moves = 1.0 if number + 1 == config.n_rounds else config.moves
        for half, (side, adam) in enumerate(zip(sides, adams, strict=True)):
            progress((number + half / 2) / config.n_rounds, f"round {number + 1} of {config.n_rounds}")
            twins.turn(side, adam, moves)


def _epochs(twins: Twins, held_out: Interactions | None, progress: Progress) -> Trained:
    config, stopping = twins.config, EarlyStopping[Trained](twins.config.patience)
    taste = twins.user.for_the_network()
    adam = torch.optim.AdamW(list(twins.dense.values()), weight_decay=config.weight_decay)
    if config.fine_tunes:
        adam.add_param_group({"params": [taste.weights.W, taste.weights.b]})
    for epoch in range(config.n_epochs):
        pace = config.dense_learning_rate * (1 - epoch / config.n_epochs)
        for group, factor in zip(adam.param_groups, (1.0, config.encoder_pace), strict=False):
            group["lr"] = pace * factor
        seen = 0
        for at in twins.batches():
            share = (epoch + seen / len(twins.level)) / config.n_epochs
            progress(share, f"epoch {epoch + 1} of {config.n_epochs} of the dense network")
            _step(adam, twins.prediction_loss(taste, at))
            seen += len(at)
        if held_out is not None and stopping.stops(twins.rmse(taste, held_out), twins.learned(taste)):
            break
    return stopping.best or twins.learned(taste)


def _step(adam: torch.optim.Optimizer, loss: Tensor) -> None:
    adam.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    adam.step()


def _network(config: TwinConfig, n_film_data: int, n_user_data: int, draw: Draw) -> dict[str, Tensor]:
    """Small last weights and product, so that learning begins at the biases."""
    widths = [2 * config.n_units + n_film_data + n_user_data + N_CONTEXT, *config.hidden]
    arrays = {}
    for layer, (width, out) in enumerate(zip(widths, config.hidden, strict=False)):
        arrays[f"W{layer}"] = draw.normal(width, out, sd=width**-0.5)
        arrays[f"b{layer}"] = _zeros(out).requires_grad_()
    arrays["w"] = draw.normal(widths[-1], sd=0.01)
    arrays["c"] = _zeros(1).requires_grad_()
    arrays["M"] = _zeros(config.n_units, config.n_units).requires_grad_(config.with_product)
    return arrays


def _zeros(*shape: int) -> Tensor:
    return torch.zeros(shape, device=DEVICE)


def _tensor(array: NDArray[np.generic]) -> Tensor:
    return torch.from_numpy(array).to(DEVICE)


def _array(tensor: Tensor) -> Floats:
    copied: Floats = tensor.detach().cpu().numpy().copy()
    return copied
