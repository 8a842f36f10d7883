"""Reviews."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from catalog.models import Movie, Review

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractUser


@transaction.atomic
def write_review(*, user: AbstractUser, movie: Movie, text: str, has_spoilers: bool = False) -> Review:
    """Write or rewrite the one review of a person about a film."""
    review, _ = Review.objects.update_or_create(
        user_id=user.pk, movie=movie, defaults={"text": text.strip(), "has_spoilers": has_spoilers}
    )
    return review


def remove_review(*, review: Review) -> None:
    review.delete()
