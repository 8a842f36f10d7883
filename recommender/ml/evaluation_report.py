"""What an evaluation leaves behind: tables, JSON, and every prediction in the data's own ids."""

from __future__ import annotations

import json
import math
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from recommender.ml.answers import RankedLists, StarPredictions
from recommender.ml.evaluate import Measured, Task
from recommender.ml.figures import cold_slices
from recommender.ml.protocols import PROTOCOLS
from recommender.ml.results import LIBRARIES, form, without_nan

# Nine significant digits give a float32 back exactly, so that a file scores as its predictions did.
_EXACT = "%.9g"
_COUNTS = ("replaced", "users ")
COSTS = ("users", "fit s", "peak MiB", "ms/user")


def label(line: Measured) -> str:
    return line.preset if line.tuned else f"{line.preset} ({form(line.tuned)})"


def columns(lines: Sequence[Measured]) -> list[str]:
    """The figures that lines have, in their order; an interval stands in the cell of its figure."""
    found = dict.fromkeys(figure for line in lines for figure in line.figures)
    return [figure for figure in found if not figure.endswith(" ±")]


def cell(line: Measured, figure: str) -> str:
    value = line.figures.get(figure, math.nan)
    if math.isnan(value):
        return "–"
    if figure.startswith(_COUNTS):
        return f"{value:,.0f}"
    around = line.figures.get(f"{figure} ±", math.nan)
    return f"{value:.4f}" if math.isnan(around) else f"{value:.4f} ± {around:.4f}"


def costs(line: Measured) -> list[str]:
    """Users scored, fit seconds, peak MiB and milliseconds a user, as a table shows them."""
    amounts = (
        (line.n_users or math.nan, 0),
        (line.fit_seconds, 1),
        (line.peak_mib, 0),
        (line.ms_per_user, 2),
    )
    return ["–" if math.isnan(amount) else f"{amount:,.{digits}f}" for amount, digits in amounts]


def sizes(task: Task) -> dict[str, Any]:
    """How much data there were, and in which part."""
    train, test = task.split
    found: dict[str, Any] = {
        "n_users": train.n_users,
        "n_items": train.n_items,
        "n_train": len(train),
        "n_test": len(test),
        "n_fits": len(task.trials),
        "n_users_tested": len(np.unique(test.user)),
    }
    if PROTOCOLS[task.protocol].has_cold_slices:
        found["slices"] = {name: int(rows.sum()) for name, rows in cold_slices(task.split).items()}
    return found


def heading(task: Task, seeds: Sequence[int] | None = None) -> str:
    """Data set, split, seeds and sizes: what a table cannot be read without."""
    counted = sizes(task)
    text = (
        f"{task.data}: {counted['n_users']:,} users, {counted['n_items']:,} films\n"
        f"{task.protocol}, {seeds_said(seeds or [task.seed])}: trained on {counted['n_train']:,} ratings, "
        f"tested on {counted['n_test']:,} ({PROTOCOLS[task.protocol].says}) of "
        f"{counted['n_users_tested']:,} users scored\n"
    )
    if "slices" in counted:
        parts = (f"{name} {rows:,}" for name, rows in counted["slices"].items())
        text += f"test ratings by what training knows: {', '.join(parts)}\n"
    return text


def seeds_said(seeds: Sequence[int]) -> str:
    return f"seed {seeds[0]}" if len(seeds) == 1 else f"seeds {seeds[0]} to {seeds[-1]}"


def table(task: Task, measured: Sequence[Measured], seeds: Sequence[int] | None = None) -> str:
    """The heading and one aligned line a model."""
    rows = _cells(measured)
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return "\n".join([heading(task, seeds), *(_aligned(row, widths) for row in rows), *_notes(measured)])


def markdown(task: Task, measured: Sequence[Measured], seeds: Sequence[int] | None = None) -> str:
    """The same as a table of Markdown."""
    said = heading(task, seeds).strip().replace("\n", "  \n")
    return "\n\n".join([said, markdown_rows(_cells(measured)), *_notes(measured)]) + "\n"


def markdown_rows(rows: Sequence[Sequence[str]]) -> str:
    """The first row is the header; the first column is text, the others are figures."""
    ruled = [rows[0], ["---", *["---:"] * (len(rows[0]) - 1)], *rows[1:]]
    return "\n".join(f"| {' | '.join(row)} |" for row in ruled)


def as_json(task: Task, measured: Sequence[Measured], seeds: Sequence[int] | None = None) -> str:
    """The same as the table, with each model's settings and the versions of the libraries; NaN is null."""
    asked = {"data": task.data, "protocol": task.protocol, "seed": task.seed, "top": task.top}
    report = {
        **asked,
        "seeds": list(seeds or [task.seed]),
        **sizes(task),
        "models": [_model(line) for line in measured],
        "libraries": {name: version(name) for name in LIBRARIES},
        "python": platform.python_version(),
    }
    return json.dumps(without_nan(report), indent=2, allow_nan=False) + "\n"


def append_predictions(path: Path, task: Task, measured: Measured) -> None:
    """Add one model's answers to a CSV file, which gets a header if it is new or empty.

    Stars: model, userId, movieId, rating, prediction, one row a test rating. Lists: model, userId, rank,
    movieId, score, one row a listed film. Ids are those of the data set; predictions are exact.
    """
    if measured.answers is None:
        return
    is_new = not path.exists() or not path.stat().st_size
    frame = _frame(task, measured.answers)
    frame.insert(0, "model", measured.preset)
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


def _cells(lines: Sequence[Measured]) -> list[list[str]]:
    figures = columns(lines)
    body = [[label(line), *(cell(line, figure) for figure in figures), *costs(line)] for line in lines]
    return [["model", *figures, *COSTS], *body]


def _notes(lines: Sequence[Measured]) -> list[str]:
    return [f"{label(line)} {line.note}" for line in lines if line.note]


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    figures = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
    return "  ".join([row[0].ljust(widths[0]), *figures]).rstrip()


def _model(line: Measured) -> Mapping[str, Any]:
    return {
        "model": line.preset,
        "form": form(line.tuned),
        "config": line.config,
        "figures": line.figures,
        "n_users_scored": line.n_users,
        "fit_seconds": line.fit_seconds,
        "peak_mib": line.peak_mib,
        "ms_per_user": line.ms_per_user,
        "note": line.note,
    }
