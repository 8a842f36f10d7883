from django import template
from django.utils.safestring import SafeString, mark_safe

from catalog import posters
from catalog.genres import genre_in_words

register = template.Library()


@register.simple_tag
def drawn_poster(title: str, genre: str, year: int | None = None) -> SafeString:
    """A poster of no film, in the manner of those of films."""
    lettered = genre_in_words(genre.title())
    return mark_safe(posters.draw(str(title), year, (genre,), lettered=lettered))  # noqa: S308 -- draw() escapes
