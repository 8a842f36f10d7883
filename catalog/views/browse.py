from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog.filters import BrowseFilter
from catalog.models import Movie
from catalog.pagination import page_of


@require_safe
def browse(request: HttpRequest) -> HttpResponse:
    films = BrowseFilter(request.GET, queryset=Movie.objects.for_cards())
    page = page_of(request, films.qs, size=settings.MOVIES_PER_PAGE)
    status = 200 if films.form.is_valid() else 400
    return render(request, "catalog/browse.html", {"filter": films, "page": page}, status=status)
