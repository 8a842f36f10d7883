from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_htmx.http import HttpResponseClientRedirect
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import BooleanRadioFilter, ChoicesDropdownFilter
from unfold.decorators import action, display
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextareaWidget

from catalog.admin.tables import ReadOnly
from recommender import live
from recommender.models import ModelVersion, Seat, TrainingRun, WatchGroup

LABELS = {
    "passed": "success",
    "refused": "danger",
    "running": "info",
    "done": "success",
    "failed": "danger",
    "cancelled": "warning",
}


def _measurements(metrics: dict[str, Any], *above: str) -> Iterator[tuple[str, str]]:
    """Name and figure of each; tables within them are left to the folded whole."""
    for name, value in metrics.items():
        if isinstance(value, dict):
            yield from _measurements(value, *above, name)
        elif not isinstance(value, list):
            yield " · ".join([*above, name]), f"{value:.4f}" if isinstance(value, float) else str(value)


class ReasonForm(BaseDialogForm):
    reason = forms.CharField(
        label=_("Reason"),
        widget=UnfoldAdminTextareaWidget({"rows": 3}),
        help_text=_("Kept with the version, for whoever wonders later."),
    )


@admin.register(ModelVersion)
class ModelVersionAdmin(ReadOnly):
    list_display = ["name", "is_live", "gate", "ratings_count", "created_at", "promoted_at"]
    list_filter = [("verdict", ChoicesDropdownFilter), ("is_live", BooleanRadioFilter)]
    list_filter_submit = True
    search_fields = ["name", "reason"]
    fields = [
        "name",
        "is_live",
        "verdict",
        "reason",
        "ratings_count",
        "created_at",
        "promoted_at",
        "measured",
    ]
    actions_detail = ["make_live"]

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        if live.nothing_opens():
            messages.warning(request, _("None of these can be opened by this code: a training is due."))
        return super().changelist_view(request, extra_context)

    def has_promote_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return request.user.has_perm("recommender.change_modelversion")

    @display(description=_("gate"), ordering="verdict", label=LABELS)
    def gate(self, version: ModelVersion) -> tuple[str, str]:
        return version.verdict, version.get_verdict_display()

    @display(description=_("metrics"))
    def measured(self, version: ModelVersion) -> str:
        return render_to_string(
            "admin/_measurements.html",
            {
                "measurements": list(_measurements(version.metrics)),
                "all": json.dumps(version.metrics, indent=2, ensure_ascii=False),
            },
        )

    @action(
        description=_("Make live"),
        icon="published_with_changes",
        permissions=["promote"],
        dialog={
            "title": _("Make this version live"),
            "description": _(
                "The site recommends from it with the next request. This is also the way back to an older "
                "version."
            ),
            "form_class": ReasonForm,
            "form_submit_text": _("Make live"),
        },
    )
    def make_live(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        # The code that trains stays out of web processes until somebody asks for it.
        from recommender import training
        from recommender.ml.artefact import DamagedArtefact

        version = ModelVersion.objects.get(pk=object_id)
        try:
            training.promote(version=version, reason=form.cleaned_data["reason"])
        except (DamagedArtefact, OSError) as error:
            messages.error(
                request, _("%(version)s cannot go live: %(error)s") % {"version": version, "error": error}
            )
        else:
            messages.success(request, _("%(version)s is live.") % {"version": version})
        return HttpResponseClientRedirect(reverse("admin:recommender_modelversion_change", args=[object_id]))


@admin.register(TrainingRun)
class TrainingRunAdmin(ReadOnly):
    list_display = ["started_at", "status", "percent", "step", "version", "ended_at"]
    list_filter = [("state", ChoicesDropdownFilter)]
    list_filter_submit = True
    list_select_related = ["version"]
    search_fields = ["version__name", "error"]
    fields = [
        "state",
        "percent",
        "step",
        "cancel_requested",
        "version",
        "error",
        "started_at",
        "seen_at",
        "ended_at",
    ]
    actions = ["cancel"]

    @display(description=_("state"), ordering="state", label=LABELS)
    def status(self, run: TrainingRun) -> tuple[str, str]:
        return run.state, run.get_state_display()

    @display(description=_("progress"), ordering="progress")
    def percent(self, run: TrainingRun) -> str:
        return f"{run.progress:.0%}"

    def has_cancel_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("recommender.change_trainingrun")

    @admin.action(description=_("Cancel"), permissions=["cancel"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[TrainingRun]) -> None:
        running = queryset.filter(state=TrainingRun.State.RUNNING)
        if running.update(cancel_requested=True):
            messages.success(request, _("The training stops within a few seconds."))
        else:
            messages.warning(request, _("None of these trainings is running."))


class SeatInline(TabularInline):
    model = Seat
    fields = ["position", "user", "guest_name"]
    can_delete = False
    extra = 0


@admin.register(WatchGroup)
class WatchGroupAdmin(ReadOnly):
    """Without the link, which would open the group, and without what guests answered."""

    list_display = ["__str__", "owner", "created_at"]
    list_select_related = ["owner"]
    search_fields = ["name", "owner__username"]
    fields = ["name", "owner", "way", "created_at"]
    inlines = [SeatInline]
