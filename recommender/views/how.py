from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from recommender.how import about_live


@require_safe
def how(request: HttpRequest) -> HttpResponse:
    return render(request, "recommender/how.html", {"about": about_live()})
