"""What becomes of a review: earlier wordings, reports about it, and who decided what."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models.diary import Review


class ReviewRevision(models.Model):
    """A review as it was before an edit, for staff."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="revisions")
    text = models.TextField()
    has_spoilers = models.BooleanField(default=False)
    written_at = models.DateTimeField(help_text=_("When this wording was saved."))
    replaced_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-replaced_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.review} until {self.replaced_at:%Y-%m-%d %H:%M}"


class ReviewReport(models.Model):
    """One person's report of a review, and what staff made of it."""

    class Reason(models.TextChoices):
        SPOILER = "spoiler", _("tells how it ends, unmarked")
        ABUSE = "abuse", _("insults or harasses somebody")
        HATE = "hate", _("hateful or discriminating")
        SPAM = "spam", _("advertising or spam")
        OTHER = "other", _("something else")

    class State(models.TextChoices):
        OPEN = "open", _("waits for a decision")
        UPHELD = "upheld", _("review taken down")
        DISMISSED = "dismissed", _("review stays")

    review = models.ForeignKey(Review, models.CASCADE, related_name="reports")
    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="reports")
    reason = models.CharField(max_length=10, choices=Reason)
    note = models.TextField(max_length=1000, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN, db_index=True)
    reported_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="decided_reports"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["reported_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["review", "reporter"], name="one_report_per_review_and_reporter"),
            models.CheckConstraint(
                condition=Q(state="open") | Q(decided_at__isnull=False), name="decided_report_has_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.review}: {self.get_reason_display()}"
