"""Cells of a file that is imported. Each raises ValueError in words for the person who made the file."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export import widgets

from catalog.models import half_stars

Row = Mapping[str, Any]
# Data sets begin with photographs in a row: Passage de Vénus is from 1874.
FIRST_YEAR, LAST_YEAR = 1870, 2100
SMALL, LARGE = 2**15 - 1, 2**63 - 1


class NumberCell(widgets.IntegerWidget):
    complaint: str | Promise = gettext_lazy("“%(value)s” is not a whole number.")
    lowest, highest = 0, LARGE

    def clean(self, value: Any, row: Row | None = None, **kwargs: Any) -> int | None:
        if self.is_empty(value):
            return None
        try:
            number = Decimal(str(value).strip())
        except InvalidOperation:
            number = Decimal("NaN")
        if not (number.is_finite() and self.lowest <= number <= self.highest and number % 1 == 0):
            known = {"value": value, "lowest": self.lowest, "highest": self.highest}
            raise ValueError(str(self.complaint) % known)
        return int(number)


class MinutesCell(NumberCell):
    complaint = gettext_lazy("“%(value)s” is no whole number of minutes.")
    highest = SMALL


class YearCell(NumberCell):
    complaint = gettext_lazy("“%(value)s” is not a year from %(lowest)s to %(highest)s.")
    lowest, highest = FIRST_YEAR, LAST_YEAR


class YesNoCell(widgets.BooleanWidget):
    def clean(self, value: Any, row: Row | None = None, **kwargs: Any) -> bool | None:
        known = [*self.TRUE_VALUES, *self.FALSE_VALUES, *self.NULL_VALUES]
        if value not in known:
            raise ValueError(_("“%(value)s” is neither 1 for yes nor 0 for no.") % {"value": value})
        return super().clean(value, row, **kwargs)


class _Dated:
    complaint: str | Promise

    def clean(self, value: Any, row: Row | None = None, **kwargs: Any) -> Any:
        try:
            return super().clean(value, row, **kwargs)  # type: ignore[misc]
        except ValueError:
            raise ValueError(str(self.complaint) % {"value": value}) from None


class DateCell(_Dated, widgets.DateWidget):
    complaint = gettext_lazy("“%(value)s” is not a date such as 1995-12-31.")


class MomentCell(_Dated, widgets.DateTimeWidget):
    """To the microsecond, so that a row read from its own export is unchanged."""

    complaint = gettext_lazy("“%(value)s” is not a time such as 1995-12-31 20:15:00.")

    def __init__(self) -> None:
        super().__init__()
        self.formats = ("%Y-%m-%d %H:%M:%S.%f", *self.formats)


class PlainTextCell(widgets.Widget):
    """Nothing is an empty text."""

    def clean(self, value: Any, row: Row | None = None, **kwargs: Any) -> str:
        return str(value).strip() if value else ""

    def render(self, value: str | None, obj: Any = None, **kwargs: Any) -> str:
        return value or ""


class OptionalTextCell(widgets.Widget):
    """Two films without an IMDb id are not two films with the same one."""

    def clean(self, value: Any, row: Row | None = None, **kwargs: Any) -> str | None:
        return str(value).strip() or None if value else None


class StarsCell(widgets.Widget):
    def clean(self, value: Any, row: Row | None = None, **kwargs: Any) -> int:
        try:
            return half_stars(value)
        except InvalidOperation:
            raise ValueError(_("“%(value)s” is not a number of stars.") % {"value": value}) from None

    def render(self, value: int | None, obj: Any = None, **kwargs: Any) -> str:
        return f"{value / 2:g}" if value else ""


_NUMBERS = ("PositiveSmallIntegerField", "PositiveIntegerField", "PositiveBigIntegerField")
# By the kind of a model's field, for all columns that name no cell of their own.
CELLS = {
    **dict.fromkeys(_NUMBERS, NumberCell),
    "BooleanField": YesNoCell,
    "DateField": DateCell,
    "DateTimeField": MomentCell,
}
