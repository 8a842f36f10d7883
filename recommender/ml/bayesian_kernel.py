"""Gibbs sampling for SVD++ with implicit sets on both sides, compiled.

    r_ui = mu + sum over f of a_uf b_if + e_ui,     e_ui ~ N(0, 1 / alpha)
    a_uf = p_uf + |N(u)|^-1/2 sum over j in N(u) of y_jf
    b_if = q_if + |N(i)|^-1/2 sum over v in N(i) of z_vf + the same for what it is made of

N(u) are the films of user u, N(i) the users of film i (the flipped set). A film is made of genres, people,
its time and words of its title, each kind a set of its own. Two dimensions are the biases: b is 1 in
dimension 0, a is 1 in dimension 1. Each of p, y, q and z has in each dimension a normal prior N(m, 1 / l) of
its own, with (m, l) from a normal-gamma distribution, as in libFM: Rendle, "Factorization machines with
libFM" (TIST 2012). The model is that of Rendle, Zhang and Koren, "On the difficulty of evaluating baselines"
(2019), who describe films by nothing but their users.

Within one dimension the residuals depend on a user's parameters through a_u alone. It is enough to keep

    H_u = sum over i of b_if^2     G_u = sum over i of b_if e_ui

With x = 1 for p_u, and x_u = |N(u)|^-1/2 for y_j at every u that has j, any of them is drawn from

    N((alpha (G + H t) + l m) / (alpha H + l), 1 / (alpha H + l)),     G = sum x_u G_u,  H = sum x_u^2 H_u

where t is its old value; a change d of it takes x_u d H_u from G_u. So a sweep over y costs O(sum |N(u)|)
a dimension, and two passes over the ratings bring e up to date. The films' side is the same with the
roles exchanged.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Hashable, Sequence
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from recommender.ml.interactions import Catalogue, Interactions

Doubles = NDArray[np.float64]
Rows = NDArray[np.int32]

USER_BIAS, ITEM_BIAS = 0, 1  # the dimensions in which the other side is 1
YEARS_TOGETHER = 5
LONG_WORD = r"[^\W\d_]{4,}"  # shorter ones are mostly articles and prepositions
HYPER = 1.0  # every constant of the hyper-priors: shapes, rates and the weight of a mean of nought

# Reassociation lets the compiler add in vector registers; NaN must keep its meaning.
# Without Python's lock, chains run side by side.
compiled = numba.njit(cache=True, nogil=True, fastmath={"reassoc", "contract", "arcp", "nsz"})


class Sets(NamedTuple):
    """One kind of sets, such as a user's films: m members, and the rows that have j in theirs.

    Those are holders[starts[j]:starts[j + 1]].
    """

    member: Doubles  # (K, m): y or z
    scale: Doubles  # (n,): |N|^-1/2
    starts: NDArray[np.int64]  # (m + 1,)
    holders: Rows


class Kind(NamedTuple):
    """Rows and the members of their sets, side by side (n_pairs,), and how many members there are."""

    row: Rows
    member: Rows
    n_members: int


class Side(NamedTuple):
    """Users with their sets of films, or films with theirs of users, genres and so on."""

    own: Doubles  # (K, n): p or q, of n rows in K dimensions
    total: Doubles  # (K, n): a or b
    sets: tuple[Sets, ...]


class Prior(NamedTuple):
    """Mean and precision in every dimension: of a side's own parameters, then of each kind of sets."""

    mean: Doubles  # (1 + kinds, K)
    precision: Doubles  # (1 + kinds, K)


class Sampler:
    """A Markov chain over everything unknown; `sweep` draws each once, given the rest.

    user, item and the residuals e (n_ratings,) go user by user. Needs at least one rating.
    """

    def __init__(
        self, data: Interactions, n_factors: int, initial_sd: float, rng: np.random.Generator
    ) -> None:
        rated = data.rated
        by_user = np.argsort(rated.user, kind="stable")
        self.user, self.item = rated.user[by_user], rated.item[by_user]
        rating = rated.rating[by_user].astype(np.float64)
        self.mean = float(rating.mean())
        self.alpha = 1.0
        self._rng = rng
        self._by_item = np.argsort(self.item, kind="stable")
        self.users = _side(
            data.n_users, [Kind(data.user, data.item, data.n_items)], n_factors, initial_sd, rng
        )
        described = [Kind(data.item, data.user, data.n_users), *described_by(data.catalogue)]
        self.items = _side(data.n_items, described, n_factors, initial_sd, rng)
        _fix(self.users, ITEM_BIAS)
        _fix(self.items, USER_BIAS)
        self.e: Doubles = rating - self.mean
        for a, b in zip(self.users.total, self.items.total, strict=True):
            self.e -= a[self.user] * b[self.item]
        self.user_prior, self.item_prior = _wide(self.users), _wide(self.items)

    def sweep(self) -> None:
        """What is observed, priors, then dimension by dimension the users' side and the films' side."""
        self._observe()
        self.user_prior = draw_prior(self.users, self.user_prior, self._rng)
        self.item_prior = draw_prior(self.items, self.item_prior, self._rng)
        noise = [
            self._rng.standard_normal((len(side.own), _n_parameters(side)))
            for side in (self.users, self.items)
        ]
        sweep_dimensions(
            self.user,
            self.item,
            self.e,
            self.users,
            self.items,
            self.user_prior,
            self.item_prior,
            self.alpha,
            *noise,
        )

    def _observe(self) -> None:
        """A draw of the noise of ratings."""
        squared = float(self.e @ self.e)
        self.alpha = self._rng.gamma((HYPER + len(self.e)) / 2, 2 / (HYPER + squared))

    def expected_items(self) -> Doubles:
        """(K, n_items) b with every q at its mean given all the rest; nothing moves."""
        counts = np.bincount(self.item, minlength=self.items.own.shape[1])
        starts = np.concatenate([[0], np.cumsum(counts)])
        user, e = self.user[self._by_item], self.e[self._by_item]
        a, own = self.users.total[1:].T.copy(), self.items.own[1:]
        mean, precision = (of[0, 1:] for of in self.item_prior)
        b = self.items.total.copy()
        b[1:] += steps_to_mean(starts, user, e, a, own, mean, precision, self.alpha)
        return b


def described_by(catalogue: Catalogue) -> list[Kind]:
    """Films with the genres, spans of five years, words of titles and people that two of them share."""
    years = [[year // YEARS_TOGETHER] if year else [] for year in catalogue.years.tolist()]
    words = [re.findall(LONG_WORD, title.lower()) for title in catalogue.titles]
    kinds = [shared(members) for members in (catalogue.genres, years, words, catalogue.people)]
    return [kind for kind in kinds if kind.n_members]


def shared(members: Sequence[Collection[Hashable]]) -> Kind:
    """Rows of films and of those of their members that another film has too."""
    count = Counter(member for of_one in members for member in dict.fromkeys(of_one))
    places = {member: row for row, member in enumerate(name for name, films in count.items() if films > 1)}
    pairs = [
        (film, place)
        for film, of_one in enumerate(members)
        for place in sorted({places[member] for member in of_one if member in places})
    ]
    films, rows = np.array(pairs, np.int32).reshape(-1, 2).T
    return Kind(films, rows, len(places))


def _side(n_rows: int, kinds: list[Kind], n_factors: int, sd: float, rng: np.random.Generator) -> Side:
    own = rng.normal(0, sd, (n_factors + 2, n_rows))
    sets = tuple(_sets(kind, n_rows, n_factors + 2) for kind in kinds)
    return Side(own, own.copy(), sets)


def _sets(kind: Kind, n_rows: int, n_dimensions: int) -> Sets:
    row, member, n_members = kind
    scale = 1 / np.sqrt(np.maximum(np.bincount(row, minlength=n_rows), 1))
    starts = np.concatenate([[0], np.cumsum(np.bincount(member, minlength=n_members))])
    holders = row[np.argsort(member, kind="stable")].astype(np.int32)
    return Sets(np.zeros((n_dimensions, n_members)), scale, starts, holders)


def _fix(side: Side, dimension: int) -> None:
    side.own[dimension] = side.total[dimension] = 1


def _wide(side: Side) -> Prior:
    shape = (1 + len(side.sets), len(side.own))
    return Prior(np.zeros(shape), np.ones(shape))


def _n_parameters(side: Side) -> int:
    return int(side.own.shape[1] + sum(kind.member.shape[1] for kind in side.sets))


def draw_prior(side: Side, old: Prior, rng: np.random.Generator) -> Prior:
    """Mean and precision of all kinds of parameters from their conditional distributions."""
    kinds = (side.own, *(kind.member for kind in side.sets))
    drawn = [draw_normal_gamma(theta, mean, rng) for theta, mean in zip(kinds, old.mean, strict=True)]
    return Prior(*(np.stack(of) for of in zip(*drawn, strict=True)))


def draw_normal_gamma(theta: Doubles, mean: Doubles, rng: np.random.Generator) -> tuple[Doubles, Doubles]:
    """l | m ~ Gamma((n + 2) / 2, (1 + m^2 + sum (theta - m)^2) / 2), then m | l; (K,) each of (K, n)."""
    n = theta.shape[1]
    rate = HYPER + HYPER * mean**2 + np.square(theta - mean[:, None]).sum(axis=1)
    precision = rng.gamma((HYPER + n + 1) / 2, 2 / rate)
    centre = theta.sum(axis=1) / (n + HYPER)
    return centre + rng.standard_normal(len(theta)) / np.sqrt(precision * (n + HYPER)), precision


@compiled
def sweep_dimensions(
    user: Rows,
    item: Rows,
    e: Doubles,
    users: Side,
    items: Side,
    user_prior: Prior,
    item_prior: Prior,
    alpha: float,
    user_noise: Doubles,
    item_noise: Doubles,
) -> None:
    """One draw of every p, y, q and z, in place; noise (K, parameters of the side) is standard normal."""
    for f in range(len(users.own)):
        if f != ITEM_BIAS:
            draw_side(f, user, item, e, users, items.total[f], user_prior, alpha, user_noise[f])
        if f != USER_BIAS:
            draw_side(f, item, user, e, items, users.total[f], item_prior, alpha, item_noise[f])


@compiled
def draw_side(
    f: int,
    row: Rows,
    column: Rows,
    e: Doubles,
    side: Side,
    other: Doubles,
    prior: Prior,
    alpha: float,
    noise: Doubles,
) -> None:
    """One dimension of one side: its own parameters, those of its sets, and the residuals after them."""
    n = side.own.shape[1]
    G, H = residual_sums(row, column, e, other, n)
    change = draw_own(side.own[f], G, H, prior.mean[0, f], prior.precision[0, f], alpha, noise[:n])
    used = n
    for kind, sets in enumerate(side.sets, 1):
        m = sets.member.shape[1]
        mean, precision = prior.mean[kind, f], prior.precision[kind, f]
        step = draw_members(sets, f, G, H, mean, precision, alpha, noise[used : used + m])
        G -= step * H
        change += step
        used += m
    side.total[f] += change
    for r in range(len(e)):
        e[r] -= change[row[r]] * other[column[r]]


@compiled
def residual_sums(row: Rows, column: Rows, e: Doubles, other: Doubles, n: int) -> tuple[Doubles, Doubles]:
    """G and H of every row, (n,) each."""
    G, H = np.zeros(n), np.zeros(n)
    for r in range(len(e)):
        b = other[column[r]]
        G[row[r]] += b * e[r]
        H[row[r]] += b * b
    return G, H


@compiled
def draw_own(
    theta: Doubles, G: Doubles, H: Doubles, mean: float, precision: float, alpha: float, noise: Doubles
) -> Doubles:
    """p or q in one dimension; G follows. Returns the changes, (n,)."""
    change = np.empty_like(theta)
    for u in range(len(theta)):
        change[u] = drawn(theta[u], G[u], H[u], mean, precision, alpha, noise[u]) - theta[u]
        theta[u] += change[u]
        G[u] -= change[u] * H[u]
    return change


@compiled
def draw_members(
    sets: Sets, f: int, G: Doubles, H: Doubles, mean: float, precision: float, alpha: float, noise: Doubles
) -> Doubles:
    """y, z or those of genres in one dimension. Returns the changes of the rows' sums, (n,)."""
    theta = sets.member[f]
    # g = x G, h = x^2 H and the sum side by side: one row, one line of the cache.
    kept = np.stack((sets.scale * G, sets.scale**2 * H, np.zeros(len(G))), axis=1)
    for j in range(len(theta)):
        held = sets.holders[sets.starts[j] : sets.starts[j + 1]]
        g, h = 0.0, 0.0
        for u in held:
            g += kept[u, 0]
            h += kept[u, 1]
        change = drawn(theta[j], g, h, mean, precision, alpha, noise[j]) - theta[j]
        theta[j] += change
        for u in held:
            kept[u, 0] -= change * kept[u, 1]
            kept[u, 2] += change
    return sets.scale * kept[:, 2]


@compiled
def drawn(t: float, G: float, H: float, mean: float, precision: float, alpha: float, noise: float) -> float:
    """From N((alpha (G + H t) + l m) / (alpha H + l), 1 / (alpha H + l))."""
    total = alpha * H + precision
    return (alpha * (G + H * t) + precision * mean) / total + noise / math.sqrt(total)


@compiled
def steps_to_mean(
    starts: NDArray[np.int64],
    user: Rows,
    e: Doubles,
    a: Doubles,
    own: Doubles,
    mean: Doubles,
    precision: Doubles,
    alpha: float,
) -> Doubles:
    """(alpha A'A + L)^-1 (alpha A'e + L (m - q)) for every film, (k, n): what its q lacks to its mean.

    The ratings of film i are starts[i]:starts[i + 1]; A are the rows of a (n_users, k) of their users. A film
    of fewer ratings than factors takes a system of the size of its ratings (Woodbury's identity):

        (alpha A'A + L)^-1 v = w - B' (A B' + I / alpha)^-1 A w,     w = L^-1 v,  B = A L^-1
    """
    steps = np.empty_like(own)
    for i in range(own.shape[1]):
        mine = slice(starts[i], starts[i + 1])
        A = a[user[mine]]
        pull = alpha * (A.T @ e[mine]) + precision * (mean - own[:, i])
        if len(A) < len(precision):
            w, B = pull / precision, A / precision
            steps[:, i] = w - B.T @ np.linalg.solve(A @ B.T + np.eye(len(A)) / alpha, A @ w)
        else:
            steps[:, i] = np.linalg.solve(alpha * (A.T @ A) + np.diag(precision), pull)
    return steps
