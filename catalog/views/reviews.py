"""Reviews: written, tried out, removed, read one by one, liked and reported."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog import services, session
from catalog.conflict import differences_in_words
from catalog.film_log import Wording
from catalog.forms import ReviewForm
from catalog.models import Movie, Review, ReviewReport
from catalog.permissions import own_or_404
from catalog.redirects import back
from catalog.undo import undoable
from catalog.views.answers import CONFLICT, UNPROCESSABLE, done
from catalog.views.films import address_of_film, film_page, refuse
from catalog.views.posted import posted_from


@posted_from(address_of_film)
def movie_review(request: HttpRequest, pk: int) -> HttpResponse:
    film = get_object_or_404(Movie, pk=pk)
    if not request.user.is_authenticated:
        return _keep_and_log_in(request, film)
    form = ReviewForm(request.POST)
    if not form.is_valid():
        return refuse(request, film, review_form=form, review_version=_shown_version(request))
    try:
        wording, shown = Wording(**form.cleaned_data), _shown_version(request)
        services.rewrite_review(user=request.user, movie=film, wording=wording, shown=shown)
    except services.ChangedMeanwhile:
        return _ask_which(request, film, form)
    session.drop_draft(request)
    messages.success(request, _("Your review of %(film)s is up.") % {"film": film.title})
    return back(request, f"{film.get_absolute_url()}#reviews")


def _shown_version(request: HttpRequest) -> str:
    """Of the review that the form was filled from."""
    return request.POST.get("version", "")


def _ask_which(request: HttpRequest, film: Movie, form: ReviewForm) -> HttpResponse:
    """Both versions side by side; saving again now means this one."""
    stored = Wording.of(Review.objects.filter(user=request.user, movie=film).first())
    both = differences_in_words(Wording(**form.cleaned_data), stored)
    return refuse(
        request, film, status=CONFLICT, review_form=form, review_version=stored.version, differences=both
    )


def _keep_and_log_in(request: HttpRequest, film: Movie) -> HttpResponse:
    session.keep_draft(request, movie=film, text=request.POST.get("text", ""))
    return redirect_to_login(f"{film.get_absolute_url()}#your-review")


@posted_from(address_of_film)
def review_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """How the words would look; nothing is saved. A script gets them alone, a form its whole page."""
    film = get_object_or_404(Movie.objects.for_page(), pk=pk)
    if not request.user.is_authenticated:
        return _keep_and_log_in(request, film)
    form = ReviewForm(request.POST)
    if request.htmx.target == "review-preview":
        return render(request, "catalog/_review_preview.html", {"review_form": form, "is_tried": True})
    status = 200 if form.is_valid() else UNPROCESSABLE
    version = _shown_version(request)
    return film_page(request, film, status=status, review_form=form, review_version=version, is_tried=True)


def _own(request: HttpRequest, pk: int) -> Review:
    return own_or_404(request, Review.objects.select_related("movie"), pk)


def _address_of_own(request: HttpRequest, pk: int) -> str:
    return _own(request, pk).get_absolute_url()


@posted_from(_address_of_own)
def review_remove(request: HttpRequest, pk: int) -> HttpResponse:
    review = _own(request, pk)
    # What was put back would come without the reports about it.
    is_reported = review.reports.exists()
    with undoable(request, review.movie) as change:
        change.hanging = services.remove_review(review=review)
    sentence = _("Your review of %(film)s is gone.") % {"film": review.movie.title}
    return done(request, review.movie, sentence, token="" if is_reported else change.token)


@require_safe
def review(request: HttpRequest, pk: int) -> HttpResponse:
    cards = Prefetch("movie", Movie.objects.for_cards())
    found = get_object_or_404(Review.objects.for_film(request.user).prefetch_related(cards), pk=pk)
    is_own = found.user_id == request.user.pk
    context = {
        "review": found,
        "movie": found.movie,
        "is_own": is_own,
        "upheld": ReviewReport.reasons_why_down(found),
    }
    return render(request, "catalog/review.html", context)


def _address_of_readable(request: HttpRequest, pk: int) -> str:
    return get_object_or_404(Review.objects.visible_to(request.user), pk=pk).get_absolute_url()


@posted_from(_address_of_readable, by_members=True)
def review_like(request: HttpRequest, pk: int) -> HttpResponse:
    """Like what somebody wrote, or with `undo` like it no more."""
    others = Review.objects.visible_to(request.user).exclude(user=request.user)
    found = get_object_or_404(others, pk=pk)
    change = services.unlike_review if "undo" in request.POST else services.like_review
    change(user=request.user, review=found)
    if request.htmx.target == f"like-{pk}":
        liked = Review.objects.with_likes(request.user).get(pk=pk)
        return render(request, "catalog/_review_like.html", {"review": liked, "is_fresh": True})
    return back(request, found.get_absolute_url())
