"""What serving brings and costs: the parts of docs/serving.md that commands of their own measure too."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tests.bench import cards, intervals, load, newcomers, pages, processes, serving, steering
from tests.bench.results import Figures, Run
from tests.bench.sections import Section
from tests.recommender.ml.real_data import real_data

SMALL, LARGE = "ml-latest-small.zip", "ml-1m-no-timestamps.zip"
TITLES = {SMALL: "latest-small", LARGE: "MovieLens 1M"}
SECONDS = 10


class Part(NamedTuple):
    """A command of the bench and its section: which sets, and what is asked of it, all or in a hurry."""

    name: str
    sets: tuple[str, ...]
    tables: Callable[[dict[str, Figures]], str]
    asked: tuple[str, ...] = ()
    quickly: tuple[str, ...] = ()

    @property
    def section(self) -> Section:
        return Section(pages.SECTION.page, self.name)

    def commands(self, *, quick: bool) -> dict[str, tuple[str, ...]]:
        """By title of the set: what the command is given."""
        paths = [real_data(name).path for name in ((SMALL,) if quick else self.sets)]
        asked = self.quickly if quick else self.asked
        return {TITLES.get(path.name, path.stem): (str(path), *asked) for path in paths}

    def measure(self, run: Run, *, quick: bool) -> dict[str, Figures]:
        """By title of the set, a step each."""
        return {
            title: run.step(
                f"{self.name}-{Path(asked[0]).stem}",
                lambda asked=asked: processes.figures(self.name, *asked),
            )
            for title, asked in self.commands(quick=quick).items()
        }


PARTS = (
    Part("cards", (LARGE, SMALL), cards.tables, quickly=("--people", "20", "--splits", "1")),
    Part("newcomers", (LARGE,), newcomers.tables),
    Part("intervals", (LARGE, SMALL), intervals.tables),
    Part("steering", (SMALL,), steering.tables, quickly=("--people", "60")),
    Part("serving", (SMALL,), serving.tables, quickly=("--repeats", "20")),
    Part("load", (SMALL,), load.tables, ("--seconds", str(SECONDS)), quickly=("--seconds", "2")),
)


def measure(run: Run, *, quick: bool) -> dict[str, dict[str, Figures]]:
    """By part and set."""
    return {part.name: part.measure(run, quick=quick) for part in PARTS}


def sections(found: dict[str, dict[str, Figures]]) -> dict[Section, str]:
    return {part.section: part.tables(found[part.name]) for part in PARTS}
