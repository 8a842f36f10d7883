"""make bench: every part in its order, each step once, then the pages of docs/.

Quick measures on MovieLens latest-small instead of 1M, with fewer people and seconds where they are many, and
leaves its pages in var/. A run that was interrupted goes on with the step it was at.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from recommender.ml.movielens import open_dataset
from tests.bench import (
    contest,
    importing,
    lists,
    machine,
    ours,
    pages,
    report,
    search,
    sections,
    served,
    speed,
)
from tests.bench.results import Figures, Run
from tests.bench.sections import Section
from tests.bench.served import LARGE, SMALL
from tests.recommender.ml.real_data import REPOSITORY, real_data

PAGE = REPOSITORY / "docs" / "benchmarks.md"


def main(arguments: list[str] | None = None) -> int:
    """Exit code 1 where a model of ours failed."""
    asked = _parser().parse_args(arguments)
    run = Run(REPOSITORY / "var" / "bench" / ("quick" if asked.quick else "full"))
    run.begin(asked.again)
    found = measure(run, quick=asked.quick)
    run.finish()
    written = run.folder / "benchmarks.md" if asked.quick else PAGE
    written.write_text(report.page(found))
    filled = sections.publish(_sections(found), instead=run.folder if asked.quick else None)
    for page in (written, *filled):
        print(f"== {page.relative_to(REPOSITORY)}")
    lines = [line for part in ("stars", "list", "fit") for line in found[part].values()]
    return int(any("note" in line for line in lines if line["library"] == "ours"))


def measure(run: Run, *, quick: bool) -> Figures:
    path = real_data(SMALL if quick else LARGE).path
    found: Figures = {"machine": run.step("machine", machine.describe), "missing": contest.missing()}
    found["data"] = run.step("data", lambda: _prepared(path, run.folder))
    parts: dict[str, dict[str, Figures]] = {"stars": {}, "list": {}, "fit": {}}
    handed = {job: contest.handover.read(run.folder / f"{job}.npz") for job in parts}
    for entry in contest.entries():
        figures = run.step(
            entry.step, lambda entry=entry: contest.measure(entry, handed[entry.job], run.folder)
        )
        parts[entry.job][entry.name] = figures
    found |= parts
    found["batch"] = run.step("batch", lambda: lists.measure(run.folder))
    found["speed"] = _visitors(run)
    found["search"] = run.step("search", search.measure)
    found["pages"] = run.step("pages", pages.measure)
    found["served"] = served.measure(run, quick=quick)
    found["importing"] = run.step("importing", lambda: {"data": path.name, **importing.measure(path)})
    return found


def _sections(found: Figures) -> dict[Section, str]:
    ours_alone = {search.SECTION: search.tables(found["search"]), pages.SECTION: pages.tables(found["pages"])}
    return ours_alone | served.sections(found["served"])


def _visitors(run: Run) -> dict[str, Figures]:
    """The speed at latest-small's films, whatever the rest is measured on."""
    folder = run.folder / "small"
    folder.mkdir(exist_ok=True)
    run.step("speed-data", lambda: _prepared(real_data(SMALL).path, folder))
    return {
        name: run.step(f"speed-{name}", lambda name=name: speed.measure(name, folder))
        for name in ours.registered()
    }


def _prepared(path: Path, folder: Path) -> Figures:
    dataset = open_dataset(path)
    data = dataset.interactions().rated
    contest.hand_over(data, folder)
    says = f"{dataset.name}: {len(data):,} ratings of {data.n_users:,} users for {data.n_items:,} films."
    return {"says": says}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="on MovieLens latest-small, report in var/")
    parser.add_argument(
        "--again",
        nargs="+",
        default=[],
        metavar="STEP",
        help="repeat the steps whose names hold this and keep the rest of the last run",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
