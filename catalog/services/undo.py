"""All that lies between a person and a film, taken down as JSON and put back as it was."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.core import serializers
from django.db import transaction
from django.db.models import Model

from catalog.models import HiddenFilm, LikedFilm, Movie, Rating, Review, UnusedFilm, Watch, WatchlistEntry
from catalog.services.ratings import refresh_counts
from catalog.services.reviews import keep_wording
from catalog.services.row_record import Table, insert_again

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractUser

KINDS: dict[str, type[Model]] = {
    kind._meta.model_name or "": kind
    for kind in (Rating, Watch, LikedFilm, Review, WatchlistEntry, HiddenFilm, UnusedFilm)
}

# Kind to its rows.
Standing = dict[str, str]


class ChangedSince(Exception):
    """Somebody, most likely the same person in another tab, changed it again."""


def standing(*, user: AbstractUser, movie: Movie) -> Standing:
    return {name: _rows(kind, user, movie) for name, kind in KINDS.items()}


@transaction.atomic
def put_back(
    *, user: AbstractUser, movie: Movie, before: Standing, after: Standing, hanging: Sequence[Table] = ()
) -> None:
    """Put the kinds named in `before` back. Raises ChangedSince where one is no longer as in `after`.

    Rows come back as they were, with their keys, times and tags, and after them those that hung on them.
    """
    for name in before:
        if _rows(KINDS[name], user, movie) != after[name]:
            raise ChangedSince
        _restore(KINDS[name], user, movie, before[name])
    insert_again(hanging)
    refresh_counts(movie_ids=[movie.pk])


def _rows(kind: type[Model], user: AbstractUser, movie: Movie) -> str:
    own = kind._default_manager.filter(user_id=user.pk, movie=movie).order_by("pk")
    return str(serializers.serialize("json", own))


def _restore(kind: type[Model], user: AbstractUser, movie: Movie, rows: str) -> None:
    keys = [row["pk"] for row in json.loads(rows)]
    kind._default_manager.filter(user_id=user.pk, movie=movie).exclude(pk__in=keys).delete()
    for row in serializers.deserialize("json", rows):
        if isinstance(row.object, Review):
            keep_wording(changed=row.object)
        row.save()
