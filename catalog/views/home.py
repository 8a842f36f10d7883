from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog import left_out
from catalog.models import Movie, Watch
from catalog.newcomers import first_films


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    context = first_films(request)
    if request.user.is_authenticated:
        context["diary"] = Watch.objects.filter(user=request.user).diary(request.user)[:7]
        return render(request, "catalog/home.html", context)
    wall = Movie.objects.by_weighted_rating().exclude(pk__in=left_out.hidden_films(request))
    context["wall"] = wall.for_cards()[:21]
    return render(request, "catalog/welcome.html", context)
