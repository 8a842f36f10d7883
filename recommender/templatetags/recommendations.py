"""What recommendations look like on the pages of lower apps."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import RequestContext
from django.utils import timezone

from catalog import session
from catalog.models import Movie
from recommender import preferences, services, similar
from recommender.evenings import evening_of
from recommender.intervals import Interval
from recommender.movement import movement
from recommender.rows import rows_for
from recommender.steering import Steering
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
    request, now = context["request"], timezone.localtime()
    steering = Steering.of(preferences.of(request).steering)
    evening = evening_of(request.user, now)
    rows = rows_for(visitor_of(request), limit=limit, steering=steering, evening=evening, now=now)
    return {"rows": rows, "request": request}


@register.inclusion_tag("recommender/_row.html", takes_context=True)
def similar_to(context: RequestContext, movie: Movie, limit: int = 14) -> dict[str, Any]:
    request = context["request"]
    return {"row": similar.similar_to(movie, visitor_of(request), limit=limit), "request": request}


@register.inclusion_tag("recommender/_pick.html", takes_context=True)
def pick(context: RequestContext, movie: Movie) -> dict[str, Any]:
    """One film as the lists show it."""
    request = context["request"]
    return {"pick": services.pick_of(movie, visitor_of(request)), "request": request}


@register.inclusion_tag("recommender/_moved.html", takes_context=True)
def what_moved(context: RequestContext) -> dict[str, Any]:
    """Said once after a rating, wherever the visitor comes out."""
    rated = session.last_rated(context["request"])
    film = Movie.objects.filter(pk=rated[0]).first() if rated else None
    if rated is None or film is None:
        return {}
    return {"rated": film, "moved": movement(visitor_of(context["request"]), film, rated[1])}


@register.simple_tag(takes_context=True)
def predicted_stars(context: RequestContext, movie: Movie) -> float | None:
    """What the page predicts, to be kept with a rating that is given beside it."""
    return services.predicted_stars(visitor_of(context["request"]), movie)


@register.inclusion_tag("recommender/_prediction.html", takes_context=True)
def prediction(context: RequestContext, movie: Movie) -> dict[str, Any]:
    return {"prediction": services.predict(visitor_of(context["request"]), movie), "movie": movie}
