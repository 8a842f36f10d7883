"""What comes back after a change: its page again, or words alone where a key was pressed on a card."""

from __future__ import annotations

import json
from datetime import date

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from catalog.models import Movie
from catalog.redirects import back

UNAUTHORIZED, CONFLICT, UNPROCESSABLE = 401, 409, 422


def is_for_card(request: HttpRequest) -> bool:
    return bool(request.htmx) and request.POST.get("as") == "card"


def say(request: HttpRequest, sentence: str, *, token: str = "") -> None:
    """With a button that undoes it where there is a token."""
    messages.success(request, sentence, extra_tags=f"undo-{token}" if token else "")


def done(request: HttpRequest, film: Movie, sentence: str, *, token: str = "") -> HttpResponse:
    say(request, sentence, token=token)
    return logged(request, film) if is_for_card(request) else back(request, film.get_absolute_url())


def logged(request: HttpRequest, film: Movie) -> HttpResponse:
    """The dialog leaves the page as it was; where its form is the whole page, the film's comes instead."""
    if (request.htmx.current_url_abs_path or "").startswith("/log/"):
        return HttpResponseClientRedirect(film.get_absolute_url())
    return words(request, film)


def said_of_viewing(film: Movie, day: date | None) -> str:
    sentence = _("%(film)s is in your diary.") if day else _("%(film)s is among the films you saw.")
    return sentence % {"film": film.title}


def words(request: HttpRequest, film: Movie, *, is_undone: bool = False) -> HttpResponse:
    """The waiting sentences alone; the page learns which film they are about and keeps its place."""
    answer = render(request, "_messages.html")
    about = {"film": film.pk, "undone": is_undone}
    answer["HX-Trigger-After-Settle"] = json.dumps({"logged": about})
    answer["HX-Reswap"] = "none"
    return answer


def log_in_first(request: HttpRequest, address: str) -> HttpResponse:
    """A dialog or a card is not exchanged for the log-in page: it stays, and offers the way there."""
    if request.htmx and (is_for_card(request) or request.path.startswith("/log/")):
        return HttpResponse(status=UNAUTHORIZED)
    way = redirect_to_login(address)
    # Followed unseen, it would put the log-in page into a part of this one.
    return HttpResponseClientRedirect(way.url) if request.htmx else way
