from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from accounts.forms import ThemeForm
from accounts.models import User
from catalog.models import Rating, Review, Watch
from catalog.pagination import page_of
from catalog.redirects import back

A_YEAR = 365 * 24 * 60 * 60


@require_safe
def profile(request: HttpRequest, username: str) -> HttpResponse:
    person = _member_or_404(username)
    context = _head(person) | {
        "latest": Watch.objects.filter(user=person).diary()[:7],
        "favourites": Rating.objects.filter(user=person).highest_first().with_cards()[:4],
        "latest_reviews": Review.objects.filter(user=person).for_profile()[:3],
    }
    return render(request, "accounts/profile.html", context)


@require_safe
def diary(request: HttpRequest, username: str) -> HttpResponse:
    person = _member_or_404(username)
    page = page_of(request, Watch.objects.filter(user=person).diary(), size=50)
    return render(request, "accounts/diary.html", _head(person) | {"page": page})


@require_safe
def ratings(request: HttpRequest, username: str) -> HttpResponse:
    person = _member_or_404(username)
    page = page_of(request, Rating.objects.filter(user=person).newest_first().with_cards(), size=48)
    return render(request, "accounts/ratings.html", _head(person) | {"page": page})


@require_safe
def reviews(request: HttpRequest, username: str) -> HttpResponse:
    person = _member_or_404(username)
    page = page_of(request, Review.objects.filter(user=person).for_profile(), size=20)
    return render(request, "accounts/reviews.html", _head(person) | {"page": page})


def _member_or_404(username: str) -> User:
    return get_object_or_404(get_user_model().objects.members(), username=username)


def _head(person: User) -> dict[str, Any]:
    """The head that all pages of a person share."""
    histogram = Rating.objects.filter(user=person).histogram()
    return {
        "person": person,
        "histogram": histogram,
        "ratings_count": sum(histogram),
        "viewings_count": Watch.objects.filter(user=person).exclude(watched_on=None).count(),
        "reviews_count": Review.objects.filter(user=person).count(),
    }


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    form = ThemeForm(request.POST)
    response = back(request, "/")
    if not form.is_valid():
        sentence = "Choose the light look, the dark one or your system's."
        return render(request, "400.html", {"sentence": sentence}, status=400)
    response.set_cookie("theme", form.cleaned_data["theme"], max_age=A_YEAR, samesite="Lax", httponly=True)
    return response
