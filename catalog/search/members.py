"""Members by their username; those who keep their profile to themselves are not found."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.db.models.functions import Length

SHORTEST = 2


def members_called(text: str, *, viewer: Any) -> QuerySet:
    """Active members who signed up here, the shortest name first; nobody for several words."""
    name = text.strip().removeprefix("@")
    people = get_user_model()._default_manager
    if len(name) < SHORTEST or len(name.split()) > 1:
        return people.none()
    found = people.filter(
        username__icontains=name, source="site", is_active=True, profile_visibility="public"
    ).order_by(Length("username"), "username")
    return found.exclude(_blocked(viewer)) if viewer.is_authenticated else found


def _blocked(viewer: Any) -> Q:
    return Q(pk__in=viewer.blocks.values("blocked")) | Q(pk__in=viewer.blocked_by.values("blocker"))
