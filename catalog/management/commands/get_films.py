from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.datasets import sources
from catalog.datasets.errors import NotAvailable
from recommender.ml.movielens import UnreadableDataset


class Command(BaseCommand):
    help = "Find a real MovieLens data set: named, in var/data, from GroupLens, or out of a package."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--data", default=settings.DATA, help="folder or zip to take, instead of looking")

    def handle(self, *args: Any, data: str, **options: Any) -> str:
        try:
            found = sources.find(data, settings.VAR_DIR, self.stderr.write)
        except (NotAvailable, UnreadableDataset, OSError) as error:
            raise CommandError(str(error)) from None
        self.stderr.write(found.terms)
        return str(found.path)
