"""Viewings."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction

from catalog.models import Movie, Watch

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractUser


@transaction.atomic
def log_watch(*, user: AbstractUser, movie: Movie, watched_on: date | None, rewatch: bool = False) -> Watch:
    """Write a viewing into the diary; the same film on the same day stays one entry."""
    watch, _ = Watch.objects.update_or_create(
        user_id=user.pk, movie=movie, watched_on=watched_on, defaults={"rewatch": rewatch}
    )
    return watch


def remove_watch(*, watch: Watch) -> None:
    watch.delete()
