"""Bayesian SVD++ of grades: a rating is a step on a scale, not a number with even distances.

    P(r_ui <= v_k) = Phi(cut_(k + 1) - f_ui),     f_ui = a_u . b_i as in bayesian.py

with cuts that are learned: ordered probit. Rendle, Zhang and Koren, "On the difficulty of evaluating
baselines" (2019), where it is the strongest of all; the sampler is in ordinal_kernel.py.

A draw keeps what it does in bayesian.py, and its cuts. A history is folded in by expectation-maximisation:
given z the hidden t of a rating is a normal variable in the interval of its grade, with mean

    E[t | f] = f + (phi(low) - phi(high)) / (Phi(high) - Phi(low))      low, high = the cuts of r, minus f

and given t there is the ridge regression of bayesian.py, z = (A'A + I)^-1 A'(t - m - A s). Draws differ in
the scale of f; each is brought to the mean cuts by the straight line that fits its own cuts best. With f the
mean over the draws and v its variance over draws, tastes z and films, the stars are

    score = v_0 + sum over k of (v_k - v_(k - 1)) Phi((f - cut_k) / sqrt(noise + v))
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from recommender.ml.bayesian import BayesianConfig, BayesianSVDPlusPlus, Draw, times
from recommender.ml.contract import Arrays
from recommender.ml.interactions import History, Interactions

if TYPE_CHECKING:
    from recommender.ml.bayesian_kernel import Sampler

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
FOLD_IN_STEPS = 3  # more bring nothing on validation parts
LEARNED_BESIDE = ("values", "cuts", "slope", "doubt")
SPREAD_DRAWS = 2  # draws over which the uncertainty of a taste is taken
LEAST = 1e-10


@dataclass(frozen=True)
class OrdinalConfig(BayesianConfig):
    """Factors, sweeps and chains by validation parts of MovieLens 1M, latest-small and 100K.

    With 64 factors and four chains 1M takes four times as long and gains .0007; four chains bring about .001
    on 100K, where those of different seeds differ by as much. The star blend has both.
    """

    n_factors: int = 48
    n_sweeps: int = 120
    n_burn_in: int = 20
    n_chains: int = 2


# Rendle, Zhang and Koren average over 512 sweeps of one chain, from the first on; see bayesian.py.
DOCUMENT = OrdinalConfig(n_factors=64, n_sweeps=512, n_burn_in=0, n_chains=1, shortening=0)


class Grades(NamedTuple):
    """Of every film on the scale of the mean cuts: f and the variance around it, (n_items,) each."""

    mean: Floats
    variance: Floats


class OrdinalSVDPlusPlus(BayesianSVDPlusPlus):
    """Posterior mean over draws of SVD++ flipped with ordered probit; knows how probable each grade is.

    c is kept for each draw, (n_items, n_samples), and like G on the scale of the mean cuts.
    """

    name: ClassVar[str] = "ordinal-svdpp"
    Config: ClassVar[type] = OrdinalConfig

    values_: Floats  # (L,) the stars that ratings take, rising
    cuts_: Doubles  # (n_samples, L - 1) of each draw
    slope_: Doubles  # (n_samples,) of the lines that bring the draws to the mean cuts
    doubt_: Floats  # (n_items,) variance of f by what is not known of the film

    def _sampler(self, data: Interactions, rng: np.random.Generator) -> Sampler:
        from recommender.ml.ordinal_kernel import OrdinalSampler

        sampler = OrdinalSampler(data, self.config.n_factors, self.config.initial_sd, rng)
        self.values_ = sampler.values.astype(np.float32)
        self._kept_cuts: list[Doubles] = []
        return sampler

    def _keep(self, chains: Sequence[Any]) -> None:
        self._kept_cuts += [chain.cuts[1:-1].copy() for chain in chains]

    def _stack(self, draws: Sequence[Draw]) -> None:
        super()._stack(draws)
        self.cuts_ = np.array(self._kept_cuts)
        constant, self.slope_ = lines_to_mean(self.cuts_)
        c = np.stack([draw.c for draw in draws], axis=1)
        apart = np.stack([np.square(draw.F - draw.G).sum(axis=1) for draw in draws], axis=1)
        unsure = np.square(self.m_ - c) + apart
        self.doubt_ = (unsure @ np.square(self.slope_) / len(draws)).astype(np.float32)
        self.c_ = (constant + self.slope_ * c).astype(np.float32)
        self.G_ *= self.slope_[:, None].astype(np.float32)

    def score_of(self, history: History, items: NDArray[np.int64] | slice) -> Floats:
        """(len(items),) the expected stars."""
        return self._stars(self.grades(history, items))

    def at_least(
        self, history: History, stars: float, items: NDArray[np.int64] | slice = slice(None)
    ) -> Floats:
        """(len(items),) how probable a rating of `stars` or more is."""
        return self._reached(self.grades(history, items), stars)

    def score_and_at_least(
        self, history: History, stars: float, items: NDArray[np.int64] | slice
    ) -> tuple[Floats, Floats]:
        """What score_of and at_least say, for one folding in."""
        grades = self.grades(history, items)
        return self._stars(grades), self._reached(grades, stars)

    def _reached(self, grades: Grades, stars: float) -> Floats:
        k = int(np.searchsorted(self.values_, stars))
        if not 0 < k < len(self.values_):
            return np.full(len(grades.mean), float(k == 0), np.float32)
        return np.asarray(self._above_cuts(grades)[k - 1], np.float32)

    def grades(self, history: History, items: NDArray[np.int64] | slice = slice(None)) -> Grades:
        """f of some films or all, and its variance, given the history; O(n_samples len(items) n_factors)."""
        z, s = self.fold_in(history)
        taste = (z + s).astype(np.float32)[:, :, None]
        G = self.G_[items].swapaxes(0, 1)
        f = (G @ taste)[:, :, 0] + self.c_[items].T
        variance = f.var(axis=0) + self.doubt_[items] + self._doubt_of_taste(G, history.rated, z + s)
        return Grades(f.mean(axis=0), variance)

    def _doubt_of_taste(self, G: Floats, rated: History, taste: Doubles) -> Floats:
        """(n_items,) variance of f by what is not known of the person, over the first draws."""
        A = self._design(rated)[:SPREAD_DRAWS]
        f = self.m_[rated.item].T[:SPREAD_DRAWS] + times(A, taste[:SPREAD_DRAWS])
        known = 1 - truncated(f, *self._grade_cuts(rated, len(A))).variance
        precision = (A * known[:, :, None]).swapaxes(1, 2) @ A + np.eye(A.shape[2])
        root = np.linalg.cholesky(np.linalg.inv(precision)).astype(np.float32)
        spread: Floats = np.square(G[:SPREAD_DRAWS] @ root).sum(axis=2).mean(axis=0)
        return spread

    def _folded(self, rated: History, s: Doubles) -> tuple[Doubles, Doubles]:
        """A (n_samples, n, n_factors + 1) and the expected t - m (n_samples, n)."""
        A, m = self._design(rated), self.m_[rated.item].T
        low, high = self._grade_cuts(rated, len(s))
        turned = A.swapaxes(1, 2)
        ridge = np.linalg.inv(turned @ A + np.eye(A.shape[2])) @ turned
        known = m + times(A, s)
        f = known
        for _ in range(FOLD_IN_STEPS):
            t = truncated(f, low, high).mean
            f = known + times(A, times(ridge, t - known))
        return A, np.asarray(truncated(f, low, high).mean - m)

    def _grade_cuts(self, rated: History, n_draws: int) -> tuple[Doubles, Doubles]:
        """The cuts below and above each rating, (n_draws, n) each."""
        level = np.abs(rated.rating[:, None] - self.values_).argmin(axis=1)
        without_end = np.full((n_draws, 1), np.inf)
        cuts = np.concatenate([-without_end, self.cuts_[:n_draws], without_end], axis=1)
        return cuts[:, level], cuts[:, level + 1]

    def _above_cuts(self, grades: Grades) -> Doubles:
        """(L - 1, n_items) probability that a rating lies above each inner cut."""
        return np.asarray(ndtr(self._from_cuts(grades)))

    def _from_cuts(self, grades: Grades) -> Doubles:
        cuts = self.cuts_mean[:, None]
        return np.asarray((grades.mean - cuts) / np.sqrt(self._noise() + grades.variance))

    def _noise(self) -> float:
        return float(np.square(self.slope_).mean())

    @property
    def cuts_mean(self) -> Doubles:
        """(L - 1,) the cuts to whose scale all draws are brought."""
        return np.asarray(self.cuts_.mean(axis=0))

    def _stars(self, grades: Grades) -> Floats:
        steps = np.diff(self.values_)
        return np.asarray(self.values_[0] + steps @ self._above_cuts(grades), np.float32)

    def contributions(self, history: History, item: int) -> Floats:
        """(len(history),) shares: those of f, exact for the t expected in the end, times stars for f.

        The stars are curved in f, so that the shares add up nearly but not quite.
        """
        here = self.grades(history, np.array([item]))
        density = np.exp(-np.square(self._from_cuts(here)[:, 0]) / 2) / np.sqrt(2 * np.pi)
        stars_for_f = np.diff(self.values_) @ density / np.sqrt(self._noise() + here.variance[0])
        return np.asarray(stars_for_f * super().contributions(history, item), np.float32)

    def state(self) -> dict[str, NDArray[Any]]:
        """As in bayesian.py, with c (n_items, n_samples); values (L,), cuts (n_samples, L - 1), slope
        (n_samples,) and doubt (n_items,)."""
        return super().state() | {name: getattr(self, f"{name}_") for name in LEARNED_BESIDE}

    @classmethod
    def from_state(cls, config: BayesianConfig, arrays: Arrays) -> Self:
        model = super().from_state(config, arrays)
        for name in LEARNED_BESIDE:
            setattr(model, f"{name}_", arrays[name])
        return model


class Truncated(NamedTuple):
    """Mean and variance of a normal variable of variance 1 that is known to lie in an interval."""

    mean: Doubles
    variance: Doubles


def truncated(f: Doubles, low: Doubles, high: Doubles) -> Truncated:
    """Of N(f, 1) between `low` and `high`, which may be infinite; all of one shape."""
    below, above = low - f, high - f
    share = np.maximum(ndtr(above) - ndtr(below), LEAST)
    at_low, at_high = _density(below), _density(above)
    shift = (at_low - at_high) / share
    edges = _finite(below) * at_low - _finite(above) * at_high
    return Truncated(np.clip(f + shift, low, high), np.clip(1 + edges / share - shift**2, 0.0, 1.0))


def lines_to_mean(cuts: Doubles) -> tuple[Doubles, Doubles]:
    """Constants and slopes (n_samples,) of the lines that bring each row nearest to the mean of all rows.

    Two values have one cut, which fixes no slope: it is 1. One value has none, and the lines move nothing.
    """
    if not cuts.shape[1]:
        return np.zeros(len(cuts)), np.ones(len(cuts))
    centre = cuts.mean(axis=0)
    own = cuts - cuts.mean(axis=1, keepdims=True)
    squared = np.square(own).sum(axis=1)
    slope = np.divide(own @ centre, squared, out=np.ones(len(cuts)), where=squared > 0)
    return centre.mean() - slope * cuts.mean(axis=1), slope


def _density(x: Doubles) -> Doubles:
    return np.asarray(np.exp(-np.square(x) / 2) / np.sqrt(2 * np.pi))


def _finite(x: Doubles) -> Doubles:
    return np.where(np.isfinite(x), x, 0.0)
