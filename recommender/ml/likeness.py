"""How alike vectors are."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
FloatingT = TypeVar("FloatingT", bound=np.floating)


def unit_rows(vectors: NDArray[FloatingT]) -> NDArray[FloatingT]:
    """(n, F) the vectors at length 1; one of nought stays as it is, like no other."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(np.divide(vectors, length, out=np.zeros_like(vectors), where=length > 0))


def cosines(vectors: Floats, item: int) -> Floats:
    """(n_items,) cosine of every vector with that of `item`; NaN where one is nought."""
    length = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    below = length * length[item]
    cosine: Floats = np.full(len(below), np.nan, np.float32)
    np.divide(vectors @ vectors[item], below, out=cosine, where=below > 0)
    return cosine
