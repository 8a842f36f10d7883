from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    BooleanRadioFilter,
    ChoicesDropdownFilter,
    RangeDateTimeFilter,
)
from unfold.decorators import display

from catalog.admin.tables import CountedDeletion, LargeTable
from catalog.models import FilmList, ListEntry


@admin.register(FilmList)
class FilmListAdmin(LargeTable, CountedDeletion):
    list_display = ["title", "user", "films", "is_ranked", "visibility", "updated_at"]
    list_filter = [
        ("user", AutocompleteSelectFilter),
        ("is_ranked", BooleanRadioFilter),
        ("visibility", ChoicesDropdownFilter),
        ("updated_at", RangeDateTimeFilter),
    ]
    autocomplete_fields = ["user"]
    search_fields = ["title", "=user__username"]
    search_help_text = _("Words of a title, or a whole username")
    fields = ["user", "title", "description", "is_ranked", "visibility", "created_at", "updated_at"]
    readonly_fields = ["created_at", "updated_at"]
    ordering = ["-pk"]

    def get_readonly_fields(self, request: HttpRequest, obj: FilmList | None = None) -> list[str]:
        return [*self.readonly_fields, *(["user"] if obj else [])]

    def get_queryset(self, request: HttpRequest) -> QuerySet[FilmList]:
        return super().get_queryset(request).counted()

    @display(description=_("films"))
    def films(self, film_list: FilmList) -> int:
        return film_list.films_count


@admin.register(ListEntry)
class ListEntryAdmin(LargeTable):
    list_display = ["film_list", "position", "movie", "note"]
    list_select_related = ["film_list", "movie"]
    list_filter = [
        ("film_list", AutocompleteSelectFilter),
        ("movie", AutocompleteSelectFilter),
        ("added_at", RangeDateTimeFilter),
    ]
    autocomplete_fields = ["film_list", "movie"]
    search_fields = ["film_list__title", "movie__search_title", "note"]
    readonly_fields = ["added_at"]
    ordering = ["-pk"]

    def get_readonly_fields(self, request: HttpRequest, obj: ListEntry | None = None) -> list[str]:
        return [*self.readonly_fields, *(["film_list", "movie"] if obj else [])]
