"""The four films at the top of a profile: found by title, put in order with buttons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import services
from accounts.views.profile import favourites_of, free_places
from catalog.forms import SearchForm
from catalog.models import Movie, Rating
from catalog.redirects import back
from catalog.views.posted import posted_from
from catalog.views.search import films_called

OFFERED = 12
Films = list[Movie]


@login_required
@require_safe
def favourites(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    chosen = favourites_of(request.user)
    offered = films_called(words, most=OFFERED) if words else _loved(request)
    context: dict[str, Any] = {"chosen": chosen, "asked": words, "form": form}
    context["offered"] = [film for film in offered if film not in chosen]
    context["is_full"] = len(chosen) == services.MOST_FAVOURITES
    context["free_places"] = free_places(chosen)
    return render(request, "accounts/favourites.html", context)


def _loved(request: HttpRequest) -> Films:
    """What the member gave most stars, until a title is asked for."""
    highest = Rating.objects.filter(user=request.user).highest_first().with_cards()[:OFFERED]
    return [rating.movie for rating in highest]


@posted_from("accounts:favourites", by_members=True)
def favourite(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose a film, take it away, or move it one place."""
    film = get_object_or_404(Movie, pk=pk)
    chosen = favourites_of(request.user)
    rearrange = next((ACTIONS[action] for action in ACTIONS if action in request.POST), _with)
    try:
        services.choose_favourites(user=request.user, movies=rearrange(chosen, film))
    except services.TooManyFavourites:
        messages.error(request, _("Four films are chosen. Take one away to make room."))
    return back(request, reverse("accounts:favourites"))


def _with(chosen: Films, film: Movie) -> Films:
    return [*chosen, film] if film not in chosen else chosen


def _without(chosen: Films, film: Movie) -> Films:
    return [one for one in chosen if one != film]


def _earlier(chosen: Films, film: Movie) -> Films:
    if film not in chosen:
        return chosen
    place = chosen.index(film)
    others = _without(chosen, film)
    return [*others[: max(place - 1, 0)], film, *others[max(place - 1, 0) :]]


def _later(chosen: Films, film: Movie) -> Films:
    return _earlier(chosen[::-1], film)[::-1]


ACTIONS: dict[str, Callable[[Films, Movie], Films]] = {
    "remove": _without,
    "earlier": _earlier,
    "later": _later,
}
