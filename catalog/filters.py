from __future__ import annotations

import django_filters
from django import forms
from django.db.models import F, QuerySet

from catalog.models import Genre, Movie

DECADES = [(decade, f"{decade}s") for decade in range(2020, 1880, -10)]
SORTS = {
    "popular": ("Most rated", lambda films: films.order_by("-ratings_count", "pk")),
    "best": ("Best rated", lambda films: films.by_weighted_rating()),
    "newest": (
        "Newest",
        lambda films: films.order_by(F("year").desc(nulls_last=True), "-ratings_count", "pk"),
    ),
    "oldest": (
        "Oldest",
        lambda films: films.order_by(F("year").asc(nulls_last=True), "-ratings_count", "pk"),
    ),
    "title": ("Title", lambda films: films.order_by("search_title", "pk")),
}


class BrowseFilter(django_filters.FilterSet):
    genre = django_filters.ModelChoiceFilter(
        field_name="genres",
        queryset=Genre.objects.all(),
        to_field_name="slug",
        label="Genre",
        empty_label="Every genre",
    )
    decade = django_filters.ChoiceFilter(
        choices=DECADES, method="in_decade", label="Decade", empty_label="Every decade"
    )
    year = django_filters.NumberFilter(
        label="Year",
        min_value=1880,
        max_value=2100,
        widget=forms.NumberInput(attrs={"placeholder": "Any year"}),
    )
    sort = django_filters.ChoiceFilter(
        choices=[(key, label) for key, (label, _) in SORTS.items()],
        method="sorted_by",
        label="Order",
        empty_label=None,
    )

    class Meta:
        model = Movie
        fields = ["genre", "decade", "year", "sort"]

    def in_decade(self, films: QuerySet, name: str, decade: str) -> QuerySet:
        return films.filter(year__gte=int(decade), year__lt=int(decade) + 10)

    def sorted_by(self, films: QuerySet, name: str, key: str) -> QuerySet:
        return SORTS[key][1](films)
