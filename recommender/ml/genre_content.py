"""Films of the same genres: TF-IDF vectors of the genres, and their cosine.

    idf_g   = ln((1 + films) / (1 + films of g)) + 1
    x_i     = idf_g for each genre g of film i, scaled to unit length
    cos     = x_i . x_j
    score(i) = x_i . p + popularity_weight z_i,    p = sum over j in the history of w_j x_j / sum of |w_j|

w_j are the weights of content.py: what a rating lies above the person's centre. z_i = log(1 + people who
watched i), standardised over the films that anybody watched: dozens of films have the very same genres, and
without it their order is nobody's. Salton and Buckley, "Term-weighting approaches in automatic text
retrieval" (1988); the smoothed idf is that of scikit-learn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from recommender.ml.content import taste_weights
from recommender.ml.contract import Arrays, Job, Progress, Recommender, WarmStart, no_progress
from recommender.ml.interactions import History, Interactions

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class GenreContentConfig:
    """Best NDCG@10 on a validation part of latest-small, a fifth of each user's training ratings."""

    popularity_weight: float = 0.4  # in cosines a deviation
    neutral: float = 2.0  # stars
    own_mean_share: float = 0.0
    unrated_weight: float = 0.5  # of a film watched without a rating, in stars

    def __post_init__(self) -> None:
        if self.popularity_weight < 0 or not 0 <= self.own_mean_share <= 1:
            raise ValueError("Popularity weighs from nought, and own_mean_share lies between 0 and 1.")


# As document E prints it: the cosine of the genres alone; a history of one film is its query.
DOCUMENT = GenreContentConfig(popularity_weight=0.0, neutral=0.0, own_mean_share=0.0, unrated_weight=1.0)


class GenreContent(Recommender):
    """A list model."""

    name: ClassVar[str] = "genre-content"
    job: ClassVar[Job] = "list"
    Config: ClassVar[type] = GenreContentConfig

    X_: Floats  # (n_items, n_genres), rows of unit length, or nought for a film without genres
    popularity_: Floats  # (n_items,) z

    def __init__(self, config: GenreContentConfig | None = None) -> None:
        self.config: GenreContentConfig = config or GenreContentConfig()

    def fit(
        self,
        data: Interactions,
        *,
        seed: int,
        progress: Progress = no_progress,
        start: WarmStart | None = None,
    ) -> Self:
        """Read the genres of the catalogue and count who watched; nothing is random, no rating is read."""
        progress(0.0, "genres")
        self.X_ = tfidf(data.catalogue.genres)
        self.popularity_ = _standardised_log(np.bincount(data.item, minlength=data.n_items))
        progress(1.0, "fitted")
        return self

    def score(self, history: History) -> Floats:
        """(n_items,); NaN for a film without genres where nothing but genres counts."""
        shares = self._shares(history)
        score = self.X_ @ (self.X_[history.item].T @ shares)
        if self.config.popularity_weight == 0:
            return self._known(score)
        return np.asarray(score + np.float32(self.config.popularity_weight) * self.popularity_)

    def _shares(self, history: History) -> Floats:
        """(len(history),) w_j / sum of |w_j|"""
        config = self.config
        weight = taste_weights(
            history.rating, config.neutral, config.own_mean_share, unrated=config.unrated_weight
        )
        return np.asarray(weight / max(float(np.abs(weight).sum()), 1e-6), np.float32)

    def contributions(self, history: History, item: int) -> Floats:
        """(len(history),) exact shares; they sum to the score minus the score without a history."""
        return np.asarray(self._shares(history) * (self.X_[history.item] @ self.X_[item]), np.float32)

    def similar(self, item: int) -> Floats:
        """(n_items,) cosine of the genres; NaN for films without genres."""
        if not self.X_[item].any():
            return np.full(len(self.X_), np.nan, np.float32)
        return self._known(self.X_ @ self.X_[item])

    def _known(self, score: Floats) -> Floats:
        return np.where(self.X_.any(axis=1), score, np.float32(np.nan))

    def state(self) -> dict[str, NDArray[Any]]:
        """X (n_items, n_genres) and popularity (n_items,), float32."""
        return {"X": self.X_, "popularity": self.popularity_}

    @classmethod
    def from_state(cls, config: GenreContentConfig, arrays: Arrays) -> Self:
        model = cls(config)
        model.X_, model.popularity_ = arrays["X"], arrays["popularity"]
        return model


def tfidf(genres: Sequence[tuple[str, ...]]) -> Floats:
    """(films, genres in alphabetical order) rows of unit length, noughts for a film without genres."""
    names = {name: column for column, name in enumerate(sorted(set().union(*genres)))}
    X = np.zeros((len(genres), len(names)))
    for row, own in enumerate(genres):
        X[row, [names[name] for name in own]] = 1
    X *= np.log((1 + len(X)) / (1 + X.sum(axis=0))) + 1
    length = np.linalg.norm(X, axis=1, keepdims=True)
    unit = np.divide(X, length, out=np.zeros_like(X), where=length > 0)
    return np.asarray(unit, np.float32)


def _standardised_log(counts: NDArray[np.int64]) -> Floats:
    watched = np.log1p(counts[counts > 0])
    if not len(watched):
        return np.zeros(len(counts), np.float32)
    deviation = float(watched.std()) or 1.0
    return np.asarray((np.log1p(counts) - watched.mean()) / deviation, np.float32)
