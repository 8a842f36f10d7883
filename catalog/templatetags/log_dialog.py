from __future__ import annotations

from typing import Any

from django import template

from catalog.forms import FilmLogForm
from catalog.marks import marks_of
from catalog.models import Movie
from catalog.templatetags.films import STEPS

register = template.Library()


@register.inclusion_tag("catalog/_log_stars.html")
def log_stars(movie: Movie, form: FilmLogForm) -> dict[str, Any]:
    return {"movie": movie, "stars": form.given_stars, "steps": STEPS, "errors": form["stars"].errors}


@register.simple_tag(takes_context=True)
def is_liked(context: template.Context, movie: Movie) -> bool:
    return marks_of(context["request"], movie).is_liked
