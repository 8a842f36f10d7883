from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from catalog.newcomers import first_films
from catalog.shown import shown_films
from catalog.views.posted import posted_from
from recommender import preferences, services
from recommender.forms import SteeringForm
from recommender.picks import PICKS
from recommender.steering import AS_IT_COMES, WHY, steering_of
from recommender.visitors import visitor_of


@require_safe
def for_you(request: HttpRequest) -> HttpResponse:
    """As steered last; an engine in the address is tried without being kept."""
    form = SteeringForm(steering_of(request).fields() | request.GET.dict())
    visitor = visitor_of(request)
    # First, as these keep their places while one rates them.
    first = first_films(request)
    picks = services.recommend(visitor, steering=form.steering, limit=PICKS, exclude=shown_films(request))
    shown_films(request).update(pick.movie.pk for pick in picks)
    context = first | {
        "form": form,
        "steering": form.steering,
        "is_steered": form.steering != AS_IT_COMES,
        "films_seen": len(visitor.seen),
        "why": WHY.get(form.steering.engine),
        "picks": picks,
    }
    return render(request, "recommender/for_you.html", context, status=200 if form.is_valid() else 400)


@posted_from("recommender:for-you")
def steer(request: HttpRequest) -> HttpResponse:
    """Keep how the visitor steers; sent with `reset`, forget it."""
    form = SteeringForm({} if "reset" in request.POST else request.POST)
    if form.is_valid():
        preferences.keep(request, steering=form.steering.kept())
    return redirect("recommender:for-you")
