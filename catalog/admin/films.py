from __future__ import annotations

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline
from unfold.contrib.filters.admin import (
    ChoicesDropdownFilter,
    DropdownFilter,
    RangeDateTimeFilter,
    RangeNumericFilter,
    RelatedDropdownFilter,
)
from unfold.decorators import display

from catalog.admin.resources import CreditFile, GenreFile, MovieFile, PersonFile
from catalog.admin.tables import CountedDeletion, Exchange, LargeTable
from catalog.models import Credit, Genre, Movie, OtherTitle, Person, Plot


class HasPlot(DropdownFilter):
    title = "plot"
    parameter_name = "plot"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        return [("yes", "With a plot"), ("no", "Without a plot")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if not self.value():
            return queryset
        plots = Exists(Plot.objects.filter(movie=OuterRef("pk")))
        return queryset.filter(plots if self.value() == "yes" else ~plots)


class OtherTitleInline(TabularInline):
    model = OtherTitle
    extra = 0
    tab = True


class CreditInline(TabularInline):
    model = Credit
    autocomplete_fields = ["person"]
    extra = 0
    tab = True


@admin.register(Movie)
class MovieAdmin(CountedDeletion, Exchange):
    resource_classes = [MovieFile]
    list_display = ["title", "year", "genre_names", "ratings_count", "stars", "imdb_id", "movielens_id"]
    list_filter = [
        ("genres", RelatedDropdownFilter),
        ("year", RangeNumericFilter),
        ("ratings_count", RangeNumericFilter),
        HasPlot,
        ("created_at", RangeDateTimeFilter),
    ]
    list_filter_submit = True
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["search_title"]
    search_help_text = "Words of a title or of another title, and the year"
    autocomplete_fields = ["genres"]
    readonly_fields = ["slug", "ratings_count", "stars", "created_at", "updated_at"]
    inlines = [CreditInline, OtherTitleInline]
    fieldsets = [
        (None, {"fields": ["title", "year", "tagline", "runtime", "genres"]}),
        ("Known elsewhere as", {"fields": ["imdb_id", "tmdb_id", "movielens_id"]}),
        ("Kept by the site", {"fields": ["slug", "ratings_count", "stars", "created_at", "updated_at"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Movie]:
        return super().get_queryset(request).with_average().prefetch_related("genres")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Movie], search_term: str
    ) -> tuple[QuerySet[Movie], bool]:
        return (queryset.matching(search_term) if search_term else queryset), False

    @display(description="genres")
    def genre_names(self, movie: Movie) -> str:
        return ", ".join(genre.name for genre in movie.genres.all())

    @display(description="mean stars", ordering="average")
    def stars(self, movie: Movie) -> str:
        return "–" if movie.average_stars is None else f"{movie.average_stars:.2f}"


@admin.register(Genre)
class GenreAdmin(Exchange):
    resource_classes = [GenreFile]
    list_display = ["name", "slug"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(Person)
class PersonAdmin(CountedDeletion, LargeTable, Exchange):
    resource_classes = [PersonFile]
    list_display = ["name", "imdb_id"]
    search_fields = ["name", "=imdb_id"]


@admin.register(Credit)
class CreditAdmin(LargeTable, Exchange):
    resource_classes = [CreditFile]
    list_display = ["person", "movie", "role", "character", "position"]
    list_select_related = ["movie", "person"]
    list_filter = [("role", ChoicesDropdownFilter)]
    search_fields = ["person__name", "movie__search_title"]
    autocomplete_fields = ["movie", "person"]
    ordering = ["-pk"]


@admin.register(OtherTitle)
class OtherTitleAdmin(LargeTable):
    list_display = ["title", "movie"]
    list_select_related = ["movie"]
    search_fields = ["search_title"]
    autocomplete_fields = ["movie"]
    ordering = ["-pk"]
