"""The torch side of pair_network.py and folded_users.py: their weights while they are learned."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from recommender.ml.contract import WarmStart
from recommender.ml.folded_users import FoldedUsers, Weighing
from recommender.ml.pair_network import PairNetwork
from recommender.ml.torch_device import DEVICE

Tensor = torch.Tensor
SMALL = np.float32(0.05)
Found = TypeVar("Found")


class Layers(NamedTuple):
    """W_u (n_factors, n_hidden), W_i (n_inputs, n_hidden), b; pairs (W, b); direct (n_inputs + 1, n_factors).

    `direct` makes P of the inputs f and a constant, d (n_items,) is the bias of films; both are None in a
    network without a direct term.
    """

    W_u: Tensor
    W_i: Tensor
    b: Tensor
    rest: tuple[tuple[Tensor, Tensor], ...]
    direct: Tensor | None
    d: Tensor | None

    def parameters(self) -> Iterator[Tensor]:
        yield from (self.W_u, self.W_i, self.b)
        for W, b in self.rest:
            yield from (W, b)
        if self.direct is not None and self.d is not None:
            yield from (self.direct, self.d)

    def z(self, mine: Tensor, film: Tensor, noise: Dropout | None = None) -> Tensor:
        """From the two halves of the first layer, without the direct term; shapes broadcast."""
        hidden = mine + film
        for W, b in self.rest:
            hidden = torch.relu(hidden)
            hidden = (hidden if noise is None else noise(hidden)) @ W + b
        return hidden[..., 0]

    def film_half(self, f: Tensor) -> Tensor:
        return f @ self.W_i + self.b

    def direct_half(self, f: Tensor) -> Tensor:
        """(len(f), n_factors) P."""
        direct = there(self.direct)
        return f @ direct[:-1] + direct[-1]

    @torch.no_grad()
    def export(self, f: Tensor) -> PairNetwork:
        """For scoring, with the inputs f (n_items, n_inputs) of all films."""
        no_direct = np.zeros(len(f), np.float32), np.zeros((len(f), 0), np.float32)
        direct = no_direct if self.direct is None else (as_array(self.d), as_array(self.direct_half(f)))
        rest = tuple((as_array(W), as_array(b)) for W, b in self.rest)
        return PairNetwork(as_array(self.film_half(f)), as_array(self.W_u), rest, *direct)


class Bags(NamedTuple):
    """c and g (n_factors,), Y and Z (n_items, n_factors) of folded_users.py, on the device."""

    c: Tensor
    g: Tensor
    Y: Tensor
    Z: Tensor

    @property
    def tables(self) -> tuple[Tensor, Tensor]:
        return self.Y, self.Z

    def export(self, m: NDArray[np.float32], weighing: Weighing) -> FoldedUsers:
        c, g, Y, Z = (as_array(tensor) for tensor in self)
        return FoldedUsers(c, g, Y, Z, m, weighing)

    @classmethod
    def initial(cls, n_items: int, n_factors: int, random: torch.Generator, start: WarmStart | None) -> Bags:
        """Small at random or as in the former model; a bias moves the first coordinate."""
        tables = (torch.randn(n_items, n_factors, generator=random).numpy() * SMALL for _ in range(2))
        Y, Z = (
            learned(fresh if start is None else start.carry(name, fresh))
            for name, fresh in zip(("Y", "Z"), tables, strict=True)
        )
        return cls(zeros(n_factors), learned(np.eye(1, n_factors, dtype=np.float32)[0]), Y, Z)


class Dropout:
    """Inverted dropout by a generator of its own, so that a fit depends on its seed alone."""

    def __init__(self, share: float, random: torch.Generator) -> None:
        self.share, self.random = share, random

    def __call__(self, x: Tensor) -> Tensor:
        if not self.share:
            return x
        kept = torch.rand(x.shape, generator=self.random) >= self.share
        return x * (kept.to(DEVICE) / (1 - self.share))


def initial_layers(
    n_factors: int,
    n_inputs: int,
    hidden: Sequence[int],
    random: torch.Generator,
    *,
    n_items_direct: int = 0,
) -> Layers:
    """He's uniform start; a direct term where n_items_direct is the number of films.

    The direct term begins as a weak one of which the first coordinate of every P is 1.
    """
    first = uniform((n_factors + n_inputs, hidden[0]), (6 / (n_factors + n_inputs)) ** 0.5, random)
    sizes = zip(hidden, [*hidden[1:], 1], strict=True)
    rest = tuple((uniform((n, m), (6 / n) ** 0.5, random), zeros(m)) for n, m in sizes)
    W_u = first[:n_factors].detach().clone().requires_grad_()
    W_i = first[n_factors:].detach().clone().requires_grad_()
    if not n_items_direct:
        return Layers(W_u, W_i, zeros(hidden[0]), rest, None, None)
    direct = uniform((n_inputs + 1, n_factors), n_inputs**-0.5, random)
    with torch.no_grad():
        direct[-1] = torch.eye(1, n_factors, device=DEVICE)[0]
    return Layers(W_u, W_i, zeros(hidden[0]), rest, direct, zeros(n_items_direct))


def uniform(shape: Sequence[int], most: float, random: torch.Generator) -> Tensor:
    drawn = (2 * torch.rand(tuple(shape), generator=random) - 1) * most
    return drawn.to(DEVICE).requires_grad_()


def normal(shape: Sequence[int], sd: float, random: torch.Generator) -> Tensor:
    return (torch.randn(*shape, generator=random) * sd).to(DEVICE).requires_grad_()


def zeros(*shape: int) -> Tensor:
    return torch.zeros(*shape, device=DEVICE, requires_grad=True)


def on_device(array: NDArray[np.generic]) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(array)).to(DEVICE)


def learned(array: NDArray[np.float32]) -> Tensor:
    """A copy of `array` to be learned from there."""
    return torch.from_numpy(array.copy()).to(DEVICE).requires_grad_()


def there(found: Found | None) -> Found:
    """`found`, where the form of the model at hand is bound to have it."""
    if found is None:
        raise TypeError("This form of the model has no such part.")
    return found


def as_array(tensor: Tensor | None) -> NDArray[np.float32]:
    array: NDArray[np.float32] = there(tensor).detach().cpu().numpy().copy()
    return array


def copies(parameters: Iterable[Tensor]) -> list[Tensor]:
    return [parameter.detach().clone() for parameter in parameters]


@torch.no_grad()
def put_back(parameters: Iterable[Tensor], former: Iterable[Tensor]) -> None:
    for parameter, value in zip(parameters, former, strict=True):
        parameter.copy_(value)


def optimiser(
    tables: Iterable[Tensor], others: Iterable[Tensor], learning_rate: float, weight_decay: float
) -> torch.optim.Optimizer:
    """Adam, whose decay draws the rows of tables to nought and leaves layers and biases alone."""
    groups: list[dict[str, Any]] = [
        {"params": [*tables], "weight_decay": weight_decay},
        {"params": [*others]},
    ]
    return torch.optim.AdamW(groups, learning_rate, weight_decay=0.0, fused=True)


def descend(loss: Tensor, adam: torch.optim.Optimizer) -> None:
    adam.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    adam.step()
