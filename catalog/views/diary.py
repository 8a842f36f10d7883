from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from catalog import services
from catalog.forms import LogForm
from catalog.models import Movie, Watch
from catalog.permissions import own_or_404
from catalog.redirects import back
from catalog.views.films import UNPROCESSABLE, film_page


@require_POST
def movie_log(request: HttpRequest, pk: int) -> HttpResponse:
    film = get_object_or_404(Movie, pk=pk)
    if not request.user.is_authenticated:
        return redirect_to_login(film.get_absolute_url())
    form = LogForm(request.POST)
    if not form.is_valid():
        return film_page(request, film, status=UNPROCESSABLE, log_form=form)
    services.log_watch(user=request.user, movie=film, **form.cleaned_data)
    where = "in your diary" if form.cleaned_data["watched_on"] else "among the films you saw"
    messages.success(request, f"{film.title} is {where}.")
    return back(request, film.get_absolute_url())


@require_POST
def watch_remove(request: HttpRequest, pk: int) -> HttpResponse:
    watch = own_or_404(request, Watch.objects.select_related("movie"), pk)
    services.remove_watch(watch=watch)
    messages.success(request, f"{watch.movie.title} is out of your diary.")
    return back(request, watch.movie.get_absolute_url())
