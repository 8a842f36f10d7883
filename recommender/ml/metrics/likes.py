"""Whether predicted stars tell what someone likes from what someone does not."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from recommender.ml.metrics.means import mean_of_all, pair


class LikeFigures(NamedTuple):
    """Shares from 0 to 1; NaN where there is nothing to divide by.

    majority is the accuracy of saying of every film what is true of most: the baseline of `accuracy`.
    """

    auc: float
    accuracy: float
    majority: float
    precision: float
    recall: float
    f1: float


def like_figures(
    predicted: ArrayLike, actual: ArrayLike, threshold: float, step: float = 0.5, cut: float | None = None
) -> LikeFigures:
    """Of films rated `threshold` stars and more, and films rated less, how many are told apart.

    A film is predicted to be liked from `cut`, which is `like_cut` stars unless said: another is for
    predictions that are no stars, such as probabilities. Precision = hits / predicted, recall = hits /
    liked, F1 = 2 P R / (P + R). Source: Herlocker et al. 2004, section 5.2.
    """
    stars, given = pair(predicted, actual)
    liked, said = given >= threshold, stars >= (like_cut(threshold, step) if cut is None else cut)
    hit, n_liked, n_said = int((liked & said).sum()), int(liked.sum()), int(said.sum())
    share = mean_of_all(liked)
    return LikeFigures(
        auc=auc(stars, liked),
        accuracy=mean_of_all(liked == said),
        majority=max(share, 1 - share),
        precision=hit / n_said if n_said else float("nan"),
        recall=hit / n_liked if n_liked else float("nan"),
        f1=2 * hit / (n_liked + n_said) if n_liked + n_said else float("nan"),
    )


def like_cut(threshold: float, step: float) -> float:
    """The midpoint between the highest rating that is not liked and the lowest that is.

    A prediction is so read as the class of the nearest rating of the scale. The cut is a property of the
    scale: nothing is chosen by looking at ratings, neither those of training nor those of the test.
    """
    lowest_liked = np.ceil(round(threshold / step, 6)) * step
    return float(lowest_liked - step / 2)


def rating_step(ratings: NDArray[np.floating]) -> float:
    """The step of the scale that some ratings are on: 1 where all are whole stars, else half a star."""
    known = ratings[~np.isnan(ratings)]
    return 1.0 if (known == np.round(known)).all() else 0.5


def auc(score: ArrayLike, positive: ArrayLike) -> float:
    """Chance that a positive scores above a negative, ties counting half: the area under the ROC curve.

    From the mean ranks R of the n+ positives among all: (sum R - n+ (n+ + 1) / 2) / (n+ n-), the statistic
    of Mann and Whitney. NaN without either class. Source: Hanley and McNeil 1982, The Meaning and Use of
    the Area under a Receiver Operating Characteristic Curve.
    """
    wanted = np.asarray(positive, np.bool_)
    _, level, counts = np.unique(np.asarray(score), return_inverse=True, return_counts=True)
    mean_rank = np.cumsum(counts) - (counts - 1) / 2
    n_positive = int(wanted.sum())
    pairs = n_positive * (len(wanted) - n_positive)
    if not pairs:
        return float("nan")
    return float((mean_rank[level][wanted].sum() - n_positive * (n_positive + 1) / 2) / pairs)
