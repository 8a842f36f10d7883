from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from catalog import left_out, services, session
from catalog.filters import BrowseFilter
from catalog.forms import LogForm, RatingForm, ReviewForm, SearchForm
from catalog.models import Movie, Rating, Review, Watch, WatchlistEntry
from catalog.newcomers import first_films
from catalog.pagination import page_of
from catalog.permissions import may_change
from catalog.redirects import back

UNPROCESSABLE = 422
TOO_MANY = f"{session.LIMIT} ratings fit here without an account. Sign up and they come with you."
REVIEWS_ON_FILM_PAGE = 10


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    context = first_films(request)
    if request.user.is_authenticated:
        context["diary"] = Watch.objects.filter(user=request.user).diary()[:7]
        return render(request, "catalog/home.html", context)
    wall = Movie.objects.by_weighted_rating().exclude(pk__in=left_out.hidden_films(request))
    context["wall"] = wall.for_cards()[:21]
    return render(request, "catalog/welcome.html", context)


@require_safe
def browse(request: HttpRequest) -> HttpResponse:
    films = BrowseFilter(request.GET, queryset=Movie.objects.for_cards())
    page = page_of(request, films.qs, size=settings.MOVIES_PER_PAGE)
    status = 200 if films.form.is_valid() else 400
    return render(request, "catalog/browse.html", {"filter": films, "page": page}, status=status)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    found = Movie.objects.matching(words) if words else Movie.objects.none()
    page = page_of(request, found.for_cards(), size=settings.MOVIES_PER_PAGE)
    context = {"form": form, "words": words, "page": page}
    return render(request, "catalog/search.html", context, status=200 if form.is_valid() else 400)


@require_safe
def movie(request: HttpRequest, pk: int, slug: str = "") -> HttpResponse:
    film = get_object_or_404(Movie.objects.for_page(), pk=pk)
    if slug != film.slug:
        return redirect(film, permanent=True)
    return _film_page(request, film)


def _film_page(request: HttpRequest, film: Movie, *, status: int = 200, **forms: Any) -> HttpResponse:
    reviews = page_of(request, film.reviews.for_film(), size=REVIEWS_ON_FILM_PAGE)
    context = _aside(request, film) | _own_part(request, film) | {"reviews": reviews} | forms
    context["is_hidden"] = left_out.is_hidden(request, film)
    return render(request, "catalog/movie.html", context, status=status)


def _aside(request: HttpRequest, film: Movie) -> dict[str, Any]:
    return {
        "movie": film,
        "stars": _stars_of(request, film),
        "histogram": film.ratings.histogram(),
        "imported_count": film.ratings.imported().count(),
        "is_unused": left_out.is_unused(request, film),
    }


def _stars_of(request: HttpRequest, film: Movie) -> float | None:
    if request.user.is_authenticated:
        rating = Rating.objects.filter(user=request.user, movie=film).first()
        return rating.stars if rating else None
    half_stars = session.ratings(request).get(film.pk)
    return half_stars / 2 if half_stars else None


def _own_part(request: HttpRequest, film: Movie) -> dict[str, Any]:
    """The forms and past viewings that only a member sees."""
    if not request.user.is_authenticated:
        return {}
    review = Review.objects.filter(user=request.user, movie=film).first()
    initial = {} if review else {"text": session.draft(request, movie=film)}
    return {
        "watches": list(Watch.objects.filter(user=request.user, movie=film).order_by("-watched_on", "-pk")),
        "own_review": review,
        "is_on_watchlist": WatchlistEntry.objects.filter(user=request.user, movie=film).exists(),
        "log_form": LogForm(),
        "review_form": ReviewForm(instance=review, initial=initial),
    }


@require_POST
def movie_rate(request: HttpRequest, pk: int) -> HttpResponse:
    film = get_object_or_404(Movie, pk=pk)
    form = RatingForm(request.POST)
    if form.is_valid():
        _rate(request, film, form)
    if request.htmx:
        return _rating_fragment(request, film, form)
    if not form.is_valid():
        return _film_page(request, film, status=UNPROCESSABLE, rating_form=form)
    return back(request, film.get_absolute_url())


def _rate(request: HttpRequest, film: Movie, form: RatingForm) -> None:
    stars, predicted = form.cleaned_data["stars"], form.cleaned_data["predicted"]
    if not request.htmx or request.htmx.target == "film-aside":
        session.note_rated(request, movie=film, former=_stars_of(request, film))
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
        context = _aside(request, film) | {"rating_form": form}
        return render(request, "catalog/_aside.html", context, status=status)
    context = {"movie": film, "stars": _stars_of(request, film), "rating_form": form}
    return render(request, "catalog/_rated.html", context, status=status)


@require_POST
def movie_hide(request: HttpRequest, pk: int) -> HttpResponse:
    """Suggest a film no more, or with `undo` again. A card on a page is exchanged alone."""
    film = get_object_or_404(Movie.objects.for_cards(), pk=pk)
    is_undone = "undo" in request.POST
    left_out.hide(request, film, is_undone=is_undone)
    if request.htmx.target == f"card-{film.pk}":
        card = "catalog/_shown_again.html" if is_undone else "catalog/_hidden_card.html"
        return render(request, card, {"movie": film})
    says = "may be suggested again" if is_undone else "will not be suggested again"
    messages.success(request, f"{film.title} {says}.")
    return back(request, film.get_absolute_url())


@require_POST
def movie_watchlist(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a film on one's watchlist, or with `undo` take it off."""
    film = get_object_or_404(Movie, pk=pk)
    if not request.user.is_authenticated:
        return redirect_to_login(film.get_absolute_url())
    is_undone = "undo" in request.POST
    (services.remove_from_watchlist if is_undone else services.add_to_watchlist)(
        user=request.user, movie=film
    )
    where = "off your watchlist" if is_undone else "on your watchlist"
    messages.success(request, f"{film.title} is {where}.")
    return back(request, film.get_absolute_url())


@require_POST
def movie_use(request: HttpRequest, pk: int) -> HttpResponse:
    """Learn nothing from a film that was seen, or with `undo` learn from it again."""
    film = get_object_or_404(Movie, pk=pk)
    is_undone = "undo" in request.POST
    left_out.leave_out(request, film, is_undone=is_undone)
    says = "counts for your suggestions again" if is_undone else "counts for your suggestions no more"
    messages.success(request, f"{film.title} {says}.")
    return back(request, film.get_absolute_url())


@require_safe
def hidden(request: HttpRequest) -> HttpResponse:
    films = Movie.objects.filter(pk__in=left_out.hidden_films(request)).order_by("title", "pk")
    page = page_of(request, films.for_cards(), size=settings.MOVIES_PER_PAGE)
    return render(request, "catalog/hidden.html", {"page": page})


@login_required
@require_safe
def watchlist(request: HttpRequest) -> HttpResponse:
    films = Movie.objects.filter(on_watchlists__user=request.user).order_by("-on_watchlists__added_at", "-pk")
    page = page_of(request, films.for_cards(), size=settings.MOVIES_PER_PAGE)
    return render(request, "catalog/watchlist.html", {"page": page})


@require_POST
def movie_log(request: HttpRequest, pk: int) -> HttpResponse:
    film = get_object_or_404(Movie, pk=pk)
    if not request.user.is_authenticated:
        return redirect_to_login(film.get_absolute_url())
    form = LogForm(request.POST)
    if not form.is_valid():
        return _film_page(request, film, status=UNPROCESSABLE, log_form=form)
    services.log_watch(user=request.user, movie=film, **form.cleaned_data)
    where = "in your diary" if form.cleaned_data["watched_on"] else "among the films you saw"
    messages.success(request, f"{film.title} is {where}.")
    return back(request, film.get_absolute_url())


@require_POST
def movie_review(request: HttpRequest, pk: int) -> HttpResponse:
    film = get_object_or_404(Movie, pk=pk)
    if not request.user.is_authenticated:
        session.keep_draft(request, movie=film, text=request.POST.get("text", ""))
        return redirect_to_login(f"{film.get_absolute_url()}#your-review")
    form = ReviewForm(request.POST)
    if not form.is_valid():
        return _film_page(request, film, status=UNPROCESSABLE, review_form=form)
    services.write_review(user=request.user, movie=film, **form.cleaned_data)
    session.drop_draft(request)
    messages.success(request, f"Your review of {film.title} is up.")
    return back(request, f"{film.get_absolute_url()}#reviews")


@require_POST
def watch_remove(request: HttpRequest, pk: int) -> HttpResponse:
    watch = _own_or_404(request, Watch.objects.select_related("movie"), pk)
    services.remove_watch(watch=watch)
    messages.success(request, f"{watch.movie.title} is out of your diary.")
    return back(request, watch.movie.get_absolute_url())


@require_POST
def review_remove(request: HttpRequest, pk: int) -> HttpResponse:
    review = _own_or_404(request, Review.objects.select_related("movie"), pk)
    services.remove_review(review=review)
    messages.success(request, f"Your review of {review.movie.title} is gone.")
    return back(request, review.movie.get_absolute_url())


def _own_or_404(request: HttpRequest, things: QuerySet, pk: int) -> Model:
    """Another person's thing is not found, so that nobody learns whether it exists."""
    thing = get_object_or_404(things, pk=pk)
    if not may_change(request.user, thing):
        raise Http404
    return thing
