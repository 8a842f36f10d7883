"""One list for several people, from what each of them would give every film.

    average        g(i) = mean over p of r(p, i)
    least misery   g(i) = min over p of r(p, i), ties by the mean
    taking turns   round after round each p takes the i left with the highest r(p, i), ties by the mean

r is `stars`, (n_people, n_items), NaN where nothing is known of a person and a film. Such a person has no say
about that film: means and minima are over the others, and a film of which nothing is known at all is left
out. People take turns in the order of their rows; one of whom nothing is known is passed over. What ties even
by the mean keeps the order of the columns.

Masthoff, "Group Modeling: Selecting a Sequence of Television Items to Suit a Group of Viewers" (2004),
compares these and others; taking turns is her strategy "fairness". Masthoff, "Group Recommender Systems:
Combining Individual Models", Recommender Systems Handbook (2011). Least misery for small groups that choose a
film: O'Connor, Cosley, Konstan and Riedl, "PolyLens: A Recommender System for Groups of Users" (2001).
"""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Rows = NDArray[np.int64]
NOBODY = -1


class Ranked(NamedTuple):
    """Columns (n,) of a list, best first; n is at most the limit that was asked for."""

    items: Rows
    stars: Floats  # g(i), in stars; for turns what the person whose turn it is would give
    turn: Rows  # row of the person whose turn it is, NOBODY where the way knows no turns


def average(stars: Floats, limit: int) -> Ranked:
    """What pleases the group as a whole; somebody may dislike it."""
    mean = _mean(stars)
    return _ranked(_order(mean, mean)[:limit], mean)


def least_misery(stars: Floats, limit: int) -> Ranked:
    """A film is as good as it is for the person who likes it least."""
    least = np.where(np.isnan(stars), np.inf, stars).min(axis=0)
    least[np.isinf(least)] = np.nan
    return _ranked(_order(least, _mean(stars))[:limit], least)


def taking_turns(stars: Floats, limit: int) -> Ranked:
    """Everybody's favourites, one each in turn."""
    mean = _mean(stars)
    waiting = deque((person, iter(_order(own, mean).tolist())) for person, own in enumerate(stars))
    taken: dict[int, int] = {}
    while waiting and len(taken) < limit:
        person, favourites = waiting.popleft()
        favourite = next((item for item in favourites if item not in taken), None)
        if favourite is not None:
            taken[favourite] = person
            waiting.append((person, favourites))
    items, turn = (np.array(list(column), dtype=np.int64) for column in (taken, taken.values()))
    return Ranked(items, stars[turn, items], turn)


def _mean(stars: Floats) -> Floats:
    """(n_items,) over the people of whom something is known; NaN where there are none."""
    known = ~np.isnan(stars)
    total, count = np.where(known, stars, 0).sum(axis=0), known.sum(axis=0)
    mean: Floats = np.divide(total, count, out=np.full(len(total), np.nan), where=count > 0)
    return mean


def _order(first: Floats, then: Floats) -> Rows:
    """Columns by `first`, the highest at the top, ties by `then`; those of unknown `first` are left out."""
    known = np.flatnonzero(~np.isnan(first))
    return known[np.lexsort((-then[known], -first[known]))]


def _ranked(items: Rows, stars: Floats) -> Ranked:
    return Ranked(items, stars[items], np.full(len(items), NOBODY))
