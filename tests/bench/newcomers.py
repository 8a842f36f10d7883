"""What newcomers are served: stars and lists after 1, 3, 5, 10, 20 and 50 ratings, beside single models.

python -m tests.bench.newcomers DATASET [--json RESULT]

A tenth of the people is held out whole (the protocol cold-users); the models are fitted on the others. Of
each newcomer the first K ratings are shown, and the last fifth is asked for. The weights of the served list
were chosen on the newcomers with an even number; the table is of those with an odd one.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from pathlib import Path

import django
import numpy as np

from tests.bench import results, sections
from tests.bench.results import Figures

TOP = 10
# Columns of the table, by what is measured and by model.
COLUMNS = {
    "RMSE served": ("rmse", "hybrid"),
    "RMSE biases": ("rmse", "bias"),
    "NDCG@10 popularity": ("ndcg", "popularity"),
    "EASE": ("ndcg", "ease"),
    "implicit ALS": ("ndcg", "ials"),
    "list blend": ("ndcg", "list-blend"),
    "served": ("ndcg", "served"),
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--chosen-on", action="store_true", help="the half on which the weights were chosen")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    found = measured(asked.dataset, 0 if asked.chosen_on else 1)
    print(tables({asked.dataset.stem: found}))
    results.keep(found, asked.json)


def tables(by_set: Mapping[str, Figures]) -> str:
    (found,) = by_set.values()
    rows = [
        [one["shown"], *(f"{one[what][model]:.4f}" for what, model in COLUMNS.values())]
        for one in found["lines"]
    ]
    return sections.table(["shown", *COLUMNS], rows, words=0)


def measured(path: Path, half: int) -> Figures:
    from recommender.ml.movielens import open_dataset
    from recommender.ml.protocols import PROTOCOLS, Source

    source = Source(path.name, open_dataset(path).interactions(), 0, path)
    (trial,) = PROTOCOLS["cold-users"].trials(source)
    models = fitted(trial.train)
    return {"lines": [line(models, question, half) for question in trial.questions]}


def fitted(train):
    from recommender.ml.hybrid import Hybrid
    from recommender.ml.registry import model_class
    from recommender.training import site_lists

    models = {name: model_class(name)().fit(train, seed=0) for name in ("popularity", "ease", "ials", "bias")}
    return models | {"hybrid": Hybrid().fit(train, seed=0), "list-blend": site_lists().fit(train, seed=0)}


def line(models, question, half: int) -> Figures:
    from recommender.ml import metrics
    from recommender.ml.answers import top_items
    from recommender.scoring import to_be_liked

    people = np.unique(question.test.user)
    people = people[people % 2 == half]
    relevant = question.test.by_user[people]
    named = ("popularity", "ease", "ials", "list-blend")
    lists = {name: [] for name in (*named, "served")}
    told, given = {"hybrid": [], "bias": []}, []
    for user in people.tolist():
        past, future = question.shown.history(user), question.test.history(user)
        stars = np.clip(models["hybrid"].stars(past), 0.5, 5)
        told["hybrid"].append(stars[future.item])
        told["bias"].append(np.clip(models["bias"].score(past)[future.item], 0.5, 5))
        given.append(future.rating)
        scores = {name: models[name].score(past) for name in named}
        scores["served"] = to_be_liked(
            scores["list-blend"], stars, models["popularity"].score(past), len(past)
        )
        for name, score in scores.items():
            lists[name].append(top_items(score, past.item, TOP))
    actual = np.concatenate(given)
    rmse = {name: float(metrics.rmse(np.concatenate(of), actual)) for name, of in told.items()}
    hits = {name: metrics.hits(np.array(listed), relevant) for name, listed in lists.items()}
    wanted = np.diff(relevant.indptr)
    ndcg = {name: float(metrics.mean(metrics.ndcg(found, wanted))) for name, found in hits.items()}
    return {"shown": question.label, "people": len(people), "rmse": rmse, "ndcg": ndcg}


if __name__ == "__main__":
    main()
