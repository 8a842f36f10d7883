import signal
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from recommender import training
from recommender.ml.contract import Cancelled


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


class Command(BaseCommand):
    help = "Train the models on everything in the database and promote them if they pass the gate."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--force", action="store_true", help="train again and promote whatever the gate says"
        )

    def handle(self, *args: Any, force: bool, **options: Any) -> None:
        with tqdm(total=100, bar_format="{desc:<42.42} {percentage:3.0f}%|{bar}| {elapsed}") as bar:

            def show(share: float, what: str) -> None:
                bar.set_description_str(what, refresh=False)
                bar.update(round(share * 100, 1) - bar.n)

            # Asked to end by a supervisor, a run says so in the database and the next one may start at once.
            signal.signal(signal.SIGTERM, _interrupt)
            try:
                version = training.run(force=force, progress=show)
            except training.TrainingRefused as error:
                raise CommandError(str(error)) from None
            except (Cancelled, KeyboardInterrupt):
                raise CommandError("Training was cancelled; the live version stays as it was.") from None
        self.stdout.write(f"Version {version.name}: {version.get_verdict_display()}. {version.reason}")
