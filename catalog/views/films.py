"""The page of a film, whole or the parts that its forms renew."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from catalog import left_out, session
from catalog.film_log import Wording
from catalog.forms import LogForm, ReviewForm
from catalog.marks import marks_of
from catalog.models import Movie, Rating, Review, Watch
from catalog.pagination import page_of
from catalog.views.answers import UNPROCESSABLE

REVIEWS_ON_FILM_PAGE = 10


@require_safe
def movie(request: HttpRequest, pk: int, slug: str = "") -> HttpResponse:
    film = Movie.objects.for_page().filter(pk=pk).first()
    if film is None:
        # Not for good: a merge can be undone.
        return redirect(get_object_or_404(Movie, merges__removed_id=pk, merges__undone_at=None))
    if slug != film.slug:
        return redirect(film, permanent=True)
    return film_page(request, film)


def address_of_film(request: HttpRequest, pk: int) -> str:
    return get_object_or_404(Movie, pk=pk).get_absolute_url()


def film_page(request: HttpRequest, film: Movie, *, status: int = 200, **forms: Any) -> HttpResponse:
    context = aside(request, film) | _own_part(request, film) | _reviews(request, film) | forms
    context["is_hidden"] = left_out.is_hidden(request, film)
    return render(request, "catalog/movie.html", context, status=status)


def refuse(request: HttpRequest, film: Movie, *, status: int = UNPROCESSABLE, **forms: Any) -> HttpResponse:
    """The page again with the forms that were not taken, each with what is wrong with it."""
    return film_page(request, Movie.objects.for_page().get(pk=film.pk), status=status, **forms)


def _reviews(request: HttpRequest, film: Movie) -> dict[str, Any]:
    readable = film.reviews.for_film(request.user)
    is_by_likes = request.GET.get("reviews") == "liked"
    ordered = readable.most_liked_first() if is_by_likes else readable.friends_first(request.user)
    return {"reviews": page_of(request, ordered, size=REVIEWS_ON_FILM_PAGE), "is_by_likes": is_by_likes}


def aside(request: HttpRequest, film: Movie) -> dict[str, Any]:
    ratings = film.ratings.of_film(request.user)
    own = ratings.own if request.user.is_authenticated else session.ratings(request).get(film.pk)
    return {
        "movie": film,
        "stars": own / 2 if own else None,
        "histogram": ratings.histogram,
        "imported_count": ratings.imported,
        "is_unused": left_out.is_unused(request, film),
    }


def stars_of(request: HttpRequest, film: Movie) -> float | None:
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
        "is_on_watchlist": marks_of(request, film).is_on_watchlist,
        "log_form": LogForm(),
        "review_form": ReviewForm(instance=review, initial=initial),
        "review_version": Wording.of(review).version,
    }
