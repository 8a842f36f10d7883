"""Ways to part interactions into training and test; pure functions of the data, a share and a seed."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from recommender.ml.interactions import NO_TIME, Interactions


class Split(NamedTuple):
    """Two parts over the same vocabularies; every interaction is in one, in the order of its source."""

    train: Interactions
    test: Interactions


def random_split(data: Interactions, share: float, seed: int) -> Split:
    """The first round(n share) rows of a random permutation are the test part.

    A share of .1 is the random 90/10 split of the MovieLens literature (Sedhain et al. 2015 among others).
    """
    n = len(data)
    held_out = np.zeros(n, np.bool_)
    held_out[np.random.default_rng(seed).permutation(n)[: round(n * _exact(share))]] = True
    return _part(data, held_out)


def per_user_split(data: Interactions, share: float, seed: int) -> Split:
    """Of each user floor(n_u share) rows at random are the test part, so that everyone keeps a past."""
    shuffled = np.random.default_rng(seed).permutation(len(data))
    order = shuffled[np.argsort(data.user[shuffled], kind="stable")]
    counts = np.bincount(data.user, minlength=data.n_users)
    place = np.arange(len(data)) - np.repeat(np.cumsum(counts) - counts, counts)
    quota = _shares_of_counts(data, share, round_up=False)
    held_out = np.zeros(len(data), np.bool_)
    held_out[order[place < np.repeat(quota, counts)]] = True
    return _part(data, held_out)


def time_split(data: Interactions, share: float = 0.1) -> Split:
    """One moment parts everyone's past from everyone's future: the newest `share` of the rows is tested.

    The cut is the (1 - share) quantile of time; what lies after it is the test part. Rows without a time stay
    in training. Raises ValueError for data without times, or where all of them are the same.
    Source: Meng et al. 2020, Exploring Data Splitting Strategies for the Evaluation of Recommendation Models.
    """
    _exact(share)
    known = data.time != NO_TIME
    if not known.any():
        raise ValueError(
            "These ratings carry no timestamps, so they cannot be split by time; use a random split."
        )
    held_out = data.time > np.quantile(data.time[known], 1 - share)
    if not held_out.any():
        raise ValueError("Too many of these ratings carry the last timestamp to split them by time.")
    return _part(data, held_out)


def newest_split(data: Interactions) -> Split:
    """Leave one out: the newest film of each person is the test part; who has only one keeps it.

    Of equally new films the last in the source counts. Raises ValueError where a row has no time. Source: He
    et al. 2017, Neural Collaborative Filtering, section 4.1.
    """
    if (data.time == NO_TIME).any():
        raise ValueError("These ratings carry no timestamps, so nobody's newest film is known.")
    order = np.lexsort((np.arange(len(data)), data.time, data.user))
    counts = np.bincount(data.user, minlength=data.n_users)
    held_out = np.zeros(len(data), np.bool_)
    held_out[order[np.cumsum(counts)[counts > 1] - 1]] = True
    return _part(data, held_out)


def cold_user_split(data: Interactions, share: float, seed: int) -> Split:
    """round(n_users share) of those who rated anything are the test part, with all their rows."""
    return _part(data, _held_out_whole(data.user, share, seed))


def cold_film_split(data: Interactions, share: float, seed: int) -> Split:
    """round(n_films share) of the films that anyone rated are the test part, with all their rows."""
    return _part(data, _held_out_whole(data.item, share, seed))


def as_shown(data: Interactions, seed: int) -> Interactions:
    """The rows in the order in which newcomers show them: by time where all have one, else at random."""
    if len(data) and (data.time != NO_TIME).all():
        return data.take(np.argsort(data.time, kind="stable"))
    return data.take(np.random.default_rng(seed).permutation(len(data)))


def shown_first(data: Interactions, share: float) -> Split:
    """ "train" is the first ceil(n_u share) rows of each user, in the order of `data`; the rest is tested."""
    quota = _shares_of_counts(data, share, round_up=True)
    return _part(data, _places(data) >= quota[data.user])


def first_rows(data: Interactions, n: int) -> Interactions:
    """The first n rows of each user who has as many; nothing of the others."""
    counts = np.bincount(data.user, minlength=data.n_users)
    return data.take((_places(data) < n) & (counts[data.user] >= n))


def shortened(data: Interactions, most: int, seed: int) -> Interactions:
    """What newcomers have: 1 to `most` rows of each user, as many as drawn evenly in the logarithm."""
    rng = np.random.default_rng(seed)
    lengths = np.exp(rng.uniform(0, np.log(most + 1), data.n_users)).astype(np.int64)
    mixed = data.take(rng.permutation(len(data)))
    return mixed.take(_places(mixed) < lengths[mixed.user])


def _places(data: Interactions) -> NDArray[np.int64]:
    # (n,) the place from 0 of each row among those of its user.
    counts = np.bincount(data.user, minlength=data.n_users)
    place = np.empty(len(data), np.int64)
    order = np.argsort(data.user, kind="stable")
    place[order] = np.arange(len(data)) - np.repeat(np.cumsum(counts) - counts, counts)
    return place


def _shares_of_counts(data: Interactions, share: float, *, round_up: bool) -> NDArray[np.int64]:
    counts = np.bincount(data.user, minlength=data.n_users)
    part = _exact(share)
    return np.asarray((counts * part.numerator + (part.denominator - 1) * round_up) // part.denominator)


def _held_out_whole(of_row: NDArray[np.int32], share: float, seed: int) -> NDArray[np.bool_]:
    present = np.unique(of_row)
    chosen = np.random.default_rng(seed).permutation(present)[: round(len(present) * _exact(share))]
    return np.isin(of_row, chosen)


def _exact(share: float) -> Fraction:
    # 30 * .1 is a hair more than 3 in binary; the decimal that was written is meant.
    if not 0 < share < 1:
        raise ValueError(f"The share of the test part lies between 0 and 1, not at {share}.")
    return Fraction(str(share))


def _part(data: Interactions, held_out: NDArray[np.bool_]) -> Split:
    return Split(train=data.take(~held_out), test=data.take(held_out))
