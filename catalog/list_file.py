"""A person's lists as a file to take along: a row for each film, and one for a list without any."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING

from catalog.models import FilmList, ListEntry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.contrib.auth.models import AbstractBaseUser

COLUMNS = ["list", "description", "ranked", "visibility", "place", "title", "year", "imdb_id", "note"]


def lists_csv(person: AbstractBaseUser) -> str:
    file = StringIO()
    rows = csv.writer(file)
    rows.writerow(COLUMNS)
    rows.writerows(_rows(person))
    return file.getvalue()


def _rows(person: AbstractBaseUser) -> Iterator[list[object]]:
    entries = ListEntry.objects.filter(film_list__user=person.pk).in_order().select_related("movie")
    films: dict[int, list[ListEntry]] = {}
    for entry in entries:
        films.setdefault(entry.film_list_id, []).append(entry)
    for one in FilmList.objects.filter(user=person.pk).order_by("pk"):
        head = [one.title, one.description, "yes" if one.is_ranked else "no", one.visibility]
        yield from (head + film for film in _films(films.get(one.pk, [])))


def _films(entries: list[ListEntry]) -> Iterator[list[object]]:
    for place, entry in enumerate(entries, start=1):
        film = entry.movie
        yield [place, film.title, film.year, film.imdb_id, entry.note]
    if not entries:
        yield [""] * 5
