from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Preferences(models.Model):
    """How a member wants recommendations to be; what is not set here is as the site has it."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        primary_key=True,
        related_name="preferences",
        verbose_name=_("user"),
    )
    # Engine, sliders and filters as steering.py reads them, so that the last choice is there next time.
    steering = models.JSONField(_("steering"), default=dict, blank=True)
    shows_predictions = models.BooleanField(_("show me what I would rate a film"), default=True)
    is_findable = models.BooleanField(_("let people with a similar taste find me"), default=False)

    class Meta:
        verbose_name = _("preferences")
        verbose_name_plural = _("preferences")

    def __str__(self) -> str:
        return f"Preferences of {self.user}"
