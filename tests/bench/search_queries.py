"""What people type: titles with the slips of a keyboard, drawn by a seed, and a list written by hand."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import NamedTuple

from catalog.models import Movie
from catalog.search.words import Query
from catalog.titles import search_form

BY_HAND = Path(__file__).with_name("search_by_hand.tsv")
# Films that somebody rated and films of the whole catalogue: so many of each.
EACH = 200
SHORTEST, LONG = 5, 12
ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")

Slip = Callable[[str, int, Random], str]


class Asked(NamedTuple):
    """A film of this title answers it, of this year where one is named."""

    words: str
    title: str
    year: int | None = None


def by_hand() -> list[Asked]:
    with BY_HAND.open(newline="", encoding="utf-8") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [Asked(words, title, int(year)) for words, title, year in rows]


def mistyped(seed: int) -> list[Asked]:
    """One slip in a short title, two in a long one; the titles are real."""
    random = Random(seed)
    films = Movie.objects.order_by("pk").values_list("title", flat=True)
    drawn = _drawn(films.filter(ratings_count__gt=0), random) + _drawn(films, random)
    return [Asked(slipped(title, random), title) for title in drawn]


def _drawn(titles, random: Random) -> list[str]:
    long_enough = [title for title in titles if len("".join(Query(title).telling)) >= SHORTEST]
    return random.sample(long_enough, EACH)


def slipped(title: str, random: Random) -> str:
    words = search_form(title)
    for _ in range(2 if len(words) >= LONG else 1):
        words = _once(words, random)
    return words


def _once(words: str, random: Random) -> str:
    places = [place for place, letter in enumerate(words) if letter.isalpha()]
    return random.choice(SLIPS)(words, random.choice(places), random)


def _left_out(words: str, place: int, random: Random) -> str:
    return words[:place] + words[place + 1 :]


def _doubled(words: str, place: int, random: Random) -> str:
    return words[:place] + words[place] + words[place:]


def _beside(words: str, place: int, random: Random) -> str:
    row = next((row for row in ROWS if words[place] in row), "aeiou")
    at = row.find(words[place])
    return words[:place] + random.choice(row[max(at - 1, 0) : at] + row[at + 1 : at + 2]) + words[place + 1 :]


def _exchanged(words: str, place: int, random: Random) -> str:
    return words[:place] + words[place + 1 : place + 2] + words[place] + words[place + 2 :]


SLIPS: tuple[Slip, ...] = (_left_out, _doubled, _beside, _exchanged)
