"""A list with its entries, taken down as JSON and put back as it was."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

from django.db import transaction

from catalog.models import FilmList, ListEntry
from catalog.services.row_record import as_json, insert_again
from catalog.services.undo import ChangedSince

Row = dict[str, Any]
# Key to row; what differs has None for a row that was not there.
ListRows = dict[str, dict[str, Row | None]]


def list_standing(*, pk: int) -> ListRows:
    return {
        "lists": {str(row.pk): as_json(row) for row in FilmList.objects.filter(pk=pk)},
        "entries": {str(row.pk): as_json(row) for row in ListEntry.objects.filter(film_list=pk)},
    }


def version_of(standing: ListRows) -> str:
    return sha256(json.dumps(standing, sort_keys=True).encode()).hexdigest()[:32]


def list_difference(*, before: ListRows, after: ListRows) -> ListRows:
    """Rows of `before` that are not so in `after`: of a list of hundreds one move changes a few."""
    return {kind: _differing(before[kind], after[kind]) for kind in before}


def _differing(before: dict[str, Row | None], after: dict[str, Row | None]) -> dict[str, Row | None]:
    keys = sorted({*before, *after})
    return {key: before.get(key) for key in keys if before.get(key) != after.get(key)}


@transaction.atomic
def put_list_back(*, pk: int, before: ListRows, version: str) -> None:
    """Raises ChangedSince where the list is no longer of that version."""
    FilmList.objects.select_for_update().filter(pk=pk).first()
    if version_of(list_standing(pk=pk)) != version:
        raise ChangedSince
    ListEntry.objects.filter(pk__in=before["entries"]).delete()
    for row in before["lists"].values():
        _put_row_back(pk, row)
    entries = [row for row in before["entries"].values() if row]
    insert_again([(ListEntry._meta.label, entries)])


def _put_row_back(pk: int, row: Row | None) -> None:
    if row is None:
        FilmList.objects.filter(pk=pk).delete()
    elif not FilmList.objects.filter(pk=pk).update(**row):
        insert_again([(FilmList._meta.label, [row])])
