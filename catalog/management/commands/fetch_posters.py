from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from catalog.pictures.services import Report, fetch_pictures, tidy_up


class Command(BaseCommand):
    help = "Fetch posters that are due. It can be stopped at any time: run it again and it goes on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--limit", type=int, help="how many posters (default: all that are due)")

    def handle(self, *args: Any, limit: int | None, **options: Any) -> None:
        if limit is not None and limit < 1:
            raise CommandError("--limit takes a number of posters from 1 up.")
        report = Report()
        tidy_up()
        with tqdm(desc="Posters", unit=" posters") as bar:

            def show(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            try:
                fetch_pictures(limit=limit, progress=show, report=report)
            except KeyboardInterrupt:
                raise CommandError(f"{report}\nStopped; run it again to go on.", returncode=130) from None
        self.stdout.write(str(report))
