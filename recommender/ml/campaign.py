"""Measures what is not kept yet: for one question on the command line, or a whole plan over many data sets.

A plan is a TOML file of [[run]] tables, done in their order: `data` (a file or folder name), `protocols`,
`presets`, and where they differ from tuned, seed 0 and lists of ten also `forms`, `seeds` and `top`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from recommender.ml.evaluate import Measured, Task, measure_apart, task
from recommender.ml.evaluation_report import sizes
from recommender.ml.interactions import Interactions
from recommender.ml.presets import PRESETS
from recommender.ml.protocols import PROTOCOLS, published_part
from recommender.ml.registry import CLASSES, model_class
from recommender.ml.results import Key, Result, Store, fingerprint, form, plain


class BadPlan(Exception):
    """A plan that cannot be followed; the message is one sentence."""


class Step(NamedTuple):
    """One measurement of a plan."""

    data: str
    protocol: str
    preset: str
    tuned: bool
    seed: int
    top: int

    def __str__(self) -> str:
        return f"{self.data}, {self.protocol}, {self.preset} ({form(self.tuned)}), seed {self.seed}"


def settings(preset: str, *, tuned: bool) -> dict[str, Any]:
    """The settings a preset or registered model is measured with. Raises LookupError where there are none."""
    if preset in PRESETS:
        try:
            return plain(PRESETS[preset].config(tuned=tuned))
        except AttributeError as error:
            raise LookupError(f"{preset} has no settings of a document's own; measure it --tuned.") from error
    return plain(model_class(preset).Config())


def is_built(preset: str) -> bool:
    return (PRESETS[preset].model if preset in PRESETS else preset) in CLASSES


@dataclass
class Bench:
    """One data set, and the store of what was measured on it; without a store everything is measured.

    `again` measures what is kept too. `say` is told of each measurement that was taken from the store.
    """

    name: str
    path: Path
    data: Interactions
    store: Store | None
    say: Callable[[str], None]
    again: bool = False

    def __post_init__(self) -> None:
        self.sha256 = fingerprint(self.data) if self.store else ""
        self.task = lru_cache(maxsize=1)(self._task)

    def _task(self, protocol: str, seed: int, top: int) -> Task:
        return task(self.name, self.data, protocol, seed=seed, top=top, path=self.path)

    def key(self, step: Step) -> Key:
        config = settings(step.preset, tuned=step.tuned)
        beside = published_part(step.protocol, self.name, self.path)
        asked = (step.protocol, step.seed, step.top, step.preset, step.tuned)
        return Key(self.name, self.sha256, *asked, config, beside)

    def measured(self, step: Step) -> Measured:
        """From the store, or measured now and kept. What failed is not kept."""
        kept = self.kept(step)
        if kept:
            self.say(f"{step}: taken from the results of {kept.date}; --again measures it anew.")
            return kept.measured
        work = self.task(step.protocol, step.seed, step.top)
        measured = measure_apart(step.preset, work, tuned=step.tuned)
        if self.store and measured.figures:
            counted = {"n_ratings": len(self.data.rated), **sizes(work)}
            self.store.keep(Result.of(self.key(step), counted, measured))
        return measured

    def kept(self, step: Step) -> Result | None:
        return self.store.find(self.key(step)) if self.store and not self.again else None


def read_plan(path: Path) -> list[Step]:
    """The measurements of a plan, in its order. Raises BadPlan."""
    try:
        runs = tomllib.loads(path.read_text("utf-8"))["run"]
        steps = [step for run in runs for step in _steps(**run)]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadPlan(f"{path} is no plan: {error}.") from error
    for step in steps:
        if step.preset not in PRESETS or step.protocol not in PROTOCOLS:
            raise BadPlan(f"{path} names a preset or protocol that is not known: {step}.")
    return list(dict.fromkeys(steps))


def _steps(
    data: str,
    protocols: list[str],
    presets: list[str],
    forms: tuple[str, ...] = ("tuned",),
    seeds: tuple[int, ...] = (0,),
    top: int = 10,
) -> Iterator[Step]:
    for protocol in protocols:
        for seed in seeds:
            for preset in presets:
                for shape in forms:
                    yield Step(data, protocol, preset, shape == "tuned", seed, top)
