"""A network over a person and a film that answers for every film at once.

    h_1 = ReLU(A_i + u W_u)                  A_i = f_i W_i + b_1, the film's half of the first layer
    h_l = ReLU(h_{l-1} W_l + b_l)
    z   = h_L w + b + d_i + P_i . u

The first layer of a network that reads person and film side by side is a sum of two halves, and a
film's half is the same for everybody: it is kept instead of the film's inputs f. d_i + P_i . u is a direct
term beside the layers, which a network of this size does not find by itself (Rendle et al., "Neural
collaborative filtering vs. matrix factorization revisited", RecSys 2020); it may be missing.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from recommender.ml.contract import Arrays

Floats = NDArray[np.float32]
Layer = tuple[Floats, Floats]
# Films a step: their layers shall stay in the processor's cache.
BLOCK = 1024


class PairNetwork(NamedTuple):
    """A (n_items, n_hidden), W_u (n_factors, n_hidden), layers; d (n_items,), P (n_items, n_factors).

    The last layer has one unit. P has no columns where there is no direct term.
    """

    A: Floats
    W_u: Floats
    layers: tuple[Layer, ...]
    d: Floats
    P: Floats

    def every_film(self, u: Floats) -> Floats:
        """(n_items,) z of one person."""
        mine = u @ self.W_u
        blocks = (self.A[first : first + BLOCK] for first in range(0, len(self.A), BLOCK))
        z = np.concatenate([self._through_layers(block + mine) for block in blocks])
        z += self.d
        return z + self.P @ u if self.P.shape[1] else z

    def one_film(self, item: int, people: Floats) -> Floats:
        """(len(people),) z of one film for people (n, n_factors)."""
        z = self._through_layers(self.A[item] + people @ self.W_u) + self.d[item]
        return np.asarray(z + people @ self.P[item] if self.P.shape[1] else z, np.float32)

    def _through_layers(self, hidden: Floats) -> Floats:
        for W, b in self.layers:
            np.maximum(hidden, 0, out=hidden)
            hidden = hidden @ W
            hidden += b
        return hidden[:, 0]

    def arrays(self) -> dict[str, NDArray[Any]]:
        named = {"A": self.A, "W_u": self.W_u, "d": self.d, "P": self.P}
        for number, (W, b) in enumerate(self.layers):
            named |= {f"layer{number}_W": W, f"layer{number}_b": b}
        return named

    @classmethod
    def of(cls, arrays: Arrays) -> Self:
        n_layers = sum(name.startswith("layer") for name in arrays) // 2
        layers = tuple((arrays[f"layer{n}_W"], arrays[f"layer{n}_b"]) for n in range(n_layers))
        return cls(arrays["A"], arrays["W_u"], layers, arrays["d"], arrays["P"])
