"""Pages for what goes wrong, which say what to do next."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import PurePosixPath

from allauth.account import app_settings
from allauth.core.internal.ratelimit import parse_rates
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from catalog.models import Movie
from catalog.search import find

SUGGESTED = 6
# Longer than any title that somebody half remembers.
LONGEST = 80
_WORD = re.compile(r"[^\W_]+")
# Words of the site's own addresses say nothing about a film.
_OWN = {"accounts", "cast", "charts", "decade", "diary", "feed", "films", "genre", "index", "people"}
_OWN |= {"delete", "edit", "film", "followers", "following", "lists", "new"}
_OWN |= {"ratings", "reviews", "search", "year"}


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    words = words_of(request.path_info)
    context = {"missed": words, "films": _nearest(words)}
    return render(request, "404.html", context, status=404)


def words_of(path: str) -> str:
    """What in an address may be meant for a film; nothing where a file was asked for, as scanners do."""
    name = PurePosixPath(path).name
    if "." in name or len(path) > 2 * LONGEST:
        return ""
    words = [word for word in _WORD.findall(path.lower()) if word not in _OWN]
    telling = [word for word in words if not word.isdecimal() or len(word) == 4]
    return " ".join(telling)[:LONGEST]


def _nearest(words: str) -> list[Movie]:
    """Nothing where the database is what is broken: the page must come all the same."""
    if not any(len(word) > 2 for word in words.split()):
        return []
    try:
        found = find(words, limit=SUGGESTED)
        return Movie.objects.cards_in_order((found.films or found.nearest)[:SUGGESTED])
    except DatabaseError:
        return []


def too_many(request: HttpRequest) -> HttpResponse:
    """Which limit was reached is not told, so the longest of them is what is waited for at most."""
    seconds = longest_wait()
    context = {
        "again_at": timezone.now() + timedelta(seconds=seconds),
        "minutes": max(1, round(seconds / 60)),
    }
    answer = render(request, "429.html", context, status=429)
    answer["Retry-After"] = str(seconds)
    return answer


def longest_wait() -> int:
    limits = (parse_rates(limit) for limit in app_settings.RATE_LIMITS.values())
    return round(max((rate.duration for rates in limits for rate in rates), default=60))
