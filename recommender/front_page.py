"""The front page's rows with what friends do between them, and what comes to the place of a hidden film."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone

from accounts.friends import SHOWN, Sighting, lately
from catalog.models import Movie
from catalog.shown import shown_films
from recommender.evenings import evening_of
from recommender.forms import SteeringForm
from recommender.picks import Pick, Row
from recommender.rows import next_pick, rows_for
from recommender.similar import NEAR, next_near
from recommender.steering import Steering, steering_of
from recommender.visitors import visitor_of

# Of a page's films as a browser sends them back: more than any page has, of fewer digits than overflow.
MOST_FILMS, MOST_DIGITS = 500, 18


class FrontPage(NamedTuple):
    rows: Sequence[Row]
    lately: Sequence[tuple[Movie, Sighting]]  # stands below the first row


def front_page(request: HttpRequest, limit: int) -> FrontPage:
    """Rows of `limit` films at most, none of which stands on the page already."""
    shown = shown_films(request)
    # As many more as the first row may take away.
    seen = _seen_by_friends(request, SHOWN + limit)
    rows = rows_for(
        visitor_of(request),
        limit=limit,
        exclude=shown,
        after_first=[film.pk for film, _ in seen],
        **_asked(request, steering_of(request)),
    )
    shown.update(pick.movie.pk for row in rows for pick in row.picks)
    left = [(film, sighting) for film, sighting in seen if film.pk not in shown][:SHOWN]
    shown.update(film.pk for film, _ in left)
    return FrontPage(rows, left)


def next_on_page(request: HttpRequest) -> Pick | None:
    """For a film that was taken off a row: what comes next in it, by the row and the films that were sent."""
    row = request.POST.get("row", "")
    if not row:
        return None
    if row.startswith(NEAR):
        return next_near(row, visitor_of(request), exclude=_sent(request))
    return next_pick(
        visitor_of(request), row, exclude=_sent(request), **_asked(request, steering_of_page(request))
    )


def _seen_by_friends(request: HttpRequest, limit: int) -> list[tuple[Movie, Sighting]]:
    if not request.user.is_authenticated:
        return []
    return lately(request.user, limit=limit, exclude=shown_films(request))


def steering_of_page(request: HttpRequest) -> Steering:
    """Of the page that sent the request: what its address tries without keeping it counts there too."""
    kept, page = steering_of(request), urlsplit(request.htmx.current_url_abs_path or "")
    if page.path != reverse("recommender:for-you"):
        return kept
    return SteeringForm(kept.fields() | QueryDict(page.query).dict()).steering


def _asked(request: HttpRequest, steering: Steering) -> dict[str, Any]:
    now = timezone.localtime()
    member = request.user if request.user.is_authenticated else None
    evening = evening_of(request.user, now)
    return {"steering": steering, "evening": evening, "now": now, "member": member}


def _sent(request: HttpRequest) -> set[int]:
    words = ",".join(request.POST.getlist("shown")).split(",")[:MOST_FILMS]
    return {int(word) for word in words if word.isdecimal() and len(word) <= MOST_DIGITS}
