from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    BooleanRadioFilter,
    ChoicesDropdownFilter,
    RangeDateFilter,
    RangeDateTimeFilter,
    RangeNumericFilter,
)
from unfold.decorators import display

from catalog.admin.moderation import WordingInline
from catalog.admin.resources import RatingFile, ReviewFile, WatchFile
from catalog.admin.tables import Exchange, LargeTable
from catalog.models import HiddenFilm, Movie, Rating, Review, UnusedFilm, Watch, WatchlistEntry
from catalog.services import keep_wording, refresh_counts


class OfOnePerson(LargeTable):
    """What one person did with one film; neither changes once it is written."""

    list_select_related = ["user", "movie"]
    autocomplete_fields = ["user", "movie"]
    search_fields = ["user__username", "movie__search_title"]
    search_help_text = _("A whole username, or words of a film’s title")
    ordering = ["-pk"]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        fixed = ["user", "movie"] if obj else []
        return [*super().get_readonly_fields(request, obj), *fixed]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        """Looks people and films up first: their ids have an index here, a joined text has none."""
        if not search_term:
            return queryset, False
        people = get_user_model().objects.filter(username__iexact=search_term.strip()).values("pk")
        films = Movie.objects.order_by().matching(search_term).values("pk")
        return queryset.filter(Q(user__in=people) | Q(movie__in=films)), False


class OfMembers(OfOnePerson, Exchange):
    """The same with files in and out."""


@admin.register(Rating)
class RatingAdmin(OfMembers):
    resource_classes = [RatingFile]
    list_display = ["movie", "user", "stars", "rated_at", "source"]
    list_filter = [
        ("user", AutocompleteSelectFilter),
        ("movie", AutocompleteSelectFilter),
        ("half_stars", RangeNumericFilter),
        ("rated_at", RangeDateTimeFilter),
        ("source", ChoicesDropdownFilter),
    ]
    fields = ["user", "movie", "half_stars", "rated_at", "source"]
    readonly_fields = ["rated_at", "source"]

    @display(description=_("stars"), ordering="half_stars")
    def stars(self, rating: Rating) -> str:
        return f"{rating.stars:g}"

    def save_model(self, request: HttpRequest, obj: Rating, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        refresh_counts(movie_ids=[obj.movie_id])

    def delete_model(self, request: HttpRequest, obj: Rating) -> None:
        super().delete_model(request, obj)
        refresh_counts(movie_ids=[obj.movie_id])

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Rating]) -> None:
        films = set(queryset.order_by().values_list("movie_id", flat=True))
        super().delete_queryset(request, queryset)
        refresh_counts(movie_ids=films)


@admin.register(Watch)
class WatchAdmin(OfMembers):
    resource_classes = [WatchFile]
    list_display = ["movie", "user", "watched_on", "rewatch"]
    list_filter = [
        ("user", AutocompleteSelectFilter),
        ("movie", AutocompleteSelectFilter),
        ("watched_on", RangeDateFilter),
        ("rewatch", BooleanRadioFilter),
    ]


@admin.register(Review)
class ReviewAdmin(OfMembers):
    resource_classes = [ReviewFile]
    list_display = ["movie", "user", "beginning", "has_spoilers", "created_at"]
    list_filter = [
        ("user", AutocompleteSelectFilter),
        ("movie", AutocompleteSelectFilter),
        ("has_spoilers", BooleanRadioFilter),
        ("is_taken_down", BooleanRadioFilter),
        ("created_at", RangeDateTimeFilter),
    ]
    inlines = [WordingInline]

    def save_model(self, request: HttpRequest, obj: Review, form: Any, change: bool) -> None:
        keep_wording(changed=obj)
        super().save_model(request, obj, form, change)

    @display(description=_("text"))
    def beginning(self, review: Review) -> str:
        return review.text if len(review.text) <= 80 else f"{review.text[:79]}…"


@admin.register(HiddenFilm)
class HiddenFilmAdmin(OfOnePerson):
    list_display = ["movie", "user", "hidden_at"]
    list_filter = [
        ("user", AutocompleteSelectFilter),
        ("movie", AutocompleteSelectFilter),
        ("hidden_at", RangeDateTimeFilter),
    ]
    readonly_fields = ["hidden_at"]


@admin.register(UnusedFilm)
class UnusedFilmAdmin(OfOnePerson):
    list_display = ["movie", "user", "unused_at"]
    list_filter = [
        ("user", AutocompleteSelectFilter),
        ("movie", AutocompleteSelectFilter),
        ("unused_at", RangeDateTimeFilter),
    ]
    readonly_fields = ["unused_at"]


@admin.register(WatchlistEntry)
class WatchlistEntryAdmin(OfOnePerson):
    list_display = ["movie", "user", "added_at"]
    list_filter = [
        ("user", AutocompleteSelectFilter),
        ("movie", AutocompleteSelectFilter),
        ("added_at", RangeDateTimeFilter),
    ]
    readonly_fields = ["added_at"]
