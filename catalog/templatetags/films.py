"""Posters, stars and bars. Sizes are SVG attributes: the site's policy allows no style attributes."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma, intword
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.formats import get_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import get_text_list
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from catalog import posters
from catalog.decades import name_of_decade
from catalog.genres import genre_in_words
from catalog.languages import name_of_language
from catalog.models import Credit, Movie, PosterPicture
from catalog.newcomers import on_the_wall

register = template.Library()
register.filter("genre_in_words", genre_in_words)
register.filter("decade_name", name_of_decade)

STEPS = [(step, step / 2) for step in range(1, 11)]
OPENING = 360
# Of sentences; titles such as "Mr." are shorter than the words that sentences end in.
_ENDS = re.compile(r"(?<=[^\W\d_A-Z]{3}[.!?])\s+(?=[^\Wa-z])")
_IN_WORDS = (
    _("no stars"),
    _("half a star"),
    _("one star"),
    _("one and a half stars"),
    _("two stars"),
    _("two and a half stars"),
    _("three stars"),
    _("three and a half stars"),
    _("four stars"),
    _("four and a half stars"),
    _("five stars"),
)


# A page of sixty posters, stars or icons would otherwise be mostly the drawing of them. Each is kept by all
# that it shows.
@lru_cache(maxsize=4096)
def _drawn(title: str, year: int | None, genres: tuple[str, ...], lettered: str) -> SafeString:
    drawing = mark_safe(posters.draw(title, year, genres, lettered=lettered))  # noqa: S308 -- draw() escapes
    return render_to_string("catalog/_poster.html", {"drawn": drawing})


def _drawn_of(movie: Movie) -> SafeString:
    genres = movie.genre_names
    lettered = genre_in_words(genres[0]) if genres else ""
    return _drawn(movie.title, movie.year, genres, lettered)


@lru_cache(maxsize=4096)
def _photographed(name: str, sizes: str, is_first: bool, *shown: tuple[str, Any]) -> SafeString:
    context = {"picture": PosterPicture(**dict(shown)), "movie": name, "sizes": sizes, "is_first": is_first}
    return render_to_string("catalog/_poster.html", context)


# Rows and walls of cards, and the film page; a browser that knows "auto" measures lazy pictures itself.
_SIZES = {
    "card": "(max-width: 640px) 33vw, 180px",
    "large": "(max-width: 640px) 122px, 250px",
}


@register.simple_tag(takes_context=True)
def poster(context: template.Context, movie: Movie, shown: str = "card") -> SafeString:
    """The poster kept of a film, else the one drawn for it; the page's first picture does not load lazily."""
    picture = getattr(movie, "picture", None)
    if picture is None or not picture.is_shown:
        return _drawn_of(movie)
    looks = [(field, getattr(picture, field)) for field in ("digest", "width", "height", "blur")]
    return _photographed(str(movie), _SIZES[shown], _is_first(context), *looks)


def _is_first(context: template.Context) -> bool:
    request = context.get("request")
    is_first = request is not None and not hasattr(request, "has_shown_picture")
    if is_first:
        request.has_shown_picture = True
    return is_first


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    sprite = static("img/icons.svg")
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', sprite, name)


@register.simple_tag(takes_context=True)
def left_for_the_wall(context: template.Context, best: list[Movie]) -> list[Movie]:
    """Where the wall begins, what the rows above do not show."""
    return on_the_wall(context["request"], best)


@register.filter
def in_words(stars: float) -> str:
    """What a screen reader says: "three and a half stars"."""
    return str(_IN_WORDS[round(stars * 2)])


@register.filter
def halved(half_stars: int) -> float:
    return half_stars / 2


@register.filter
def of_film(given: dict[int, float], pk: int) -> float | None:
    """The stars that a mapping by film holds for one."""
    return given.get(pk)


@register.filter
def running_time(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _("%(minutes)s min") % {"minutes": rest}
    return _("%(hours)s h %(minutes)s") % {"hours": hours, "minutes": f"{rest:02}"}


@register.simple_tag
def stars(value: float) -> SafeString:
    """A rating somebody gave, or an average rounded to the half star."""
    return _stars(round(value * 2), get_language())


@cache
def _stars(half_stars: int, _language: str | None) -> SafeString:
    return render_to_string("catalog/_stars.html", {"stars": half_stars / 2, "half_stars": half_stars})


@register.simple_tag
def average(movie: Movie) -> SafeString:
    """Of all ratings here, and of how many."""
    return _average(movie.average_stars, movie.ratings_count, get_language())


@lru_cache(maxsize=20_000)
def _average(stars: float | None, ratings: int, _language: str | None) -> SafeString:
    return render_to_string("catalog/_average.html", {"average": stars, "ratings": ratings})


@register.filter
def credited(movie: Movie, role: str) -> list[Credit]:
    """The credits of one role; all of a film's credits were read at once."""
    return [credit for credit in movie.credits.all() if credit.role == role]


@register.filter
def names(credits: list[Credit]) -> str:
    return get_text_list([credit.person.name for credit in credits], str(_("and")))


@register.filter
def film_language(code: str) -> str:
    return name_of_language(code)


@register.filter
def dollars(amount: int) -> str:
    """Millions are what one compares films by."""
    said = intword(amount) if amount >= 1_000_000 else intcomma(amount)
    return _("$%(amount)s") % {"amount": said.replace(f"{get_format('DECIMAL_SEPARATOR')}0 ", " ")}


@register.filter
def opening(story: str) -> tuple[str, str]:
    """How a long story begins, and the rest, which may give its end away."""
    if len(story) < 1.5 * OPENING:
        return story, ""
    latest = OPENING * 4 // 3
    ends = [end.start() for end in _ENDS.finditer(story, 0, latest)]
    end = story.rfind("\n", OPENING // 2, latest)
    if end < 0:
        end = ends[-1] if ends else story.rfind(" ", 0, latest)
    return (story[:end], story[end:]) if end > 0 else (story, "")


_SOURCES = {
    "wikipedia": "Wikipedia",
    "cinemagoer": "IMDb",
    "tmdb": "TMDB",
    "omdb": "OMDb",
    "editor": _("this site"),
}


@register.filter
def source_name(source: str) -> str:
    return str(_SOURCES.get(source, source))


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
    predicted: bool = False,
) -> dict[str, Any]:
    """The star input of a film, ready to be sent without a script; `predicted` where a prediction is near."""
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
