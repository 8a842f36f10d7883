"""Bayesian SVD++ with the flipped implicit set: an average over the posterior instead of one best fit.

    r_ui = mu + a_u . b_i + noise      a_u = p_u + |N(u)|^-1/2 sum over j in N(u) of y_j
                                       b_i = q_i + |N(i)|^-1/2 sum over v in N(i) of z_v

with the biases as two of the dimensions. N(u) are the films of a user, N(i) the users of a film, rated or
only watched. Rendle, Zhang and Koren, "On the difficulty of evaluating baselines" (2019); drawn by Gibbs
sampling in bayesian_kernel.py, from where n_samples draws of the films' side and of the priors are kept.

One draw says: p_u = m + L^-1/2 z with z ~ N(0, I), where m and L are the mean and the (diagonal)
precision of all users' parameters, and the noise has precision alpha. With d_i the bias of a film,

    m_i = mu + d_i + b_i . m        F_i = L^-1/2 b_i        Y_j = L^1/2 y_j

(b_i is 1 in the dimension of the user's bias), and for a history s = |N|^-1/2 sum Y_j, A the rows of F of
its rated films, and e = r - m - A s what they leave to be explained:

    z     = (A'A + I / alpha)^-1 A' e          the mean of z given this draw and the history
    score = c + G (z + s)

averaged over the draws. c and G are m and F with every q at its mean given the people of this draw, which
leaves out the chance in q (Rao and Blackwell): on latest-small 16 draws then do as well as 32. Histories
are folded in with F itself, because that is how the sampler sees a user.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from recommender.ml.contract import Arrays, Job, Progress, Recommender, WarmStart, no_progress
from recommender.ml.interactions import History, Interactions

if TYPE_CHECKING:
    from recommender.ml.bayesian_kernel import Sampler

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
LEAST_SWEEPS = 30
LEARNED = ("c", "G", "m", "F", "Y", "noise", "rated")


@dataclass(frozen=True)
class BayesianConfig:
    """Chosen on validation parts of MovieLens 1M and latest-small; there is nothing to regularise.

    Several short chains do better than a long one: where ratings are few, draws fit them ever more closely
    for hundreds of sweeps, and predict worse for it (latest-small: .826 after 60 sweeps, .831 after 300).
    """

    n_factors: int = 32
    n_sweeps: int = 110  # for a million ratings or more
    shortening: float = 0.25  # power of the share of a million ratings by which there are fewer sweeps
    n_burn_in: int = 4  # first sweeps, too near to the start
    n_samples: int = 24  # draws kept, evenly spaced over the sweeps after those; a part of them by each chain
    n_chains: int = 4
    initial_sd: float = 0.1
    n_warm_burn_in: int = 2  # the burn-in of a fit that begins at a former one; n_sweeps falls by the rest

    def __post_init__(self) -> None:
        if min(self.n_factors, self.n_samples) < 1 or min(self.n_burn_in, self.n_warm_burn_in) < 0:
            raise ValueError("Bayesian SVD++ needs at least one factor and one sample.")
        if self.n_chains < 1 or self.n_samples % self.n_chains:
            raise ValueError(f"{self.n_chains} chains cannot share {self.n_samples} samples evenly.")
        if self.n_sweeps - self.n_burn_in < self.n_samples // self.n_chains:
            raise ValueError(f"{self.n_samples} samples need as many sweeps after the burn-in.")
        if self.initial_sd <= 0:
            raise ValueError("Factors that start at nought stay there: initial_sd must be above it.")

    def for_ratings(self, n_ratings: int) -> Self:
        """With the sweeps for so many ratings, never fewer than LEAST_SWEEPS or than the draws need."""
        share = min(n_ratings / 1e6, 1.0) ** self.shortening
        least = max(LEAST_SWEEPS, self.n_burn_in + self.n_samples // self.n_chains)
        return replace(self, n_sweeps=max(round(self.n_sweeps * share), min(self.n_sweeps, least)))

    @property
    def half(self) -> Self:
        """With half the sweeps and half the chains, and of each chain as many draws."""
        n_kept, n_chains = self.n_samples // self.n_chains, max(self.n_chains // 2, 1)
        n_burn_in = self.n_burn_in // 2
        return replace(
            self,
            n_sweeps=max(self.n_sweeps // 2, n_burn_in + n_kept),
            n_burn_in=n_burn_in,
            n_chains=n_chains,
            n_samples=n_kept * n_chains,
        )

    @property
    def warm(self) -> Self:
        """The same draws after the burn-in of a chain that begins near the posterior."""
        spared = max(self.n_burn_in - self.n_warm_burn_in, 0)
        return replace(self, n_sweeps=self.n_sweeps - spared, n_burn_in=self.n_burn_in - spared)


# Rendle, Zhang and Koren average over 512 sweeps, from the first on, with up to 512 factors. Their average is
# over all sweeps; a state holds films, so that it is over 24 of them here, and over 64 factors.
DOCUMENT = BayesianConfig(n_factors=64, n_sweeps=512, n_burn_in=0, n_chains=1, shortening=0)


class Draw(NamedTuple):
    """One draw as a person's prior: c and m (n_items,), G, F and Y (n_items, n_factors + 1), 1 / alpha."""

    c: Floats
    G: Floats
    m: Floats
    F: Floats
    Y: Floats
    noise: float


class Solved(NamedTuple):
    """A history folded in: z and s, (n_samples, n_factors + 1) each."""

    z: Doubles
    s: Doubles


class BayesianSVDPlusPlus(Recommender):
    """Posterior mean over draws of SVD++ flipped; scores any history by folding it in."""

    name: ClassVar[str] = "bayesian-svdpp"
    job: ClassVar[Job] = "stars"
    Config: ClassVar[type] = BayesianConfig

    c_: Floats  # (n_items,) the mean over the draws
    G_: Floats  # (n_items, n_samples, n_factors + 1), the user's bias first
    m_: Floats  # (n_items, n_samples)
    F_: Floats  # (n_items, n_samples, n_factors + 1)
    Y_: Floats  # (n_items, n_samples, n_factors + 1)
    noise_: Doubles  # (n_samples,)
    rated_: NDArray[np.bool_]  # (n_items,)

    def __init__(self, config: BayesianConfig | None = None) -> None:
        self.config: BayesianConfig = config or self.Config()

    def fit(
        self,
        data: Interactions,
        *,
        seed: int,
        progress: Progress = no_progress,
        start: WarmStart | None = None,
    ) -> Self:
        """Learn from ratings and unrated watches. Raises ValueError where nothing is rated.

        The chain begins at the last draw of a former model of as many factors, and burns in for less long.
        """
        self.rated_ = np.bincount(data.rated.item, minlength=data.n_items) > 0
        if not self.rated_.any():
            raise ValueError("Bayesian SVD++ needs at least one rating, the data have none.")
        former = start if start is not None and type(start.model) is type(self) else None
        self._sample(data, seed, progress, former)
        progress(1.0, "fitted")
        return self

    def _sample(self, data: Interactions, seed: int, progress: Progress, start: WarmStart | None) -> None:
        """Run the chains side by side, sweep by sweep, and keep their draws."""
        progress(0.0, "first state")
        config = self.config.for_ratings(len(data.rated))
        seeds = np.random.SeedSequence(seed).spawn(self.config.n_chains)
        chains = [self._sampler(data, np.random.default_rng(one)) for one in seeds]
        if start is not None:
            begun = [begin_at(chain, start) for chain in chains]
            config = config.warm if all(begun) else config
        kept = set(kept_sweeps(config))
        draws: list[Draw] = []
        with ThreadPoolExecutor(max_workers=min(len(chains), os.cpu_count() or 1)) as threads:
            for sweep in range(config.n_sweeps):
                progress(sweep / config.n_sweeps, f"sweep {sweep + 1} of {config.n_sweeps}")
                list(threads.map(lambda chain: chain.sweep(), chains))
                if sweep in kept:
                    draws += threads.map(lambda chain: as_prior(chain, self.rated_), chains)
                    self._keep(chains)
        self._stack(draws)

    def _sampler(self, data: Interactions, rng: np.random.Generator) -> Sampler:
        # Numba is a library of training; scoring, and with it the site, does without.
        from recommender.ml.bayesian_kernel import Sampler

        return Sampler(data, self.config.n_factors, self.config.initial_sd, rng)

    def _keep(self, chains: Sequence[Sampler]) -> None:
        """Note what a kind of sampler knows besides its draws, at every sweep that is kept."""

    def _stack(self, draws: Sequence[Draw]) -> None:
        c, self.G_, self.m_, self.F_, self.Y_ = (
            np.ascontiguousarray(np.stack([draw[field] for draw in draws], axis=1)) for field in range(5)
        )
        self.c_ = c.mean(axis=1)
        self.noise_ = np.array([draw.noise for draw in draws])

    def fold_in(self, history: History) -> Solved:
        """z and s of a history under every draw, in O(n_samples n n_factors^2)."""
        s = self._implicit_sum(history)
        A, above = self._folded(history.rated, s)
        left = above - times(A, s)
        return Solved(self._inverse_times(A, times(A.swapaxes(1, 2), left)), s)

    def score(self, history: History) -> Floats:
        """(n_items,) stars, not clipped; c for an empty history."""
        return self.score_of(history, slice(None))

    def score_of(self, history: History, items: NDArray[np.int64] | slice) -> Floats:
        """(len(items),) the scores of some films alone."""
        z, s = self.fold_in(history)
        taste = ((z + s) / len(s)).astype(np.float32)
        G = self.G_[items]
        return np.asarray(self.c_[items] + G.reshape(len(G), -1) @ taste.ravel())

    def contributions(self, history: History, item: int) -> Floats:
        """(len(history),) exact shares; they sum to the score minus the score without a history.

        With w = A (A'A + I / alpha)^-1 G_i the weight of every rated film, the score of one draw is

            c_i + sum_j w_j (r_j - m_j) + |N|^-1/2 sum_j (G_i - sum_k w_k F_k) . Y_j

        a sum over the films: the first term is 0 for one watched without a rating.
        """
        A, above = self._folded(history.rated, self._implicit_sum(history))
        G_i = self.G_[item].astype(np.float64)
        w = times(A, self._inverse_times(A, G_i))
        direction = G_i - times(A.swapaxes(1, 2), w)
        share = np.einsum("nsk,sk->n", self.Y_[history.item], direction) / np.sqrt(max(len(history), 1))
        share[~np.isnan(history.rating)] += (w * above).sum(axis=0)
        return np.asarray(share / len(w), dtype=np.float32)

    def similar(self, item: int) -> Floats:
        """(n_items,) cosine of G over all draws, without the user's bias; NaN for films that nobody rated.

        The product of two films is how their ratings vary together over all people.
        """
        own = self.G_[:, :, 1:].reshape(len(self.G_), -1)
        length = np.linalg.norm(own, axis=1)
        cosine = np.asarray(own @ own[item] / (length * length[item]), dtype=np.float32)
        cosine[~(self.rated_ & self.rated_[item])] = np.nan
        return cosine

    def state(self) -> dict[str, NDArray[Any]]:
        """c (n_items,), m (n_items, n_samples), G, F and Y (n_items, n_samples, n_factors + 1), float32;
        noise (n_samples,) float64; rated (n_items,) bool. Users are not kept."""
        return {name: getattr(self, f"{name}_") for name in LEARNED}

    @classmethod
    def from_state(cls, config: BayesianConfig, arrays: Arrays) -> Self:
        model = cls(config)
        for name in LEARNED:
            setattr(model, f"{name}_", arrays[name])
        return model

    def _implicit_sum(self, history: History) -> Doubles:
        total = self.Y_[history.item].sum(axis=0, dtype=np.float64)
        return np.asarray(total / np.sqrt(max(len(history), 1)))

    def _folded(self, rated: History, s: Doubles) -> tuple[Doubles, Doubles]:
        """A (n_samples, n, n_factors + 1) and r - m (n_samples, n)."""
        A = self._design(rated)
        return A, rated.rating.astype(np.float64) - self.m_[rated.item].T

    def _design(self, rated: History) -> Doubles:
        return self.F_[rated.item].swapaxes(0, 1).astype(np.float64)

    def _inverse_times(self, A: Doubles, vectors: Doubles) -> Doubles:
        """(A'A + I / alpha)^-1 times a vector, draw by draw."""
        penalty = self.noise_[:, None, None] * np.eye(A.shape[2])
        return np.asarray(np.linalg.solve(A.swapaxes(1, 2) @ A + penalty, vectors[:, :, None])[:, :, 0])


def times(A: Doubles, vectors: Doubles) -> Doubles:
    """A matrix times a vector, draw by draw."""
    return np.asarray((A @ vectors[:, :, None])[:, :, 0])


def kept_sweeps(config: BayesianConfig) -> list[int]:
    """The sweeps, from 0, whose draws are kept of every chain; the last is one of them."""
    n_kept = config.n_samples // config.n_chains
    apart = (config.n_sweeps - config.n_burn_in) / n_kept
    return [round(config.n_burn_in + apart * (n + 1)) - 1 for n in range(n_kept)]


def begin_at(sampler: Sampler, start: WarmStart) -> bool:
    """Move a chain to the last draw of a former model; False, and nothing moved, where the factors differ.

    In the coordinates of that draw, p = z, q = F (in the user's bias 1) and y = Y, all people are alike:
    those of `sampler` keep their first p, new films their first q, and the flipped set its noughts.
    """
    former = start.model.state()
    F, Y, m = (former[name][:, -1] for name in ("F", "Y", "m"))
    if F.shape[1] != len(sampler.items.own) - 1:
        return False
    from recommender.ml.bayesian_kernel import ITEM_BIAS, USER_BIAS

    known, rows = start.rows >= 0, start.rows[start.rows >= 0]
    users, items = sampler.users, sampler.items
    spread = float(F[0, USER_BIAS])  # of the people's bias, in stars
    films = users.sets[0]
    q = np.insert(F[rows].T, ITEM_BIAS, m[rows] - sampler.mean, axis=0)
    y = np.insert(Y[rows].T, ITEM_BIAS, 0, axis=0)
    q[USER_BIAS], y[USER_BIAS] = 1, y[USER_BIAS] * spread
    sampler.e += _products(sampler)
    items.own[:, known] = items.total[:, known] = q
    films.member[:, known] = y
    held = np.repeat(films.member, np.diff(films.starts), axis=1)
    for f, of_members in enumerate(held):
        users.total[f] += films.scale * np.bincount(films.holders, of_members, len(films.scale))
    sampler.e -= _products(sampler)
    return True


def _products(sampler: Sampler) -> Doubles:
    """sum over f of a_uf b_if, (n_ratings,)"""
    total = np.zeros(len(sampler.e))
    for a, b in zip(sampler.users.total, sampler.items.total, strict=True):
        total += a[sampler.user] * b[sampler.item]
    return total


def as_prior(sampler: Sampler, rated: NDArray[np.bool_]) -> Draw:
    """The state of the sampler as c, G, m, F and Y; without ratings a film has the mean of all as its q."""
    from recommender.ml.bayesian_kernel import ITEM_BIAS

    expected = sampler.expected_items()
    mean, precision = (np.delete(of[0], ITEM_BIAS) for of in sampler.user_prior)
    root = np.sqrt(precision)

    def seen_by_all(b: Doubles) -> tuple[Floats, Floats]:
        others = np.delete(b, ITEM_BIAS, axis=0)
        centre, F = sampler.mean + b[ITEM_BIAS] + mean @ others, others.T / root
        return centre.astype(np.float32), F.astype(np.float32)

    Y = np.delete(sampler.users.sets[0].member, ITEM_BIAS, axis=0).T * root
    drawn = np.where(rated, sampler.items.total, expected)
    return Draw(*seen_by_all(expected), *seen_by_all(drawn), Y.astype(np.float32), 1 / sampler.alpha)
