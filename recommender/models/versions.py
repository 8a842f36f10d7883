from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ModelVersion(models.Model):
    """One trained bundle of models. The live one is served; rollback moves the mark to another row."""

    class Verdict(models.TextChoices):
        PASSED = "passed", _("passed the gate")
        REFUSED = "refused", _("refused by the gate")

    # Made from the fingerprint of the ratings and of the code, so that a retry finds its version.
    name = models.CharField(max_length=80, unique=True)
    verdict = models.CharField(max_length=10, choices=Verdict)
    reason = models.TextField(blank=True)
    is_live = models.BooleanField(default=False)
    metrics = models.JSONField(default=dict)
    ratings_count = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)
    promoted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["is_live"], condition=Q(is_live=True), name="one_live_version"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def folder(self) -> Path:
        return Path(settings.MODELS_DIR) / self.name


class TrainingRun(models.Model):
    """One attempt to train, with its progress, for the admin pages."""

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    progress = models.FloatField(default=0)
    step = models.CharField(max_length=200, blank=True)
    cancel_requested = models.BooleanField(default=False)
    version = models.ForeignKey(ModelVersion, models.SET_NULL, null=True, blank=True, related_name="runs")
    error = models.TextField(blank=True)
    started_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(auto_now=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="running"), name="one_training_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"Training of {self.started_at:%Y-%m-%d %H:%M}: {self.state}"
