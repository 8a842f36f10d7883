"""What predictions and ranked lists are worth.

Nothing here knows a model. Predictions are parallel arrays of stars. A ranked list is a row of item rows,
best first, padded with -1; `hits` turns lists into a boolean matrix (n_users, N), from which the list metrics
give one figure a user; a table shows their mean over the users with something held out.
"""

from recommender.ml.metrics.beyond_accuracy import (
    average_popularity,
    coverage,
    exposure,
    gini,
    intra_list_diversity,
    miscalibration,
    novelty,
)
from recommender.ml.metrics.intervals import (
    Interval,
    interval,
    interval_coverage,
    interval_coverage_by_width,
    interval_width,
)
from recommender.ml.metrics.likes import LikeFigures, auc, like_cut, like_figures, rating_step
from recommender.ml.metrics.lists import (
    Hits,
    average_precision,
    f1,
    hit_rate,
    hits,
    ndcg,
    place_among,
    place_ndcg,
    precision,
    recall,
    reciprocal_rank,
)
from recommender.ml.metrics.means import PerUser, mean
from recommender.ml.metrics.stars import exact_match, mae, rmse

__all__ = [
    "Hits",
    "Interval",
    "LikeFigures",
    "PerUser",
    "auc",
    "average_popularity",
    "average_precision",
    "coverage",
    "exact_match",
    "exposure",
    "f1",
    "gini",
    "hit_rate",
    "hits",
    "interval",
    "interval_coverage",
    "interval_coverage_by_width",
    "interval_width",
    "intra_list_diversity",
    "like_cut",
    "like_figures",
    "mae",
    "mean",
    "miscalibration",
    "ndcg",
    "novelty",
    "place_among",
    "place_ndcg",
    "precision",
    "rating_step",
    "recall",
    "reciprocal_rank",
    "rmse",
]
