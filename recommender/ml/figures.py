"""The figures of a table, by the names they have there, from what a model answered."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recommender.ml import metrics
from recommender.ml.answers import RankedLists, StarPredictions
from recommender.ml.interactions import Catalogue, Interactions
from recommender.ml.like_stack import LIKED
from recommender.ml.splits import Split

LIKE_THRESHOLDS = (4.0, 3.5)  # the second is that of document D; on whole stars they are the same
EVEN = 0.5  # probability from which a film is predicted to be liked
BUCKETS = 5


def star_figures(
    predicted: StarPredictions, split: Split, *, with_cold_slices: bool = False
) -> dict[str, float]:
    """The metrics of stars and likes, of intervals where there are some, and of cold slices where asked."""
    test, stars = split.test, predicted.stars
    step = metrics.rating_step(split.train.rating)
    figures = {
        "RMSE": metrics.rmse(stars, test.rating),
        "MAE": metrics.mae(stars, test.rating),
        "exact": metrics.exact_match(stars, test.rating, step),
    }
    if with_cold_slices:
        for name, rows in cold_slices(split).items():
            figures[f"RMSE {name}"] = metrics.rmse(stars[rows], test.rating[rows])
    liked_from = metrics.like_cut(LIKED, step)
    for threshold in LIKE_THRESHOLDS:
        # A model that knows how probable a like is orders films by that better than by expected stars.
        if predicted.liking is not None and metrics.like_cut(threshold, step) == liked_from:
            found = metrics.like_figures(predicted.liking, test.rating, threshold, step, EVEN)
        else:
            found = metrics.like_figures(stars, test.rating, threshold, step)
        names = ("AUC", "accuracy", "majority", "precision", "recall", "F1")
        figures |= {f"{name} {threshold:g}": value for name, value in zip(names, found, strict=True)}
    return figures | _interval_figures(predicted, test.rating) | {"replaced": float(predicted.replaced)}


def cold_slices(split: Split) -> dict[str, NDArray[np.bool_]]:
    """Rows of the test part by what the training part knows; a row can be of a new user and a new film."""
    new_user = ~np.isin(split.test.user, split.train.user)
    new_film = ~np.isin(split.test.item, split.train.item)
    return {"warm": ~new_user & ~new_film, "new users": new_user, "new films": new_film}


def list_figures(lists: RankedLists, split: Split, top: int) -> dict[str, float]:
    """The metrics of lists: all held-out films are relevant, or ("liked") those of 4 stars or more."""
    liked = split.test.take(split.test.rating >= LIKED)
    return {
        **_accuracy(lists, split.test, top),
        **{f"{name} liked": value for name, value in _accuracy(lists, liked, top).items()},
        **_beyond_accuracy(lists, split.train),
    }


def figures_apart(lists: RankedLists) -> dict[str, float]:
    """Those of a place among negatives, or among films that nobody rated."""
    return {name: metrics.mean(values) for name, values in lists.apart.items()}


def _interval_figures(predicted: StarPredictions, actual: NDArray[np.float32]) -> dict[str, float]:
    if predicted.low is None or predicted.high is None:
        return {}
    known = ~np.isnan(predicted.low) & ~np.isnan(predicted.high)
    ends = predicted.low[known], predicted.high[known]
    by_width = metrics.interval_coverage_by_width(*ends, actual[known], BUCKETS)
    return {
        "coverage 80 %": metrics.interval_coverage(*ends, actual[known]),
        "width": metrics.interval_width(*ends),
        **{f"coverage 80 %, width {at} of {BUCKETS}": share for at, share in enumerate(by_width, 1)},
    }


def _accuracy(lists: RankedLists, test: Interactions, n: int) -> dict[str, float]:
    held_out = _relevant(test, lists.users)
    counts = np.diff(held_out.indptr)
    # Of those with nothing to find no figure is asked, not even one that would be nought.
    asked = counts > 0
    hit, counts = metrics.hits(lists.items, held_out)[asked], counts[asked]
    precision, recall = metrics.mean(metrics.precision(hit)), metrics.mean(metrics.recall(hit, counts))
    return {
        f"P@{n}": precision,
        f"R@{n}": recall,
        f"F1@{n}": float(metrics.f1(precision, recall)),
        f"hit@{n}": metrics.mean(metrics.hit_rate(hit)),
        f"NDCG@{n}": metrics.mean(metrics.ndcg(hit, counts)),
        f"MAP@{n}": metrics.mean(metrics.average_precision(hit, counts)),
        f"MRR@{n}": metrics.mean(metrics.reciprocal_rank(hit)),
    }


def _beyond_accuracy(lists: RankedLists, train: Interactions) -> dict[str, float]:
    popularity = np.bincount(train.item, minlength=train.n_items)
    n_people = len(np.unique(train.user))
    genres = genre_features(train.catalogue)
    return {
        "coverage": metrics.coverage(lists.items, train.n_items),
        "novelty": metrics.mean(metrics.novelty(lists.items, popularity, n_people)),
        "Gini": metrics.gini(metrics.exposure(lists.items, train.n_items)),
        "ARP": metrics.mean(metrics.average_popularity(lists.items, popularity)),
        "diversity": metrics.mean(metrics.intra_list_diversity(lists.items, genres)),
    }


def genre_features(catalogue: Catalogue) -> sparse.csr_array:
    """(n_items, n_genres) 1 where a film is of a genre."""
    names = {
        name: column for column, name in enumerate(sorted({g for film in catalogue.genres for g in film}))
    }
    columns = [names[genre] for film in catalogue.genres for genre in film]
    starts = np.concatenate([[0], np.cumsum([len(film) for film in catalogue.genres])]).astype(np.int64)
    shape = (len(catalogue), max(len(names), 1))
    return sparse.csr_array((np.ones(len(columns)), np.array(columns, np.int64), starts), shape=shape)


def _relevant(test: Interactions, users: NDArray[np.int64]) -> sparse.csr_array:
    shape = (test.n_users, test.n_items)
    every = sparse.csr_array((np.ones(len(test), np.bool_), (test.user, test.item)), shape=shape)
    return sparse.csr_array(every[users])
