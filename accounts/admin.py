from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    BooleanRadioFilter,
    ChoicesDropdownFilter,
    RangeDateTimeFilter,
)
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminSelectWidget

from accounts.forms import time_zones
from accounts.models import Follow, User
from catalog.admin.tables import CountedDeletion, LargeTable
from catalog.models import Rating
from catalog.services import refresh_counts


def languages() -> list[tuple[str, Any]]:
    return [("", _("As my browser asks")), *settings.LANGUAGES]


class MemberForm(UserChangeForm):
    time_zone = forms.ChoiceField(
        choices=time_zones, required=False, label=_("Time zone"), widget=UnfoldAdminSelectWidget
    )
    language = forms.ChoiceField(
        choices=languages, required=False, label=_("Language"), widget=UnfoldAdminSelectWidget
    )


@admin.register(User)
class UserAdmin(DjangoUserAdmin, CountedDeletion):
    form = MemberForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["username", "email", "source", "is_active", "is_staff", "date_joined", "last_login"]
    list_filter = [
        ("source", ChoicesDropdownFilter),
        ("is_active", BooleanRadioFilter),
        ("is_staff", BooleanRadioFilter),
        ("date_joined", RangeDateTimeFilter),
    ]
    list_filter_submit = True
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["username", "email", "=source_key"]
    readonly_fields = ["source", "source_key", "date_joined", "last_login"]
    ordering = ["-pk"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Person"), {"fields": ["first_name", "last_name", "email", "bio"]}),
        (
            _("Shows and lends"),
            {
                "fields": [
                    "profile_visibility",
                    "diary_visibility",
                    "ratings_visibility",
                    "lends_ratings",
                    "time_zone",
                    "language",
                ]
            },
        ),
        (
            _("May do"),
            {"fields": ["is_active", "is_staff", "is_superuser", "groups", "user_permissions"]},
        ),
        (_("Kept by the site"), {"fields": ["source", "source_key", "date_joined", "last_login"]}),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        # Imported people never log in; a constraint of the table holds that.
        imported = obj is not None and obj.source == User.Source.IMPORT
        return [*super().get_readonly_fields(request, obj), *(["is_active"] if imported else [])]

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        self.delete_queryset(request, User.objects.filter(pk=obj.pk))

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Their ratings go with them, and the films' counts follow."""
        films = set(Rating.objects.filter(user__in=queryset).order_by().values_list("movie_id", flat=True))
        super().delete_queryset(request, queryset)
        refresh_counts(movie_ids=films)


@admin.register(Follow)
class FollowAdmin(LargeTable):
    list_display = ["follower", "followed", "created_at"]
    list_select_related = ["follower", "followed"]
    list_filter = [
        ("follower", AutocompleteSelectFilter),
        ("followed", AutocompleteSelectFilter),
        ("created_at", RangeDateTimeFilter),
    ]
    autocomplete_fields = ["follower", "followed"]
    readonly_fields = ["created_at"]
    search_fields = ["follower__username", "followed__username"]
    ordering = ["-pk"]
