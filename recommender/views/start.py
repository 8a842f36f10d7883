"""The deck: one film at a time, for members and strangers alike."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from catalog import services, session
from catalog.forms import RatingForm
from catalog.models import Movie
from catalog.redirects import back
from catalog.templatetags.films import STEPS
from catalog.views.answers import UNPROCESSABLE
from catalog.views.posted import posted_from
from catalog.views.ratings import TOO_MANY
from recommender.start import Log, listed, places, start
from recommender.visitors import visitor_of


@never_cache
@require_safe
def deck(request: HttpRequest) -> HttpResponse:
    return _page(request)


@posted_from("recommender:start")
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Stars for a film, or `unseen`."""
    film = get_object_or_404(Movie, pk=pk)
    before = listed(visitor_of(request), film)
    is_unseen = "unseen" in request.POST
    if not is_unseen:
        form = _rate(request, film)
        if not form.is_valid():
            return _page(request, status=UNPROCESSABLE, rating_form=form)
    Log.of(request).with_answer(film.pk, before, is_unseen=is_unseen).keep(request)
    return back(request, reverse("recommender:start"))


@posted_from("recommender:start")
def undo(request: HttpRequest) -> HttpResponse:
    """Take the last answer back; its card comes again."""
    log = Log.of(request)
    before = listed(visitor_of(request), None)
    for last in log.asked[-1:]:
        film = Movie.objects.filter(pk=last).first()
        if film is not None and last not in log.unseen:
            _take_back(request, film)
        log.without(last, before).keep(request)
    return back(request, reverse("recommender:start"))


def _page(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    visitor, log = visitor_of(request), Log.of(request)
    now = start(visitor, log)
    context = {
        "start": now,
        "places": places(visitor, log, now.movie),
        "can_undo": bool(log.asked),
        "goes_on": "on" in request.GET or "on=" in request.POST.get("next", ""),
        "steps": STEPS,
    }
    return render(request, "recommender/start.html", context | more, status=status)


def _rate(request: HttpRequest, film: Movie) -> RatingForm:
    form = RatingForm(request.POST)
    if form.is_valid() and form.cleaned_data["stars"] is None:
        form.add_error("stars", _("Choose how many stars."))
    if not form.is_valid():
        return form
    stars = form.cleaned_data["stars"]
    if request.user.is_authenticated:
        services.rate(user=request.user, movie=film, stars=stars)
        return form
    try:
        session.rate(request, movie=film, stars=stars)
    except session.TooManyRatings:
        form.add_error("stars", TOO_MANY)
    return form


def _take_back(request: HttpRequest, film: Movie) -> None:
    if request.user.is_authenticated:
        services.remove_rating(user=request.user, movie=film)
    else:
        session.remove_rating(request, movie=film)
