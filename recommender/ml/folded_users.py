"""A person as a vector made from a history, so that nobody has to be trained to be known.

    u = c + b g + (n + n0)^-a  sum over j in H of (Y_j + (e_j - b) Z_j)
    e_j = r_j - m_j,    b = sum e_j / (number of ratings + BIAS_DAMPING)

n films in the history H; m_j the film's damped mean in stars; b the person's bias. A film watched without
a rating adds Y_j alone. Y says what having seen a film tells, Z what liking it more than others do tells.
A network may learn c, g, Y and Z together with everything else, or have them read out of user vectors
that it trained freely (`learn`): the ridge regression of those vectors on all histories,

    minimise  sum over u of |U_u - c - B_u W|^2 + penalty |W|^2,      W = (Y above Z above g),  c = mean of U

with B_u the row of weights that the formula above gives to Y, Z and g, solved by conjugate gradients.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recommender.ml.contract import Arrays
from recommender.ml.interactions import History, Interactions

Floats = NDArray[np.float32]
ITERATIONS = 50
MEAN_DAMPING = 5.0  # in ratings, as is the next
BIAS_DAMPING = 5.0


class Weighing(NamedTuple):
    """n0 and a of the weight that every film of a history of n has."""

    damping: float
    power: float

    def of(self, n: Any) -> Any:
        """(n + n0)^-a, taking a history without films for one of a single film."""
        return (np.maximum(n, 1) + self.damping) ** -self.power


class FoldedUsers(NamedTuple):
    """c and g (n_factors,), Y and Z (n_items, n_factors), m (n_items,), all float32."""

    c: Floats
    g: Floats
    Y: Floats
    Z: Floats
    m: Floats
    weighing: Weighing

    def vector(self, history: History) -> Floats:
        """(n_factors,) u; c for an empty history."""
        e, liked, seen = self._parts(history)
        b = e.sum() / (len(history.rated) + BIAS_DAMPING)
        total = (seen - b * liked).sum(axis=0)
        return np.asarray(self.c + b * self.g + total * self.weighing.of(len(history)), np.float32)

    def without_each(self, history: History) -> Floats:
        """(len(history), n_factors) u of the history without its first film, without its second, ..."""
        e, liked, seen = self._parts(history)
        n_others = len(history.rated) - ~np.isnan(history.rating)
        b = ((e.sum() - e) / (n_others + BIAS_DAMPING))[:, None]
        total = seen.sum(axis=0) - seen - b * (liked.sum(axis=0) - liked)
        return np.asarray(self.c + b * self.g + total * self.weighing.of(len(history) - 1), np.float32)

    def _parts(self, history: History) -> tuple[Floats, Floats, Floats]:
        """e_j (n,), Z_j and Y_j + e_j Z_j (n, n_factors) of every film; e and Z are 0 without a rating."""
        e = np.nan_to_num(history.rating - self.m[history.item])
        liked = np.where(np.isnan(history.rating)[:, None], np.float32(0), self.Z[history.item])
        return e, liked, self.Y[history.item] + e[:, None] * liked

    def arrays(self) -> dict[str, NDArray[Any]]:
        return {"c": self.c, "g": self.g, "Y": self.Y, "Z": self.Z, "m": self.m}

    @classmethod
    def of(cls, arrays: Arrays, weighing: Weighing) -> Self:
        c, g, Y, Z, m = (arrays[name] for name in ("c", "g", "Y", "Z", "m"))
        return cls(c, g, Y, Z, m, weighing)

    @classmethod
    def learn(cls, data: Interactions, users: Floats, weighing: Weighing, penalty: float) -> Self:
        """The read-out of trained vectors, users (n_users, n_factors), from the histories of `data`."""
        m = film_means(data)
        here = np.unique(data.user)
        c = users[here].mean(axis=0, dtype=np.float64)
        W = _ridge(_bags(data, m, weighing)[here], users[here] - c, penalty).astype(np.float32)
        n = data.n_items
        return cls(c.astype(np.float32), W[-1], W[:n], W[n:-1], m, weighing)


def film_means(data: Interactions) -> Floats:
    """(n_items,) mean stars of every film, damped towards the mean of all; 0 where nothing is rated."""
    rated = data.rated
    overall = float(rated.rating.mean(dtype=np.float64)) if len(rated) else 0.0
    above = np.bincount(rated.item, rated.rating - overall, minlength=data.n_items)
    counts = np.bincount(rated.item, minlength=data.n_items)
    return np.asarray(overall + above / (counts + MEAN_DAMPING), np.float32)


def user_biases(data: Interactions, m: Floats) -> Floats:
    """(n_users,) b of everybody."""
    rated = data.rated
    above = np.bincount(rated.user, rated.rating - m[rated.item], minlength=data.n_users)
    counts = np.bincount(rated.user, minlength=data.n_users)
    return np.asarray(above / (counts + BIAS_DAMPING), np.float32)


def _bags(data: Interactions, m: Floats, weighing: Weighing) -> sparse.csr_array:
    """(n_users, 2 n_items + 1) weights in a person's u of every Y_j, of every Z_j and of g."""
    b = user_biases(data, m)
    weight = weighing.of(np.bincount(data.user, minlength=data.n_users))[data.user]
    of_z = weight * np.nan_to_num(data.rating - m[data.item] - b[data.user])
    places = (data.user, data.item)
    shape = (data.n_users, data.n_items)
    blocks = [sparse.coo_array((values, places), shape=shape) for values in (weight, of_z)]
    return sparse.csr_array(sparse.hstack([*blocks, sparse.coo_array(b[:, None])]))


def _ridge(B: sparse.csr_array, target: NDArray[np.float64], penalty: float) -> NDArray[np.float64]:
    """(B'B + penalty I)^-1 B' target by conjugate gradients, every column of the target on its own."""
    W = np.zeros((B.shape[1], target.shape[1]))
    rest = direction = B.T @ target
    size = np.square(rest).sum(axis=0)
    enough = 1e-10 * size
    for _ in range(ITERATIONS):
        if (size <= enough).all():
            break
        image = B.T @ (B @ direction) + penalty * direction
        step = size / np.maximum((direction * image).sum(axis=0), np.finfo(float).tiny)
        W, rest = W + step * direction, rest - step * image
        before, size = size, np.square(rest).sum(axis=0)
        direction = rest + size / np.maximum(before, np.finfo(float).tiny) * direction
    return W
