"""Rows as a CSV file to take along."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO

from django.http import HttpResponse


def csv_file(name: str, columns: list[str], rows: Iterable[Iterable[object]]) -> HttpResponse:
    """The answer by which a browser saves them as `name`."""
    file = StringIO()
    written = csv.writer(file)
    written.writerow(columns)
    written.writerows(rows)
    named = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(file.getvalue(), content_type="text/csv; charset=utf-8", headers=named)
