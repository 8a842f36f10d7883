"""How long one visitor waits: a history folded in and all films scored, on one thread.

python -m tests.bench.speed PRESET SPLIT RESULT
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from recommender.ml.interactions import NO_TIME, History
from tests.bench import processes
from tests.bench.handover import read
from tests.bench.results import Figures

LENGTHS = (20, 200)
REPEATS = 500


def measure(preset: str, folder: Path) -> Figures:
    result = processes.folder_for(folder / "answers") / f"speed-{preset}.json"
    note = processes.run("speed", preset, str(folder / "fit.npz"), str(result))
    found: Figures = {"note": note} if note else json.loads(result.read_text())
    return found


def milliseconds(model: Any, n_items: int) -> Figures:
    """Median and 99th percentile for histories of each length, and the number of films."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        figures = {str(length): _taken(model, _history(n_items, length)) for length in LENGTHS}
    return {"n_items": n_items, "lengths": figures}


def _taken(model: Any, history: History) -> list[float]:
    model.score(history)
    taken = []
    for _ in range(REPEATS):
        started = perf_counter()
        model.score(history)
        taken.append(1000 * (perf_counter() - started))
    return [float(np.median(taken)), float(np.percentile(taken, 99))]


def _history(n_items: int, length: int) -> History:
    rng = np.random.default_rng(length)
    stars = rng.integers(1, 11, length).astype(np.float32) / 2
    return History(np.sort(rng.permutation(n_items)[:length]), stars, np.full(length, NO_TIME))


if __name__ == "__main__":
    from tests.bench.ours import METHODS, Ours

    preset, split, result = sys.argv[1:]
    data = read(Path(split))
    contender = METHODS[preset]()
    assert isinstance(contender, Ours)
    contender.fit(data)
    Path(result).write_text(json.dumps(milliseconds(contender.model, data.n_items)))
