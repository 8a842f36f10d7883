"""Intervals: those a model gives around its stars, and those that repeated measurements have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from recommender.ml.metrics.means import mean_of_all


class Interval(NamedTuple):
    """mean - half_width to mean + half_width; NaN half_width where one value says nothing of the others."""

    mean: float
    half_width: float


def interval(values: Sequence[float], confidence: float = 0.95) -> Interval:
    """The mean of repeated measurements with Student's interval: t s / sqrt(n), n - 1 degrees of freedom.

    s is the sample's standard deviation. Values that are NaN have no part. Random splits overlap, so that
    over them it is somewhat too narrow (Nadeau and Bengio 2003). Source: Student 1908.
    """
    known = np.asarray(values, np.float64)
    known = known[~np.isnan(known)]
    n = len(known)
    if n < 2:
        return Interval(mean_of_all(known), float("nan"))
    t = float(stdtrit(n - 1, 0.5 + confidence / 2))
    return Interval(float(known.mean()), t * float(known.std(ddof=1)) / n**0.5)


def interval_coverage(low: ArrayLike, high: ArrayLike, actual: ArrayLike) -> float:
    """Share of ratings that lie in their interval, ends included; NaN for none.

    A calibrated 80 % interval covers .8. Source: Gneiting, Balabdaoui and Raftery 2007, section 3.
    """
    bottom, top, given = (np.asarray(values, np.float64) for values in (low, high, actual))
    return mean_of_all((bottom <= given) & (given <= top))


def interval_width(low: ArrayLike, high: ArrayLike) -> float:
    """Mean width in stars: of two calibrated models the narrower says more. Source: as above."""
    return mean_of_all(np.asarray(high, np.float64) - np.asarray(low, np.float64))


def interval_coverage_by_width(
    low: ArrayLike, high: ArrayLike, actual: ArrayLike, n_buckets: int = 5
) -> list[float]:
    """(n_buckets,) the coverage of the narrowest fifth of the intervals, the next, ..., the widest.

    Buckets differ in size by one at most, equal widths staying in their order; NaN for an empty one. Where
    all are near the same share, wide intervals are wide for a reason. Source: the reliability diagrams of
    Murphy and Winkler 1977, with widths in place of forecast chances.
    """
    bottom, top, given = (np.asarray(values, np.float64) for values in (low, high, actual))
    order = np.argsort(top - bottom, kind="stable")
    return [
        interval_coverage(bottom[rows], top[rows], given[rows]) for rows in np.array_split(order, n_buckets)
    ]
