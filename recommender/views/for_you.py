from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog.newcomers import first_films
from recommender import services
from recommender.forms import EngineForm
from recommender.visitors import visitor_of

PICKS = 42


@require_safe
def for_you(request: HttpRequest) -> HttpResponse:
    form = EngineForm(request.GET if "engine" in request.GET else {"engine": services.DEFAULT_ENGINE})
    engine = form.cleaned_data["engine"] if form.is_valid() else services.DEFAULT_ENGINE
    visitor = visitor_of(request)
    context = first_films(request) | {
        "form": form,
        "films_seen": len(visitor.seen),
        "picks": services.recommend(visitor, engine=engine, limit=PICKS),
    }
    return render(request, "recommender/for_you.html", context, status=200 if form.is_valid() else 400)
