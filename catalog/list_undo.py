"""Changes of lists among those that a member can take back, kept beside those of films."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.http import HttpRequest

from catalog import services
from catalog.models import FilmList
from catalog.undo import Change, keep, kept_changes, take_out


@contextmanager
def undoable_list(request: HttpRequest, film_list: FilmList) -> Iterator[Change]:
    """What is written inside can be put back with the token of the change."""
    change, pk, title = Change(), film_list.pk, film_list.title
    with transaction.atomic():
        before = services.list_standing(pk=pk)
        yield change
        after = services.list_standing(pk=pk)
    if before == after:
        return
    kept = {"list": pk, "title": title, "version": services.version_of(after)}
    change.token = keep(request, kept | {"before": services.list_difference(before=before, after=after)})


def is_of_list(request: HttpRequest, token: str) -> bool:
    return request.user.is_authenticated and "list" in kept_changes(request).get(token, {})


def title_of_list(request: HttpRequest, token: str) -> str:
    """As it was before the change."""
    return str(kept_changes(request)[token]["title"])


def take_list_back(request: HttpRequest, token: str) -> None:
    """Once. Raises services.ChangedSince where it was changed again."""
    change = take_out(request, token)
    services.put_list_back(pk=change["list"], before=change["before"], version=change["version"])
