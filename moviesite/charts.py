"""Charts as shapes for SVG, drawn on the server, each with its figures for a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.formats import date_format

DAYS = 30
WIDTH, HEIGHT = 600, 140
GAP = 0.25


@dataclass(frozen=True)
class Bar:
    label: str
    value: float
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class BarChart:
    """Upright bars over one line. `summary` says in words what the picture shows."""

    key: str
    title: str
    heading: str
    bars: list[Bar]
    summary: str

    width, height = WIDTH, HEIGHT

    @property
    def highest(self) -> float:
        return max((bar.value for bar in self.bars), default=0)


@dataclass(frozen=True)
class Share:
    """So many of all, as one bar across. `link` leads to those that are missing."""

    label: str
    part: int
    whole: int
    link: str = ""

    @property
    def percent(self) -> float:
        return round(100 * self.part / self.whole, 1) if self.whole else 0.0

    @property
    def missing(self) -> int:
        return self.whole - self.part


def bars(points: Sequence[tuple[str, float]]) -> list[Bar]:
    step = WIDTH / max(len(points), 1)
    top = max((value for _, value in points), default=0) or 1
    drawn = []
    for place, (label, value) in enumerate(points):
        height = value / top * HEIGHT
        x = (place + GAP / 2) * step
        size = {"width": round(step * (1 - GAP), 2), "height": round(height, 2)}
        drawn.append(Bar(label, value, round(x, 2), round(HEIGHT - height, 2), **size))
    return drawn


def per_day(rows: QuerySet, moment: str, *, today: date | None = None) -> list[tuple[str, float]]:
    """Counts of the last days, the latest last; the database reads no row that is older."""
    today = today or timezone.localdate()
    first = today - timedelta(days=DAYS - 1)
    recent: Any = rows.filter(**{f"{moment}__gte": _midnight(first)}).order_by()
    found = dict(recent.annotate(day=TruncDate(moment)).values_list("day").annotate(count=Count("pk")))
    days = [first + timedelta(days=number) for number in range(DAYS)]
    return [(date_format(day, "j M"), found.get(day, 0)) for day in days]


def _midnight(day: date) -> Any:
    now = timezone.localtime()
    return now.replace(year=day.year, month=day.month, day=day.day, hour=0, minute=0, second=0, microsecond=0)
