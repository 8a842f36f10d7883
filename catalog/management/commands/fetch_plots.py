from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from catalog.plots.services import PROVIDERS, Report, fetch_plots


class Command(BaseCommand):
    help = "Fetch missing and old plots. It can be stopped at any time: run it again and it goes on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--limit", type=int, default=settings.PLOT_BATCH_SIZE, help="how many films (default %(default)s)"
        )
        parser.add_argument("--provider", choices=list(PROVIDERS), help="ask this one only")

    def handle(self, *args: Any, limit: int, provider: str | None, **options: Any) -> None:
        if limit < 1:
            raise CommandError("--limit takes a number of films from 1 up.")
        report, only = Report(), [provider] if provider else None
        with tqdm(desc="Plots", unit=" films") as bar:

            def show(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            try:
                fetch_plots(limit=limit, providers=only, progress=show, report=report)
            except ValueError as error:
                raise CommandError(str(error)) from None
            except KeyboardInterrupt:
                raise CommandError(f"{report}\nStopped; run it again to go on.", returncode=130) from None
        self.stdout.write(f"{report}\n{report.films} films were asked about.")
