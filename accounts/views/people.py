"""How a page finds the person it is about: the one place where their settings and blocks are asked."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Literal

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import User

Part = Literal["profile", "diary", "ratings"]
PARTS: tuple[Part, ...] = ("profile", "diary", "ratings")


def page_of_person(part: Part) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A view of (request, person) for what the viewer may see; 404 for all else, as if it were not there.

    A name spelt with other capitals leads to the right address.
    """

    def decorator(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def answer(request: HttpRequest, username: str, **more: Any) -> HttpResponse:
            person = User.objects.visible_to(request.user).named(username)
            if person is None or not person.shows(part, request.user):
                raise Http404
            if person.username != username and request.method in ("GET", "HEAD"):
                return _rightly_spelt(request, person, **more)
            return view(request, person, **more)

        return answer

    return decorator


def address_of_person(request: HttpRequest, person: User) -> str:
    return person.get_absolute_url()


def _rightly_spelt(request: HttpRequest, person: User, **more: Any) -> HttpResponse:
    found = redirect(request.resolver_match.view_name, person.username, *more.values(), permanent=True)
    if request.META["QUERY_STRING"]:
        found["Location"] += f"?{request.META['QUERY_STRING']}"
    return found


def head(request: HttpRequest, person: User, tab: str) -> dict[str, Any]:
    """What stands above every page of a person."""
    is_own = person.pk == request.user.pk
    shown = {part for part in PARTS if person.shows(part, request.user)}
    private = [part for part in PARTS if is_own and getattr(person, f"{part}_visibility") != "public"]
    return {"person": person, "is_own": is_own, "tab": tab, "shown": shown, "private": private}
