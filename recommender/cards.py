"""A pick as a card of a page, drawn once for all who get the same: a page of forty is mostly cards."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import get_language

from recommender.picks import Pick

TEMPLATE = "recommender/_pick.html"


@dataclass(frozen=True)
class _Card:
    shown: tuple[Any, ...]
    pick: Pick = field(compare=False)


def card_of(pick: Pick, request: HttpRequest) -> str:
    """Kept by all that it shows; the first picture of a page does not wait."""
    if _picture(pick) and not hasattr(request, "has_shown_picture"):
        return render_to_string(TEMPLATE, {"pick": pick}, request)
    return _drawn(_Card(_shown(pick), pick))


@lru_cache(maxsize=5_000)
def _drawn(card: _Card) -> str:
    return render_to_string(TEMPLATE, {"pick": card.pick})


def _shown(pick: Pick) -> tuple[Any, ...]:
    """Whatever changes the card."""
    film, picture = pick.movie, _picture(pick)
    # Genres are what a drawn poster is of; a kept one says nothing of them.
    genres = () if picture else film.genre_names
    stars = (round(pick.stars, 1), pick.interval) if pick.stars else (film.average_stars,)
    known = (film.pk, film.slug, film.title, film.year, film.ratings_count)
    return get_language(), known, genres, picture, stars, pick.reason


def _picture(pick: Pick) -> str:
    picture = getattr(pick.movie, "picture", None)
    return picture.digest if picture else ""
