"""Pages of a visitor's own shelves: the watchlist, what was seen without stars, what is hidden."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog import left_out, tonight
from catalog.models import Movie
from catalog.models.films import MovieQuerySet
from catalog.pagination import page_of
from catalog.predictions import predicted_stars
from catalog.redirects import back
from catalog.shelves import PREDICTED, WatchlistForm, unrated, watchlist_of
from catalog.views.posted import posted_from


@require_safe
def hidden(request: HttpRequest) -> HttpResponse:
    films = Movie.objects.filter(pk__in=left_out.hidden_films(request)).order_by("title", "pk")
    page = page_of(request, films.for_cards(), size=settings.MOVIES_PER_PAGE)
    return render(request, "catalog/hidden.html", {"page": page})


@login_required
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    page = page_of(request, unrated(request.user).for_cards(), size=settings.MOVIES_PER_PAGE)
    return render(request, "catalog/queue.html", {"page": page})


@login_required
@require_safe
def watchlist(request: HttpRequest) -> HttpResponse:
    form = WatchlistForm(request.GET)
    films = watchlist_of(request.user, longest=form.minutes, sort=form.sort_key)
    context = {
        "form": form,
        "page": _best_first(request, films) if form.sort_key == PREDICTED else _as_sorted(request, films),
        "draw": _drawn_film(request),
    }
    return render(request, "catalog/watchlist.html", context)


def _as_sorted(request: HttpRequest, films: MovieQuerySet) -> Page:
    return page_of(request, films.for_cards(), size=settings.MOVIES_PER_PAGE)


def _best_first(request: HttpRequest, films: MovieQuerySet) -> Page:
    """By what is predicted; those of which nothing is come last, the most rated of them first."""
    ids = list(films.order_by("-ratings_count", "pk").values_list("pk", flat=True))
    stars = predicted_stars(request, ids)
    page = page_of(request, sorted(ids, key=lambda pk: -stars.get(pk, 0)), size=settings.MOVIES_PER_PAGE)
    page.object_list = Movie.objects.cards_in_order(page.object_list)
    return page


def _drawn_film(request: HttpRequest) -> dict[str, object] | None:
    """The film for tonight and why it is that one, as long as it is still to be seen."""
    for draw in tonight.drawn(request)[-1:]:
        film = watchlist_of(request.user).for_cards().defer(None).filter(pk=draw.movie).first()
        if film:
            return {"movie": film, "told": draw, "percent": round(100 * draw.chance)}
    return None


@posted_from("catalog:watchlist", by_members=True)
def watchlist_tonight(request: HttpRequest) -> HttpResponse:
    """Draw a film, another one than before as long as there is another; with `undo` take the last back."""
    if "undo" in request.POST:
        tonight.take_back(request)
        return back(request, reverse("catalog:watchlist"))
    form = WatchlistForm(request.POST)
    films = list(watchlist_of(request.user, longest=form.minutes).values_list("pk", flat=True))
    past = {draw.movie for draw in tonight.drawn(request)}
    fresh = [film for film in films if film not in past] or films
    if not fresh:
        messages.error(request, _("No film on your watchlist is that short. Allow for more time."))
        return redirect("catalog:watchlist")
    draw = tonight.Draw.of(fresh, predicted_stars(request, fresh), longest=form.minutes)
    tonight.keep(request, draw)
    return back(request, reverse("catalog:watchlist"))
