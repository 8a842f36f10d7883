"""Posters, stars and bars. Sizes are SVG attributes: the site's policy allows no style attributes."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import get_text_list

from catalog import posters
from catalog.models import Credit, Movie

register = template.Library()

STEPS = [(step, step / 2) for step in range(1, 11)]
_NUMBERS = ("no", "one", "two", "three", "four", "five")


@lru_cache(maxsize=4096)
def _drawn(title: str, year: int | None, genres: tuple[str, ...]) -> str:
    return posters.draw(title, year, genres)


@register.simple_tag
def poster(movie: Movie) -> SafeString:
    genres = tuple(genre.name for genre in movie.genres.all())
    return mark_safe(_drawn(movie.title, movie.year, genres))  # noqa: S308 -- draw() escapes titles


@register.simple_tag
def icon(name: str) -> SafeString:
    sprite = static("img/icons.svg")
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', sprite, name)


@register.filter
def in_words(stars: float) -> str:
    """What a screen reader says: "three and a half stars"."""
    whole, half = divmod(round(stars * 2), 2)
    if whole == 0:
        return "half a star" if half else "no stars"
    words = f"{_NUMBERS[whole]} and a half" if half else _NUMBERS[whole]
    return f"{words} star" if words == "one" else f"{words} stars"


@register.filter
def halved(half_stars: int) -> float:
    return half_stars / 2


@register.filter
def running_time(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest:02}" if hours else f"{rest} min"


@register.inclusion_tag("catalog/_stars.html")
def stars(value: float) -> dict[str, Any]:
    """A rating somebody gave, or an average rounded to the half star."""
    half_stars = round(value * 2)
    return {"stars": half_stars / 2, "half_stars": half_stars}


@register.filter
def credited(movie: Movie, role: str) -> list[Credit]:
    """The credits of one role; all of a film's credits were read at once."""
    return [credit for credit in movie.credits.all() if credit.role == role]


@register.filter
def names(credits: list[Credit]) -> str:
    return get_text_list([credit.person.name for credit in credits], "and")


_SOURCES = {
    "wikipedia": "Wikipedia",
    "cinemagoer": "IMDb",
    "tmdb": "TMDB",
    "omdb": "OMDb",
    "editor": "this site",
}


@register.filter
def source_name(source: str) -> str:
    return _SOURCES.get(source, source)


@register.simple_tag(takes_context=True)
def here(context: template.Context, name: str, *args: Any) -> str:
    """Marks the link to the page that is being shown."""
    request = context.get("request")
    current = request is not None and request.path == reverse(name, args=args)
    return format_html(' aria-current="{}"', "page") if current else ""


@register.inclusion_tag("catalog/_rate.html", takes_context=True)
def rate(
    context: template.Context,
    movie: Movie,
    stars: float | None = None,
    target: str = "",
    predicted: float | None = None,
) -> dict[str, Any]:
    """The star input of a film, ready to be sent without a script, with what is predicted beside it."""
    request = context["request"]
    return {
        "movie": movie,
        "stars": stars,
        "target": target,
        "predicted": predicted,
        "steps": STEPS,
        "next": request.POST.get("next") or request.get_full_path(),
        "csrf_token": context.get("csrf_token"),
        "rating_form": context.get("rating_form"),
    }


@register.inclusion_tag("catalog/_histogram.html")
def histogram(counts: list[int], mine: float | None = None) -> dict[str, Any]:
    """Ten bars; the one of the visitor's own rating is marked."""
    tallest = max(counts) or 1
    bars = [_bar(step, count, tallest) for step, count in enumerate(counts, start=1)]
    return {"bars": bars, "mine": mine, "total": sum(counts)}


def _bar(step: int, count: int, tallest: int) -> dict[str, Any]:
    # Any rating at all shows: one among ten thousand is two units high.
    height = max(2, round(72 * count / tallest)) if count else 0
    return {"stars": step / 2, "count": count, "x": 20 * (step - 1), "y": 74 - height, "height": height}
