"""What is a person's own, as files to take along."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING

from accounts.models import Follow

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser


def following_csv(person: AbstractBaseUser) -> str:
    """Whom the person follows, the latest first, without those who are out of sight by now."""
    found = Follow.objects.filter(follower=person.pk).open_to(person, end="followed").order_by("-pk")
    file = StringIO()
    rows = csv.writer(file)
    rows.writerow(["username", "followed_on"])
    for name, since in found.values_list("followed__username", "created_at"):
        rows.writerow([name, since.date().isoformat()])
    return file.getvalue()
