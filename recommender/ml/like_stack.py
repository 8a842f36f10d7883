"""How probable it is that a person likes a film, learned beside the stars where no part has looked.

    logit P(r_ui >= 4) = l_ui + w(u, i) . (1, l_ui, p_ui)

l is the logit of what ordered probit (ordinal.py) says of it and p are another model's stars. Every weight is
linear in what is known, w(u, i) = W (1, log(1 + n_u), log(1 + n_i), m_u, s_u, h_u) with m_u the mean of the
person's stars, s_u their standard deviation and h_u the share of them that are likes: feature-weighted
stacking as in stacking.py, but for a logistic loss. The three together tell where a person draws the line
between three stars and four, which all people of the ordered probit draw at one place.

W is the mode under a normal prior around nought, that is around the probability of ordered probit itself,
found by Newton's method. l, p and the features are centred and scaled on the held-out pairs.
"""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Counts = NDArray[np.int64]
LIKED = 4.0  # stars from which a film is liked
DAMPING = 5.0  # ratings of the usual person that are added to everybody's own
LEAST = 1e-5  # probability
FURTHEST = 3.0  # standard deviations to which features are cut
NEWTON_STEPS = 8


class Usual(NamedTuple):
    """Mean and variance of all stars, and the share of likes among them."""

    mean: float
    variance: float
    share: float

    @classmethod
    def of(cls, stars: Floats) -> Self:
        return cls(float(stars.mean()), float(stars.var()), float((stars >= LIKED).mean()))

    def habits(self, stars: Floats) -> Doubles:
        """(4,) log(1 + n), m, s and h of one person's stars (n,)."""
        weight = DAMPING + len(stars)
        mean = (stars.sum() + DAMPING * self.mean) / weight
        variance = (np.square(stars - mean).sum() + DAMPING * self.variance) / weight
        share = ((stars >= LIKED).sum() + DAMPING * self.share) / weight
        return np.array([np.log1p(len(stars)), mean, np.sqrt(variance), share])


class LikeStack(NamedTuple):
    """weights (3, 6); centre and scale (7,) of l, p, the habits and the films' log counts."""

    weights: Doubles
    centre: Doubles
    scale: Doubles

    def probability(self, reached: Floats, stars: Floats, habits: Doubles, n_item: Counts) -> Floats:
        """(n,) of films with P(r >= 4) by ordered probit, stars and counts (n,); habits (4,) or (n, 4)."""
        own = _logit(reached)
        terms = self._terms(_known(own, stars, habits, n_item))
        return np.asarray(expit(own + terms @ self.weights.ravel()), np.float32)

    def _terms(self, known: Doubles) -> Doubles:
        """(n, 18) the products of (1, l, p) and (1, features)."""
        scaled = (known - self.centre) / self.scale
        one = np.ones((len(known), 1))
        parts = np.concatenate([one, scaled[:, :2]], axis=1)
        features = np.concatenate([one, np.clip(scaled[:, 2:], -FURTHEST, FURTHEST)], axis=1)
        return np.asarray((parts[:, :, None] * features[:, None, :]).reshape(len(known), -1))


def learn_likes(
    reached: Floats, stars: Floats, habits: Doubles, n_item: Counts, given: Floats, penalty: float
) -> LikeStack:
    """From held-out ratings: as for `probability`, habits (n, 4), with the stars given (n,)."""
    own = _logit(reached)
    known = _known(own, stars, habits, n_item)
    centre, scale = known.mean(axis=0), np.maximum(known.std(axis=0), LEAST)
    stack = LikeStack(np.zeros((3, known.shape[1] - 1)), centre, scale)
    X, liked = stack._terms(known), given >= LIKED
    w = np.zeros(X.shape[1])
    for _ in range(NEWTON_STEPS):
        p = expit(own + X @ w)
        curvature = (X * (p * (1 - p))[:, None]).T @ X + penalty * np.eye(len(w))
        w += np.linalg.solve(curvature, X.T @ (liked - p) - penalty * w)
    return stack._replace(weights=w.reshape(stack.weights.shape))


def _logit(probability: Floats) -> Doubles:
    return np.asarray(logit(np.clip(probability.astype(np.float64), LEAST, 1 - LEAST)))


def _known(own: Doubles, stars: Floats, habits: Doubles, n_item: Counts) -> Doubles:
    """(n, 7) l, p, habits and log(1 + n_i), not yet scaled."""
    person = np.broadcast_to(habits, (len(own), habits.shape[-1]))
    return np.column_stack([own, stars, person, np.log1p(n_item)])
