from __future__ import annotations

import logging
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from catalog.imports.movielens import is_imported
from catalog.models import Credit, Movie, Rating
from recommender.models import ModelVersion

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Bring a fresh or an older site to where it can start, skipping what is done already."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--data", default=settings.DATA, help="data set to import instead of the default")

    def handle(self, *args: Any, data: str, **options: Any) -> None:
        """Each mark of what is done lies where the work does: in the database, or beside the files."""
        steps: tuple[tuple[str, Callable[[], bool], Callable[[], object]], ...] = (
            ("tables", _has_tables, _make_tables),
            ("static files", _has_static_files, self._collect_static_files),
            ("films and ratings", lambda: _has_films(data), lambda: self._import(data)),
            ("credits", _has_credits, lambda: call_command("load_credits", **self._streams)),
            ("recommendations", _has_model, self._train),
        )
        for name, is_done, do in steps:
            if not is_done():
                self.stdout.write(f"== {name}")
                self.stdout.flush()
                do()
        call_command("ensure_admin", **self._streams)

    @property
    def _streams(self) -> dict[str, Any]:
        return {"stdout": self.stdout, "stderr": self.stderr}

    def _collect_static_files(self) -> None:
        call_command("collectstatic", interactive=False, verbosity=0, **self._streams)
        _stamp().write_text(_fingerprint())

    def _import(self, data: str) -> None:
        path = call_command("get_films", data=data, **self._streams)
        call_command("load_movielens", path, **self._streams)

    def _train(self) -> None:
        try:
            call_command("train", **self._streams)
        except Exception as error:  # whatever the models run into, the site itself can start
            if not isinstance(error, CommandError):
                logger.exception("Training failed")
            self.stderr.write(f"No recommendations for now: {error} The site shows its charts until then.")


def _has_tables() -> bool:
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    cache = settings.CACHES["default"]["LOCATION"]
    return not pending and cache in connection.introspection.table_names()


def _make_tables() -> None:
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable")


def _has_static_files() -> bool:
    return _stamp().is_file() and _stamp().read_text() == _fingerprint()


def _stamp() -> Path:
    return Path(settings.STATIC_ROOT) / ".collected"


def _fingerprint() -> str:
    """Changes with any file that would be collected, and with the settings that shape the result."""
    digest = sha256(repr((settings.STORAGES["staticfiles"], settings.STATIC_URL)).encode())
    for finder in get_finders():
        for path, storage in finder.list(ignore_patterns=None):
            file = Path(storage.path(path)).stat()
            digest.update(f"{path} {file.st_size} {file.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _has_films(data: str) -> bool:
    """Whether the data set that was named is in this database, or any where none was named."""
    if not data:
        return Rating.objects.imported().exists()
    return is_imported(Path(data).expanduser().name.removesuffix(".zip"))


def _has_credits() -> bool:
    return Credit.objects.exists() or not Movie.objects.exists()


def _has_model() -> bool:
    live = ModelVersion.objects.filter(is_live=True).first()
    return live is not None and (live.folder / "manifest.json").is_file()
