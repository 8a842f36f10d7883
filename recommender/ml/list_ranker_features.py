"""What the ranker knows of a person and a film, and the network that makes one number of it.

    x_ui  =  s_m(i) / sd_m of every list model m, with sd_m over all films,   the stars of a star model,
             log(1 + n_i), the film's mean stars, its year,
             log(1 + n_u), the person's mean stars, the mean of log(1 + n) over the history,
             (year_i - mean year of the history) / its deviation,
             g_i . G_u / |G_u|  with G_u the sum of g over the history: which genres it is made of,
             g_i . L_u / sqrt(n_u)  with L_u the sum of (r - mean r) g: which genres are liked
    net   =  w3 . silu(W2' silu(W1' x + b1) + b2) + b3,    silu(a) = a / (1 + exp(-a))

g_i is 1 / sqrt(number of genres) for each genre of film i. Every x is brought to mean 0 and deviation 1 and
cut at +-8. Elfwing, Uchibe and Doya, "Sigmoid-weighted linear units" (2018) for silu.
"""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from recommender.ml.folded_users import film_means
from recommender.ml.interactions import History, Interactions

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]
LEAST_SPREAD = 1.0  # years
LEAST_LENGTH = 1e-6
FURTHEST = 8.0  # deviations
N_PLAIN = 9  # features besides the models'


class FilmTable(NamedTuple):
    """Of every film: log(1 + n_i), damped mean stars and the year, (n_items,) each; genres (n_items, G)."""

    popularity: Floats
    stars: Floats
    year: Floats
    genres: Floats

    @classmethod
    def of(cls, data: Interactions) -> Self:
        years = np.asarray(data.catalogue.years, np.float64)
        known = years > 0
        years[~known] = years[known].mean() if known.any() else 0
        return cls(
            np.log1p(np.bincount(data.item, minlength=data.n_items)).astype(np.float32),
            film_means(data),
            years.astype(np.float32),
            _genres(data),
        )


def _genres(data: Interactions) -> Floats:
    names = sorted({name for genres in data.catalogue.genres for name in genres})
    place = {name: column for column, name in enumerate(names)}
    table = np.zeros((data.n_items, len(names)), np.float32)
    for row, genres in enumerate(data.catalogue.genres):
        table[row, [place[name] for name in genres]] = 1 / np.sqrt(max(len(genres), 1))
    return table


def features(lists: Floats, stars: Floats, films: FilmTable, history: History, rows: Rows) -> Floats:
    """(len(rows), n_features) of the films `rows`, for a history that is not empty.

    lists (n_list_models, len(rows)) in deviations, stars (len(rows),).
    """
    x = np.concatenate([lists, stars[None], _plain(films, history, rows)]).T
    return np.asarray(np.nan_to_num(x), np.float32)


def _plain(films: FilmTable, history: History, rows: Rows) -> Floats:
    """(N_PLAIN, len(rows)) as in the formula above."""
    rated = history.rated
    mean = float(rated.rating.mean()) if len(rated) else float(films.stars.mean())
    years = films.year[history.item]
    made_of = films.genres[history.item].sum(axis=0)
    liked = (rated.rating - mean) @ films.genres[rated.item]
    own, genres = films.year[rows], films.genres[rows]
    of_film = (films.popularity[rows], films.stars[rows], own)
    of_person = (np.log1p(len(history)), mean, films.popularity[history.item].mean())
    of_both = (
        (own - years.mean()) / max(years.std(), LEAST_SPREAD),
        genres @ made_of / max(float(np.linalg.norm(made_of)), LEAST_LENGTH),
        genres @ liked / np.sqrt(max(len(rated), 1)),
    )
    return np.asarray([np.broadcast_to(x, len(rows)) for x in (*of_film, *of_person, *of_both)], np.float32)


class RankingNetwork(NamedTuple):
    """centre and scale (n_features,); W1 (n_features, h1), b1, W2 (h1, h2), b2, w3 (h2,) and b3."""

    centre: Floats
    scale: Floats
    W1: Floats
    b1: Floats
    W2: Floats
    b2: Floats
    w3: Floats
    b3: Floats

    @classmethod
    def silent(cls, n_features: int) -> Self:
        """Stands for an order that could not be learned."""
        nought = np.zeros((n_features, 1), np.float32)
        one = np.zeros((1, 1), np.float32)
        return cls(nought[:, 0], nought[:, 0] + 1, nought, one[0], one, one[0], one[0], one[0, 0])

    @property
    def is_silent(self) -> bool:
        return not self.w3.any()

    def score(self, x: Floats) -> Floats:
        """(n,) of x (n, n_features)."""
        return np.asarray(_silu(self._hidden(x)[1]) @ self.w3 + self.b3, np.float32)

    def gradient(self, x: Floats) -> Floats:
        """(n, n_features) of the score by x."""
        first, second = self._hidden(x)
        back = (_slope(second) * self.w3) @ self.W2.T
        inside = np.abs((x - self.centre) / self.scale) < FURTHEST
        return np.asarray((_slope(first) * back) @ self.W1.T * inside / self.scale, np.float32)

    def _hidden(self, x: Floats) -> tuple[Floats, Floats]:
        """What goes into the first and the second layer of units."""
        standard = np.clip((x - self.centre) / self.scale, -FURTHEST, FURTHEST)
        first = standard @ self.W1 + self.b1
        return first, _silu(first) @ self.W2 + self.b2


def _sigmoid(a: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(a, -60, 60))), np.float32)


def _silu(a: Floats) -> Floats:
    return np.asarray(a * _sigmoid(a), np.float32)


def _slope(a: Floats) -> Floats:
    """Of silu."""
    s = _sigmoid(a)
    return np.asarray(s + a * s * (1 - s), np.float32)
