from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from catalog import services, session
from catalog.forms import RatingForm
from catalog.models import Movie
from catalog.redirects import back
from catalog.views.films import UNPROCESSABLE, aside, film_page, stars_of

TOO_MANY = f"{session.LIMIT} ratings fit here without an account. Sign up and they come with you."


@require_POST
def movie_rate(request: HttpRequest, pk: int) -> HttpResponse:
    film = get_object_or_404(Movie, pk=pk)
    form = RatingForm(request.POST)
    if form.is_valid():
        _rate(request, film, form)
    if request.htmx:
        return _rating_fragment(request, film, form)
    if not form.is_valid():
        return film_page(request, film, status=UNPROCESSABLE, rating_form=form)
    return back(request, film.get_absolute_url())


def _rate(request: HttpRequest, film: Movie, form: RatingForm) -> None:
    stars, predicted = form.cleaned_data["stars"], form.cleaned_data["predicted"]
    if not request.htmx or request.htmx.target == "film-aside":
        session.note_rated(request, movie=film, former=stars_of(request, film))
    if request.user.is_authenticated:
        if stars is None:
            services.remove_rating(user=request.user, movie=film)
        else:
            services.rate(user=request.user, movie=film, stars=stars, predicted=predicted)
    elif stars is None:
        session.remove_rating(request, movie=film)
    else:
        _rate_in_session(request, film, form)


def _rate_in_session(request: HttpRequest, film: Movie, form: RatingForm) -> None:
    try:
        session.rate(request, movie=film, stars=form.cleaned_data["stars"])
    except session.TooManyRatings:
        form.add_error("stars", TOO_MANY)


def _rating_fragment(request: HttpRequest, film: Movie, form: RatingForm) -> HttpResponse:
    """The film page renews its whole aside, average and prediction included; other pages the stars alone."""
    status = 200 if form.is_valid() else UNPROCESSABLE
    film.refresh_from_db()
    if request.htmx.target == "film-aside":
        context = aside(request, film) | {"rating_form": form}
        return render(request, "catalog/_aside.html", context, status=status)
    context = {"movie": film, "stars": stars_of(request, film), "rating_form": form}
    return render(request, "catalog/_rated.html", context, status=status)
