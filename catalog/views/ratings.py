from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog import services, session
from catalog.forms import RatingForm
from catalog.models import Movie
from catalog.predictions import shown_beside
from catalog.redirects import back
from catalog.templatetags.films import in_words
from catalog.undo import undoable
from catalog.views.answers import UNPROCESSABLE, is_for_card, say
from catalog.views.films import address_of_film, aside, refuse, stars_of
from catalog.views.posted import posted_from

TOO_MANY = format_lazy(
    gettext_lazy("{limit} ratings fit here without an account. Sign up and they come with you."),
    limit=session.LIMIT,
)


@posted_from(address_of_film)
def movie_rate(request: HttpRequest, pk: int) -> HttpResponse:
    film = get_object_or_404(Movie, pk=pk)
    form = RatingForm(request.POST)
    if form.is_valid():
        former = stars_of(request, film)
        predicted = _predicted(request, film, form, former)
        with undoable(request, film) as change:
            _rate(request, film, form, predicted)
    if form.is_valid():
        session.note_rated(request, movie=film, former=former)
        say(request, _said(film, form), token=change.token)
    if request.htmx:
        return _rating_fragment(request, film, form)
    if not form.is_valid():
        return refuse(request, film, rating_form=form)
    return back(request, film.get_absolute_url())


def _predicted(request: HttpRequest, film: Movie, form: RatingForm, former: float | None) -> float | None:
    is_new = form.cleaned_data["predicted"] and form.cleaned_data["stars"] is not None
    return shown_beside(request, film, former=former) if is_new else None


def _rate(request: HttpRequest, film: Movie, form: RatingForm, predicted: float | None) -> None:
    stars = form.cleaned_data["stars"]
    if request.user.is_authenticated:
        if stars is None:
            services.remove_rating(user=request.user, movie=film)
        else:
            services.rate(user=request.user, movie=film, stars=stars, predicted=predicted)
    elif stars is None:
        session.remove_rating(request, movie=film)
    else:
        _rate_in_session(request, film, form, predicted)


def _rate_in_session(request: HttpRequest, film: Movie, form: RatingForm, predicted: float | None) -> None:
    try:
        session.rate(request, movie=film, stars=form.cleaned_data["stars"], predicted=predicted)
    except session.TooManyRatings:
        form.add_error("stars", TOO_MANY)


def _said(film: Movie, form: RatingForm) -> str:
    stars = form.cleaned_data["stars"]
    if stars is None:
        return _("%(film)s: your stars are taken back.") % {"film": film.title}
    return f"{film.title}: {in_words(float(stars))}."


def _rating_fragment(request: HttpRequest, film: Movie, form: RatingForm) -> HttpResponse:
    """The film page renews its whole aside, average and prediction included; other pages the stars alone.

    A card that was rated by a key gets what was given, not an input.
    """
    status = 200 if form.is_valid() else UNPROCESSABLE
    film.refresh_from_db()
    if request.htmx.target == "film-aside":
        context = aside(request, film) | {"rating_form": form}
        return render(request, "catalog/_rated_aside.html", context, status=status)
    context = {"movie": film, "stars": stars_of(request, film), "rating_form": form}
    template = "catalog/_rated_card.html" if is_for_card(request) else "catalog/_rated.html"
    return render(request, template, context, status=status)
