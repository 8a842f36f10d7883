from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog.forms import SearchForm
from catalog.models import Movie
from catalog.pagination import page_of


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    found = Movie.objects.matching(words) if words else Movie.objects.none()
    page = page_of(request, found.for_cards(), size=settings.MOVIES_PER_PAGE)
    context = {"form": form, "words": words, "page": page}
    return render(request, "catalog/search.html", context, status=200 if form.is_valid() else 400)
