"""How far predicted stars lie from those given."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from recommender.ml.metrics.means import mean_of_all, pair


def rmse(predicted: ArrayLike, actual: ArrayLike) -> float:
    """Root of the mean squared error, in stars; NaN for no predictions.

    Source: Herlocker et al. 2004, Evaluating Collaborative Filtering Recommender Systems, section 5.1.
    """
    return float(np.sqrt(mean_of_all(_errors(predicted, actual) ** 2)))


def mae(predicted: ArrayLike, actual: ArrayLike) -> float:
    """Mean absolute error, in stars; NaN for no predictions. Source: as `rmse`."""
    return mean_of_all(np.abs(_errors(predicted, actual)))


def exact_match(predicted: ArrayLike, actual: ArrayLike, step: float = 0.5) -> float:
    """Share of predictions that equal the rating once rounded to a whole number of steps; a half rounds up.

    `step` is that of the scale, half a star unless said. NaN for no predictions. Source: the accuracy of the
    item autoencoder document.
    """
    stars, given = pair(predicted, actual)
    return mean_of_all(np.floor(stars / step + 0.5) == np.round(given / step))


def _errors(predicted: ArrayLike, actual: ArrayLike) -> NDArray[np.float64]:
    left, right = pair(predicted, actual)
    return left - right
