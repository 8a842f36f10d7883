"""One's own lists: made, changed, deleted; films put in, moved, noted on and taken out."""

from __future__ import annotations

from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from catalog import services
from catalog.film_lists import ListsOfFilm
from catalog.forms import SearchForm
from catalog.list_forms import EntryForm, ListForm
from catalog.list_undo import undoable_list
from catalog.models import FilmList, ListEntry, Movie
from catalog.pagination import page_of
from catalog.permissions import own_or_404
from catalog.redirects import back
from catalog.services.lists import MOST_FILMS, MOST_LISTS
from catalog.views.answers import UNPROCESSABLE, say
from catalog.views.posted import posted_from
from catalog.views.search import films_called

ENTRIES_ON_PAGE = 50
OFFERED = 8
STEPS = {"up": -1, "down": 1}
page_methods = require_http_methods(["GET", "HEAD", "POST"])


@login_required
@page_methods
def list_new(request: HttpRequest) -> HttpResponse:
    """With `film` in the address or the form that film is put in at once."""
    if request.method != "POST":
        form = ListForm(initial={"film": request.GET.get("film")})
        return render(request, "catalog/list_new.html", {"form": form, "movie": _film_of(request.GET)})
    refusal = ratelimit.consume_or_429(request, action="list", user=request.user)
    if refusal:
        return refusal
    form = ListForm(request.POST)
    if form.is_valid() and (made := _make(request, form)):
        # An empty list is there to be filled.
        return redirect(made) if made.entries.exists() else redirect("catalog:list-edit", made.pk)
    context = {"form": form, "movie": _film_of(request.POST)}
    return render(request, "catalog/list_new.html", context, status=UNPROCESSABLE)


def _film_of(sent: QueryDict) -> Movie | None:
    key = sent.get("film") or ""
    return Movie.objects.filter(pk=key).first() if key.isdecimal() and len(key) < 19 else None


def _make(request: HttpRequest, form: ListForm) -> FilmList | None:
    try:
        made = services.create_list(user=request.user, **form.details())
    except services.TooManyLists:
        form.add_error(None, _("You have %(count)s lists. Delete one to make room.") % {"count": MOST_LISTS})
        return None
    film = _film_of(request.POST)
    if film:
        services.add_to_list(film_list=made, movie=film)
    messages.success(request, _("“%(list)s” is made.") % {"list": made.title})
    return made


@login_required
@page_methods
def list_edit(request: HttpRequest, pk: int) -> HttpResponse:
    film_list = own_or_404(request, FilmList.objects.all(), pk)
    if request.method != "POST":
        return _edit_page(request, film_list, ListForm(instance=film_list))
    # A row of its own, so that what is refused does not reach the page's heading.
    form = ListForm(request.POST, instance=FilmList.objects.get(pk=pk))
    if not form.is_valid():
        return _edit_page(request, film_list, form, status=UNPROCESSABLE)
    with undoable_list(request, film_list) as change:
        services.change_list(film_list=film_list, **form.details())
    say(request, _("“%(list)s” is changed.") % {"list": film_list.title}, token=change.token)
    return redirect(film_list)


def _edit_page(
    request: HttpRequest, film_list: FilmList, form: ListForm, *, status: int = 200
) -> HttpResponse:
    page = page_of(request, film_list.entries.in_order().for_cards(), size=ENTRIES_ON_PAGE)
    context = {"list": film_list, "form": form, "page": page} | _offered(request, film_list)
    return render(request, "catalog/list_edit.html", context, status=status)


def _offered(request: HttpRequest, film_list: FilmList) -> dict[str, Any]:
    """Films for a title that was asked for, each with whether it is in the list."""
    form = SearchForm(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    films = films_called(words, most=OFFERED) if words else []
    held = film_list.entries.filter(movie__in=films).values_list("movie_id", flat=True)
    return {"asked": words, "offered": films, "held": set(held) if films else set()}


@login_required
@page_methods
def list_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks first."""
    film_list = own_or_404(request, FilmList.objects.counted(), pk)
    if request.method != "POST":
        return render(request, "catalog/list_delete.html", {"list": film_list})
    # What was put back would come without the reports about it.
    is_reported = film_list.reports.exists()
    with undoable_list(request, film_list) as change:
        services.delete_list(film_list=film_list)
    token = "" if is_reported else change.token
    say(request, _("“%(list)s” is deleted.") % {"list": film_list.title}, token=token)
    return back(request, reverse("catalog:lists"))


def _address_of_edit(request: HttpRequest, pk: int, film: int) -> str:
    return reverse("catalog:list-edit", args=[pk])


@posted_from(_address_of_edit, by_members=True)
def list_film(request: HttpRequest, pk: int, film: int) -> HttpResponse:
    """Put a film in, or with `undo` take it out. The menu of a film's page is exchanged alone."""
    film_list = own_or_404(request, FilmList.objects.all(), pk)
    movie = get_object_or_404(Movie.objects.for_cards(), pk=film)
    names = {"film": movie.title, "list": film_list.title, "count": MOST_FILMS}
    try:
        with undoable_list(request, film_list) as change:
            sentence = _put_or_take(request, film_list, movie)
        say(request, sentence % names, token=change.token)
    except services.TooManyFilms:
        messages.error(request, _("“%(list)s” is full: a list holds %(count)s films.") % names)
    if request.htmx.target == "film-lists":
        context = {"movie": movie, "film_lists": ListsOfFilm.of(movie, request.user), "is_fresh": True}
        return render(request, "catalog/_film_lists_changed.html", context)
    return back(request, _address_of_edit(request, pk, film))


def _put_or_take(request: HttpRequest, film_list: FilmList, movie: Movie) -> str:
    if "undo" in request.POST:
        services.remove_from_list(film_list=film_list, movie=movie)
        return _("%(film)s is off “%(list)s”.")
    services.add_to_list(film_list=film_list, movie=movie)
    return _("%(film)s is on “%(list)s”.")


@posted_from(_address_of_edit, by_members=True)
def list_entry(request: HttpRequest, pk: int, film: int) -> HttpResponse:
    """Move a film up, down or to a place, and write down what is said about it."""
    film_list = own_or_404(request, FilmList.objects.all(), pk)
    entry = get_object_or_404(film_list.entries.select_related("movie"), movie=film)
    form = EntryForm(request.POST)
    if form.is_valid():
        with undoable_list(request, film_list) as change:
            place = _arrange(request, entry, form)
        names = {"film": entry.movie.title, "place": place}
        say(request, _("%(film)s is number %(place)s.") % names, token=change.token)
    else:
        messages.error(request, form.complaint)
    return back(request, _address_of_edit(request, pk, film))


def _arrange(request: HttpRequest, entry: ListEntry, form: EntryForm) -> int:
    services.change_note(entry=entry, note=form.cleaned_data["note"])
    step = next((STEPS[name] for name in STEPS if name in request.POST), None)
    wanted = form.cleaned_data["place"] if step is None else services.place_of(entry=entry) + step
    return services.move_in_list(entry=entry, place=wanted)
