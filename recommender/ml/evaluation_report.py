"""What an evaluation leaves behind: an aligned table, JSON, and every prediction in the data's own ids."""

from __future__ import annotations

import json
import math
import platform
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from recommender.ml.evaluate import PROTOCOLS, Measured, RankedLists, StarPredictions, Task, cold_slices

# Nine significant digits give a float32 back exactly, so that a file scores as its predictions did.
_EXACT = "%.9g"
_COSTS = ("fit s", "peak MiB", "ms/user")


def heading(task: Task) -> str:
    """Data set, split, seed and sizes: what a table cannot be read without."""
    train, test = task.split
    text = (
        f"{task.data}: {len(train) + len(test):,} ratings, {train.n_users:,} users, {train.n_items:,} films\n"
        f"{task.protocol}, seed {task.seed}: trained on {len(train):,} ratings, tested on {len(test):,} "
        f"({PROTOCOLS[task.protocol].says}) of {len(np.unique(test.user)):,} users scored\n"
    )
    if PROTOCOLS[task.protocol].has_cold_slices:
        sizes = (f"{name} {rows.sum():,}" for name, rows in cold_slices(task.split).items())
        text += f"test ratings by what training knows: {', '.join(sizes)}\n"
    return text


def table(task: Task, measured: Sequence[Measured]) -> str:
    """The heading and one aligned line a model."""
    names = list(dict.fromkeys(name for line in measured for name in line.figures))
    header = ["model", *names, "users", *_COSTS]
    rows = [_row(line, names) for line in measured]
    widths = [max(len(row[at]) for row in [header, *rows]) for at in range(len(header))]
    notes = [f"{line.model} {line.note}" for line in measured if line.note]
    return "\n".join([heading(task), *(_aligned(row, widths) for row in [header, *rows]), *notes])


def as_json(task: Task, measured: Sequence[Measured]) -> str:
    """The same as the table, with each model's settings and the versions of the libraries; NaN is null."""
    train, test = task.split
    report = {
        "data": task.data,
        "protocol": task.protocol,
        "seed": task.seed,
        "top": task.top,
        "n_users": train.n_users,
        "n_items": train.n_items,
        "n_train": len(train),
        "n_test": len(test),
        "slices": {name: int(rows.sum()) for name, rows in cold_slices(task.split).items()},
        "models": [_model(line) for line in measured],
        "libraries": {name: version(name) for name in ("numpy", "scipy", "pandas", "numba", "torch")},
        "python": platform.python_version(),
    }
    return json.dumps(_without_nan(report), indent=2, allow_nan=False) + "\n"


def append_predictions(path: Path, task: Task, measured: Measured) -> None:
    """Add one model's answers to a CSV file, which gets a header if it is new or empty.

    Stars: model, userId, movieId, rating, prediction, one row a test rating. Lists: model, userId, rank,
    movieId, score, one row a listed film. Ids are those of the data set; predictions are exact.
    """
    if measured.answers is None:
        return
    is_new = not path.exists() or not path.stat().st_size
    frame = _frame(task, measured.answers)
    frame.insert(0, "model", measured.model)
    frame.to_csv(path, mode="a", header=is_new, index=False, float_format=_EXACT)


def _frame(task: Task, answers: StarPredictions | RankedLists) -> pd.DataFrame:
    test = task.split.test
    if isinstance(answers, StarPredictions):
        return pd.DataFrame(
            {
                "userId": test.users.ids[test.user],
                "movieId": test.items.ids[test.item],
                "rating": test.rating,
                "prediction": answers.stars,
            }
        )
    row, place = np.nonzero(answers.items >= 0)
    return pd.DataFrame(
        {
            "userId": test.users.ids[answers.users[row]],
            "rank": place + 1,
            "movieId": test.items.ids[answers.items[row, place]],
            "score": answers.scores[row, place],
        }
    )


def _row(line: Measured, names: Sequence[str]) -> list[str]:
    figures = [_figure(name, line.figures.get(name, math.nan)) for name in names]
    costs = (line.fit_seconds, line.peak_mib, line.ms_per_user)
    shown = [
        "–" if math.isnan(cost) else f"{cost:,.{digits}f}"
        for cost, digits in zip(costs, (1, 0, 2), strict=True)
    ]
    return [line.model, *figures, f"{line.answers.n_users:,}" if line.answers else "–", *shown]


def _figure(name: str, value: float) -> str:
    if math.isnan(value):
        return "–"
    return f"{value:,.0f}" if name == "replaced" else f"{value:.4f}"


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [
        row[0].ljust(widths[0]),
        *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)),
    ]
    return "  ".join(cells).rstrip()


def _model(line: Measured) -> dict[str, Any]:
    return {
        "model": line.model,
        "config": line.config,
        "figures": line.figures,
        "n_users_scored": line.answers.n_users if line.answers else 0,
        "fit_seconds": line.fit_seconds,
        "peak_mib": line.peak_mib,
        "ms_per_user": line.ms_per_user,
        "note": line.note,
    }


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nan(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
