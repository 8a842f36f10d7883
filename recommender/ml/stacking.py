"""Weights of several models' stars, learned where none of them has looked, and the errors that remain.

    stars_ui = mean_ui + sum over k of w_k(u, i) (p_kui - mean_ui) + w'(u, i) (mean_ui - mu) + w''(u, i)

p_k are the stars of model k and `mean` is their plain mean. Every weight is linear in what is known of the
person and the film, w(u, i) = w . (1, log(1 + n_u) - c, log(1 + n_i) - d), so that a model may count for more
where it is at home. Sill, Takacs, Mackey and Lin, "Feature-weighted linear stacking" (2009). Ridge regression
draws all weights to nought and with that the blend to the plain mean.

Intervals are split-conformal: the quantiles of the errors that were made on held-out ratings, taken apart by
thirds of n_u and n_i. Vovk, Gammerman and Shafer, "Algorithmic learning in a random world" (2005); Lei and
others, "Distribution-free predictive inference for regression" (2018).
"""

from __future__ import annotations

from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from recommender.ml.contract import Arrays
from recommender.ml.like_stack import LikeStack
from recommender.ml.parts import prefixed, under

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Counts = NDArray[np.int64]
N_BUCKETS = 3  # of people and of films
N_FEATURES = 3
LEAST_IN_BUCKET = 50  # held-out ratings below which a bucket takes the errors of all


class Stack(NamedTuple):
    """weights (n_models + 2, 3); centre (2,) of the two logarithms and ends (2, 2) to which they are cut."""

    weights: Doubles
    centre: Doubles
    ends: Doubles
    mean: float

    def blend(self, parts: Floats, n_user: Counts | int, n_item: Counts) -> Floats:
        """(n,) stars of parts (n_models, n), for n_user and n_item ratings known of the persons and films."""
        shares, constant = self.shares(n_user, n_item, len(parts))
        return np.asarray((shares * parts).sum(axis=0) + constant, np.float32)

    def shares(self, n_user: Counts | int, n_item: Counts, n_models: int) -> tuple[Doubles, Doubles]:
        """What each model counts for, (n_models, n), and what is added, (n,)."""
        w = self.weights @ self._features(n_user, n_item)
        own, slope, constant = w[:-2], w[-2], w[-1]
        shares = own - own.mean(axis=0) + (1 + slope) / n_models
        return shares, constant - slope * self.mean

    def _features(self, n_user: Counts | int, n_item: Counts) -> Doubles:
        logs = np.stack(np.broadcast_arrays(np.log1p(n_user), np.log1p(n_item))).astype(np.float64)
        cut = np.clip(logs, self.ends[0][:, None], self.ends[1][:, None]) - self.centre[:, None]
        return np.concatenate([np.ones((1, cut.shape[1])), cut])


def learn_stack(parts: Floats, n_user: Counts, n_item: Counts, stars: Floats, penalty: float) -> Stack:
    """From held-out ratings: parts (n_models, n), what was known (n,) each, and the stars given (n,)."""
    logs = np.stack([np.log1p(n_user), np.log1p(n_item)])
    ends = np.quantile(logs, [0.01, 0.99], axis=1)
    nought = np.zeros((len(parts) + 2, N_FEATURES))
    stack = Stack(nought, logs.mean(axis=1), ends, float(stars.mean()))
    mean = parts.mean(axis=0, dtype=np.float64)
    regressors = np.concatenate([parts - mean, [mean - stack.mean], np.ones((1, len(mean)))])
    features = stack._features(n_user, n_item)
    X = (regressors[:, None] * features[None]).reshape(-1, len(mean))
    w = np.linalg.solve(X @ X.T + penalty * np.eye(len(X)), X @ (stars - mean))
    return stack._replace(weights=w.reshape(-1, N_FEATURES))


class Errors(NamedTuple):
    """Quantiles of stars given minus stars predicted, by buckets of what is known.

    user_edges and item_edges (N_BUCKETS - 1,), in ratings; low and high (N_BUCKETS, N_BUCKETS), people first.
    """

    user_edges: Doubles
    item_edges: Doubles
    low: Doubles
    high: Doubles

    def around(self, stars: Floats, n_user: ArrayLike, n_item: Counts) -> tuple[Floats, Floats]:
        """(n,) each: the ends of the intervals around `stars`."""
        u, i = np.searchsorted(self.user_edges, n_user), np.searchsorted(self.item_edges, n_item)
        low, high = stars + self.low[u, i], stars + self.high[u, i]
        return low.astype(np.float32), high.astype(np.float32)


class Weighing(NamedTuple):
    stack: Stack
    errors: Errors
    likes: LikeStack

    def arrays(self) -> dict[str, NDArray[Any]]:
        return {
            key: array
            for name, part in self._asdict().items()
            for key, array in prefixed(f"{name}.", part._asdict()).items()
        }

    @classmethod
    def of_arrays(cls, arrays: Arrays) -> Self:
        stack = under("stack.", arrays)
        mean = float(stack.pop("mean"))
        errors, likes = Errors(**under("errors.", arrays)), LikeStack(**under("likes.", arrays))
        return cls(Stack(**stack, mean=mean), errors, likes)


def learn_weighing(
    parts: Floats, n_user: Counts, n_item: Counts, stars: Floats, penalty: float, likes: LikeStack
) -> Weighing:
    """Stack and errors, both from the same held-out ratings as `likes`; see learn_stack."""
    stack = learn_stack(parts, n_user, n_item, stars, penalty)
    return Weighing(stack, learn_errors(stars - stack.blend(parts, n_user, n_item), n_user, n_item), likes)


def learn_errors(error: Floats, n_user: Counts, n_item: Counts, coverage: float = 0.8) -> Errors:
    """From the errors (n,) on held-out ratings; equal tails outside."""
    thirds = np.arange(1, N_BUCKETS) / N_BUCKETS
    user_edges, item_edges = np.quantile(n_user, thirds), np.quantile(n_item, thirds)
    u, i = np.searchsorted(user_edges, n_user), np.searchsorted(item_edges, n_item)
    low, high = np.empty((N_BUCKETS, N_BUCKETS)), np.empty((N_BUCKETS, N_BUCKETS))
    for row, column in np.ndindex(low.shape):
        own = error[(u == row) & (i == column)]
        low[row, column], high[row, column] = ends(own if len(own) >= LEAST_IN_BUCKET else error, coverage)
    return Errors(user_edges, item_edges, low, high)


def ends(error: Floats, coverage: float) -> tuple[float, float]:
    """The conformal quantiles: one more error, of unknown size, is counted outside."""
    n, tail = len(error), (1 - coverage) / 2
    share = min((1 - tail) * (n + 1) / n, 1.0)
    return float(np.quantile(error, 1 - share)), float(np.quantile(error, share))
