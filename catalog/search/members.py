"""Members by their username; those who keep their profile to themselves are not found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.db.models.functions import Length

from catalog.permissions import PUBLIC, seen_by

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

SHORTEST = 2


def members_called(text: str, *, viewer: AbstractBaseUser | AnonymousUser) -> QuerySet:
    """Active members who signed up here, the shortest name first; nobody for several words."""
    name = text.strip().removeprefix("@")
    people = get_user_model()._default_manager
    if len(name) < SHORTEST or len(name.split()) > 1:
        return people.none()
    # Everybody sees themselves, but a profile kept to oneself is not even found by its owner.
    open_to_all = people.filter(source="site", is_active=True, profile_visibility=PUBLIC)
    found = open_to_all.filter(seen_by(viewer, person=""), username__icontains=name)
    return found.order_by(Length("username"), "username")
