from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from catalog import services
from catalog.forms import LogForm
from catalog.models import Movie, Watch
from catalog.permissions import own_or_404
from catalog.undo import undoable
from catalog.views.answers import done, said_of_viewing
from catalog.views.films import address_of_film, refuse
from catalog.views.posted import posted_from


@posted_from(address_of_film, by_members=True)
def movie_log(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a day into the diary or, without one, that the film was seen."""
    film = get_object_or_404(Movie, pk=pk)
    form = LogForm(request.POST)
    if not form.is_valid():
        return refuse(request, film, log_form=form)
    with undoable(request, film) as change:
        _log(request, film, form)
    return done(request, film, said_of_viewing(film, form.cleaned_data["watched_on"]), token=change.token)


def _log(request: HttpRequest, film: Movie, form: LogForm) -> None:
    # Whoever has a day in the diary has seen the film: a viewing without one would say nothing more.
    seen = Watch.objects.filter(user=request.user, movie=film)
    if form.cleaned_data["watched_on"] or not seen.exists():
        services.log_watch(user=request.user, movie=film, **form.cleaned_data)


def _own(request: HttpRequest, pk: int) -> Watch:
    return own_or_404(request, Watch.objects.select_related("movie"), pk)


def _address_of_own(request: HttpRequest, pk: int) -> str:
    return _own(request, pk).movie.get_absolute_url()


@posted_from(_address_of_own)
def watch_remove(request: HttpRequest, pk: int) -> HttpResponse:
    watch = _own(request, pk)
    with undoable(request, watch.movie) as change:
        services.remove_watch(watch=watch)
    sentence = _("%(film)s is out of your diary.") % {"film": watch.movie.title}
    return done(request, watch.movie, sentence, token=change.token)
