"""Rows as JSON, and back as the very same rows: what undoing a removal stands on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db import IntegrityError, router, transaction
from django.db.models import Model
from django.db.models.deletion import Collector

# One table: its label, and its rows by column.
Table = tuple[str, list[dict[str, Any]]]
JSON_TYPES = (str, int, float, bool, list, dict, type(None))


class RecordedRemoval(Collector):
    """Removes rows and everything that hangs on them, and knows what that was."""

    def __init__(self, rows: Iterable[Model]) -> None:
        self.first = list(rows)
        super().__init__(using=router.db_for_write(type(self.first[0])) if self.first else "default")
        if self.first:
            self.collect(self.first)

    def can_fast_delete(self, *args: Any, **kwargs: Any) -> bool:
        """Never: what is deleted unseen cannot come back."""
        return False

    def remove(self) -> dict[str, Any]:
        """The record: tables in the order in which to fill them again, and columns that became empty."""
        self.sort()
        updates: Any = self.field_updates
        tables = [(model._meta.label, _whole(model, rows)) for model, rows in self.data.items()]
        emptied = [
            [field.model._meta.label, row.pk, field.attname, _plain(field, row)]
            for (field, _), groups in updates.items()
            for rows in groups
            for row in rows
        ]
        self.delete()
        return {"rows": tables[::-1], "emptied": emptied}


def _whole(model: type[Model], rows: Iterable[Model]) -> list[dict[str, Any]]:
    """Read anew at once: collected rows hold only some of their columns."""
    found = model._base_manager.in_bulk([row.pk for row in rows])
    return [as_json(found[key]) for key in sorted(found)]


def as_json(row: Model) -> dict[str, Any]:
    return {field.attname: _plain(field, row) for field in row._meta.concrete_fields}


def field_of(model: type[Model], column: str) -> Any:
    return model._meta.get_field(column)


def _plain(field: Any, row: Model) -> Any:
    value = field.value_from_object(row)
    return value if isinstance(value, JSON_TYPES) else field.value_to_string(row)


def insert_again(tables: Iterable[Table]) -> None:
    """Rows whose place was taken meanwhile, or whose owner is gone, stay away."""
    for label, rows in tables:
        model = apps.get_model(label)
        for row in _with_their_owners(model, [_from_json(model, values) for values in rows]):
            _insert(row)


def fill_again(emptied: Iterable[tuple[str, Any, str, Any]]) -> None:
    for label, pk, column, value in emptied:
        model = apps.get_model(label)
        model._base_manager.filter(pk=pk, **{f"{column}__isnull": True}).update(**{column: value})


def _from_json(model: type[Model], values: dict[str, Any]) -> Model:
    fields = {field.attname: field for field in model._meta.concrete_fields}
    return model(**{name: fields[name].to_python(value) for name, value in values.items() if name in fields})


def _with_their_owners(model: type[Model], rows: list[Model]) -> list[Model]:
    for field in model._meta.concrete_fields:
        if field.remote_field and rows:
            target: Any = field.remote_field.model
            wanted = {getattr(row, field.attname) for row in rows} - {None}
            there = _existing(target, wanted)
            rows = [row for row in rows if getattr(row, field.attname) in there | {None}]
    return rows


def _existing(model: type[Model], keys: set[Any]) -> set[Any]:
    return set(model._base_manager.in_bulk(list(keys)))


def _insert(row: Model) -> None:
    try:
        with transaction.atomic():
            # Raw: a row from the past keeps its times, which save() would set to now.
            row.save_base(raw=True, force_insert=True)
    except IntegrityError:
        return
