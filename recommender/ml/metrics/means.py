"""Means and ratios where there may be nothing to divide by: NaN stands for "no figure"."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

PerUser = NDArray[np.float64]


def mean(per_user: PerUser) -> float:
    """The mean over the users who have a figure; NaN where nobody has."""
    return mean_of_all(per_user[~np.isnan(per_user)])


def mean_of_all(values: NDArray[np.float64] | NDArray[np.bool_]) -> float:
    return float(values.mean()) if values.size else float("nan")


def ratio(above: ArrayLike, below: ArrayLike) -> PerUser:
    """above / below, NaN where below is not above nought."""
    over, under = np.broadcast_arrays(np.asarray(above, np.float64), np.asarray(below, np.float64))
    found = np.full(over.shape, np.nan)
    np.divide(over, under, out=found, where=under > 0)
    return found


def pair(left: ArrayLike, right: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Predictions and ratings as float64. Raises ValueError where they are not one for one."""
    predicted, actual = np.asarray(left, np.float64), np.asarray(right, np.float64)
    if predicted.shape != actual.shape:
        raise ValueError(f"{predicted.size} predictions do not belong to {actual.size} ratings.")
    return predicted, actual
