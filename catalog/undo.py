"""The last changes of a member, kept in the session so that each can be taken back."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from catalog import services
from catalog.models import Movie
from catalog.services.row_record import Table

LIMIT = 5
_KEY = "undo"


@dataclass
class Change:
    # Empty where nothing changed, or where there is no account to put it back into.
    token: str = ""
    # What others had done with a thing that is gone, such as likes: it comes back with it.
    hanging: Sequence[Table] = ()


@contextmanager
def undoable(request: HttpRequest, film: Movie) -> Iterator[Change]:
    """What is written inside can be put back with the token of the change."""
    change = Change()
    if not request.user.is_authenticated:
        yield change
        return
    with transaction.atomic():
        before = services.standing(user=request.user, movie=film)
        yield change
        after = services.standing(user=request.user, movie=film)
    changed = [kind for kind in before if before[kind] != after[kind]]
    if changed:
        before, after = ({kind: rows[kind] for kind in changed} for rows in (before, after))
        kept = {"film": film.pk, "before": before, "after": after, "hanging": change.hanging}
        change.token = keep(request, kept)


def film_of(request: HttpRequest, token: str) -> Movie:
    """Raises Http404 for a token that is unknown, used, or too long ago."""
    kept = kept_changes(request)
    if token not in kept or not request.user.is_authenticated:
        raise Http404
    return get_object_or_404(Movie, pk=kept[token]["film"])


def take_back(request: HttpRequest, token: str) -> None:
    """Once. Raises services.ChangedSince where it was changed again."""
    change = take_out(request, token)
    film = Movie.objects.get(pk=change["film"])
    # One that was kept before this was has nothing that hung on it.
    hanging = change.get("hanging", ())
    services.put_back(
        user=request.user, movie=film, before=change["before"], after=change["after"], hanging=hanging
    )


def keep(request: HttpRequest, change: dict[str, Any]) -> str:
    """The token of a change; the oldest of those kept goes."""
    token = secrets.token_hex(8)
    kept = [*kept_changes(request).items(), (token, change)]
    request.session[_KEY] = dict(kept[-LIMIT:])
    return token


def kept_changes(request: HttpRequest) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = request.session.get(_KEY, {})
    return found


def take_out(request: HttpRequest, token: str) -> dict[str, Any]:
    """Once."""
    kept = dict(kept_changes(request))
    change = kept.pop(token)
    request.session[_KEY] = kept
    return change
