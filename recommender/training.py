"""From the ratings in the database to a live version of the models: the one way to train.

The management command, the nightly task and the tests all come through `run`.
"""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from recommender import gate
from recommender.interactions import read_interactions
from recommender.live import nothing_opens
from recommender.ml import artefact
from recommender.ml.contract import Cancelled, Progress, Recommender, no_progress
from recommender.ml.interactions import Interactions
from recommender.ml.registry import model_class
from recommender.ml.taste_map import TABLE, draw
from recommender.models import ModelVersion, TrainingRun

if TYPE_CHECKING:
    from recommender.ml.list_blend import ListBlend
    from recommender.ml.svdpp import SVDPlusPlus

logger = logging.getLogger(__name__)

SEED = 0
KEPT_VERSIONS = 5
# A run that has not reported for this long died with its process.
STALE_AFTER = timedelta(minutes=10)
# Below this there is nothing to learn from and nothing to judge by.
LEAST_RATINGS = 50
# Films that get weights of EASE: 4 x 4,000 x 4,000 bytes a version, kept, checked and shared by processes.
EASE_FILMS = 4_000
OTHERS = ("weighted-rating", "popularity", "bias", "user-cf", "twin-autoencoders")


class TrainingRefused(Exception):
    """Training cannot start now; the message says why and what to do."""


def run(*, force: bool = False, progress: Progress = no_progress) -> ModelVersion:
    """Train on everything in the database and promote the result if it passes the gate.

    The same data and code give the version that is already there, without training. `force` trains
    all the same and promotes whatever the gate says. Raises TrainingRefused where another training
    runs or there are too few ratings, and Cancelled where someone asked for that.
    """
    training = _begin()
    try:
        version = _train(training, force, _reporting(training, progress))
    except BaseException as error:
        cancelled = isinstance(error, Cancelled | KeyboardInterrupt)
        _end(
            training,
            TrainingRun.State.CANCELLED if cancelled else TrainingRun.State.FAILED,
            error=repr(error),
        )
        raise
    _end(training, TrainingRun.State.DONE, version=version)
    return version


def is_due() -> bool:
    """Whether there should be a training before the night: pages show charts for want of models that open."""
    if not nothing_opens():
        return False
    logger.warning(
        "No stored version of the models can be opened by this code, perhaps after an upgrade: "
        "a training begins now, and pages show the charts until it is done."
    )
    return True


def promote(*, version: ModelVersion, reason: str = "") -> None:
    """Make `version` the live one; web processes follow with their next request. Also the way back.

    Raises artefact.DamagedArtefact where its files are not what was written.
    """
    artefact.open_bundle(version.folder)
    with transaction.atomic():
        ModelVersion.objects.filter(is_live=True).update(is_live=False)
        version.is_live = True
        version.promoted_at = timezone.now()
        if reason:
            version.reason = f"{version.reason}\n{reason}".strip()
        version.save(update_fields=["is_live", "promoted_at", "reason"])


def _begin() -> TrainingRun:
    running = TrainingRun.objects.filter(state=TrainingRun.State.RUNNING)
    running.filter(seen_at__lt=timezone.now() - STALE_AFTER).update(
        state=TrainingRun.State.FAILED, error="The process ended without a word.", ended_at=timezone.now()
    )
    try:
        with transaction.atomic():
            return TrainingRun.objects.create()
    except IntegrityError:
        message = "Another training is running; wait for it or cancel it in the admin panel."
        raise TrainingRefused(message) from None


def _end(training: TrainingRun, state: str, *, error: str = "", version: ModelVersion | None = None) -> None:
    training.state, training.error, training.version = state, error, version
    training.ended_at = timezone.now()
    if version is not None:
        training.progress = 1
    training.save(update_fields=["state", "error", "version", "ended_at", "progress", "seen_at"])


def _reporting(training: TrainingRun, progress: Progress) -> Progress:
    """Passes progress on, writes it to the run once a second, and stops where a person asked for it."""
    written = 0.0

    def report(share: float, what: str) -> None:
        nonlocal written
        progress(share, what)
        if time.monotonic() - written > 1:
            written = time.monotonic()
            training.progress, training.step = share, what[:200]
            training.save(update_fields=["progress", "step", "seen_at"])
            if TrainingRun.objects.filter(pk=training.pk, cancel_requested=True).exists():
                raise Cancelled("Cancelled in the admin panel.")

    return report


def _train(training: TrainingRun, force: bool, progress: Progress) -> ModelVersion:
    progress(0.0, "reading ratings")
    everything = read_interactions()
    if len(everything.rated) < LEAST_RATINGS:
        raise TrainingRefused(
            f"There are {len(everything.rated)} ratings; the models need at least {LEAST_RATINGS}. "
            "Import a data set with manage.py load_movielens, or wait for members to rate."
        )
    name = fingerprint(everything)
    known = ModelVersion.objects.filter(name=name).first()
    if known and not force and _is_whole(known):
        progress(1.0, "nothing new since the last training")
        return known

    split = gate.holdout(everything)
    candidates = fit_all(split.train, progress=_stretch(progress, 0.02, 0.45))
    verdict = gate.judge(candidates, split, live=gate.live_record(), progress=_stretch(progress, 0.45, 0.5))
    models = fit_all(everything, progress=_stretch(progress, 0.5, 0.97))
    version = _publish(name, models, everything, verdict)
    if verdict.passed or force:
        promote(version=version, reason="" if verdict.passed else "Promoted by force.")
    _prune()
    progress(1.0, "done")
    return version


def fit_all(data: Interactions, *, progress: Progress) -> dict[str, Recommender]:
    """Every model that the site serves, by name; parts of the blends are served on their own too."""
    from recommender.ml.hybrid import Hybrid
    from recommender.ml.parts import within

    hybrid = Hybrid().fit(data, seed=SEED, progress=within(progress, 0.0, 0.4))
    blend = site_lists().fit(data, seed=SEED, progress=within(progress, 0.4, 0.7))
    parts = (hybrid, hybrid.content_, hybrid.svdpp_, hybrid.autoencoder_, blend, blend.ease_)
    models: dict[str, Recommender] = {model.name: model for model in parts}
    for place, name in enumerate(OTHERS):
        part = within(progress, 0.7 + 0.3 * place / len(OTHERS), 0.7 + 0.3 * (place + 1) / len(OTHERS))
        models[name] = model_class(name)().fit(data, seed=SEED, progress=part)
    return models


def site_lists() -> ListBlend:
    """The blend of list models in the size that the site serves."""
    from recommender.ml.list_blend import ListBlend, ListBlendConfig

    config = ListBlendConfig()
    return ListBlend(replace(config, ease=replace(config.ease, largest=EASE_FILMS)))


def fingerprint(data: Interactions) -> str:
    """Name of the version that this data and the code of the models make: 16 hexadecimal digits."""
    digest = sha256()
    for column in (data.users.ids, data.items.ids, data.user, data.item, data.rating, data.time):
        digest.update(column.tobytes())
    catalogue = data.catalogue
    digest.update(repr((catalogue.titles, catalogue.texts, catalogue.genres, catalogue.people)).encode())
    for path in sorted((Path(__file__).parent / "ml").glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _is_whole(version: ModelVersion) -> bool:
    try:
        artefact.open_bundle(version.folder)
    except (artefact.DamagedArtefact, OSError) as error:
        logger.warning("Version %s is trained again: %s", version.name, error)
        return False
    return True


def _publish(
    name: str, models: Mapping[str, Recommender], data: Interactions, verdict: gate.Verdict
) -> ModelVersion:
    folder = Path(settings.MODELS_DIR) / name
    shutil.rmtree(folder, ignore_errors=True)
    artefact.write(
        folder,
        models=models,
        items=data.items,
        seed=SEED,
        metrics=verdict.metrics,
        fingerprint=name,
        tables={TABLE: draw(cast("SVDPlusPlus", models["svdpp"]), data, seed=SEED).arrays()},
    )
    version, _ = ModelVersion.objects.update_or_create(
        name=name,
        defaults={
            "verdict": ModelVersion.Verdict.PASSED if verdict.passed else ModelVersion.Verdict.REFUSED,
            "reason": verdict.reason,
            "metrics": verdict.metrics | {"intervals": verdict.intervals},
            "ratings_count": len(data.rated),
        },
    )
    return version


def _prune() -> None:
    """Remove the files of all but the newest versions; the live one always stays."""
    for old in ModelVersion.objects.filter(is_live=False).order_by("-created_at")[KEPT_VERSIONS:]:
        shutil.rmtree(old.folder, ignore_errors=True)


def _stretch(progress: Progress, start: float, end: float) -> Progress:
    return lambda share, what: progress(start + (end - start) * share, what)
