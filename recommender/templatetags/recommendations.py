"""What recommendations look like on the pages of lower apps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template
from django.contrib import messages
from django.http import HttpRequest
from django.template.context import RequestContext
from django.template.defaultfilters import floatformat
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog import session
from catalog.models import Movie
from catalog.shown import shown_films
from recommender import services, similar
from recommender.cards import card_of
from recommender.front_page import front_page, next_on_page
from recommender.intervals import Interval
from recommender.models import Seat
from recommender.movement import Movement, movement
from recommender.picks import Pick
from recommender.reasons import Reason
from recommender.steering import steering_of
from recommender.visitors import visitor_of

register = template.Library()


# The bar under a predicted rating: half a star is at its left end, five are at the right one.
BAR_LENGTH, LEAST_LENGTH = 45, 2


@register.filter
def begin(interval: Interval) -> float:
    return round((interval.low - 0.5) / 4.5 * (BAR_LENGTH - LEAST_LENGTH), 1)


@register.filter
def extent(interval: Interval) -> float:
    """An interval of one grade still shows."""
    return round((interval.high - interval.low) / 4.5 * (BAR_LENGTH - LEAST_LENGTH) + LEAST_LENGTH, 1)


@register.inclusion_tag("recommender/_rows.html", takes_context=True)
def for_you(context: RequestContext, limit: int = 14) -> dict[str, Any]:
    request = context["request"]
    # The request comes along for the posters, of which a page loads the first one at once.
    return {"page": front_page(request, limit), "request": request}


@register.simple_tag(takes_context=True)
def next_in_row(context: RequestContext) -> Pick | None:
    """What comes to the place of a card that was taken off its row."""
    return next_on_page(context["request"])


@register.inclusion_tag("recommender/_row.html", takes_context=True)
def similar_to(context: RequestContext, movie: Movie, limit: int = 14) -> dict[str, Any]:
    request = context["request"]
    row = similar.similar_to(movie, visitor_of(request), limit=limit)
    shown_films(request).update(pick.movie.pk for pick in row.picks)
    return {"row": row, "request": request}


@register.simple_tag
def reasons_told(reasons: Sequence[Reason]) -> str:
    """ "Your 5 for Heat, 4 for Ronin and Alien add the most." """
    told = [_reason(reason, is_first=not place) for place, reason in enumerate(reasons)]
    sentence = ngettext("{films} adds the most.", "{films} add the most.", len(told))
    return format_html(sentence, films=_listed(told))


def _reason(reason: Reason, *, is_first: bool) -> str:
    title = format_html("<em>{}</em>", reason.movie.title)
    if reason.stars is None:
        return format_html(_("Having seen {title}"), title=title) if is_first else title
    words = _("Your {stars} for {title}") if is_first else _("{stars} for {title}")
    return format_html(words, stars=floatformat(reason.stars), title=title)


@register.simple_tag
def cited(films: Sequence[Movie]) -> str:
    return _listed([format_html("<cite>{}</cite>", film.title) for film in films])


@register.simple_tag
def named(seats: Sequence[Seat], own: Seat | None = None) -> str:
    return _listed([_("you") if seat == own else format_html("{}", seat.name) for seat in seats])


def _listed(parts: Sequence[str]) -> str:
    """ "one, two and three", each part safe already."""
    *others, last = parts
    if not others:
        return last
    return format_html("{} {} {}", format_html_join(", ", "{}", ((part,) for part in others)), _("and"), last)


@register.simple_tag(takes_context=True)
def card(context: RequestContext, pick: Pick) -> str:
    return card_of(pick, context["request"])


@register.inclusion_tag("recommender/_pick.html", takes_context=True)
def pick(context: RequestContext, movie: Movie) -> dict[str, Any]:
    """One film as the lists show it."""
    request = context["request"]
    return {"pick": services.pick_of(movie, visitor_of(request)), "request": request}


@register.inclusion_tag("recommender/_moved.html", takes_context=True)
def what_moved(context: RequestContext) -> dict[str, Any]:
    """Said once after a rating, wherever the visitor comes out."""
    return {"moved": _moved(context["request"])}


@register.simple_tag(takes_context=True)
def say_what_moved(context: RequestContext) -> str:
    """The same among the sentences of the site, where a card was rated and has no room for it."""
    moved = _moved(context["request"])
    if moved is not None:
        messages.success(context["request"], moved.sentence)
    return ""


def _moved(request: HttpRequest) -> Movement | None:
    rated = session.last_rated(request)
    film = Movie.objects.filter(pk=rated[0]).first() if rated else None
    if rated is None or film is None:
        return None
    return movement(visitor_of(request), film, rated[1], steering_of(request))


@register.simple_tag(takes_context=True)
def predicted_stars(context: RequestContext, movie: Movie) -> float | None:
    """What the visitor would give an unrated film, None where nothing can or shall be said."""
    return services.predicted_stars(visitor_of(context["request"]), movie)


@register.inclusion_tag("recommender/_prediction.html", takes_context=True)
def prediction(context: RequestContext, movie: Movie) -> dict[str, Any]:
    return {"prediction": services.predict(visitor_of(context["request"]), movie), "movie": movie}
