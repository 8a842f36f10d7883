"""The last changes of a member, kept in the session so that each can be taken back."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from catalog import services
from catalog.models import Movie

LIMIT = 5
_KEY = "undo"


@dataclass
class Change:
    # Empty where nothing changed, or where there is no account to put it back into.
    token: str = ""


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
        change.token = _keep(
            request, film, *({kind: rows[kind] for kind in changed} for rows in (before, after))
        )


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
    services.put_back(user=request.user, movie=film, before=change["before"], after=change["after"])


def _keep(request: HttpRequest, film: Movie, before: services.Standing, after: services.Standing) -> str:
    return keep(request, {"film": film.pk, "before": before, "after": after})


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
