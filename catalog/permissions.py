"""Who may change what and who may see what: asked by pages, counts, the API and recommendations alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

from django.contrib.auth import get_user_model
from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

PUBLIC = "public"


class Owned(Protocol):
    user_id: int


def may_change(user: AbstractBaseUser | AnonymousUser, thing: Owned) -> bool:
    """Ratings, viewings and reviews belong to the person who gave them, staff use the admin."""
    return user.is_authenticated and user.is_active and thing.user_id == user.pk


def own_or_404(request: HttpRequest, things: QuerySet, pk: int) -> Model:
    """Another person's thing is not found, so that nobody learns whether it exists."""
    thing = get_object_or_404(things, pk=pk)
    if not may_change(request.user, thing):
        raise Http404
    return thing


def seen_by(
    viewer: AbstractBaseUser | AnonymousUser, *parts: Literal["diary", "ratings"], person: str = "user"
) -> Q:
    """What is the viewer's own, and what belongs to people who show themselves and all `parts`.

    Whoever keeps the profile to themselves shows nothing; two of whom one blocks the other show each
    other nothing. Staff see what everybody sees: their work is in the admin panel. `person` is the
    lookup that leads to whom a thing belongs, "" for people themselves.
    """
    to = f"{person}__" if person else ""
    shown = {f"{to}{part}_visibility": PUBLIC for part in ("profile", *parts)}
    theirs = Q(**shown, **{f"{to}is_active": True})
    if not viewer.is_authenticated:
        return theirs
    # As lists of people: to exclude by the relations themselves takes Django half as long again to write.
    people, who = get_user_model()._default_manager, person or "pk"
    blocked, blocking = people.filter(blocked_by__blocker=viewer.pk), people.filter(blocks__blocked=viewer.pk)
    apart = Q(**{f"{who}__in": blocked.values("pk")}) | Q(**{f"{who}__in": blocking.values("pk")})
    return Q(**{who: viewer.pk}) | theirs & ~apart
