from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from catalog.filters import USUAL_SORT, BrowseFilter
from catalog.models import Movie
from catalog.pagination import page_of


@require_safe
def browse(request: HttpRequest) -> HttpResponse:
    if "" in request.GET.values():
        return _without_what_was_not_chosen(request)
    films = BrowseFilter(request.GET, queryset=Movie.objects.for_cards(), request=request)
    page = page_of(request, films.qs, size=settings.MOVIES_PER_PAGE)
    context = {"filter": films, "page": page, "chips": films.chips()}
    if not page.object_list:
        context["costliest"] = films.costliest()
    return render(request, "catalog/browse.html", context, status=200 if films.form.is_valid() else 400)


def _without_what_was_not_chosen(request: HttpRequest) -> HttpResponse:
    """A form sends its empty fields too; the address that is kept and passed on has none of them."""
    chosen = request.GET.copy()
    for name, value in request.GET.items():
        if not value or (name, value) == ("sort", USUAL_SORT):
            del chosen[name]
    return redirect(f"{request.path}?{chosen.urlencode()}" if chosen else request.path)
