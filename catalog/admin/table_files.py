"""Files of rows, and what is wrong with them: a sentence a mistake, where the file has it."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from io import StringIO
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _
from import_export.fields import Field
from import_export.formats import base_formats
from import_export.resources import ModelResource
from import_export.results import InvalidRow, Result, RowResult
from import_export.widgets import ManyToManyWidget
from tablib import Dataset

from catalog.admin.cells import CELLS

Row = Mapping[str, Any]


class _Lined:
    """A format that knows in which line of its file a row begins: a text may go over several."""

    def create_dataset(self, in_stream: str, **kwargs: Any) -> Dataset:
        dataset = super().create_dataset(in_stream, **kwargs)  # type: ignore[misc]
        delimiter = self.get_format().DEFAULT_DELIMITER  # type: ignore[attr-defined]
        dataset.lines = list(_first_lines(in_stream, delimiter))[1:]
        return dataset


class CSV(_Lined, base_formats.CSV):
    pass


class TSV(_Lined, base_formats.TSV):
    pass


def _first_lines(text: str, delimiter: str) -> Iterator[int]:
    rows = csv.reader(StringIO(text), delimiter=delimiter)
    first = 1
    for row in rows:
        # The package leaves empty lines out, but for the first.
        if row or first == 1:
            yield first
        first = rows.line_num + 1


class TableResult(Result):
    complaints: list[str] = []


class TableFile(ModelResource):
    """A table as a file."""

    WIDGETS_MAP = ModelResource.WIDGETS_MAP | CELLS

    class Meta:
        clean_model_instances = True
        skip_unchanged = True
        report_skipped = True
        use_transactions = True

    @classmethod
    def get_result_class(cls) -> type[Result]:
        return TableResult

    def before_import(self, dataset: Dataset, **kwargs: Any) -> None:
        needed = [self.fields[name].column_name for name in self.get_import_id_fields()]
        missing = [column for column in needed if column not in (dataset.headers or [])]
        if missing:
            raise ValueError(_("These columns are missing: %s.") % ", ".join(missing))

    def import_row(self, row: dict[str, Any], instance_loader: Any, **kwargs: Any) -> RowResult:
        """What goes wrong unforeseen is wrong with this row alone, and the others are still shown."""
        result = super().import_row(row, instance_loader, **kwargs)
        if result.errors:
            told = _("It cannot be imported: %s") % result.errors.pop().error
            result.import_type, result.validation_error = RowResult.IMPORT_TYPE_INVALID, ValidationError(told)
        return result

    def get_instance(self, instance_loader: Any, row: Row) -> Any:
        try:
            return self.stored(instance_loader, row)
        except ValueError:
            # import_instance reads the same columns again, and all others, and tells what is wrong.
            return None

    def stored(self, instance_loader: Any, row: Row) -> Any:
        """What the row is about, None for something new. May raise ValueError for a column that is wrong."""
        return super().get_instance(instance_loader, row)

    def import_instance(self, instance: Any, row: Row, **kwargs: Any) -> None:
        """Tells of every wrong column; the package itself reads those of several values too late for that."""
        errors = {}
        for field in self.get_import_fields():
            try:
                self._read(field, instance, row, **kwargs)
            except ValueError as error:
                errors[field.attribute] = ValidationError(str(error))
        if errors:
            raise ValidationError(errors)

    def _read(self, field: Field, instance: Any, row: Row, **kwargs: Any) -> None:
        if not isinstance(field.widget, ManyToManyWidget):
            self.import_field(field, instance, row, **kwargs)
        elif field.column_name in row:
            field.clean(row, **kwargs)

    def after_import(self, dataset: Dataset, result: TableResult, **kwargs: Any) -> None:
        _show_columns_of_file(dataset, result)
        lines = getattr(dataset, "lines", None)
        columns = {field.attribute: field.column_name for field in self.get_import_fields()}
        result.complaints = [
            sentence for row in result.invalid_rows for sentence in _complaints(row, lines, columns)
        ]


def _show_columns_of_file(dataset: Dataset, result: Result) -> None:
    """What the file says nothing about stays as it is, and would only push the rest out of sight."""
    given = [place for place, column in enumerate(result.diff_headers) if column in (dataset.headers or [])]
    result.diff_headers = [result.diff_headers[place] for place in given]
    for row in result.rows:
        if row.diff:
            row.diff = [row.diff[place] for place in given]


def _complaints(row: InvalidRow, lines: list[int] | None, columns: dict[str, str]) -> Iterator[str]:
    place = _place(row.number, lines)
    for name, sentences in row.error_dict.items():
        told = _("%(place)s: %(complaint)s")
        if name != NON_FIELD_ERRORS:
            told = _("%(place)s, %(column)s: %(complaint)s")
        for sentence in sentences:
            yield told % {"place": place, "column": columns.get(name, name), "complaint": sentence}


def _place(number: int, lines: list[int] | None) -> str:
    if lines is None:
        return _("Row %d") % number
    return _("Line %d") % lines[number - 1]
