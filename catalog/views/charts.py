"""The best loved films: of all, of a genre, of a decade, of a year."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog.genres import genre_in_words, genres_in_order
from catalog.marks import seen_by_visitor
from catalog.models import Genre, Movie
from catalog.models.films import MovieQuerySet
from catalog.pagination import page_of

LONGEST = 100
ROWS = 25
YEARS = range(1870, 2101)


@require_safe
def overall(request: HttpRequest) -> HttpResponse:
    return _chart(request, Movie.objects.all(), title=_("The hundred best"))


@require_safe
def of_genre(request: HttpRequest, slug: str) -> HttpResponse:
    genre = get_object_or_404(Genre, slug=slug)
    films = Movie.objects.of_genre(genre)
    title = _("The best of %(genre)s") % {"genre": genre_in_words(genre.name)}
    return _chart(request, films, title=title, genre=genre)


@require_safe
def of_decade(request: HttpRequest, decade: int) -> HttpResponse:
    if decade % 10 or decade not in YEARS:
        raise Http404("There is no such decade.")
    title = _("The best of the %(decade)ss") % {"decade": decade}
    return _chart(request, Movie.objects.of_decade(decade), title=title, decade=decade)


@require_safe
def of_year(request: HttpRequest, year: int) -> HttpResponse:
    if year not in YEARS:
        raise Http404("There is no such year.")
    title, decade = _("The best of %(year)s") % {"year": year}, year // 10 * 10
    return _chart(request, Movie.objects.filter(year=year), title=title, decade=decade, year=year)


def _chart(request: HttpRequest, films: MovieQuerySet, *, title: str, **chosen: Any) -> HttpResponse:
    start = Movie.objects.common_start()
    best = list(films.by_weighted_rating(start).for_cards()[:LONGEST]) if start else []
    context = {
        "title": title,
        "start": start,
        "page": page_of(request, best, size=ROWS),
        "seen": _seen(request, best),
        "genres": genres_in_order(),
        "decades": Movie.objects.decades(),
    }
    return render(request, "catalog/charts.html", context | chosen | _years_of(chosen))


def _seen(request: HttpRequest, films: list[Movie]) -> set[int]:
    """Which of the films the visitor has seen."""
    shown = Movie.objects.filter(pk__in=[film.pk for film in films])
    return set(seen_by_visitor(request, shown).values_list("pk", flat=True))


def _years_of(chosen: dict[str, Any]) -> dict[str, Any]:
    return {"years": range(chosen["decade"], chosen["decade"] + 10)} if "decade" in chosen else {}
