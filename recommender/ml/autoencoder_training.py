"""Training of the rating autoencoder, the one place where it needs torch.

    minimise  sum over rated (u, i) of (r_ui - mu - b_u - b_i - w_u . h_i - c_u)^2 / films of the batch
    with      h_i = sigmoid(V' x_i + a),   x_i = (r_ui / 5 where u rated i, else 0)

by Adam, whose weight decay draws V and W to nought. A batch is a number of films with their dense
rows of ratings: batch_size * n_users * 4 bytes, besides 4 * 2 * n_users * n_hidden * 4 bytes of weights.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from recommender.ml.contract import Progress
from recommender.ml.early_stopping import EarlyStopping
from recommender.ml.interactions import Interactions
from recommender.ml.torch_device import DEVICE

if TYPE_CHECKING:
    from recommender.ml.autoencoder import AutoencoderConfig

Floats = NDArray[np.float32]
CODING_BATCH = 256


class Trained(NamedTuple):
    """Codes h (n_items, n_hidden), read-outs w (n_users, n_hidden) and offsets c (n_users,), float32."""

    codes: Floats
    readouts: Floats
    offsets: Floats


class Weights(NamedTuple):
    """V and W (n_users, n_hidden), a (n_hidden,), c (n_users,)."""

    V: torch.Tensor
    a: torch.Tensor
    W: torch.Tensor
    c: torch.Tensor


class _Films:
    """The ratings film by film; `residual` are the targets, in the order of `data`."""

    def __init__(self, data: Interactions, residual: Floats) -> None:
        by_item = np.argsort(data.item, kind="stable")
        self.shape = data.n_items, data.n_users
        self.counts = np.bincount(data.item, minlength=data.n_items)
        self.starts = np.concatenate([[0], np.cumsum(self.counts)])
        self.user = torch.from_numpy(data.user[by_item].astype(np.int64)).to(DEVICE)
        self.input = torch.from_numpy(data.rating[by_item] / np.float32(5)).to(DEVICE)
        self.target = torch.from_numpy(residual[by_item]).to(DEVICE)

    def rows(self, films: NDArray[np.int64]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """x of `films`, (len(films), n_users); row in x and place in self.user of each of their ratings."""
        row = np.repeat(np.arange(len(films)), self.counts[films])
        first = self.starts[films] - np.concatenate([[0], np.cumsum(self.counts[films])[:-1]])
        place = torch.from_numpy(np.arange(len(row)) + np.repeat(first, self.counts[films])).to(DEVICE)
        at = torch.from_numpy(row).to(DEVICE)
        x = torch.zeros(len(films), self.shape[1], device=DEVICE)
        x[at, self.user[place]] = self.input[place]
        return x, at, place


class Targets(NamedTuple):
    """Ratings, and (n,) what each of them lies above the biases."""

    data: Interactions
    residual: Floats


def train(
    targets: Targets, held_out: Targets, config: AutoencoderConfig, *, seed: int, progress: Progress
) -> Trained:
    """Learn `targets`, and stop early by `held_out` where there are any; shapes as in Trained."""
    films, rng = _Films(*targets), np.random.default_rng(seed)
    weights = _initial(targets.data.n_users, config.n_hidden, seed)
    adam = _optimiser(weights, config)
    stopping = EarlyStopping[Trained](config.patience if len(held_out.data) else 0)
    for epoch in range(config.n_epochs):
        progress(epoch / config.n_epochs, f"epoch {epoch + 1} of {config.n_epochs}")
        for group in adam.param_groups:
            group["lr"] = config.learning_rate * config.learning_rate_decay**epoch
        _epoch(films, weights, adam, rng.permutation(np.flatnonzero(films.counts)), config.batch_size)
        if stopping.patience:
            found = _trained(films, weights)
            if stopping.stops(_loss(found, *held_out), found):
                break
    return stopping.best or _trained(films, weights)


def _trained(films: _Films, weights: Weights) -> Trained:
    # A copy: on the processor numpy() is the memory that the next epoch writes to.
    readouts, offsets = (of.detach().cpu().numpy().copy() for of in (weights.W, weights.c))
    return Trained(_codes(films, weights), readouts, offsets)


def _loss(found: Trained, data: Interactions, residual: Floats) -> float:
    """Mean squared error."""
    codes, readouts, offsets = found
    predicted = np.einsum("nh,nh->n", codes[data.item], readouts[data.user]) + offsets[data.user]
    return float(np.square(residual - predicted).mean())


def _epoch(
    films: _Films, weights: Weights, adam: torch.optim.Adam, order: NDArray[np.int64], batch_size: int
) -> None:
    for start in range(0, len(order), batch_size):
        x, at, place = films.rows(order[start : start + batch_size])
        predicted = (_encode(x, weights) @ weights.W.T + weights.c)[at, films.user[place]]
        loss = (predicted - films.target[place]).square().sum() / len(x)
        adam.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        adam.step()


def _encode(x: torch.Tensor, weights: Weights) -> torch.Tensor:
    code: torch.Tensor = torch.sigmoid(x @ weights.V + weights.a)
    return code


@torch.no_grad()
def _codes(films: _Films, weights: Weights) -> Floats:
    n_items = films.shape[0]
    batches = [
        np.arange(first, min(first + CODING_BATCH, n_items)) for first in range(0, n_items, CODING_BATCH)
    ]
    codes: Floats = torch.cat([_encode(films.rows(batch)[0], weights) for batch in batches]).cpu().numpy()
    return codes


def _initial(n_users: int, n_hidden: int, seed: int) -> Weights:
    random = torch.Generator().manual_seed(seed)

    def uniform(width: int) -> torch.Tensor:
        drawn = torch.rand(n_users, n_hidden, generator=random)
        weights: torch.Tensor = (2 * drawn - 1) / width**0.5
        return weights.to(DEVICE).requires_grad_()

    a, c = (torch.zeros(width, device=DEVICE, requires_grad=True) for width in (n_hidden, n_users))
    return Weights(uniform(n_users), a, uniform(n_hidden), c)


def _optimiser(weights: Weights, config: AutoencoderConfig) -> torch.optim.Adam:
    decayed: dict[str, Any] = {"params": [weights.V, weights.W], "weight_decay": config.weight_decay}
    free: dict[str, Any] = {"params": [weights.a, weights.c]}
    return torch.optim.Adam([decayed, free], fused=True)
