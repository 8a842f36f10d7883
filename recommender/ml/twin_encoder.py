"""One half of a twin autoencoder, as it is used once it is learned: ratings in, a vector out.

    c = (tanh((v, data, level, above, context) W + b) - shift) / scale        the code of one rating
    vector = sum of c / (n + damping)                                         of a person or a film

v and data belong to the other side: the film that a person rated, or the person who rated a film. `level`
is one of eleven rating vectors, `above` is how far the rating lies above what is usual there. Codes are
centred on what is usual, so that 0 is the vector of one of whom nothing is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from recommender.ml.twin_features import N_CONTEXT, N_LEVELS, levels

Floats = NDArray[np.float32]
N_OF_RATING = N_LEVELS + 1 + N_CONTEXT  # the inputs that are no matter of the other side


class Encoder(NamedTuple):
    """W (n_inputs, n_units), b, shift and scale (n_units,), float32."""

    W: Floats
    b: Floats
    shift: Floats
    scale: Floats

    def halves(self, vectors: Floats, data: Floats) -> Floats:
        """(n, n_units) what the films or people of the other side add to the units."""
        return np.asarray(np.hstack([vectors, data]) @ self.W[:-N_OF_RATING] + self.b, np.float32)

    def vector(
        self, halves: Floats, rating: Floats, above: Floats, context: Floats, damping: float
    ) -> Floats:
        """(n_units,) from n ratings: halves (n, n_units), stars and the rest (n,), context (n, N_CONTEXT)."""
        codes = self._codes(halves, rating, above, context)
        return np.asarray(codes.sum(axis=0) / max(len(rating) + damping, 1.0), np.float32)

    def without_each(
        self, halves: Floats, rating: Floats, above: Floats, context: Floats, damping: float
    ) -> Floats:
        """(n, n_units) `vector` without the first rating, without the second, ...; each is encoded once."""
        codes = self._codes(halves, rating, above, context)
        others = codes.sum(axis=0) - codes
        return np.asarray(others / max(len(rating) - 1 + damping, 1.0), np.float32)

    def _codes(self, halves: Floats, rating: Floats, above: Floats, context: Floats) -> Floats:
        of_level, of_above, of_context = np.split(self.W[-N_OF_RATING:], [N_LEVELS, N_LEVELS + 1])
        units = halves + of_level[levels(rating)] + above[:, None] * of_above + context @ of_context
        return np.asarray((np.tanh(units) - self.shift) / self.scale, np.float32)

    def named(self, prefix: str) -> dict[str, NDArray[Any]]:
        return {f"{prefix}_{name}": array for name, array in self._asdict().items()}

    @classmethod
    def from_named(cls, prefix: str, arrays: Mapping[str, NDArray[Any]]) -> Self:
        return cls(*(arrays[f"{prefix}_{name}"] for name in cls._fields))
