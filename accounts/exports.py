"""What is a person's own, as files to take along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.models import Follow
from catalog.csv_file import csv_file

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser
    from django.http import HttpResponse


def following_csv(person: AbstractBaseUser) -> HttpResponse:
    """Whom the person follows, the latest first, without those who are out of sight by now."""
    found = Follow.objects.filter(follower=person.pk).open_to(person, end="followed").order_by("-pk")
    rows = found.values_list("followed__username", "created_at")
    dated = ([name, since.date().isoformat()] for name, since in rows)
    return csv_file("following.csv", ["username", "followed_on"], dated)
