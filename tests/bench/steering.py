"""What steering costs and brings: everybody's list from the serving door, judged on what was held out.

python -m tests.bench.steering DATASET [--people 600] [--json RESULT]

A fifth of everybody's ratings is held out; what is served is fitted on the rest. Each line is one way to
steer: NDCG@10 over all held-out films and over those of 4 stars or more, mean predicted stars of the list,
intra-list distance by genre, miscalibration against the genres of the history, share of the catalogue that
is shown, and the median popularity rank and year of the films. The first line is the list without any
re-ranking.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from pathlib import Path

import django
import numpy as np
from scipy import sparse

from tests.bench import results, sections
from tests.bench.results import Figures

TOP = 10
# Columns of the table after the way, by the name of the figure and its format.
COLUMNS = {
    "NDCG@10": ("ndcg", ".4f"),
    "of 4 stars or more": ("ndcg_liked", ".4f"),
    "predicted stars": ("stars", ".4f"),
    "distance": ("distance", ".4f"),
    "miscalibration": ("miscalibration", ".4f"),
    "coverage": ("coverage", ".4f"),
    "place": ("rank", ".0f"),
    "year": ("year", ".0f"),
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--people", type=int, default=600)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    found = measured(asked.dataset, asked.people)
    print(tables({asked.dataset.stem: found}))
    results.keep(found, asked.json)


def tables(by_set: Mapping[str, Figures]) -> str:
    (found,) = by_set.values()
    rows = [
        [way, *(f"{figures[name]:{form}}" for name, form in COLUMNS.values())]
        for way, figures in found["ways"].items()
    ]
    return sections.table(["way", *COLUMNS], rows)


def measured(path: Path, people: int) -> Figures:
    from recommender import training
    from recommender.live import LiveModels
    from recommender.ml.contract import no_progress
    from recommender.ml.movielens import open_dataset
    from recommender.ml.splits import per_user_split

    data = open_dataset(path).interactions()
    split = per_user_split(data, 0.2, 0)
    live = LiveModels("bench", training.fit_all(split.train, progress=no_progress), data.items)
    users = np.sort(np.random.default_rng(0).permutation(np.unique(split.test.user))[:people])
    return {"ways": {name: figures_of(live, split, users, steering) for name, steering in ways().items()}}


def ways():
    from recommender.steering import ENGINES, Steering

    engines = {f"engine {name}": Steering(engine=name) for name in ENGINES}
    sliders = {
        f"{slider} {step:+}": Steering(**{slider: step})
        for slider in ("surprise", "rarity", "newness")
        for step in (-2, -1, 1, 2)
    }
    return {"as it comes": Steering()} | sliders | engines


def figures_of(live, split, users, steering) -> dict[str, float]:
    from django.core.cache import caches

    from recommender.film_facts import FilmFacts
    from recommender.ml import metrics
    from recommender.scoring import stars_of
    from recommender.steering import steered

    data = split.train
    counts = np.bincount(data.item, minlength=data.n_items)
    years = np.float32(data.catalogue.years)
    facts = np.stack(FilmFacts(years, np.full_like(years, np.nan), np.float32(counts)))
    listed, stars = np.full((len(users), TOP), -1), []
    for place, user in enumerate(users.tolist()):
        visitor = visitor_of(data, user)
        # Where the site keeps what it read of the database, of which there is none here.
        caches["scores"].set(f"{live.version}:facts", facts)
        rows = steered(live, visitor, steering, TOP, visitor.seen)
        listed[place, : len(rows)] = rows
        stars.append(np.nanmean(stars_of(live, visitor)[rows]))
    genres = genre_table(data.catalogue)
    past = sparse.csr_array(data.by_user[users] > 0)
    rank, shown = np.argsort(np.argsort(-counts, kind="stable")), listed[listed >= 0]
    figures = {
        "ndcg": ndcg(listed, split.test, users),
        "ndcg_liked": ndcg(listed, split.test.take(split.test.rating >= 4), users),
        "stars": np.mean(stars),
        "distance": np.nanmean(metrics.intra_list_diversity(listed, genres)),
        "miscalibration": np.nanmean(metrics.miscalibration(listed, past, genres)),
        "coverage": metrics.coverage(listed, data.n_items),
        "rank": np.median(rank[shown]),
        "year": np.median(years[shown]),
    }
    return {name: float(value) for name, value in figures.items()}


def ndcg(listed, test, users):
    from recommender.ml import metrics

    relevant = test.by_user[users]
    held_out = np.diff(relevant.indptr)
    return metrics.mean(metrics.ndcg(metrics.hits(listed, relevant), held_out))


def visitor_of(data, user):
    from recommender.visitors import Visitor

    history = data.history(user)
    half_stars = np.nan_to_num(2 * history.rating).astype(int).tolist()
    return Visitor.of_session(dict(zip(data.items.ids[history.item].tolist(), half_stars, strict=True)))


def genre_table(catalogue) -> sparse.csr_array:
    names = sorted({name for genres in catalogue.genres for name in genres if name[0] != "("})
    table = [[name in genres for name in names] for genres in catalogue.genres]
    return sparse.csr_array(np.array(table, float))


if __name__ == "__main__":
    main()
