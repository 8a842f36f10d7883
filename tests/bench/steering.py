"""What steering costs and brings: everybody's list from the serving door, judged on what was held out.

python -m tests.bench.steering DATASET [--people 600]

A fifth of everybody's ratings is held out; what is served is fitted on the rest. Each line is one way to
steer: NDCG@10 over all held-out films and over those of 4 stars or more, mean predicted stars of the list,
intra-list distance by genre, miscalibration against the genres of the history, share of the catalogue that
is shown, and the median popularity rank and year of the films. The first line is the list without any
re-ranking.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import django
import numpy as np
from scipy import sparse

TOP = 10


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--people", type=int, default=600)
    asked = parser.parse_args()
    print(table(asked.dataset, asked.people))


def table(path: Path, people: int) -> str:
    from recommender import training
    from recommender.live import LiveModels
    from recommender.ml.contract import no_progress
    from recommender.ml.movielens import open_dataset
    from recommender.ml.splits import per_user_split

    data = open_dataset(path).interactions()
    split = per_user_split(data, 0.2, 0)
    live = LiveModels("bench", training.fit_all(split.train, progress=no_progress), data.items)
    users = np.sort(np.random.default_rng(0).permutation(np.unique(split.test.user))[:people])
    lines = [line(live, split, users, name, steering) for name, steering in ways().items()]
    head = list(lines[0])
    rows = [head, ["---", *["---:"] * (len(head) - 1)], *([one[name] for name in head] for one in lines)]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def ways():
    from recommender.steering import ENGINES, Steering

    engines = {f"engine {name}": Steering(engine=name) for name in ENGINES}
    sliders = {
        f"{slider} {step:+}": Steering(**{slider: step})
        for slider in ("surprise", "rarity", "newness")
        for step in (-2, -1, 1, 2)
    }
    return {"as it comes": Steering()} | sliders | engines


def line(live, split, users, name, steering):
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
    rank = np.argsort(np.argsort(-counts, kind="stable"))
    figures = {
        "NDCG@10": ndcg(listed, split.test, users),
        "NDCG@10 liked": ndcg(listed, split.test.take(split.test.rating >= 4), users),
        "stars": np.mean(stars),
        "distance": np.nanmean(metrics.intra_list_diversity(listed, genres)),
        "miscalibration": np.nanmean(metrics.miscalibration(listed, past, genres)),
        "coverage": metrics.coverage(listed, data.n_items),
    }
    shown = listed[listed >= 0]
    return {
        "way": name,
        **{key: f"{value:.4f}" for key, value in figures.items()},
        "rank": f"{np.median(rank[shown]):.0f}",
        "year": f"{np.median(years[shown]):.0f}",
    }


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
