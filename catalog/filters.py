"""How the wall of films is narrowed and ordered: each filter is a part of the address."""

from __future__ import annotations

from typing import Any, NamedTuple

import django_filters
from django import forms
from django.db.models import F, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.functional import cached_property
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from catalog import session
from catalog.genres import genre_in_words, genres_in_order
from catalog.languages import name_of_language
from catalog.marks import seen_by_visitor
from catalog.models import Genre, Keyword, Movie
from catalog.models.films import MovieQuerySet

DECADES = [(decade, format_lazy(_("{decade}s"), decade=decade)) for decade in range(2020, 1880, -10)]
RUNTIMES = {
    "short": (_("Under 1½ hours"), {"runtime__lt": 90}),
    "medium": (_("1½ to 2 hours"), {"runtime__gte": 90, "runtime__lt": 120}),
    "long": (_("2 to 2½ hours"), {"runtime__gte": 120, "runtime__lt": 150}),
    "epic": (_("2½ hours and longer"), {"runtime__gte": 150}),
}
AVERAGES = [
    ("4.5", _("4½ stars and up")),
    ("4", _("4 stars and up")),
    ("3.5", _("3½ stars and up")),
    ("3", _("3 stars and up")),
]
SEEN, UNSEEN, WATCHLIST = "seen", "unseen", "watchlist"
MINE = [(UNSEEN, _("Not seen yet")), (SEEN, _("Seen")), (WATCHLIST, _("On my watchlist"))]
USUAL_SORT = "popular"
SORTS = {
    USUAL_SORT: (_("Most rated"), lambda films: films.order_by("-ratings_count", "pk")),
    "best": (_("Best rated"), lambda films: films.by_weighted_rating()),
    "newest": (_("Newest"), lambda films: _in_order(films, F("year").desc(nulls_last=True))),
    "oldest": (_("Oldest"), lambda films: _in_order(films, F("year").asc(nulls_last=True))),
    "title": (_("Title"), lambda films: films.order_by("search_title", "pk")),
    "shortest": (_("Shortest"), lambda films: _in_order(films, F("runtime").asc(nulls_last=True))),
    "longest": (_("Longest"), lambda films: _in_order(films, F("runtime").desc(nulls_last=True))),
    "added": (_("Latest here"), lambda films: films.order_by("-pk")),
}


def _in_order(films: QuerySet[Movie], first: Any) -> QuerySet[Movie]:
    return films.order_by(first, "-ratings_count", "pk")


class Chip(NamedTuple):
    """A filter in use, and the address without it."""

    label: str
    names: tuple[str, ...]
    address: str


class BrowseFilter(django_filters.FilterSet):
    genre = django_filters.ChoiceFilter(
        choices=[], method="of_genre", label=_("Genre"), empty_label=_("Every genre")
    )
    decade = django_filters.ChoiceFilter(
        choices=DECADES, method="in_decade", label=_("Decade"), empty_label=_("Every decade")
    )
    year = django_filters.NumberFilter(label=_("Year"), min_value=1880, max_value=2100, widget=forms.Select)
    runtime = django_filters.ChoiceFilter(
        choices=[(key, label) for key, (label, *_rest) in RUNTIMES.items()],
        method="as_long_as",
        label=_("Length"),
        empty_label=_("Any length"),
    )
    language = django_filters.ChoiceFilter(
        choices=[], label=_("Original language"), empty_label=_("Any language")
    )
    rating = django_filters.ChoiceFilter(
        choices=AVERAGES, method="rated_at_least", label=_("Average"), empty_label=_("Any average")
    )
    mine = django_filters.ChoiceFilter(
        choices=MINE, method="of_mine", label=_("Seen or not"), empty_label=_("Seen or not")
    )
    keyword = django_filters.ModelChoiceFilter(
        field_name="keywords",
        queryset=Keyword.objects.all(),
        to_field_name="name",
        widget=forms.HiddenInput,
    )
    sort = django_filters.ChoiceFilter(
        choices=[(key, label) for key, (label, *_rest) in SORTS.items()],
        method="sorted_by",
        label=_("Order"),
        empty_label=None,
    )

    class Meta:
        model = Movie
        fields = ["genre", "decade", "year", "runtime", "language", "rating", "mine", "keyword", "sort"]

    def __init__(self, data: QueryDict, *, queryset: QuerySet[Movie], request: HttpRequest) -> None:
        super().__init__(_with_decade(data), queryset=queryset, request=request)
        # As a function: no genre is read where none is chosen or shown.
        self.form.fields["genre"].choices = self._genre_choices
        self._offer_years()
        self._offer_languages()
        if not request.user.is_authenticated:
            self.form.fields["mine"].choices = [choice for choice in MINE if choice[0] != WATCHLIST]

    def _offer_years(self) -> None:
        decade = self.data.get("decade", "")
        years = range(int(decade) + 9, int(decade) - 1, -1) if _is_year(decade) else []
        self.form.fields["year"].widget.choices = [("", _("Every year")), *((year, year) for year in years)]

    def _offer_languages(self) -> None:
        languages = [(code, name_of_language(code)) for code in Movie.objects.languages()]
        self.form.fields["language"].choices = sorted(languages, key=lambda language: language[1])

    @cached_property
    def _genres(self) -> dict[str, Genre]:
        return {genre.slug: genre for genre in genres_in_order()}

    def _genre_choices(self) -> list[tuple[str, str]]:
        return [(slug, genre_in_words(genre.name)) for slug, genre in self._genres.items()]

    def of_genre(self, films: QuerySet, name: str, slug: str) -> QuerySet:
        return films.of_genre(self._genres[slug])

    def in_decade(self, films: QuerySet, name: str, decade: str) -> QuerySet:
        return films.of_decade(int(decade))

    def as_long_as(self, films: QuerySet, name: str, band: str) -> QuerySet:
        return films.filter(**RUNTIMES[band][1])

    def rated_at_least(self, films: QuerySet, name: str, stars: str) -> QuerySet:
        # In whole half stars, as they are kept: no division, so no rounding.
        least = F("ratings_count") * int(float(stars) * 2)
        return films.filter(ratings_count__gt=0, half_stars_sum__gte=least)

    def of_mine(self, films: MovieQuerySet, name: str, which: str) -> QuerySet:
        user = self.request.user
        if which == WATCHLIST:
            return films.filter(on_watchlists__user=user)
        if which == SEEN:
            return seen_by_visitor(self.request, films)
        if user.is_authenticated:
            return films.not_watched_by(user)
        return films.exclude(pk__in=session.ratings(self.request))

    def sorted_by(self, films: QuerySet, name: str, key: str) -> QuerySet:
        return SORTS[key][1](films)

    def chips(self) -> list[Chip]:
        """One for each filter in use; a year stands for its decade too, and takes it along."""
        chosen = {name: value for name, value in self.form.cleaned_data.items() if value and name != "sort"}
        if "year" in chosen:
            chosen.pop("decade", None)
        return [self._chip(name, value) for name, value in chosen.items()]

    def _chip(self, name: str, value: Any) -> Chip:
        names = ("year", "decade") if name == "year" else (name,)
        choices = {str(key): label for key, label in getattr(self.form.fields[name], "choices", ())}
        return Chip(str(choices.get(str(value), value)), names, self._address_without(*names))

    def _address_without(self, *names: str) -> str:
        left = self._left(*names).urlencode()
        return f"?{left}" if left else "."

    def _left(self, *names: str) -> QueryDict:
        left = QueryDict(mutable=True)
        left.update({key: value for key, value in self.data.items() if key not in (*names, "page")})
        return left

    def costliest(self) -> tuple[Chip, int] | None:
        """The filter without which most films are left, and how many those are."""
        counted = [(chip, self._count_without(chip)) for chip in self.chips()]
        return max(counted, key=lambda pair: pair[1], default=None)

    def _count_without(self, chip: Chip) -> int:
        less = BrowseFilter(self._left(*chip.names), queryset=Movie.objects.all(), request=self.request)
        return less.qs.order_by().count()


def _with_decade(data: QueryDict) -> dict[str, str]:
    """A year says its decade, and is given up where another decade was chosen since."""
    # PostgreSQL takes no text with a NUL in it, and nobody types one.
    chosen = {key: value for key, value in data.items() if value and "\0" not in value}
    year = chosen.get("year", "")
    if _is_year(year):
        decade = str(int(year) // 10 * 10)
        if chosen.setdefault("decade", decade) != decade:
            del chosen["year"]
    return chosen


def _is_year(text: str) -> bool:
    return text.isdecimal() and len(text) == 4
