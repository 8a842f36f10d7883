from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from catalog import services, session
from catalog.forms import RatingForm
from catalog.models import Movie
from catalog.redirects import back
from catalog.templatetags.films import in_words
from catalog.undo import undoable
from catalog.views.answers import UNPROCESSABLE, is_for_card, say
from catalog.views.films import aside, refuse, stars_of

TOO_MANY = format_lazy(
    gettext_lazy("{limit} ratings fit here without an account. Sign up and they come with you."),
    limit=session.LIMIT,
)


@require_POST
def movie_rate(request: HttpRequest, pk: int) -> HttpResponse:
    film = get_object_or_404(Movie, pk=pk)
    form = RatingForm(request.POST)
    if form.is_valid():
        with undoable(request, film) as change:
            _rate(request, film, form)
    if form.is_valid():
        say(request, _said(film, form), token=change.token)
    if request.htmx:
        return _rating_fragment(request, film, form)
    if not form.is_valid():
        return refuse(request, film, rating_form=form)
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
