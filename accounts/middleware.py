from __future__ import annotations

from collections.abc import Callable
from functools import cache
from zoneinfo import available_timezones

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

View = Callable[[HttpRequest], HttpResponse]


def time_zone(get_response: View) -> View:
    """Days and times are the member's own: what is today, and when something was written."""

    def answer(request: HttpRequest) -> HttpResponse:
        with timezone.override(_zone_of(request)):
            return get_response(request)

    return answer


def language(get_response: View) -> View:
    """What a member chose goes before the cookie and what the browser asks."""

    def answer(request: HttpRequest) -> HttpResponse:
        chosen = _language_of(request)
        if not chosen:
            return get_response(request)
        with translation.override(chosen):
            request.LANGUAGE_CODE = chosen
            response = get_response(request)
        response.headers.setdefault("Content-Language", chosen)
        return response

    return answer


def _zone_of(request: HttpRequest) -> str | None:
    """None for the site's own zone."""
    if not _is_member(request):
        return None
    return request.user.time_zone if request.user.time_zone in _time_zones() else None


@cache
def _time_zones() -> frozenset[str]:
    """Read from the disk once: it is a file for each."""
    return frozenset(available_timezones())


def _language_of(request: HttpRequest) -> str:
    """Empty where the browser is to be asked."""
    chosen = request.user.language if _is_member(request) else ""
    return chosen if chosen in dict(settings.LANGUAGES) else ""


def _is_member(request: HttpRequest) -> bool:
    """Whoever comes without a session is not asked who they are."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated
