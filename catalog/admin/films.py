from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline, TabularInline
from unfold.contrib.filters.admin import (
    AllValuesCheckboxFilter,
    RangeDateTimeFilter,
    RangeNumericFilter,
    RelatedDropdownFilter,
)
from unfold.decorators import display

from catalog.admin.filters import Duplicates, HavingCredits, HavingPlot, HavingPoster, HavingYear
from catalog.admin.merging import FilmMerging
from catalog.admin.people import INLINE_ROWS
from catalog.admin.pictures import LABELS, PictureInline
from catalog.admin.plots import PlotForm
from catalog.admin.resources import MovieFile
from catalog.admin.tables import CountedDeletion, Exchange, LargeTable
from catalog.models import Credit, Movie, OtherTitle, Plot
from catalog.plots.queue import EDITOR


class OtherTitleInline(TabularInline):
    model = OtherTitle
    extra = 0
    tab = True


class CreditInline(TabularInline):
    model = Credit
    fields = ["person", "role", "character", "position"]
    autocomplete_fields = ["person"]
    extra = 0
    # Each row looks its person up: a long cast comes in pages.
    per_page = INLINE_ROWS
    tab = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Credit]:
        return super().get_queryset(request).select_related("person", "movie")


class FilmPlotForm(PlotForm):
    class Meta(PlotForm.Meta):
        fields = ["text", "source_url", "licence", "locked"]


class PlotInline(StackedInline):
    model = Plot
    form = FilmPlotForm
    fields = ["text", "source", "source_url", "licence", "fetched_at", "locked"]
    readonly_fields = ["source", "fetched_at"]
    extra = 0
    tab = True
    verbose_name_plural = _("Plot")


@admin.register(Movie)
class MovieAdmin(FilmMerging, CountedDeletion, Exchange):
    resource_classes = [MovieFile]
    list_display = [
        "title",
        "year",
        "genre_names",
        "language",
        "ratings_count",
        "stars",
        "plot_source",
        "poster_state",
        "imdb_id",
    ]
    list_select_related = ["plot", "picture"]
    list_filter = [
        ("genres", RelatedDropdownFilter),
        ("year", RangeNumericFilter),
        ("ratings_count", RangeNumericFilter),
        HavingPlot,
        HavingPoster,
        HavingCredits,
        HavingYear,
        Duplicates,
        ("language", AllValuesCheckboxFilter),
        ("created_at", RangeDateTimeFilter),
    ]
    list_filter_submit = True
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["search_title"]
    search_help_text = _("Words of a title or of another title, and the year")
    autocomplete_fields = ["genres", "keywords"]
    readonly_fields = ["slug", "ratings_count", "stars", "created_at", "updated_at"]
    inlines = [PlotInline, CreditInline, PictureInline, OtherTitleInline]
    fieldsets = [
        (None, {"fields": ["title", "year", "tagline", "genres", "keywords"]}),
        (_("Facts"), {"fields": ["runtime", "language", "released_on", "budget", "revenue"]}),
        (_("Known elsewhere as"), {"fields": ["imdb_id", "tmdb_id", "movielens_id"]}),
        (_("Kept by the site"), {"fields": ["slug", "ratings_count", "stars", "created_at", "updated_at"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Movie]:
        return super().get_queryset(request).with_average().prefetch_related("genres")

    def get_ordering(self, request: HttpRequest) -> list[str] | tuple[str, ...]:
        # Namesakes beside each other: that is where they are compared.
        if Duplicates.parameter_name in request.GET:
            return ["search_title", "-ratings_count", "pk"]
        return super().get_ordering(request)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Movie], search_term: str
    ) -> tuple[QuerySet[Movie], bool]:
        return (queryset.matching(search_term) if search_term else queryset), False

    @display(description=_("genres"))
    def genre_names(self, movie: Movie) -> str:
        return ", ".join(movie.genre_names)

    @display(description=_("mean stars"), ordering="average")
    def stars(self, movie: Movie) -> str:
        return "–" if movie.average_stars is None else f"{movie.average_stars:.2f}"

    @display(description=_("plot"), label={EDITOR: "success", "locked": "success"})
    def plot_source(self, movie: Movie) -> Any:
        plot = getattr(movie, "plot", None)
        if plot is None:
            return None
        return (
            ("locked", _("%(source)s, locked") % {"source": plot.source})
            if plot.locked
            else (plot.source, plot.source)
        )

    @display(description=_("poster"), label=LABELS)
    def poster_state(self, movie: Movie) -> tuple[str, str] | None:
        picture = getattr(movie, "picture", None)
        return (picture.state, picture.get_state_display()) if picture else None


@admin.register(OtherTitle)
class OtherTitleAdmin(LargeTable):
    list_display = ["title", "movie"]
    list_select_related = ["movie"]
    search_fields = ["search_title"]
    autocomplete_fields = ["movie"]
    ordering = ["-pk"]
