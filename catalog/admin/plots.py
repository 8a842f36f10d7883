from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import (
    AllValuesCheckboxFilter,
    BooleanRadioFilter,
    ChoicesDropdownFilter,
    RangeDateTimeFilter,
)

from catalog.admin.resources import PlotFile
from catalog.admin.tables import Exchange, LargeTable
from catalog.models import Plot, PlotFetch, PlotProviderState
from catalog.plots.queue import EDITOR, fetch_again


class PlotForm(forms.ModelForm):
    class Meta:
        model = Plot
        fields = ["movie", "text", "source_url", "licence", "locked"]

    def clean(self) -> dict[str, Any]:
        """A text written here is the editor's, and no provider may replace it."""
        if "text" in self.changed_data:
            self.instance.source = EDITOR
            self.cleaned_data["locked"] = True
        return self.cleaned_data


@admin.register(Plot)
class PlotAdmin(LargeTable, Exchange):
    form = PlotForm
    resource_classes = [PlotFile]
    list_display = ["movie", "source", "licence", "locked", "fetched_at"]
    list_select_related = ["movie"]
    list_filter = [
        ("source", AllValuesCheckboxFilter),
        ("locked", BooleanRadioFilter),
        ("fetched_at", RangeDateTimeFilter),
    ]
    search_fields = ["movie__search_title", "text"]
    autocomplete_fields = ["movie"]
    readonly_fields = ["source", "fetched_at"]
    fields = ["movie", "text", "source", "source_url", "licence", "fetched_at", "locked"]
    ordering = ["-pk"]


@admin.register(PlotFetch)
class PlotFetchAdmin(LargeTable):
    """The queue of the nightly fetch: how it stands, film by film and in numbers."""

    list_display = ["movie", "provider", "state", "attempts", "due_at", "answer"]
    list_select_related = ["movie"]
    list_filter = [
        ("state", ChoicesDropdownFilter),
        ("provider", AllValuesCheckboxFilter),
        ("due_at", RangeDateTimeFilter),
    ]
    list_before_template = "admin/_counts.html"
    search_fields = ["movie__search_title"]
    readonly_fields = ["movie", "provider", "attempts", "answer", "updated_at"]
    actions = ["ask_again"]
    ordering = ["due_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().changelist_view(request, {"counts": counts_per_state(), **(extra_context or {})})

    @admin.action(description=_("Ask again with the next fetch"), permissions=["change"])
    def ask_again(self, request: HttpRequest, queryset: QuerySet[PlotFetch]) -> None:
        fetch_again(queryset)
        messages.success(request, _("These films are asked for again with the next fetch."))


@admin.register(PlotProviderState)
class PlotProviderStateAdmin(ModelAdmin):
    list_display = ["provider", "next_request_at", "refusals", "open_until"]
    readonly_fields = ["provider", "next_request_at"]
    actions = ["trust_again"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.action(description=_("Forget the refusals and ask again"), permissions=["change"])
    def trust_again(self, request: HttpRequest, queryset: QuerySet[PlotProviderState]) -> None:
        queryset.update(refusals=0, open_until=None, next_request_at=timezone.now())
        messages.success(request, _("The provider is asked again with the next fetch."))


def counts_per_state() -> list[dict[str, Any]]:
    """One entry a state, in the order of the queue, with the films that are due now last."""
    numbers = dict(PlotFetch.objects.order_by().values_list("state").annotate(Count("pk")))
    due = PlotFetch.objects.filter(due_at__lte=timezone.now()).exclude(state=PlotFetch.State.FOUND)
    states = [
        {"label": capfirst(label), "number": numbers.get(state, 0)}
        for state, label in PlotFetch.State.choices
    ]
    return [*states, {"label": _("Due now"), "number": due.count()}]
