"""Training of Mult-VAE and Mult-DAE, the one place where they need torch.

    minimise  mean over the batch of  -sum_i w_i log softmax(score)_i + (beta + beta_per_film n) KL_u
              + weight_decay sum of squared weights / batch

by Adam. A batch is a number of people with their dense rows of weights: batch_size * n_items * 4 bytes, some
five times over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import sparse

from recommender.ml import metrics
from recommender.ml.contract import Progress, WarmStart
from recommender.ml.early_stopping import EarlyStopping
from recommender.ml.ease import watch_weights
from recommender.ml.interactions import Interactions
from recommender.ml.splits import random_split
from recommender.ml.torch_device import DEVICE

if TYPE_CHECKING:
    from recommender.ml.mult_vae import MultVaeConfig

Floats = NDArray[np.float32]
Network = dict[str, torch.Tensor]
LIST = 10  # films of the list by which a check judges
CHECKED = 2_000  # people of a check at most


def train(
    data: Interactions,
    config: MultVaeConfig,
    *,
    seed: int,
    progress: Progress,
    start: WarmStart | None,
) -> dict[str, Floats]:
    """The layers by name, as MultVAE keeps them."""
    progress(0.0, "weighing")
    held_out = None
    if config.patience:
        data, test = random_split(data, config.validation_share, seed)
        held_out = _watched(test)
    X = _weights(data, config)
    network = _initial(data.n_items, config, seed, start)
    learned = _learn(X, held_out, network, config, seed, progress)
    learned.pop("variance", None), learned.pop("variance_bias", None)
    return {name: tensor.numpy() for name, tensor in learned.items()}


def _learn(
    X: sparse.csr_array,
    held_out: sparse.csr_array | None,
    network: Network,
    config: MultVaeConfig,
    seed: int,
    progress: Progress,
) -> Network:
    rng, random = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
    adam = torch.optim.Adam(network.values(), lr=config.learning_rate)
    stopping: EarlyStopping[Network] = EarlyStopping(config.patience)
    people, steps = np.flatnonzero(np.diff(X.indptr)), 0
    n_batches = -(-len(people) // config.batch_size)
    for epoch in range(config.n_epochs):
        order = rng.permutation(people)
        for batch in range(n_batches):
            done = (epoch + batch / n_batches) / config.n_epochs
            progress(done, f"epoch {epoch + 1} of {config.n_epochs}")
            users = order[batch * config.batch_size : (batch + 1) * config.batch_size]
            steps += 1
            loss = _loss(_dense(X, users), network, config, min(1.0, steps / config.anneal_steps), random)
            adam.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            adam.step()
        if held_out is None or (epoch + 1) % config.check_every:
            continue
        if stopping.stops(-_ndcg(X, held_out, network, config), _copy(network)):
            break
    return stopping.best or _copy(network)


def _loss(
    x: torch.Tensor, network: Network, config: MultVaeConfig, annealed: float, random: torch.Generator
) -> torch.Tensor:
    kept = torch.rand(x.shape, generator=random).to(DEVICE) >= config.dropout
    hidden = _encode(torch.nn.functional.normalize(x) * kept / (1 - config.dropout), network, config)
    z = hidden @ network["latent"] + network["latent_bias"]
    divergence = torch.zeros(len(x), device=DEVICE)
    if config.variational:
        log_variance = hidden @ network["variance"] + network["variance_bias"]
        divergence = 0.5 * (log_variance.exp() + z.square() - 1 - log_variance).sum(dim=1)
        noise = torch.randn(z.shape, generator=random).to(DEVICE)
        z = z + noise * (0.5 * log_variance).exp()
    told = -(torch.log_softmax(_decode(z, network, config), dim=1) * x).sum(dim=1)
    beta = annealed * (config.beta + config.beta_per_film * (x > 0).sum(dim=1))
    squares = sum(layer.square().sum() for layer in network.values() if layer.dim() == 2)
    loss: torch.Tensor = (told + beta * divergence).mean() + config.weight_decay / len(x) * squares
    return loss


def _encode(x: torch.Tensor, network: Network, config: MultVaeConfig) -> torch.Tensor:
    return torch.tanh(x @ network["encoder"] + network["encoder_bias"]) if config.n_hidden else x


def _decode(z: torch.Tensor, network: Network, config: MultVaeConfig) -> torch.Tensor:
    code = z if config.variational else torch.tanh(z)
    if config.n_hidden:
        code = torch.tanh(code @ network["decoder"] + network["decoder_bias"])
    logits: torch.Tensor = code @ network["output"].T + network["output_bias"]
    return logits


@torch.no_grad()
def _ndcg(X: sparse.csr_array, held_out: sparse.csr_array, network: Network, config: MultVaeConfig) -> float:
    """Mean NDCG@10 of the films held out, among all that are not in a person's input."""
    people = np.flatnonzero(np.diff(held_out.indptr))[:CHECKED]
    figures = []
    for first in range(0, len(people), config.batch_size):
        users = people[first : first + config.batch_size]
        x = _dense(X, users)
        hidden = _encode(torch.nn.functional.normalize(x), network, config)
        score = _decode(hidden @ network["latent"] + network["latent_bias"], network, config)
        ranked = torch.topk(score.masked_fill(x > 0, -torch.inf), min(LIST, x.shape[1])).indices
        relevant = held_out[users]
        figures.append(metrics.ndcg(metrics.hits(ranked.cpu().numpy(), relevant), np.diff(relevant.indptr)))
    return float(np.nanmean(np.concatenate(figures))) if figures else 0.0


def _copy(network: Network) -> Network:
    return {name: tensor.detach().cpu().clone() for name, tensor in network.items()}


def _dense(X: sparse.csr_array, users: NDArray[np.int64]) -> torch.Tensor:
    return torch.from_numpy(X[users].toarray()).to(DEVICE)


def _weights(data: Interactions, config: MultVaeConfig) -> sparse.csr_array:
    """(n_users, n_items) weights that are not nought."""
    weight = watch_weights(data.rating, config.weighting, config.unrated_weight)
    X = sparse.csr_array(
        sparse.coo_array((weight, (data.user, data.item)), shape=(data.n_users, data.n_items))
    )
    X.eliminate_zeros()
    return X


def _watched(data: Interactions) -> sparse.csr_array:
    ones = np.ones(len(data), np.float32)
    return sparse.csr_array(
        sparse.coo_array((ones, (data.user, data.item)), shape=(data.n_users, data.n_items))
    )


def _initial(n_items: int, config: MultVaeConfig, seed: int, start: WarmStart | None) -> Network:
    """Glorot's normal weights and biases of nought, those of the films and between them from `start`."""
    random = torch.Generator().manual_seed(seed)
    hidden, latent = config.n_hidden, config.n_latent
    sizes = {"latent": (hidden or n_items, latent), "output": (n_items, hidden or latent)}
    if hidden:
        sizes |= {"encoder": (n_items, hidden), "decoder": (latent, hidden)}
    if config.variational:
        sizes["variance"] = sizes["latent"]
    fresh = {name: _glorot(shape, random).numpy() for name, shape in sizes.items()}
    fresh |= {
        f"{name}_bias": np.zeros(n_items if name == "output" else shape[1], np.float32)
        for name, shape in sizes.items()
    }
    begun = fresh if start is None else _carried(fresh, n_items, start)
    return {
        name: torch.from_numpy(np.ascontiguousarray(a)).to(DEVICE).requires_grad_()
        for name, a in begun.items()
    }


def _carried(fresh: dict[str, Floats], n_items: int, start: WarmStart) -> dict[str, Floats]:
    """The former network where all its layers have the widths of this one, else `fresh`."""
    former = start.model.state()
    kept = [name for name in fresh if not name.startswith("variance")]
    of_films = {name for name in kept if len(fresh[name]) == n_items}
    widths = {n: fresh[n].shape[1:] if n in of_films else fresh[n].shape for n in kept}
    then = {n: a.shape[1:] if n in of_films else a.shape for n, a in former.items()}
    if widths != then:
        return fresh
    carried = {n: start.carry(n, fresh[n]) if n in of_films else np.array(former[n]) for n in kept}
    return fresh | {name: np.nan_to_num(array) for name, array in carried.items()}


def _glorot(shape: tuple[int, int], random: torch.Generator) -> torch.Tensor:
    drawn: torch.Tensor = torch.randn(shape, generator=random) * float((2 / sum(shape)) ** 0.5)
    return drawn
