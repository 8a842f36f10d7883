"""Lists of films: made, changed and deleted; films put in, moved and taken out. Places count from one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count, F, Max, Q, QuerySet
from django.utils import timezone

from catalog.models import FilmList, ListEntry, Movie
from catalog.services.moderation import log_removal
from catalog.services.one_writer import lock

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractUser

MOST_FILMS = 1_000
MOST_LISTS = 200


class TooManyFilms(Exception):
    """The list holds MOST_FILMS already."""


class TooManyLists(Exception):
    """The person has MOST_LISTS already."""


@transaction.atomic
def create_list(
    *,
    user: AbstractUser,
    title: str,
    description: str = "",
    is_ranked: bool = False,
    visibility: str = FilmList.Visibility.PUBLIC,
) -> FilmList:
    """Raises TooManyLists."""
    # Two tabs must not pass the limit together.
    lock(user)
    if FilmList.objects.filter(user_id=user.pk).count() >= MOST_LISTS:
        raise TooManyLists
    return FilmList.objects.create(
        user_id=user.pk, title=title, description=description, is_ranked=is_ranked, visibility=visibility
    )


def change_list(
    *, film_list: FilmList, title: str, description: str, is_ranked: bool, visibility: str
) -> None:
    film_list.title, film_list.description = title, description
    film_list.is_ranked, film_list.visibility = is_ranked, visibility
    film_list.save(update_fields=["title", "description", "is_ranked", "visibility", "updated_at"])


@transaction.atomic
def delete_list(*, film_list: FilmList) -> None:
    """Its reports go with it; that there were some stays in the log, under the name of its owner."""
    log_removal(film_list)
    FilmList.objects.filter(pk=film_list.pk).delete()


@transaction.atomic
def add_to_list(*, film_list: FilmList, movie: Movie, note: str = "") -> ListEntry:
    """At the end. Adding a film twice is adding it once. Raises TooManyFilms."""
    entries = _locked(film_list)
    if (known := entries.filter(movie=movie).first()) is not None:
        return known
    so_far = entries.aggregate(count=Count("pk"), last=Max("position"))
    if so_far["count"] >= MOST_FILMS:
        raise TooManyFilms
    _touch(film_list)
    last = so_far["last"] or 0
    return ListEntry.objects.create(film_list=film_list, movie=movie, position=last + 1, note=note)


@transaction.atomic
def remove_from_list(*, film_list: FilmList, movie: Movie) -> bool:
    """True if the film was in it. What came after it moves up."""
    entries = _locked(film_list)
    entry = entries.filter(movie=movie).first()
    if entry is None:
        return False
    ListEntry.objects.filter(pk=entry.pk).delete()
    entries.filter(position__gt=entry.position).update(position=F("position") - 1)
    _touch(film_list)
    return True


@transaction.atomic
def move_in_list(*, entry: ListEntry, place: int) -> int:
    """The place where it is now: beyond the last one is the last."""
    entries = _locked(entry.film_list)
    keys = _close_ranks(entries)
    if entry.pk not in keys:
        return place
    old, new = keys.index(entry.pk) + 1, max(1, min(place, len(keys)))
    if old != new:
        step = 1 if new < old else -1
        entries.filter(position__range=sorted((old, new))).update(position=F("position") + step)
        entries.filter(pk=entry.pk).update(position=new)
        _touch(entry.film_list)
    return new


def place_of(*, entry: ListEntry) -> int:
    before = Q(position__lt=entry.position) | Q(position=entry.position, pk__lt=entry.pk)
    return ListEntry.objects.filter(before, film_list_id=entry.film_list_id).count() + 1


@transaction.atomic
def change_note(*, entry: ListEntry, note: str) -> None:
    if note != entry.note:
        ListEntry.objects.filter(pk=entry.pk).update(note=note)
        _touch(entry.film_list)


def _locked(film_list: FilmList) -> QuerySet[ListEntry]:
    """The entries of a list that nobody else changes before this is written."""
    FilmList.objects.select_for_update().only("pk").get(pk=film_list.pk)
    return ListEntry.objects.filter(film_list_id=film_list.pk).order_by()


def _close_ranks(entries: QuerySet[ListEntry]) -> list[int]:
    """Keys in their order, with positions from one without gaps and doubles, which merges leave."""
    ordered = list(entries.order_by("position", "pk").only("pk", "position"))
    moved = [entry for place, entry in enumerate(ordered, start=1) if entry.position != place]
    for place, entry in enumerate(ordered, start=1):
        entry.position = place
    ListEntry.objects.bulk_update(moved, ["position"], batch_size=200)
    return [entry.pk for entry in ordered]


def _touch(film_list: FilmList) -> None:
    FilmList.objects.filter(pk=film_list.pk).update(updated_at=timezone.now())
