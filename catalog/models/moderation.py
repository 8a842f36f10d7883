"""What becomes of reviews and lists: earlier wordings, reports about them, and who decided what."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models.diary import Review
from catalog.models.lists import FilmList


class ReviewRevision(models.Model):
    """A review as it was before an edit, for staff."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="revisions", verbose_name=_("review"))
    text = models.TextField(_("text"))
    has_spoilers = models.BooleanField(_("contains spoilers"), default=False)
    written_at = models.DateTimeField(_("written at"), help_text=_("When this wording was saved."))
    replaced_at = models.DateTimeField(_("replaced at"), auto_now_add=True)

    class Meta:
        verbose_name = _("review revision")
        verbose_name_plural = _("review revisions")
        ordering = ["-replaced_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.review} until {self.replaced_at:%Y-%m-%d %H:%M}"


class ReviewReport(models.Model):
    """One person's report of a review or of a list, and what staff made of it."""

    class Reason(models.TextChoices):
        SPOILER = "spoiler", _("tells how it ends, unmarked")
        ABUSE = "abuse", _("insults or harasses somebody")
        HATE = "hate", _("hateful or discriminating")
        SPAM = "spam", _("advertising or spam")
        OTHER = "other", _("something else")

    class State(models.TextChoices):
        OPEN = "open", _("waits for a decision")
        UPHELD = "upheld", _("taken down")
        DISMISSED = "dismissed", _("stays")

    # One of the two.
    review = models.ForeignKey(
        Review, models.CASCADE, null=True, blank=True, related_name="reports", verbose_name=_("review")
    )
    film_list = models.ForeignKey(
        FilmList, models.CASCADE, null=True, blank=True, related_name="reports", verbose_name=_("film list")
    )
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="reports", verbose_name=_("reporter")
    )
    reason = models.CharField(_("reason"), max_length=10, choices=Reason)
    note = models.TextField(_("note"), max_length=1000, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN, db_index=True)
    reported_at = models.DateTimeField(_("reported at"), auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="decided_reports",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decision_note = models.CharField(_("decision note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("review report")
        verbose_name_plural = _("review reports")
        ordering = ["reported_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["review", "reporter"], name="one_report_per_review_and_reporter"),
            models.UniqueConstraint(
                fields=["film_list", "reporter"], name="one_report_per_list_and_reporter"
            ),
            models.CheckConstraint(
                condition=Q(review__isnull=True, film_list__isnull=False)
                | Q(review__isnull=False, film_list__isnull=True),
                name="report_is_about_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(state="open") | Q(decided_at__isnull=False), name="decided_report_has_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reported}: {self.get_reason_display()}"

    @property
    def reported(self) -> Review | FilmList:
        return self.review or self.film_list

    @classmethod
    def reasons_why_down(cls, reported: Review | FilmList) -> list[ReviewReport]:
        """Of reports that say the same one; none about what everybody is shown."""
        if not reported.is_taken_down:
            return []
        upheld = reported.reports.filter(state=cls.State.UPHELD)
        return list({(report.reason, report.decision_note): report for report in upheld}.values())
