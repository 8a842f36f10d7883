"""Measures models by a protocol: fitted on the training part, asked about the test part.

A model sees the histories that the protocol shows and nothing else. Each one may run in a fresh process, so
that its peak memory is its own: that of a process which holds the data and the libraries, fits, and scores.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from recommender.ml import metrics
from recommender.ml.answers import (
    RankedLists,
    StarPredictions,
    batch_ms_per_user,
    gives_stars,
    predict_stars,
    progress_bar,
    rank,
    top_items,
)
from recommender.ml.contract import Progress, Recommender
from recommender.ml.figures import cold_slices, figures_apart, list_figures, star_figures
from recommender.ml.interactions import Interactions
from recommender.ml.presets import PRESETS
from recommender.ml.protocols import PROTOCOLS, Question, Source, Trial
from recommender.ml.registry import CLASSES, model_class
from recommender.ml.splits import Split

__all__ = [
    "PROTOCOLS",
    "Measured",
    "RankedLists",
    "StarPredictions",
    "Task",
    "cold_slices",
    "combined",
    "measure",
    "measure_apart",
    "predict_stars",
    "rank",
    "task",
    "top_items",
]


@dataclass(frozen=True)
class Task:
    """What every model of one table is measured on."""

    data: str
    protocol: str
    seed: int
    top: int
    trials: tuple[Trial, ...] = field(repr=False)

    @property
    def split(self) -> Split:
        """The first fit's training part, and the test part that the `answers` are about."""
        return Split(self.trials[0].train, self.trials[0].questions[-1].test)


@dataclass(frozen=True)
class Measured:
    """One line of a table. `answers` is None where the model does not do the job of the protocol.

    figures: NaN where there is none; those named "... ±" are half of the 95 % interval of another.
    answers: to the last question of the first trial. config: {} where there is no such model.
    """

    preset: str
    tuned: bool = True
    config: dict[str, Any] = field(default_factory=dict)
    figures: dict[str, float] = field(default_factory=dict)
    fit_seconds: float = float("nan")
    peak_mib: float = float("nan")
    ms_per_user: float = float("nan")
    n_users: int = 0
    answers: StarPredictions | RankedLists | None = field(default=None, repr=False)
    note: str = ""


def task(
    name: str, data: Interactions, protocol: str, *, seed: int, top: int = 10, path: Path | None = None
) -> Task:
    """The parts of `data` by a named protocol; `path` is where the data lie, for protocols with files there.

    Raises ValueError where the data do not allow it, UnreadableDataset where such a file is damaged.
    """
    source = Source(name, data.rated, seed, path)
    return Task(name, protocol, seed, top, PROTOCOLS[protocol].trials(source))


def measure_apart(preset: str, task: Task, *, tuned: bool = True) -> Measured:
    """`measure` in a fresh process. A model that fails gives a line with its error as a note."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        try:
            return pool.submit(measure, preset, task, tuned=tuned).result()
        except Exception as error:
            return Measured(preset, tuned, note=f"failed: {type(error).__name__}: {error}")


def measure(preset: str, task: Task, *, tuned: bool = True, config: Any = None) -> Measured:
    """Fit and score one model, in this process, by the name of its preset or of its class.

    `config` is for settings of neither form, of a model by the name of its class. A preset whose model is not
    there gives a line that says so. Raises KeyError for a name of neither.
    """
    try:
        model = _build(preset, tuned=tuned) if config is None else model_class(preset)(config)
    except (ImportError, AttributeError, KeyError) as lack:
        if preset not in PRESETS:
            raise
        return Measured(preset, tuned, note=f"not available: {lack.args[0] if lack.args else lack}")
    line = Measured(preset, tuned, asdict(model.config))
    if PROTOCOLS[task.protocol].job == "stars" and not gives_stars(type(model)):
        return replace(line, note="gives no stars")
    trials = {trial.label: replace(line, **_tried(model, trial, task)) for trial in task.trials}
    return next(iter(trials.values())) if len(trials) == 1 else combined(trials)


def combined(lines: Mapping[str, Measured] | Sequence[Measured]) -> Measured:
    """One line for the same model measured several times, such as on five seeds or five folds.

    Every figure becomes the mean, and "... ±" half of its 95 % interval by Student's t. With names, as the
    folds have, "RMSE u1" gives each one's first figure too. Costs are means, the peak is the highest.
    """
    runs = list(lines.values() if isinstance(lines, Mapping) else lines)
    if note := next((run.note for run in runs if run.note), ""):
        return replace(runs[0], figures={}, answers=None, n_users=0, note=note)
    names = [name for name in runs[0].figures if not name.endswith(" ±")]
    figures: dict[str, float] = {}
    for name in names:
        mean, half = metrics.interval([run.figures.get(name, float("nan")) for run in runs])
        figures |= {name: mean, f"{name} ±": half}
    if isinstance(lines, Mapping) and names:
        figures |= {f"{names[0]} {label}": run.figures[names[0]] for label, run in lines.items()}
    return replace(
        runs[0],
        figures=figures,
        fit_seconds=float(np.mean([run.fit_seconds for run in runs])),
        peak_mib=max(run.peak_mib for run in runs),
        ms_per_user=float(np.mean([run.ms_per_user for run in runs])),
        n_users=round(float(np.mean([run.n_users for run in runs]))),
    )


def peak_mib() -> float:
    """The most memory this process has held, in MiB."""
    status = Path("/proc/self/status")
    if status.exists():
        # Linux hands the ru_maxrss of a parent down to its children; VmHWM begins anew.
        kib = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:")).split()[1]
        return int(kib) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def _build(name: str, *, tuned: bool) -> Recommender:
    if name in PRESETS and PRESETS[name].model in CLASSES:
        return PRESETS[name].build(tuned=tuned)
    return model_class(name)()


def _tried(model: Recommender, trial: Trial, task: Task) -> dict[str, Any]:
    """The fields of the line that one trial gives."""
    started = perf_counter()
    with progress_bar(f"{model.name}: fit", 100) as bar:
        model.fit(trial.train, seed=task.seed, progress=_moving(bar))
    fit_seconds = perf_counter() - started
    figures: dict[str, float] = {}
    for question in trial.questions:
        answers, found = _asked(model, question, trial.train, task)
        figures |= found
    return {
        "figures": figures,
        "fit_seconds": fit_seconds,
        "peak_mib": peak_mib(),
        "ms_per_user": 1000 * answers.seconds / max(answers.n_users, 1),
        "n_users": answers.n_users,
        "answers": answers,
    }


def _asked(
    model: Recommender, question: Question, train: Interactions, task: Task
) -> tuple[StarPredictions | RankedLists, dict[str, float]]:
    protocol, split = PROTOCOLS[task.protocol], Split(train, question.test)
    answers: list[StarPredictions | RankedLists] = []
    figures: dict[str, float] = {}
    if protocol.job != "list" and gives_stars(type(model)):
        stars = predict_stars(model, question, train)
        answers.append(stars)
        figures |= star_figures(stars, split, with_cold_slices=protocol.has_cold_slices)
    if protocol.job != "stars":
        lists = rank(model, question, task.top)
        answers.append(lists)
        # A model may say the same of all films without a rating, which leaves their order to chance.
        if question.candidates is None:
            figures |= list_figures(lists, split, task.top)
        figures |= figures_apart(lists)
        batch = batch_ms_per_user(model, question, task.top)
        figures |= {} if batch is None else {"ms/user in batch": batch}
    return answers[0], _labelled(figures, question, task.top)


def _labelled(figures: dict[str, float], question: Question, top: int) -> dict[str, float]:
    # Of questions that are many a table shows the two figures that sum them up, and of how many they are.
    if not question.label:
        return figures
    shown = {name: figures[name] for name in ("RMSE", f"NDCG@{top}") if name in figures}
    shown["users"] = len(np.unique(question.test.user))
    return {f"{name} {question.label}": value for name, value in shown.items()}


def _moving(bar: Any) -> Progress:
    def move(share: float, what: str) -> None:
        bar.set_postfix_str(what, refresh=False)
        bar.update(100 * share - bar.n)

    return move
