"""Reviews and lists: reported by members, and decided about by staff."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.models import FilmList, Review, ReviewReport

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractUser

    Reported = Review | FilmList

REPORTS_AN_HOUR = 20


class OwnReview(Exception):
    """One likes and reports what others wrote."""


class TooManyReports(Exception):
    """More within an hour than anybody reads in one."""


class AlreadyDecided(Exception):
    """Somebody else of the staff was quicker: nothing waits for a decision any more."""


def report_review(*, reporter: AbstractUser, review: Review, reason: str, note: str = "") -> ReviewReport:
    """Ask staff to look at a review; the same person's second report of it changes nothing.

    Raises OwnReview for one's own, TooManyReports after REPORTS_AN_HOUR of them.
    """
    return _report(reporter, reason, note, review=review)


def report_list(*, reporter: AbstractUser, film_list: FilmList, reason: str, note: str = "") -> ReviewReport:
    """The same of a list."""
    return _report(reporter, reason, note, film_list=film_list)


@transaction.atomic
def _report(reporter: AbstractUser, reason: str, note: str, **about: Reported) -> ReviewReport:
    [reported] = about.values()
    check_is_of_another(reporter, reported)
    known = ReviewReport.objects.filter(reporter_id=reporter.pk)
    if (earlier := known.filter(**about).first()) is not None:
        return earlier
    if known.filter(reported_at__gte=timezone.now() - timedelta(hours=1)).count() >= REPORTS_AN_HOUR:
        raise TooManyReports
    return ReviewReport.objects.get_or_create(
        reporter_id=reporter.pk, **about, defaults={"reason": reason, "note": note.strip()}
    )[0]


@transaction.atomic
def take_down(*, by: AbstractUser, note: str = "", **about: Reported) -> None:
    """Show a `review` or a `film_list` to its owner and to staff alone.

    Raises AlreadyDecided where no report is open.
    """
    [reported] = about.values()
    _decide(by, ReviewReport.State.UPHELD, note, **about)
    type(reported)._default_manager.filter(pk=reported.pk).update(is_taken_down=True)
    _log(reported, by, _("Taken down."), note)


@transaction.atomic
def dismiss_reports(*, by: AbstractUser, note: str = "", **about: Reported) -> None:
    """Leave a `review` or a `film_list` as it is. Raises AlreadyDecided where no report is open."""
    [reported] = about.values()
    _decide(by, ReviewReport.State.DISMISSED, note, **about)
    _log(reported, by, _("Reports dismissed."), note)


@transaction.atomic
def put_up_again(*, by: AbstractUser, note: str = "", **about: Reported) -> None:
    """Show what was taken down to everybody. Raises AlreadyDecided where it is shown."""
    [reported] = about.values()
    down = type(reported)._default_manager.filter(pk=reported.pk, is_taken_down=True)
    if not down.update(is_taken_down=False):
        raise AlreadyDecided
    _log(reported, by, _("Put up again."), note)


def log_removal(reported: Reported) -> None:
    """Reports go with what they are about; that there were some stays in the log."""
    if count := reported.reports.count():
        gone = type(reported)._default_manager.filter(pk=reported.pk)
        message = ngettext(
            "Removed by its writer, with %d report.", "Removed by its writer, with %d reports.", count
        )
        LogEntry.objects.log_actions(reported.user_id, gone, DELETION, change_message=message % count)


def check_is_of_another(user: AbstractUser, written: Reported) -> None:
    if written.user_id == user.pk:
        raise OwnReview


def _decide(by: AbstractUser, state: ReviewReport.State, note: str, **about: Reported) -> None:
    waiting = ReviewReport.objects.filter(state=ReviewReport.State.OPEN, **about)
    decision = {"decided_by": by, "decided_at": timezone.now(), "decision_note": note.strip()}
    if not waiting.update(state=state, **decision):
        raise AlreadyDecided


def _log(reported: Reported, by: AbstractUser, decision: str, note: str) -> None:
    message = f"{decision} {note}".strip()
    same = type(reported)._default_manager.filter(pk=reported.pk)
    LogEntry.objects.log_actions(by.pk, same, CHANGE, change_message=message)
