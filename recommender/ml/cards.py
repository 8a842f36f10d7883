"""Which film to ask a newcomer about: one that was probably seen, and whose stars tell most about the others.

A rating is  r_j = mu + b_j + b_u + q_j . p + noise  with q_j the factors of the film and p those of the
person, as in svdpp.py. With a_j = (bias, q_j) the covariance of (b_u / bias, p) after the ratings of R is,
in units of the noise,

    C = (lambda I + sum over j in R of a_j a_j')^-1

and stars for film j will take from the summed variance of the predictions, film i counting by s_i,

    gain(j) = sum over i of s_i (a_i' C a_j)^2 / (1 + a_j' C a_j)

which needs no look at the stars themselves. A bias below 1 lets b_u, which every film teaches alike and which
reorders none, count for less than tastes do. s_i is the chance that somebody saw film i; that this person
saw it follows what was said of films like it:

    logit p_j = logit s_j + seen_pull   sum over rated k of cos(q_j, q_k)
                          - unseen_pull sum over unseen k of cos(q_j, q_k)

The next card is the film with the largest p_j^power gain(j). One near what was rated gains little more, so
that the cards spread over the tastes there are.

Cohn, Ghahramani and Jordan, "Active learning with statistical models" (1996) for the gain; Rubens, Elahi,
Sugiyama and Kaplan, "Active learning in recommender systems" (2015) for its place here; Elahi, Ricci and
Rubens, "A survey of active learning in collaborative filtering" (2016) for popularity times what is taught.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from recommender.ml.likeness import unit_rows

Doubles = NDArray[np.float64]
Rows = NDArray[np.int64]
# The share of people who saw the best known film, near enough to that of MovieLens 1M and latest-small.
BEST_KNOWN = 0.5


@dataclass(frozen=True)
class CardsConfig:
    """Chosen by NDCG@10 for half of the newcomers of MovieLens 1M and latest-small (tests/bench/cards.py)."""

    n_cards: int = 400  # the best known films: hardly anybody saw the others
    precision: float = 2.0  # lambda, that of the fold-in
    bias: float = 0.7
    power: float = 1.5
    seen_pull: float = 0.5
    unseen_pull: float = 0.3


class Answers(NamedTuple):
    """Film rows: those rated, in the order they were, and those of which somebody said "haven't seen it"."""

    rated: Rows
    unseen: Rows

    @classmethod
    def of(cls, rated: list[int], unseen: list[int]) -> Self:
        return cls(np.array(rated, np.int64), np.array(unseen, np.int64))


class Deck:
    """The films worth a card, by one model's factors; `films` (n_cards,) are rows, the best known first."""

    def __init__(
        self, Q: NDArray[np.floating], counts: NDArray[np.floating], config: CardsConfig | None = None
    ) -> None:
        """From the factors (n_items, n_factors) and how many people saw each film, (n_items,)."""
        self.config = config or CardsConfig()
        self.Q = Q
        best_known = np.argsort(-counts, kind="stable")[: self.config.n_cards]
        self.films: Rows = best_known[counts[best_known] > 0]
        self.A = self._design(self.films, self.config.bias)
        self.unit = unit_rows(self._factors(self.films))
        self.chance = BEST_KNOWN * counts[self.films].astype(np.float64) / max(counts.max(initial=0), 1)
        self.s: Doubles = self.chance / max(self.chance.sum(), np.finfo(float).tiny)
        self.W: Doubles = (self.A.T * self.s) @ self.A

    def order(self, answers: Answers, limit: int) -> Rows:
        """The `limit` film rows most worth asking about, best first, none that was answered."""
        value = self.values(answers)
        first = np.argsort(-value, kind="stable")[:limit]
        return self.films[first[value[first] > -np.inf]]

    def values(self, answers: Answers) -> Doubles:
        """(n_cards,) what each card is worth, -inf for those that were answered."""
        AC = self.A @ self._covariance(self._design(answers.rated, self.config.bias))
        gain = ((AC @ self.W) * AC).sum(axis=1) / (1 + (AC * self.A).sum(axis=1))
        value = self.chances_now(answers) ** self.config.power * gain
        value[np.isin(self.films, np.concatenate(answers))] = -np.inf
        return np.asarray(value)

    def chances_now(self, answers: Answers) -> Doubles:
        """(n_cards,) p, the chance that this person saw each film."""
        config = self.config
        near_seen, near_unseen = (self.unit @ unit_rows(self._factors(rows)).sum(axis=0) for rows in answers)
        odds = np.log(self.chance / (1 - self.chance))
        odds += config.seen_pull * near_seen - config.unseen_pull * near_unseen
        return np.asarray(1 / (1 + np.exp(-odds)))

    def taught(self, film: int, answers: Answers, limit: int) -> Rows:
        """The `limit` other film rows whose predictions stars for `film` sharpen most, the bias aside."""
        C = self._covariance(self._design(answers.rated, 0))
        told = self.s * np.square(self._design(self.films, 0) @ C @ self._design(np.array([film]), 0)[0])
        told[np.isin(self.films, [film, *answers.rated])] = -np.inf
        first = np.argsort(-told, kind="stable")[:limit]
        return np.asarray(self.films[first[told[first] > 0]])

    def spread(self, rated: Rows) -> float:
        """How far ratings lie from their predictions, 1 being as far as those of a person who is known well.

        sqrt(1 + the mean over the cards of a_i' C a_i), weighted by s_i, with a bias of 1.
        """
        known, cards = self._design(rated, 1), self._design(self.films, 1)
        variance = ((cards @ self._covariance(known)) * cards).sum(axis=1) @ self.s
        return float(np.sqrt(1 + variance))

    def _design(self, rows: Rows, bias: float) -> Doubles:
        return np.column_stack([np.full(len(rows), bias), self._factors(rows)])

    def _factors(self, rows: Rows) -> Doubles:
        return np.asarray(self.Q[rows], np.float64)

    def _covariance(self, A: Doubles) -> Doubles:
        return np.asarray(np.linalg.inv(A.T @ A + self.config.precision * np.eye(A.shape[1])))
