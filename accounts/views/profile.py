from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.forms import RatingsForm
from accounts.models import FavouriteFilm, User
from accounts.profiles import Figures, by_stars
from accounts.services import MOST_FAVOURITES
from accounts.views.people import head, page_of_person
from catalog.models import Movie, Rating, Review, Watch
from catalog.pagination import page_of

LATEST_VIEWINGS, LATEST_REVIEWS = 7, 3


@require_safe
@page_of_person("profile")
def profile(request: HttpRequest, person: User) -> HttpResponse:
    viewer = request.user
    latest = Watch.objects.filter(user=person).diary(viewer).with_likes(viewer)[:LATEST_VIEWINGS]
    latest_reviews = Review.objects.filter(user=person).for_profile(viewer)[:LATEST_REVIEWS]
    favourites = favourites_of(person)
    context = head(request, person, "profile") | {
        "figures": Figures.of(person, viewer),
        "favourites": favourites,
        "free_places": free_places(favourites),
        "latest": latest,
        "latest_reviews": latest_reviews,
    }
    return render(request, "accounts/profile.html", context)


def favourites_of(person: User) -> list[Movie]:
    chosen = FavouriteFilm.objects.filter(user=person)
    return [one.movie for one in chosen.prefetch_related(Prefetch("movie", Movie.objects.for_cards()))]


def free_places(favourites: Sequence[Movie]) -> range:
    return range(len(favourites) + 1, MOST_FAVOURITES + 1)


@require_safe
@page_of_person("ratings")
def ratings(request: HttpRequest, person: User) -> HttpResponse:
    given = Rating.objects.filter(user=person)
    form = RatingsForm(request.GET)
    page = page_of(request, form.chosen(given.with_cards()), size=48)
    steps = by_stars(given.histogram())
    context = {"form": form, "asked": form.half_stars, "page": page, "by_stars": steps}
    context["total"] = sum(step.count for step in steps)
    return render(request, "accounts/ratings.html", head(request, person, "ratings") | context)


@require_safe
@page_of_person("profile")
def reviews(request: HttpRequest, person: User) -> HttpResponse:
    page = page_of(request, Review.objects.filter(user=person).for_profile(request.user), size=20)
    return render(request, "accounts/reviews.html", head(request, person, "reviews") | {"page": page})
