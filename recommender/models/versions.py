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
    name = models.CharField(_("name"), max_length=80, unique=True)
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict)
    reason = models.TextField(_("reason"), blank=True)
    is_live = models.BooleanField(_("live"), default=False)
    metrics = models.JSONField(_("metrics"), default=dict)
    ratings_count = models.PositiveIntegerField(_("number of ratings"))
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    promoted_at = models.DateTimeField(_("promoted at"), null=True, blank=True)

    class Meta:
        verbose_name = _("model version")
        verbose_name_plural = _("model versions")
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

    state = models.CharField(_("state"), max_length=10, choices=State, default=State.RUNNING)
    progress = models.FloatField(_("progress"), default=0)
    step = models.CharField(_("step"), max_length=200, blank=True)
    cancel_requested = models.BooleanField(_("cancel requested"), default=False)
    version = models.ForeignKey(
        ModelVersion, models.SET_NULL, null=True, blank=True, related_name="runs", verbose_name=_("version")
    )
    error = models.TextField(_("error"), blank=True)
    started_at = models.DateTimeField(_("started at"), auto_now_add=True)
    seen_at = models.DateTimeField(_("seen at"), auto_now=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("training run")
        verbose_name_plural = _("training runs")
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="running"), name="one_training_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"Training of {self.started_at:%Y-%m-%d %H:%M}: {self.state}"
