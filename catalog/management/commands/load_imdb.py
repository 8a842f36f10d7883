import zlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from imdb import IMDbError
from sqlalchemy.exc import SQLAlchemyError

from catalog.plots.cinemagoer import load_dataset, missing_files

# What a truncated, damaged or foreign file makes of the importer.
UNREADABLE = (OSError, EOFError, ValueError, LookupError, TypeError, zlib.error)


class Command(BaseCommand):
    help = "Make the database that Cinemagoer reads (CINEMAGOER_URI) from IMDb's non-commercial data sets."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("directory", type=Path, help="where the *.tsv.gz files lie")

    def handle(self, *args: Any, directory: Path, **options: Any) -> None:
        missing = missing_files(directory)
        if missing:
            raise CommandError(f"{directory} lacks {', '.join(missing)}.")
        try:
            load_dataset(directory, settings.CINEMAGOER_URI)
        except (IMDbError, SQLAlchemyError, *UNREADABLE) as error:
            raise CommandError(f"The files could not be imported: {error}") from None
        self.stdout.write("The IMDb data set database is ready; `manage.py fetch_plots` reads it first.")
