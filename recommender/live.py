"""The live version's models, opened once a process and exchanged when the live version changes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import TypeVar

from django.db import DatabaseError

from recommender.intervals import errors_of
from recommender.ml.artefact import DamagedArtefact, open_bundle
from recommender.ml.contract import Recommender
from recommender.ml.interactions import Vocabulary
from recommender.ml.stacking import Errors
from recommender.ml.taste_map import TABLE, TasteMap
from recommender.models import ModelVersion

logger = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True)
class LiveModels:
    version: str
    models: Mapping[str, Recommender]
    items: Vocabulary
    errors: Errors | None = None  # of predicted stars, by what is known of person and film
    taste_map: TasteMap | None = None  # older versions have none


class _Shelf:
    """What this process has open, and which versions it found damaged."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.opened: LiveModels | None = None
        # With when they went live: trained again they have the same name, and other files.
        self.damaged: set[tuple[str, datetime | None]] = set()

    def take(self) -> LiveModels | None:
        """What the database calls live now, None for nothing."""
        version, opened = _live_version(), self.opened
        if version is None:
            return None
        if opened and opened.version == version.name:
            return opened
        with self.lock:
            return self._exchanged()

    def _exchanged(self) -> LiveModels | None:
        # Read again: whoever waited for the lock must not go back to what was live before.
        version = _live_version()
        if version is None:
            return None
        damaged = (version.name, version.promoted_at) in self.damaged
        if damaged or (self.opened and self.opened.version == version.name):
            return self.opened
        try:
            self.opened = _open(version)
        except (DamagedArtefact, OSError) as error:
            # The former version goes on; an operator reads the log and rolls back or retrains.
            logger.error("Model version %s cannot be opened: %s", version.name, error)
            self.damaged.add((version.name, version.promoted_at))
            self.opened = self.opened or self._former(version)
        return self.opened

    @staticmethod
    def _former(version: ModelVersion) -> LiveModels | None:
        passed = ModelVersion.objects.filter(verdict=ModelVersion.Verdict.PASSED, promoted_at__isnull=False)
        for former in passed.exclude(pk=version.pk).order_by("-promoted_at"):
            try:
                return _open(former)
            except (DamagedArtefact, OSError):
                continue
        return None


def _live_version() -> ModelVersion | None:
    # What was measured is long, and wanted once a version.
    return ModelVersion.objects.filter(is_live=True).defer("metrics", "reason").first()


def _open(version: ModelVersion) -> LiveModels:
    bundle = open_bundle(version.folder)
    drawn = bundle.tables.get(TABLE)
    return LiveModels(
        version.name,
        bundle.models,
        bundle.items,
        errors_of(version.metrics),
        TasteMap.of(drawn) if drawn else None,
    )


_shelf = _Shelf()
# What was answered within `one_version`: nothing yet or one thing. None outside.
_asked: ContextVar[list[LiveModels | None] | None] = ContextVar("asked", default=None)


def live_models() -> LiveModels | None:
    """The models to serve from, None before the first training. Files are opened once a process.

    One query; within `one_version` the same answer to everybody who asks.
    """
    asked = _asked.get()
    if asked is None:
        return _shelf.take()
    if not asked:
        asked.append(_shelf.take())
    return asked[0]


def nothing_opens() -> bool:
    """Whether a version is live, and this code can open neither it nor one that was live before it."""
    return _live_version() is not None and live_models() is None


@contextmanager
def one_version() -> Iterator[None]:
    """Whatever goes live meanwhile, all in here comes from one version: a page is never of two."""
    token = _asked.set([])
    try:
        yield
    finally:
        _asked.reset(token)


def ask(question: Callable[[LiveModels], T]) -> T | None:
    """The models' answer, None without a model or where it fails. A broken database is not hidden."""
    try:
        live = live_models()
        return None if live is None else question(live)
    except DatabaseError:
        raise
    except Exception:
        logger.exception("The live models failed; the page falls back")
        return None


def forget() -> None:
    """Close what is open, so that the next request opens the live version anew and checks its files."""
    _shelf.opened = None
    _shelf.damaged.clear()
