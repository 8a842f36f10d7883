from django import template
from django.utils.safestring import SafeString, mark_safe

from catalog import posters

register = template.Library()


@register.simple_tag
def drawn_poster(title: str, genre: str, year: int | None = None) -> SafeString:
    """A poster of no film, in the manner of those of films."""
    return mark_safe(posters.draw(str(title), year, (genre,)))  # noqa: S308 -- draw() escapes
