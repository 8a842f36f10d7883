"""Viewings and their tags."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction

from catalog.models import Movie, Tag, Watch

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractUser


class SameDay(Exception):
    """The diary has that film on that day already."""


@transaction.atomic
def log_watch(
    *,
    user: AbstractUser,
    movie: Movie,
    watched_on: date | None,
    rewatch: bool = False,
    tags: Iterable[str] | None = None,
) -> Watch:
    """Write a viewing into the diary; the same film on the same day stays one entry.

    Tags that are not named stay as they were.
    """
    watch, _ = Watch.objects.update_or_create(
        user_id=user.pk, movie=movie, watched_on=watched_on, defaults={"rewatch": rewatch}
    )
    if tags is not None:
        watch.tags.set(_tags(user.pk, tags))
    return watch


@transaction.atomic
def update_watch(*, watch: Watch, watched_on: date | None, rewatch: bool, tags: Iterable[str]) -> Watch:
    """Change a diary entry. Raises SameDay where another entry of the film stands on that day."""
    others = Watch.objects.filter(user_id=watch.user_id, movie_id=watch.movie_id).exclude(pk=watch.pk)
    if others.filter(watched_on=watched_on).exists():
        raise SameDay
    watch.watched_on, watch.rewatch = watched_on, rewatch
    watch.save(update_fields=["watched_on", "rewatch"])
    watch.tags.set(_tags(watch.user_id, tags))
    return watch


def remove_watch(*, watch: Watch) -> None:
    watch.delete()


def _tags(user_id: int, names: Iterable[str]) -> list[Tag]:
    """A tag is spelled as its owner first spelled it."""
    known = {tag.name.casefold(): tag for tag in Tag.objects.filter(user_id=user_id)}
    return [
        known.get(name.casefold()) or Tag.objects.get_or_create(user_id=user_id, name=name)[0]
        for name in names
    ]
