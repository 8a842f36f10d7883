"""A person's lists as a file to take along: a row for each film, and one for a list without any."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog.csv_file import csv_file
from catalog.models import FilmList, ListEntry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.contrib.auth.models import AbstractBaseUser
    from django.http import HttpResponse

COLUMNS = ["list", "description", "ranked", "visibility", "place", "title", "year", "imdb_id", "note"]


def lists_csv(person: AbstractBaseUser) -> HttpResponse:
    return csv_file("lists.csv", COLUMNS, _rows(person))


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
