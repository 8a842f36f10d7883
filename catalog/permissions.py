"""Who may change what: asked by pages and API alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser


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
