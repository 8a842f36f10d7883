from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from catalog.views.posted import posted_from
from recommender import preferences
from recommender.similar import similar_people
from recommender.taste import HEIGHT, WIDTH, chart_for
from recommender.visitors import visitor_of


@require_safe
def taste(request: HttpRequest) -> HttpResponse:
    visitor = visitor_of(request)
    asked = request.GET.get("area", "")
    context = {
        "chart": chart_for(visitor, int(asked) if asked.isdecimal() and len(asked) < 4 else 0),
        "width": WIDTH,
        "height": HEIGHT,
        "knows_visitor": bool(visitor),
        "is_findable": preferences.of(request).is_findable,
        "people": similar_people(request.user, visitor) if request.user.is_authenticated else [],
    }
    return render(request, "recommender/taste.html", context)


def _address_of_people(request: HttpRequest) -> str:
    return f"{reverse('recommender:taste')}#people"


@posted_from(_address_of_people, by_members=True)
def findable(request: HttpRequest) -> HttpResponse:
    preferences.keep(request, is_findable="findable" in request.POST)
    return redirect(_address_of_people(request))
