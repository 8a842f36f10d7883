from __future__ import annotations

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from catalog.admin.resources import CreditFile, GenreFile, KeywordFile, PersonFile
from catalog.admin.tables import CountedDeletion, Exchange, LargeTable
from catalog.models import Credit, Genre, Keyword, Person
from catalog.titles import search_form

INLINE_ROWS = 15


class FilmsOfPerson(TabularInline):
    model = Credit
    fields = ["movie", "role", "character", "position"]
    autocomplete_fields = ["movie"]
    ordering = ["role", "-movie__ratings_count", "pk"]
    extra = 0
    # The credits of an actor of eighty films are not eighty look-ups.
    per_page = INLINE_ROWS
    tab = True
    verbose_name_plural = _("Films")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Credit]:
        return super().get_queryset(request).select_related("movie", "person")


@admin.register(Person)
class PersonAdmin(CountedDeletion, LargeTable, Exchange):
    resource_classes = [PersonFile]
    list_display = ["name", "films", "imdb_id", "tmdb_id"]
    search_fields = ["search_name", "=imdb_id"]
    search_help_text = _("Words of a name, or a whole IMDb id")
    readonly_fields = ["slug"]
    inlines = [FilmsOfPerson]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        credits = Credit.objects.filter(person=OuterRef("pk")).order_by().values("person")
        films = credits.annotate(films=Count("movie", distinct=True)).values("films")
        return super().get_queryset(request).annotate(films=Subquery(films))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Person], search_term: str
    ) -> tuple[QuerySet[Person], bool]:
        return super().get_search_results(request, queryset, search_form(search_term))

    @display(description=_("films"))
    def films(self, person: Person) -> int:
        return person.films or 0


@admin.register(Genre)
class GenreAdmin(Exchange):
    resource_classes = [GenreFile]
    list_display = ["name", "slug", "films"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Genre]:
        return super().get_queryset(request).annotate(films=Count("movies"))

    @display(description=_("films"), ordering="films")
    def films(self, genre: Genre) -> int:
        return genre.films


@admin.register(Keyword)
class KeywordAdmin(LargeTable, Exchange):
    resource_classes = [KeywordFile]
    list_display = ["name"]
    search_fields = ["name"]


@admin.register(Credit)
class CreditAdmin(LargeTable, Exchange):
    resource_classes = [CreditFile]
    list_display = ["person", "movie", "role", "character", "position"]
    list_select_related = ["movie", "person"]
    list_filter = [("role", ChoicesDropdownFilter)]
    search_fields = ["person__search_name", "movie__search_title"]
    autocomplete_fields = ["movie", "person"]
    ordering = ["-pk"]
