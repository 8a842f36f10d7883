from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.imports import progress
from catalog.imports.movielens import Taken, import_movielens
from recommender.ml.movielens import UnreadableDataset, open_dataset

SHOWN_PROBLEMS = 20


class Command(BaseCommand):
    help = "Import a MovieLens data set, a folder or zip of any generation. Twice changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="folder or zip, such as ml-latest-small.zip")
        parser.add_argument("--name", help="name for its people, by default that of the folder or zip")

    def handle(self, *args: Any, path: Path, name: str | None, **options: Any) -> None:
        try:
            dataset = open_dataset(path)
            with progress.shown(dataset.count_hint, "ratings", self.stderr) as advance:
                taken = import_movielens(dataset=dataset, name=name or dataset.name, advance=advance)
        except (UnreadableDataset, OSError) as error:
            raise CommandError(f"{error} Nothing was changed.") from None
        self.stdout.write("\n".join(_summary(name or dataset.name, taken)))


def _summary(name: str, taken: Taken) -> list[str]:
    films = taken.films
    lines = [
        f"{name}:",
        f"  films    {films.added:,} added, {films.filled:,} completed, {films.unchanged:,} as before",
        f"  people   {taken.people_added:,} added, {taken.people - taken.people_added:,} as before",
        f"  ratings  {taken.ratings_added:,} added, {taken.ratings_changed:,} changed, "
        f"{taken.ratings_unchanged:,} as before",
    ]
    if taken.merged:
        lines.append(f"  {taken.merged:,} ratings of a film listed twice there; the newest counts")
    if films.nameless:
        lines.append(
            f"  {films.nameless:,} films have no title there and are not in the catalogue: "
            f"they and their {taken.filmless:,} ratings were skipped"
        )
    return lines + _skipped(taken)


def _skipped(taken: Taken) -> list[str]:
    shown = taken.problems[:SHOWN_PROBLEMS]
    lines = [f"  {taken.problem_count:,} rows skipped:"] if shown else []
    lines += [f"    {problem.file}, row {problem.row:,} {problem.reason}" for problem in shown]
    if taken.problem_count > len(shown):
        lines.append(f"    and {taken.problem_count - len(shown):,} more")
    return lines
