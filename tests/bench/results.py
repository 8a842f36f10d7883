"""What is measured, one file a step: an interrupted run goes on where it stopped."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

Figures = dict[str, Any]


def keep(found: Figures, path: Path | None) -> None:
    """What --json of a single command asks for."""
    if path:
        path.write_text(json.dumps(found, indent=2))


class Run:
    """A folder of results. One that was finished is emptied by the next `begin`: a report is of one run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.results = folder / "results"
        self._finished = folder / "finished"

    def begin(self, again: list[str]) -> None:
        """`again` are parts of the names of steps to repeat; the others of that run are kept."""
        if self._finished.exists() and not again:
            shutil.rmtree(self.folder)
        self._finished.unlink(missing_ok=True)
        self.results.mkdir(parents=True, exist_ok=True)
        for path in self.results.glob("*.json"):
            if any(part in path.stem for part in again):
                path.unlink()

    def step(self, name: str, measure: Callable[[], Figures]) -> Figures:
        """The figures of a step, measured now unless this run has them."""
        path = self.results / f"{name}.json"
        if not path.exists():
            print(f"== {name}", flush=True)
            unfinished = path.with_suffix(".unfinished")
            unfinished.write_text(json.dumps(measure(), indent=2))
            unfinished.rename(path)
        return self.read(name)

    def read(self, name: str) -> Figures:
        figures: Figures = json.loads((self.results / f"{name}.json").read_text())
        return figures

    def finish(self) -> None:
        self._finished.touch()
