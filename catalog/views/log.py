"""Logging a film from anywhere: a finder, the form of a film, the list of keys; pages and parts of them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from catalog import services, session
from catalog.conflict import differences
from catalog.film_log import FilmLog, film_log
from catalog.forms import FilmLogForm, SearchForm
from catalog.models import Movie, Tag, Watch, WatchlistEntry
from catalog.predictions import shown_beside
from catalog.templatetags.films import in_words
from catalog.undo import undoable
from catalog.views.answers import CONFLICT, UNPROCESSABLE, log_in_first, logged, said_of_viewing, say
from catalog.views.search import films_called

OFFERED = 8


@require_safe
def finder(request: HttpRequest) -> HttpResponse:
    """Films for a few letters; with `open` the form of the first of them."""
    if not request.user.is_authenticated:
        return log_in_first(request, request.get_full_path())
    form = SearchForm(request.GET)
    typed = form.cleaned_data["q"] if form.is_valid() else ""
    films = _offered(request, typed)
    if typed and films and "open" in request.GET:
        return redirect("catalog:log-film", films[0].pk)
    return render(request, _template(request), {"offered": films, "typed": typed})


def _offered(request: HttpRequest, typed: str) -> list[Movie]:
    """Before the first letter: the wishes, which are what one logs next."""
    if typed:
        return films_called(typed, most=OFFERED)
    wishes = Movie.objects.filter(on_watchlists__user=request.user).order_by(
        "-on_watchlists__added_at", "-pk"
    )
    return list(wishes.for_cards()[:OFFERED])


def _template(request: HttpRequest) -> str:
    if not request.htmx:
        return "catalog/log.html"
    return "catalog/_log_films.html" if request.htmx.target == "log-films" else "catalog/_log_finder.html"


@require_http_methods(["GET", "HEAD", "POST"])
def film(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Movie.objects.for_cards(), pk=pk)
    if not request.user.is_authenticated:
        return _keep_and_log_in(request, found)
    if request.method == "POST":
        return _save(request, found)
    viewing = _viewing(request, found, request.GET.get("viewing"))
    stored = film_log(request.user, found)
    form = FilmLogForm(initial=_initial(request, found, stored, viewing), has_review=stored.has_review)
    return _show(request, found, form)


def _keep_and_log_in(request: HttpRequest, found: Movie) -> HttpResponse:
    if request.method == "POST":
        sent = {name: value for name, value in request.POST.items() if name in FilmLogForm.base_fields}
        session.keep_draft(request, movie=found, **{"text": "", **sent})
    return log_in_first(request, request.path)


def _viewing(request: HttpRequest, found: Movie, pk: str | int | None) -> Watch | None:
    """A diary entry to change; somebody else's is not found."""
    if not str(pk or "").isdecimal():
        return None
    return get_object_or_404(Watch, pk=pk, user=request.user, movie=found)


def _initial(request: HttpRequest, found: Movie, stored: FilmLog, viewing: Watch | None) -> dict[str, Any]:
    day: date | None = viewing.watched_on if viewing else timezone.localdate()
    same = stored.on(day)
    return {
        "stars": stored.stars,
        "is_liked": stored.is_liked,
        "text": stored.text or session.draft(request, movie=found),
        "has_spoilers": stored.has_spoilers,
        "version": stored.version,
        "watched_on": day,
        "undated": day is None,
        # Seen before means seen again, until somebody says otherwise.
        "rewatch": same.rewatch if same else bool(stored.viewings),
        "tags": ", ".join(same.tags) if same else "",
        "leaves_watchlist": True,
        "viewing": viewing.pk if viewing else None,
    } | session.draft_fields(request, movie=found)


def _save(request: HttpRequest, found: Movie) -> HttpResponse:
    stored = film_log(request.user, found)
    form = FilmLogForm(request.POST, has_review=stored.has_review)
    if not form.is_valid():
        return _show(request, found, form, status=UNPROCESSABLE)
    try:
        token = _write(request, found, form, stored)
    except services.SameDay:
        form.add_error("watched_on", _("Your diary has this film on that day already."))
        return _show(request, found, form, status=UNPROCESSABLE)
    except services.ChangedMeanwhile:
        return _ask_which(request, found, form)
    session.drop_draft(request)
    say(request, _said(found, form, stored), token=token)
    return logged(request, found) if request.htmx else redirect(found)


def _write(request: HttpRequest, found: Movie, form: FilmLogForm, stored: FilmLog) -> str:
    viewing = _viewing(request, found, form.cleaned_data["viewing"])
    gives_stars = form.cleaned_data["stars"] is not None
    predicted = shown_beside(request, found, former=stored.stars) if gives_stars else None
    with undoable(request, found) as change:
        services.log_film(
            user=request.user,
            movie=found,
            entry=form.entry(),
            shown=form.cleaned_data["version"],
            viewing=viewing,
            predicted=predicted,
        )
    return change.token


def _ask_which(request: HttpRequest, found: Movie, form: FilmLogForm) -> HttpResponse:
    """Both versions side by side; saving again now means this one."""
    stored = film_log(request.user, found)
    form.data = {**form.data.dict(), "version": stored.version}
    return _show(request, found, form, status=CONFLICT, differences=differences(form.entry(), stored))


def _said(found: Movie, form: FilmLogForm, before: FilmLog) -> str:
    entry = form.entry()
    if entry.stars is None or entry.half_stars == before.half_stars:
        return said_of_viewing(found, entry.watched_on)
    where = _("In your diary.") if entry.watched_on else _("Among the films you saw.")
    return f"{found.title}: {in_words(float(entry.stars))}. {where}"


def _show(
    request: HttpRequest, found: Movie, form: FilmLogForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {
        "movie": found,
        "form": form,
        "is_on_watchlist": WatchlistEntry.objects.filter(user=request.user, movie=found).exists(),
        "tags": Tag.objects.filter(user=request.user, watches__isnull=False).distinct(),
    }
    template = "catalog/_log_form.html" if request.htmx else "catalog/log.html"
    return render(request, template, context | more, status=status)


@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    return render(request, "_keys.html" if request.htmx else "keys.html")
