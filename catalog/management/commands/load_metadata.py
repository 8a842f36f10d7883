from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.imports import progress
from catalog.imports.metadata import TakenMetadata, import_metadata
from catalog.imports.metadata_files import Problems, UnreadableMetadata


class Command(BaseCommand):
    help = (
        "Fill in languages, dates, runtimes, budgets, genres, keywords, people, plots and posters from a "
        "table of films: movies_metadata.csv and its sisters as Kaggle has them, Parquet, or a zip of them. "
        "Films that are not in the catalogue are passed over unless --add is given. Twice changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, metavar="FILE", help=".csv, .parquet or .zip")
        parser.add_argument("--add", action="store_true", help="also make the films that are not here")
        parser.add_argument(
            "--overwrite",
            action="store_true",
            help="replace what is known, but for titles, ids, and plots written or locked here",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="tell what would happen and change nothing"
        )

    def handle(self, *args: Any, path: Path, **options: Any) -> None:
        chosen = {name: options[name] for name in ("add", "overwrite", "dry_run")}
        try:
            taken = import_metadata(path=path, shown=partial(progress.shown, stream=self.stderr), **chosen)
        except (UnreadableMetadata, OSError) as error:
            raise CommandError(str(error)) from None
        self.stdout.write("\n".join([*_summary(path.name, taken), *_skipped(taken.problems)]))
        if options["dry_run"]:
            self.stdout.write("This was a dry run: nothing was changed.")


def _summary(name: str, taken: TakenMetadata) -> list[str]:
    lines = [
        f"{name}: {taken.rows:,} rows",
        f"  films    {len(taken.known):,} known here, {taken.added:,} of them added now, "
        f"{len(taken.completed):,} completed",
        f"  genres   for {taken.genres:,} films, keywords for {taken.keywords:,}",
        f"  people   {taken.credits:,} credits",
        f"  plots    {taken.plots:,}",
        f"  posters  {taken.posters:,} to be fetched",
    ]
    if taken.not_here:
        which = f", such as {', '.join(taken.first_not_here)}" if taken.first_not_here else ""
        lines.append(f"  {taken.not_here:,} rows are about films that are not here{which}; --add makes them")
    return lines


def _skipped(problems: Problems) -> list[str]:
    lines = [f"  {problems.count:,} rows skipped:"] if problems.count else []
    lines += [f"    {bad.file}, row {bad.row:,} {bad.reason}" for bad in problems.first]
    if problems.count > len(problems.first):
        lines.append(f"    and {problems.count - len(problems.first):,} more")
    return lines
