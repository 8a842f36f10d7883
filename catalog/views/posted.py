"""Addresses that only take what a form sends; a mere visit is shown the way to the form's page."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.loader import render_to_string
from django.urls import reverse

from catalog.redirects import back
from catalog.views.answers import log_in_first

View = Callable[..., HttpResponse]
Page = Callable[..., str]


def posted_from(page: str | Page, *, by_members: bool = False) -> Callable[[View], View]:
    """`page` is the form's page: a URL name, or what makes its address of the view's arguments.

    Where only members may post, everybody else logs in first and goes on at that page: a log-in leads to
    an address, not to what was sent there.
    """

    def address(*about: Any, **named: Any) -> str:
        return reverse(page) if isinstance(page, str) else page(*about, **named)

    def decorator(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *about: Any, **named: Any) -> HttpResponse:
            if request.method != "POST":
                return _nothing_to_see(request, address(request, *about, **named))
            if by_members and not request.user.is_authenticated:
                return log_in_first(request, back(request, address(request, *about, **named)).url)
            return view(request, *about, **named)

        return answer

    return decorator


def _nothing_to_see(request: HttpRequest, address: str) -> HttpResponse:
    return HttpResponseNotAllowed(["POST"], render_to_string("405.html", {"address": address}, request))
