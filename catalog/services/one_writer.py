"""What two tabs of one person must not do at once: read what is stored, and write over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser


class ChangedMeanwhile(Exception):
    """What is stored is newer than what the form had shown."""


def lock(*people: AbstractBaseUser) -> None:
    """Until the end of the transaction nobody else writes in the name of these people."""
    keys = [person.pk for person in people]
    # In one order, or two who wait for each other would wait for good.
    rows = get_user_model()._default_manager.select_for_update().filter(pk__in=keys)
    list(rows.order_by("pk").only("pk"))
