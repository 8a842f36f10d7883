from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.datasets import packages
from catalog.datasets.errors import NotAvailable
from catalog.imports.credits import UnreadableCredits, import_credits

TERMS = "Credits from Wikidata (CC0), out of the package bokeh-sampledata."


class Command(BaseCommand):
    help = "Add directors, writers and cast to films that have no credits, by IMDb id or title and year."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, nargs="?", help="movies.db, by default that of the package")

    def handle(self, *args: Any, path: Path | None, **options: Any) -> None:
        try:
            taken = import_credits(path=path or _movies_db())
        except NotAvailable as reason:
            self.stderr.write(f"No credits for now: {reason}. The site works without them.")
            return
        except UnreadableCredits as error:
            raise CommandError(f"{error} Nothing was changed.") from None
        if path is None:
            self.stdout.write(TERMS)
        self.stdout.write(
            f"{taken.credits:,} credits added to {taken.films:,} films, {taken.people_added:,} people added, "
            f"IMDb id or runtime filled in for {taken.films_filled:,} films"
        )


def _movies_db() -> Path:
    """The table of the package, copied into var/data the first time. Raises NotAvailable."""
    target = settings.VAR_DIR / "data" / "wikidata-films.sqlite3"
    if target.exists():
        return target
    return packages.copied(
        packages.BOKEH_SAMPLEDATA,
        settings.VAR_DIR / "packages",
        path="bokeh_sampledata/_data/movies.db",
        target=target,
    )
