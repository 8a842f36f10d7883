"""The years and months of a diary, to go from one to another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import NamedTuple, Self

from django.db.models import Count, QuerySet
from django.db.models.functions import ExtractMonth, ExtractYear

from catalog.models import Watch


class Month(NamedTuple):
    first: date
    count: int

    @property
    def year(self) -> int:
        return self.first.year

    @property
    def number(self) -> int:
        return self.first.month


@dataclass(frozen=True)
class Archive:
    """Months with entries, the newest first; `year` and `month` are those that are shown, if any."""

    months: list[Month]
    year: int | None
    month: int | None

    @classmethod
    def of(cls, watches: QuerySet[Watch], year: int | None, month: int | None) -> Self:
        """One query."""
        dated = watches.order_by().prefetch_related(None)
        dated = dated.annotate(year=ExtractYear("watched_on"), number=ExtractMonth("watched_on"))
        counted = dated.values_list("year", "number").annotate(count=Count("pk"))
        months = [Month(date(at, number, 1), count) for at, number, count in counted]
        return cls(sorted(months, reverse=True), year, month)

    @property
    def total(self) -> int:
        return sum(month.count for month in self.months)

    @property
    def years(self) -> list[tuple[int, int]]:
        counts: Counter[int] = Counter()
        for month in self.months:
            counts[month.year] += month.count
        return list(counts.items())

    @property
    def in_year(self) -> list[Month]:
        """The twelve months of the shown year, those without an entry too."""
        if self.year is None:
            return []
        counts = {month.number: month.count for month in self.months if month.year == self.year}
        return [Month(date(self.year, number, 1), counts.get(number, 0)) for number in range(1, 13)]

    def grouped(self, watches: Iterable[Watch]) -> list[tuple[Month, list[Watch]]]:
        """Viewings by month, in their order."""
        counted = {month.first: month for month in self.months}
        months = groupby(watches, key=lambda watch: watch.watched_on.replace(day=1))
        return [(counted[first], list(viewings)) for first, viewings in months]

    @property
    def shown(self) -> date | None:
        return date(self.year, self.month, 1) if self.year and self.month else None

    @property
    def earlier(self) -> Month | None:
        return next((month for month in self.months if self.shown and month.first < self.shown), None)

    @property
    def later(self) -> Month | None:
        later = [month for month in self.months if self.shown and month.first > self.shown]
        return later[-1] if later else None
