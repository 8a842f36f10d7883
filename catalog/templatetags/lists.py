from __future__ import annotations

from django import template

from catalog.film_lists import ListsOfFilm
from catalog.models import Movie

register = template.Library()


@register.simple_tag(takes_context=True)
def lists_of(context: template.Context, movie: Movie) -> ListsOfFilm:
    return ListsOfFilm.of(movie, context["request"].user)
