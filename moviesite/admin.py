"""The panel's pages for tables of installed apps, in the panel's own dress."""

from __future__ import annotations

from typing import Any

from allauth.account.admin import EmailAddressAdmin as AllauthEmailAddressAdmin
from allauth.account.models import EmailAddress, EmailConfirmation
from django.contrib import admin
from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.models import Group
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django_celery_beat import admin as beat
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)
from django_celery_results import admin as results
from django_celery_results.models import GroupResult, TaskResult
from rest_framework.authtoken.admin import TokenAdmin as RestTokenAdmin
from rest_framework.authtoken.models import TokenProxy
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    ChoicesDropdownFilter,
    RangeDateTimeFilter,
    RelatedDropdownFilter,
)
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from catalog.admin.tables import LargeTable, ReadOnly

for model in (
    ClockedSchedule,
    CrontabSchedule,
    EmailAddress,
    Group,
    GroupResult,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
    TaskResult,
    TokenProxy,
):
    admin.site.unregister(model)
# Confirmations are signed links here, the table stays empty.
if admin.site.is_registered(EmailConfirmation):
    admin.site.unregister(EmailConfirmation)


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, ModelAdmin):
    pass


@admin.register(EmailAddress)
class EmailAddressAdmin(AllauthEmailAddressAdmin, ModelAdmin):
    list_select_related = ["user"]
    raw_id_fields = []
    autocomplete_fields = ["user"]


@admin.register(TokenProxy)
class TokenAdmin(RestTokenAdmin, ModelAdmin):
    list_select_related = ["user"]
    # Whoever reads a key can act as its owner: the list names owners only.
    list_display = ["user", "created"]


class TaskSelect(UnfoldAdminSelectWidget, beat.TaskSelectWidget):
    pass


class PeriodicTaskForm(beat.PeriodicTaskForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["task"].widget = UnfoldAdminTextInputWidget()
        self.fields["regtask"].widget = TaskSelect()


@admin.register(PeriodicTask)
class PeriodicTaskAdmin(beat.PeriodicTaskAdmin, ModelAdmin):
    form = PeriodicTaskForm
    # The package's own page adds an inline script, which the panel's policy forbids.
    change_form_template = None


@admin.register(CrontabSchedule)
class CrontabScheduleAdmin(beat.CrontabScheduleAdmin, ModelAdmin):
    pass


@admin.register(IntervalSchedule)
class IntervalScheduleAdmin(beat.IntervalScheduleAdmin, ModelAdmin):
    pass


@admin.register(ClockedSchedule)
class ClockedScheduleAdmin(beat.ClockedScheduleAdmin, ModelAdmin):
    pass


@admin.register(SolarSchedule)
class SolarScheduleAdmin(ModelAdmin):
    list_display = ["event", "latitude", "longitude"]


@admin.register(TaskResult)
class TaskResultAdmin(results.TaskResultAdmin, ModelAdmin):
    pass


@admin.register(GroupResult)
class GroupResultAdmin(results.GroupResultAdmin, ModelAdmin):
    pass


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnly, LargeTable):
    """Who changed what, by whichever page of the panel."""

    list_display = ["action_time", "user", "what", "content_type", "row", "told"]
    list_select_related = ["user", "content_type"]
    list_filter = [
        ("user", AutocompleteSelectFilter),
        ("content_type", RelatedDropdownFilter),
        ("action_flag", ChoicesDropdownFilter),
        ("action_time", RangeDateTimeFilter),
    ]
    search_fields = ["object_repr", "change_message"]
    search_help_text = _("Words of a name or of what was changed")
    fields = ["action_time", "user", "what", "content_type", "row", "told"]
    ordering = ["-action_time", "-pk"]

    @display(
        description=_("what"),
        ordering="action_flag",
        label={ADDITION: "success", CHANGE: "info", DELETION: "danger"},
    )
    def what(self, entry: LogEntry) -> tuple[int, str]:
        return entry.action_flag, entry.get_action_flag_display()

    @display(description=_("row"))
    def row(self, entry: LogEntry) -> str:
        address = None if entry.is_deletion() else entry.get_admin_url()
        if address is None:
            return entry.object_repr
        return format_html('<a href="{}" class="underline">{}</a>', address, entry.object_repr)

    @display(description=_("change"))
    def told(self, entry: LogEntry) -> str:
        return entry.get_change_message() or "–"
