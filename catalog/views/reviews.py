from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from catalog import services, session
from catalog.forms import ReviewForm
from catalog.models import Movie, Review
from catalog.permissions import own_or_404
from catalog.redirects import back
from catalog.views.films import UNPROCESSABLE, film_page


@require_POST
def movie_review(request: HttpRequest, pk: int) -> HttpResponse:
    film = get_object_or_404(Movie, pk=pk)
    if not request.user.is_authenticated:
        session.keep_draft(request, movie=film, text=request.POST.get("text", ""))
        return redirect_to_login(f"{film.get_absolute_url()}#your-review")
    form = ReviewForm(request.POST)
    if not form.is_valid():
        return film_page(request, film, status=UNPROCESSABLE, review_form=form)
    services.write_review(user=request.user, movie=film, **form.cleaned_data)
    session.drop_draft(request)
    messages.success(request, f"Your review of {film.title} is up.")
    return back(request, f"{film.get_absolute_url()}#reviews")


@require_POST
def review_remove(request: HttpRequest, pk: int) -> HttpResponse:
    review = own_or_404(request, Review.objects.select_related("movie"), pk)
    services.remove_review(review=review)
    messages.success(request, f"Your review of {review.movie.title} is gone.")
    return back(request, review.movie.get_absolute_url())
