"""Who may change what: asked by pages and API alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser


class Owned(Protocol):
    user_id: int


def may_change(user: AbstractBaseUser | AnonymousUser, thing: Owned) -> bool:
    """Ratings, viewings and reviews belong to the person who gave them, staff use the admin."""
    return user.is_authenticated and user.is_active and thing.user_id == user.pk
