"""What recommendations look like on the pages of lower apps."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import RequestContext

from catalog.models import Movie
from recommender import services
from recommender.intervals import Interval
from recommender.rows import rows_for
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
    return {"rows": rows_for(visitor_of(request), limit=limit), "request": request}


@register.inclusion_tag("recommender/_row.html", takes_context=True)
def similar_to(context: RequestContext, movie: Movie, limit: int = 14) -> dict[str, Any]:
    request = context["request"]
    return {"row": services.similar_to(movie, visitor_of(request), limit=limit), "request": request}


@register.inclusion_tag("recommender/_pick.html", takes_context=True)
def pick(context: RequestContext, movie: Movie) -> dict[str, Any]:
    """One film as the lists show it."""
    request = context["request"]
    return {"pick": services.pick_of(movie, visitor_of(request)), "request": request}


@register.inclusion_tag("recommender/_prediction.html", takes_context=True)
def prediction(context: RequestContext, movie: Movie) -> dict[str, Any]:
    return {"prediction": services.predict(visitor_of(context["request"]), movie), "movie": movie}
