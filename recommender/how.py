"""What the site can say of its own suggestions: what was measured before a version went live, and since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Avg, Count, ExpressionWrapper, F, FloatField, Q
from django.db.models.functions import Abs
from django.utils.translation import gettext_lazy as _

from catalog.models import Rating
from recommender.ml.stacking import N_BUCKETS
from recommender.models import ModelVersion
from recommender.steering import ENGINES

OTHERS = {"popularity": _("Most watched"), "bias": _("Averages alone")}
KNOWN = (_("few"), _("some"), _("many"))


@dataclass(frozen=True)
class Shown:
    """Ratings that were given beside a prediction."""

    count: int
    mean_error: float | None  # stars
    within_one: float | None  # percent


@dataclass(frozen=True)
class About:
    version: ModelVersion
    errors: Sequence[tuple[str, float]]  # RMSE by engine, the smallest first
    lists: Sequence[tuple[str, float]]  # NDCG at 10 by engine, the highest first
    coverage: float | None  # percent
    buckets: Sequence[tuple[str, Sequence[Mapping[str, Any]]]]
    shown: Shown


def about_live() -> About | None:
    """None before the first training. Three queries."""
    version = ModelVersion.objects.filter(is_live=True).first()
    if version is None:
        return None
    measured = {name: figures for name, figures in version.metrics.items() if name != "intervals"}
    intervals = version.metrics.get("intervals") or {}
    coverage = intervals.get("coverage")
    return About(
        version,
        _ranked(measured, "rmse"),
        _ranked(measured, "ndcg")[::-1],
        None if coverage is None else 100 * coverage,
        _table(intervals.get("buckets", [])),
        _shown(),
    )


def _label(name: str) -> str:
    return str((ENGINES | OTHERS).get(name, name))


def _ranked(measured: Mapping[str, Mapping[str, float]], figure: str) -> list[tuple[str, float]]:
    """The smallest first; an engine makes stars or lists, and stands where it was measured."""
    found = [
        (value, _label(name))
        for name, figures in measured.items()
        for key, value in figures.items()
        if key.split("@")[0] == figure
    ]
    return [(label, value) for value, label in sorted(found)]


def _table(buckets: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """A line for people of few, some and many ratings; in it the films of few, some and many."""
    cells = [
        dict(cell) | {"percent": None if cell["coverage"] is None else 100 * cell["coverage"]}
        for cell in buckets
    ]
    lines = [cells[start : start + N_BUCKETS] for start in range(0, len(cells), N_BUCKETS)]
    return list(zip(KNOWN, lines, strict=False))


def _shown() -> Shown:
    error = ExpressionWrapper(Abs(F("half_stars") / 2.0 - F("predicted")), output_field=FloatField())
    beside = Rating.objects.filter(predicted__isnull=False).order_by().annotate(error=error)
    found = beside.aggregate(count=Count("pk"), mean=Avg("error"), near=Count("pk", filter=Q(error__lte=1)))
    share = 100 * found["near"] / found["count"] if found["count"] else None
    return Shown(found["count"], found["mean"], share)
