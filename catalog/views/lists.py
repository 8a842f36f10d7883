"""Pages of lists: the latest, those that hold a film, and one list."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from catalog.film_lists import seen_of_list
from catalog.list_file import lists_csv
from catalog.models import FilmList, Movie, ReviewReport
from catalog.pagination import page_of

LISTS_ON_PAGE = 12
FILMS_ON_PAGE = 100


@require_safe
def lists(request: HttpRequest) -> HttpResponse:
    """The latest that everybody may see."""
    shown = FilmList.objects.visible_to(request.user).public().with_films()
    page = page_of(request, shown.for_cards().latest_first(), size=LISTS_ON_PAGE)
    return render(request, "catalog/lists.html", {"page": page})


@require_safe
def lists_with(request: HttpRequest, pk: int) -> HttpResponse:
    """Every list with a film that the visitor may see, the visitor's own first."""
    film = get_object_or_404(Movie.objects.for_cards(), pk=pk)
    shown = FilmList.objects.visible_to(request.user).holding(film)
    page = page_of(request, shown.for_cards().own_first(request.user), size=LISTS_ON_PAGE)
    return render(request, "catalog/lists_with.html", {"page": page, "movie": film})


@require_safe
def film_list(request: HttpRequest, pk: int, slug: str = "") -> HttpResponse:
    found = get_object_or_404(FilmList.objects.visible_to(request.user).counted(), pk=pk)
    if slug != found.slug:
        # Not for good: a title may become what it was before.
        return redirect(found)
    page = page_of(request, found.entries.in_order().for_cards(), size=FILMS_ON_PAGE)
    context = {
        "list": found,
        "page": page,
        "seen": seen_of_list(request, found),
        "is_own": found.user_id == request.user.pk,
        "upheld": ReviewReport.reasons_why_down(found),
        "has_notes": any(entry.note for entry in page),
    }
    return render(request, "catalog/list.html", context)


@login_required
@require_safe
def lists_file(request: HttpRequest) -> HttpResponse:
    return lists_csv(request.user)
