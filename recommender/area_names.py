"""The names of the taste map's areas in the reader's language; a trained map keeps them in English.

Such as "Drama and film noir of the 1950s, Cary Grant, affair, around Notorious", put together by
ml/taste_map.py. People, titles and words of plots stay as they are.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from catalog.decades import name_of_decade
from recommender.ml.taste_map import KINDS

KNOWN = (
    pgettext_lazy("kind of films", "action"),
    pgettext_lazy("kind of films", "adult"),
    pgettext_lazy("kind of films", "adventure"),
    pgettext_lazy("kind of films", "animation"),
    pgettext_lazy("kind of films", "biography"),
    pgettext_lazy("kind of films", "children's"),
    pgettext_lazy("kind of films", "children's films"),
    pgettext_lazy("kind of films", "comedy"),
    pgettext_lazy("kind of films", "crime"),
    pgettext_lazy("kind of films", "documentaries"),
    pgettext_lazy("kind of films", "drama"),
    pgettext_lazy("kind of films", "family"),
    pgettext_lazy("kind of films", "fantasy"),
    pgettext_lazy("kind of films", "film noir"),
    pgettext_lazy("kind of films", "films"),
    pgettext_lazy("kind of films", "foreign"),
    pgettext_lazy("kind of films", "game-show"),
    pgettext_lazy("kind of films", "history"),
    pgettext_lazy("kind of films", "horror"),
    pgettext_lazy("kind of films", "music"),
    pgettext_lazy("kind of films", "musicals"),
    pgettext_lazy("kind of films", "mystery"),
    pgettext_lazy("kind of films", "news"),
    pgettext_lazy("kind of films", "reality-tv"),
    pgettext_lazy("kind of films", "romance"),
    pgettext_lazy("kind of films", "science fiction"),
    pgettext_lazy("kind of films", "short"),
    pgettext_lazy("kind of films", "sport"),
    pgettext_lazy("kind of films", "talk-show"),
    pgettext_lazy("kind of films", "thrillers"),
    pgettext_lazy("kind of films", "tv movie"),
    pgettext_lazy("kind of films", "war films"),
    pgettext_lazy("kind of films", "westerns"),
)
_CONTEXT = "kind of films"
_KINDS = re.compile(r"(?P<kinds>.*?)(?: of the (?P<decade>\d{4})s)?")
_AROUND = re.compile(r"(?P<before>(?:.*?, )?)around (?P<title>.+)")


class AreaName(NamedTuple):
    kinds: str
    times: str  # empty for an area of no certain decade
    details: str


def area_in_words(stored: str) -> AreaName:
    told, _comma, details = stored.partition(", ")
    found = _KINDS.fullmatch(told)
    kinds, decade = found.group("kinds", "decade") if found else (told, None)
    times = _("of the %(decade)s") % {"decade": name_of_decade(int(decade))} if decade else ""
    return AreaName(_kinds(kinds), times, _details(details))


def has_kind(stored: str, genre: str) -> bool:
    """Whether a name as it is stored tells of a genre."""
    found = _KINDS.fullmatch(stored.partition(", ")[0])
    return found is not None and KINDS.get(genre, genre.lower()) in found["kinds"].lower().split(" and ")


def _kinds(told: str) -> str:
    kinds = (told[:1].lower() + told[1:]).split(" and ")
    joint = _("and")
    said = f" {joint} ".join(pgettext(_CONTEXT, kind) for kind in kinds)
    return said[:1].upper() + said[1:]


def _details(told: str) -> str:
    """A name ends with the best known film where its terms do not tell it from another."""
    found = _AROUND.fullmatch(told)
    return found["before"] + _("around %(film)s") % {"film": found["title"]} if found else told
