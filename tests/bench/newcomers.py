"""What newcomers are served: stars and lists after 1, 3, 5, 10, 20 and 50 ratings, beside single models.

python -m tests.bench.newcomers DATASET

A tenth of the people is held out whole (the protocol cold-users); the models are fitted on the others. Of
each newcomer the first K ratings are shown, and the last fifth is asked for. The weights of the served list
were chosen on the newcomers with an even number; the table is of those with an odd one.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import django
import numpy as np

TOP = 10


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--chosen-on", action="store_true", help="the half on which the weights were chosen")
    asked = parser.parse_args()
    print(table(asked.dataset, 0 if asked.chosen_on else 1))


def table(path: Path, half: int) -> str:
    from recommender.ml.movielens import open_dataset
    from recommender.ml.protocols import PROTOCOLS, Source

    source = Source(path.name, open_dataset(path).interactions(), 0, path)
    (trial,) = PROTOCOLS["cold-users"].trials(source)
    models = fitted(trial.train)
    lines = [line(models, question, half) for question in trial.questions]
    head = list(lines[0])
    rows = [head, ["---:"] * len(head), *([one[name] for name in head] for one in lines)]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def fitted(train):
    from recommender.ml.hybrid import Hybrid
    from recommender.ml.registry import model_class
    from recommender.training import site_lists

    models = {name: model_class(name)().fit(train, seed=0) for name in ("popularity", "ease", "ials", "bias")}
    return models | {"hybrid": Hybrid().fit(train, seed=0), "list-blend": site_lists().fit(train, seed=0)}


def line(models, question, half: int) -> dict[str, str]:
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
    figures = {f"RMSE {name}": metrics.rmse(np.concatenate(of), actual) for name, of in told.items()}
    for name, listed in lists.items():
        hits = metrics.hits(np.array(listed), relevant)
        figures[f"NDCG {name}"] = metrics.mean(metrics.ndcg(hits, np.diff(relevant.indptr)))
    return {"shown": question.label, "people": str(len(people))} | {
        name: f"{value:.4f}" for name, value in figures.items()
    }


if __name__ == "__main__":
    main()
