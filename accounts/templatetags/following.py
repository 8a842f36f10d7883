"""Following on pages of this app and of others: the button, the counts, friends of a film, friends lately."""

from __future__ import annotations

from typing import Any

from django import template
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from accounts.friends import FriendsOfFilm
from accounts.models import Follow, User
from catalog.models import Movie

register = template.Library()


@register.inclusion_tag("accounts/_follow.html", takes_context=True)
def follow_button(context: template.Context, person: User) -> dict[str, Any]:
    """Nothing beside oneself. However many buttons a page has, they cost one query."""
    request = context["request"]
    return {
        "person": person,
        "request": request,
        "user": request.user,
        "csrf_token": context.get("csrf_token"),
        "is_following": person.pk in _followed_by(request),
    }


def _followed_by(request: HttpRequest) -> set[int]:
    if not hasattr(request, "followed_people"):
        followed = Follow.objects.filter(follower=request.user.pk).values_list("followed_id", flat=True)
        request.followed_people = set(followed) if request.user.is_authenticated else set()
    return request.followed_people


@register.simple_tag(takes_context=True)
def follows_you(context: template.Context, person: User) -> bool:
    viewer = context["request"].user
    return viewer.is_authenticated and Follow.objects.filter(follower=person, followed=viewer.pk).exists()


@register.inclusion_tag("accounts/_follow_counts.html", takes_context=True)
def follow_counts(context: template.Context, person: User) -> dict[str, Any]:
    """As strangers may know them, whoever looks: a count that differs would tell who hides from whom."""
    stranger = AnonymousUser()
    return {
        "request": context["request"],
        "person": person,
        "following": Follow.objects.filter(follower=person).open_to(stranger, end="followed").count(),
        "followers": Follow.objects.filter(followed=person).open_to(stranger, end="follower").count(),
    }


@register.inclusion_tag("accounts/_friends_of_film.html", takes_context=True)
def friends_of_film(context: template.Context, movie: Movie) -> dict[str, Any]:
    viewer = context["request"].user
    return {"friends": FriendsOfFilm.of(movie, viewer)} if viewer.is_authenticated else {}
