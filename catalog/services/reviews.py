"""Reviews: written, removed, liked, reported, and decided about by staff."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.film_log import Wording
from catalog.models import Movie, Review, ReviewLike, ReviewReport, ReviewRevision
from catalog.services.one_writer import ChangedMeanwhile, lock

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractUser

REPORTS_AN_HOUR = 20


class OwnReview(Exception):
    """One likes and reports what others wrote."""


class TooManyReports(Exception):
    """More within an hour than anybody reads in one."""


class AlreadyDecided(Exception):
    """Somebody else of the staff was quicker: nothing waits for a decision any more."""


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
def remove_review(*, review: Review) -> None:
    """Its reports go with it; that there were some stays in the log, under the name of its writer."""
    if count := review.reports.count():
        gone = Review.objects.filter(pk=review.pk)
        message = ngettext(
            "Removed by its writer, with %d report.", "Removed by its writer, with %d reports.", count
        )
        LogEntry.objects.log_actions(review.user_id, gone, DELETION, change_message=message % count)
    review.delete()


def like_review(*, user: AbstractUser, review: Review) -> ReviewLike:
    """Liking twice is liking once. Raises OwnReview for one's own."""
    _check_is_of_another(user, review)
    return ReviewLike.objects.get_or_create(user_id=user.pk, review=review)[0]


def unlike_review(*, user: AbstractUser, review: Review) -> None:
    ReviewLike.objects.filter(user_id=user.pk, review=review).delete()


@transaction.atomic
def report_review(*, reporter: AbstractUser, review: Review, reason: str, note: str = "") -> ReviewReport:
    """Ask staff to look at a review; the same person's second report of it changes nothing.

    Raises OwnReview for one's own, TooManyReports after REPORTS_AN_HOUR of them.
    """
    _check_is_of_another(reporter, review)
    known = ReviewReport.objects.filter(reporter_id=reporter.pk)
    if (earlier := known.filter(review=review).first()) is not None:
        return earlier
    if known.filter(reported_at__gte=timezone.now() - timedelta(hours=1)).count() >= REPORTS_AN_HOUR:
        raise TooManyReports
    return ReviewReport.objects.get_or_create(
        reporter_id=reporter.pk, review=review, defaults={"reason": reason, "note": note.strip()}
    )[0]


@transaction.atomic
def take_down(*, review: Review, by: AbstractUser, note: str = "") -> None:
    """Show a review to its writer and to staff alone. Raises AlreadyDecided where no report is open."""
    _decide(review, by, ReviewReport.State.UPHELD, note)
    Review.objects.filter(pk=review.pk).update(is_taken_down=True)
    _log(review, by, _("Taken down."), note)


@transaction.atomic
def dismiss_reports(*, review: Review, by: AbstractUser, note: str = "") -> None:
    """Leave a review as it is. Raises AlreadyDecided where no report is open."""
    _decide(review, by, ReviewReport.State.DISMISSED, note)
    _log(review, by, _("Reports dismissed."), note)


@transaction.atomic
def put_up_again(*, review: Review, by: AbstractUser, note: str = "") -> None:
    """Show a review that was taken down to everybody. Raises AlreadyDecided where it is shown."""
    if not Review.objects.filter(pk=review.pk, is_taken_down=True).update(is_taken_down=False):
        raise AlreadyDecided
    _log(review, by, _("Put up again."), note)


def _check_is_of_another(user: AbstractUser, review: Review) -> None:
    if review.user_id == user.pk:
        raise OwnReview


def _decide(review: Review, by: AbstractUser, state: ReviewReport.State, note: str) -> None:
    waiting = ReviewReport.objects.filter(review=review, state=ReviewReport.State.OPEN)
    decision = {"decided_by": by, "decided_at": timezone.now(), "decision_note": note.strip()}
    if not waiting.update(state=state, **decision):
        raise AlreadyDecided


def _log(review: Review, by: AbstractUser, decision: str, note: str) -> None:
    message = f"{decision} {note}".strip()
    LogEntry.objects.log_actions(by.pk, Review.objects.filter(pk=review.pk), CHANGE, change_message=message)
