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
    part = _exact(share)
    quota = counts * part.numerator // part.denominator
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


def _exact(share: float) -> Fraction:
    # 30 * .1 is a hair more than 3 in binary; the decimal that was written is meant.
    if not 0 < share < 1:
        raise ValueError(f"The share of the test part lies between 0 and 1, not at {share}.")
    return Fraction(str(share))


def _part(data: Interactions, held_out: NDArray[np.bool_]) -> Split:
    return Split(train=data.take(~held_out), test=data.take(held_out))
