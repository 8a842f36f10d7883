"""Training of the item and the user autoencoder, which are one network on a matrix and on its transpose.

    O = max(0, sigmoid(x V + a) W' + c)        x: a row of the matrix, part of its ratings masked as noise

    minimise  sum over rated of (r - O)^2
            + penalty sum over V and W of (l1_share |w| + (1 - l1_share) w^2)
            + wrong_penalty sum over rated of ([O > 5] O)^2

over batches of rows by Adam; the learning rate and both penalties are multiplied by `decay` every
`decay_epochs` epochs. A batch takes 4 * 4 * batch_size * n_columns bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import sparse

from recommender.ml.contract import Progress
from recommender.ml.early_stopping import EarlyStopping
from recommender.ml.torch_device import DEVICE

if TYPE_CHECKING:
    from recommender.ml.item_autoencoder import NetworkConfig

Floats = NDArray[np.float32]
MOST_STARS = 5.0
CODING_BATCH = 256
DAMPING = 5.0  # of the first means, in ratings


class Network(NamedTuple):
    """V and W (n_columns, n_hidden), a (n_hidden,), c (n_columns,), float32."""

    V: Floats
    a: Floats
    W: Floats
    c: Floats


class Weights(NamedTuple):
    """A network as tensors."""

    V: torch.Tensor
    a: torch.Tensor
    W: torch.Tensor
    c: torch.Tensor

    def network(self) -> Network:
        return Network(*(tensor.detach().cpu().numpy().copy() for tensor in self))


def train(
    X: sparse.csr_array, config: NetworkConfig, *, seed: int, progress: Progress, start: Network | None = None
) -> Network:
    """Learn the ratings X (n_rows, n_columns), from `start` or from small random weights."""
    rng, random = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
    shown, held_out = X, None
    if config.patience and X.nnz > 1:
        shown, held_out = _parted(X, config.validation_share, rng)
    begin = start or initial(X, config.n_hidden, random)
    weights = Weights(*(torch.from_numpy(array).to(DEVICE).requires_grad_() for array in begin))
    adam = torch.optim.Adam(weights, betas=(0.9, 0.99), fused=True)
    stopping = EarlyStopping[Network](config.patience)
    for epoch in range(config.n_epochs):
        progress(epoch / config.n_epochs, f"epoch {epoch + 1} of {config.n_epochs}")
        rate = config.decay ** (epoch // config.decay_epochs)
        adam.param_groups[0]["lr"] = config.learning_rate * rate
        order = rng.permutation(np.flatnonzero(np.diff(shown.indptr)))
        for first in range(0, len(order), config.batch_size):
            r = _dense(shown, order[first : first + config.batch_size])
            _step(r, weights, adam, config, rate, random)
        if held_out is not None and stopping.stops(
            _error(shown, held_out, weights, config), weights.network()
        ):
            break
    return stopping.best or weights.network()


def initial(X: sparse.csr_array, n_hidden: int, random: torch.Generator) -> Network:
    """Weights from even distributions; each output begins at the damped mean of its column.

    There ReLU is not flat, and a column of few ratings is not drowned in the noise of its start.
    """

    def uniform(limit: float) -> Floats:
        drawn: Floats = torch.rand(X.shape[1], n_hidden, generator=random).numpy()
        return (2 * drawn - 1) * np.float32(limit)

    n, total = np.bincount(X.indices, minlength=X.shape[1]), X.sum(axis=0)
    c = (total + DAMPING * X.data.mean()) / (n + DAMPING)
    V, a = uniform(X.shape[1] ** -0.5), np.zeros(n_hidden, np.float32)
    return Network(V, a, uniform(1 / n_hidden), c.astype(np.float32))


def penalty(weight: torch.Tensor, l1_share: float) -> torch.Tensor:
    """The elastic net of one matrix: sum of l1_share |w| + (1 - l1_share) w^2."""
    return l1_share * weight.abs().sum() + (1 - l1_share) * weight.square().sum()


def loss(
    r: torch.Tensor, predicted: torch.Tensor, weights: Weights, config: NetworkConfig, rate: float
) -> torch.Tensor:
    """Of a batch of ratings r (n, n_columns), 0 where nothing is rated, and their predictions."""
    rated = r > 0
    wrong = torch.where(rated & (predicted > MOST_STARS), predicted, 0)
    kept_small = penalty(weights.V, config.l1_share) + penalty(weights.W, config.l1_share)
    error = torch.where(rated, r - predicted, 0).square().sum()
    return error + rate * (config.penalty * kept_small + config.wrong_penalty * wrong.square().sum())


@torch.no_grad()
def codes(X: sparse.csr_array, network: Network, config: NetworkConfig) -> Floats:
    """(n_rows, n_hidden) what the hidden units say of each row."""
    weights = Weights(*(torch.from_numpy(array).to(DEVICE) for array in network))
    rows = np.arange(X.shape[0])
    batches = [rows[first : first + CODING_BATCH] for first in range(0, len(rows), CODING_BATCH)]
    found = [_encode(_inputs(_dense(X, batch), config), weights).cpu() for batch in batches]
    return np.asarray(torch.cat(found).numpy())


def _step(
    r: torch.Tensor,
    weights: Weights,
    adam: torch.optim.Adam,
    config: NetworkConfig,
    rate: float,
    random: torch.Generator,
) -> None:
    # Drawn on the processor: a seed masks the same ratings on every machine.
    kept = (torch.rand(r.shape, generator=random) >= config.noise_share).to(DEVICE)
    predicted = _decode(_encode(_inputs(r * kept, config), weights), weights)
    adam.zero_grad()
    loss(r, predicted, weights, config, rate).backward()  # type: ignore[no-untyped-call]
    adam.step()


def _inputs(r: torch.Tensor, config: NetworkConfig) -> torch.Tensor:
    return torch.where(r > 0, r - config.input_centre, 0)


def _encode(x: torch.Tensor, weights: Weights) -> torch.Tensor:
    return torch.sigmoid(x @ weights.V + weights.a)


def _decode(code: torch.Tensor, weights: Weights) -> torch.Tensor:
    return torch.relu(code @ weights.W.T + weights.c)


def _dense(X: sparse.csr_array, rows: NDArray[np.int64]) -> torch.Tensor:
    return torch.from_numpy(X[rows].toarray()).to(DEVICE)


def _parted(
    X: sparse.csr_array, share: float, rng: np.random.Generator
) -> tuple[sparse.csr_array, sparse.csr_array]:
    """The ratings but for a share of them, and that share."""
    entries = X.tocoo()
    hidden = np.zeros(X.nnz, np.bool_)
    hidden[rng.permutation(X.nnz)[: max(round(X.nnz * share), 1)]] = True
    rows, columns = entries.coords
    left, right = (
        sparse.csr_array(sparse.coo_array((X.data[part], (rows[part], columns[part])), shape=X.shape))
        for part in (~hidden, hidden)
    )
    return left, right


@torch.no_grad()
def _error(
    shown: sparse.csr_array, held_out: sparse.csr_array, weights: Weights, config: NetworkConfig
) -> float:
    """Mean squared error of the ratings held out, predicted from those shown."""
    total = 0.0
    rows = np.flatnonzero(np.diff(held_out.indptr))
    for first in range(0, len(rows), CODING_BATCH):
        batch = rows[first : first + CODING_BATCH]
        predicted = _decode(_encode(_inputs(_dense(shown, batch), config), weights), weights)
        r = _dense(held_out, batch)
        total += float(torch.where(r > 0, r - predicted, 0).square().sum())
    return total / held_out.nnz
