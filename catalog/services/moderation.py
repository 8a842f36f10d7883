"""Reviews and lists: reported by members, and decided about by staff."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.models import FilmList, Review, ReviewReport

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractUser
    from django.db.models import QuerySet

    Reported = Review | FilmList

REPORTS_AN_HOUR = 20


class OwnReview(Exception):
    """One likes and reports what others wrote."""


class TooManyReports(Exception):
    """More within an hour than anybody reads in one."""


class AlreadyDecided(Exception):
    """Somebody else of the staff was quicker: nothing waits for a decision any more."""


@transaction.atomic
def report(*, reporter: AbstractUser, reported: Reported, reason: str, note: str = "") -> ReviewReport:
    """Ask staff to look at a review or list; the same person's second report of it changes nothing.

    Raises OwnReview for one's own, TooManyReports after REPORTS_AN_HOUR of them.
    """
    check_is_of_another(reporter, reported)
    if (earlier := reported.reports.filter(reporter_id=reporter.pk).first()) is not None:
        return earlier
    lately = ReviewReport.objects.filter(reported_at__gte=timezone.now() - timedelta(hours=1))
    if lately.filter(reporter_id=reporter.pk).count() >= REPORTS_AN_HOUR:
        raise TooManyReports
    given = {"reason": reason, "note": note.strip()}
    return reported.reports.get_or_create(reporter_id=reporter.pk, defaults=given)[0]


@transaction.atomic
def take_down(*, reported: Reported, by: AbstractUser, note: str = "") -> None:
    """Show a review or list to its owner and staff alone. Raises AlreadyDecided where no report is open."""
    _decide(reported, by, ReviewReport.State.UPHELD, note)
    _row(reported).update(is_taken_down=True)
    _log(reported, by, _("Taken down."), note)


@transaction.atomic
def dismiss_reports(*, reported: Reported, by: AbstractUser, note: str = "") -> None:
    """Leave a review or list as it is. Raises AlreadyDecided where no report is open."""
    _decide(reported, by, ReviewReport.State.DISMISSED, note)
    _log(reported, by, _("Reports dismissed."), note)


@transaction.atomic
def put_up_again(*, reported: Reported, by: AbstractUser, note: str = "") -> None:
    """Show what was taken down to everybody. Raises AlreadyDecided where it is shown."""
    if not _row(reported).filter(is_taken_down=True).update(is_taken_down=False):
        raise AlreadyDecided
    _log(reported, by, _("Put up again."), note)


def log_removal(reported: Reported) -> None:
    """Reports go with what they are about; that there were some stays in the log."""
    if count := reported.reports.count():
        message = ngettext(
            "Removed by its writer, with %d report.", "Removed by its writer, with %d reports.", count
        )
        LogEntry.objects.log_actions(
            reported.user_id, _row(reported), DELETION, change_message=message % count
        )


def check_is_of_another(user: AbstractUser, written: Reported) -> None:
    if written.user_id == user.pk:
        raise OwnReview


def _row(reported: Reported) -> QuerySet[Any]:
    return type(reported)._default_manager.filter(pk=reported.pk)


def _decide(reported: Reported, by: AbstractUser, state: ReviewReport.State, note: str) -> None:
    waiting = reported.reports.filter(state=ReviewReport.State.OPEN)
    decision = {"decided_by": by, "decided_at": timezone.now(), "decision_note": note.strip()}
    if not waiting.update(state=state, **decision):
        raise AlreadyDecided


def _log(reported: Reported, by: AbstractUser, decision: str, note: str) -> None:
    message = f"{decision} {note}".strip()
    LogEntry.objects.log_actions(by.pk, _row(reported), CHANGE, change_message=message)
