"""Reviews: written, removed and liked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from catalog.film_log import Wording
from catalog.models import Movie, Review, ReviewLike, ReviewRevision
from catalog.services.moderation import check_is_of_another, log_removal
from catalog.services.one_writer import ChangedMeanwhile, lock
from catalog.services.row_record import RecordedRemoval, Table

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractUser


@transaction.atomic
def write_review(*, user: AbstractUser, movie: Movie, text: str, has_spoilers: bool = False) -> Review:
    """Write or rewrite the one review of a person about a film; an earlier wording is kept for staff.

    A review that staff took down stays down whatever it says now.
    """
    wording = {"text": text.strip(), "has_spoilers": has_spoilers}
    review, is_new = Review.objects.select_for_update().get_or_create(
        user_id=user.pk, movie=movie, defaults=wording
    )
    if not is_new and (review.text, review.has_spoilers) != (wording["text"], has_spoilers):
        review.text, review.has_spoilers = text.strip(), has_spoilers
        keep_wording(changed=review)
        review.save(update_fields=["text", "has_spoilers", "updated_at"])
    return review


@transaction.atomic
def rewrite_review(*, user: AbstractUser, movie: Movie, wording: Wording, shown: str) -> Review:
    """Write over the review whose version is `shown`, empty where there was none.

    Raises ChangedMeanwhile where it is no longer that one, unless it already says the same.
    """
    lock(user)
    stored = Wording.of(Review.objects.filter(user_id=user.pk, movie=movie).first())
    if shown != stored.version and wording != stored:
        raise ChangedMeanwhile
    return write_review(user=user, movie=movie, text=wording.text, has_spoilers=wording.has_spoilers)


def keep_wording(*, changed: Review) -> None:
    """Keep what is stored of a review that is about to be saved with other words."""
    stored = Review.objects.filter(pk=changed.pk).first()
    if stored and (stored.text, stored.has_spoilers) != (changed.text, changed.has_spoilers):
        ReviewRevision.objects.create(
            review=stored,
            text=stored.text,
            has_spoilers=stored.has_spoilers,
            written_at=stored.updated_at,
        )


@transaction.atomic
def remove_review(*, review: Review) -> list[Table]:
    """Its reports go with it; that there were some stays in the log, under the name of its writer.

    Returns what hung on it, likes and earlier wordings among it, as `put_back` takes it.
    """
    log_removal(review)
    tables: list[Table] = RecordedRemoval([review]).remove()["rows"]
    return tables[1:]


def like_review(*, user: AbstractUser, review: Review) -> ReviewLike:
    """Liking twice is liking once. Raises OwnReview for one's own."""
    check_is_of_another(user, review)
    return ReviewLike.objects.get_or_create(user_id=user.pk, review=review)[0]


def unlike_review(*, user: AbstractUser, review: Review) -> None:
    ReviewLike.objects.filter(user_id=user.pk, review=review).delete()
