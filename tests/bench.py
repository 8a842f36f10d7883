"""make bench: how good the models are on MovieLens latest-small, and how fast they answer here."""

from __future__ import annotations

import os
import sys
import time

# One thread, as a web process serves; before numpy reads it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from recommender.ml.__main__ import main as evaluate
from recommender.ml.hybrid import Hybrid
from recommender.ml.interactions import History
from recommender.ml.movielens import open_dataset
from tests.recommender.ml.real_data import real_data

STARS = "weighted-rating,bias,svdpp,autoencoder,hybrid"
LISTS = "popularity,content,hybrid"
REPEATS = 200


def quality(path: str) -> int:
    stars = evaluate(["evaluate", "--data", path, "--protocol", "random90", "--models", STARS])
    return stars or evaluate(["evaluate", "--data", path, "--protocol", "per-user80", "--models", LISTS])


def speed(path: str) -> None:
    """Milliseconds to fold a history in and score every film, median and 99th percentile."""
    data = open_dataset(path).interactions()
    hybrid = Hybrid().fit(data, seed=0)
    print(f"\nFold-in and scores of {data.n_items:,} films, one thread, ms (median / 99th percentile)")
    for model in (hybrid.content_, hybrid.svdpp_, hybrid.autoencoder_, hybrid):
        figures = [_milliseconds(model.score, _history(data.n_items, length)) for length in (20, 200)]
        print(f"{model.name:<12}" + "".join(f"  {n} films {a:.2f} / {b:.2f}" for n, a, b in figures))


def _history(n_items: int, length: int) -> History:
    rng = np.random.default_rng(length)
    stars = rng.integers(1, 11, length).astype(np.float32) / 2
    return History(np.sort(rng.permutation(n_items)[:length]), stars, np.full(length, -1))


def _milliseconds(score, history: History) -> tuple[int, float, float]:
    score(history)
    taken = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        score(history)
        taken.append((time.perf_counter() - start) * 1000)
    return len(history), float(np.median(taken)), float(np.percentile(taken, 99))


if __name__ == "__main__":
    dataset = str(real_data("ml-latest-small.zip").path)
    failed = quality(dataset)
    speed(dataset)
    sys.exit(failed)
