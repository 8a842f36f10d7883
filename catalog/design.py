"""The tokens of the design as the style sheet writes them, and which colours have to be told apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders

from catalog.posters.palettes import contrast

THEMES = ("day", "night")
# WCAG 2.2 AA: for words, and for the edges of what one operates.
WORDS, EDGES = 4.5, 3.0

_GROUNDS = ("ground", "raised", "sunken")
# Every colour that words are set in, and what they are set on.
TEXT_ON: dict[str, tuple[str, ...]] = {
    "ink": _GROUNDS,
    "soft": _GROUNDS,
    "glow": _GROUNDS,
    "glow-strong": _GROUNDS,
    "guess": _GROUNDS,
    "danger": _GROUNDS,
    "on-glow": ("glow", "glow-strong"),
    "ground": ("ink", "danger"),
    "board-ink": ("board",),
    "on-board-glow": ("board-glow", "board-glow-strong"),
}
# Borders of fields and buttons, the ring of what has the focus, and what a prediction is read from.
EDGE_ON: dict[str, tuple[str, ...]] = {
    "edge": _GROUNDS,
    "glow": _GROUNDS,
    "guess": ("guess-track",),
    "board-edge": ("board",),
    "board-glow-strong": ("board",),
}

_TOKEN = re.compile(r"--([a-z0-9-]+):\s*([^;]+);")
_BOTH = re.compile(r"light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")
_COLOUR = re.compile("#[0-9a-f]{6}")


@dataclass(frozen=True)
class Colour:
    name: str
    day: str
    night: str


@dataclass(frozen=True)
class Pair:
    """One colour on another in one theme."""

    theme: str
    over: str
    under: str
    over_colour: str
    under_colour: str
    wanted: float

    @property
    def ratio(self) -> float:
        return contrast(self.over_colour, self.under_colour)

    @property
    def is_enough(self) -> bool:
        return self.ratio >= self.wanted


@cache
def tokens() -> dict[str, str]:
    """Every custom property of tokens.css and its value, white space evened out."""
    found = finders.find("css/tokens.css")
    text = Path(str(found)).read_text(encoding="utf-8")
    return {name: " ".join(value.split()) for name, value in _TOKEN.findall(text)}


@cache
def colours() -> dict[str, Colour]:
    """The opaque ones, with what they are by day and by night."""
    return {name: colour for name, value in tokens().items() if (colour := _colour(name, value))}


def _colour(name: str, value: str) -> Colour | None:
    if both := _BOTH.fullmatch(value):
        return Colour(name, *both.groups())
    return Colour(name, value, value) if _COLOUR.fullmatch(value) else None


def pairs() -> list[Pair]:
    return [*_pairs(TEXT_ON, WORDS), *_pairs(EDGE_ON, EDGES)]


def _pairs(named: dict[str, tuple[str, ...]], wanted: float) -> Iterator[Pair]:
    for over, grounds in named.items():
        for under in grounds:
            for theme in THEMES:
                one, other = (getattr(colours()[name], theme) for name in (over, under))
                yield Pair(theme, over, under, one, other, wanted)
