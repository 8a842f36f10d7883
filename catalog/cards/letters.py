"""The site's own letters for pictures. Pillow reads the web fonts as they are: its FreeType knows WOFF2."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from django.contrib.staticfiles import finders
from PIL import ImageDraw, ImageFont, features

# Opening a web font takes a while, so one size is measured and others follow from it.
MEASURED_AT = 100
# A private letter that no face has: what a face shows in place of what it lacks.
_NOWHERE = "\U0010fffd"


class Face(NamedTuple):
    """The files of one face, asked in this order for every letter, and how heavy it is."""

    files: tuple[str, ...]
    weight: int


# Faces of the system, where it has them, for letters that the site's own do not know.
_OF_SYSTEM = ("DejaVuSansCondensed-Bold.ttf", "NotoSansCJK-Bold.ttc", "NotoSans-Bold.ttf")
DISPLAY = Face(("big-shoulders-latin.woff2", "big-shoulders-latin-ext.woff2", *_OF_SYSTEM), 800)
TEXT = Face(("newsreader-latin.woff2", "newsreader-latin-ext.woff2", *_OF_SYSTEM), 450)
ITALIC = Face(("newsreader-italic-latin.woff2", "newsreader-italic-latin-ext.woff2", *_OF_SYSTEM), 450)


@lru_cache(maxsize=48)
def _font(file: str, weight: int, size: int) -> ImageFont.FreeTypeFont | None:
    own = file.endswith(".woff2")
    try:
        font = ImageFont.truetype(str(finders.find(f"fonts/{file}")) if own else file, size)
    except OSError:
        return None
    if own:
        font.set_variation_by_axes([weight])
    return font


@lru_cache(maxsize=4096)
def _file_with(letter: str, face: Face) -> str | None:
    return next((file for file in face.files if _has(file, face.weight, letter)), None)


def _has(file: str, weight: int, letter: str) -> bool:
    font = _font(file, weight, MEASURED_AT)
    return font is not None and bytes(font.getmask(letter)) != bytes(font.getmask(_NOWHERE))


def is_legible(text: str, face: Face = DISPLAY) -> bool:
    """Whether every letter can be set, which depends on the faces of the system for other scripts."""
    return all(letter.isspace() or (_is_settable(letter) and _file_with(letter, face)) for letter in text)


def _is_settable(letter: str) -> bool:
    """Letters that run leftwards, join or pile up are nonsense without the library that shapes them."""
    is_simple = (
        unicodedata.bidirectional(letter) not in {"R", "AL"} and unicodedata.category(letter)[0] != "M"
    )
    return is_simple or bool(features.check("raqm"))


def _runs(text: str, face: Face, size: int) -> Iterator[tuple[str, ImageFont.FreeTypeFont]]:
    """Parts that one file can set; a letter that none has is left out."""
    last = face.files[0]

    def file_of(letter: str) -> str | None:
        nonlocal last
        file = last if letter.isspace() else _file_with(letter, face)
        last = file or last
        return file

    for file, letters in groupby(text, file_of):
        font = _font(file, face.weight, size) if file else None
        if font is not None:
            yield "".join(letters), font


def width_of(text: str, face: Face, size: float) -> float:
    return sum(font.getlength(part) for part, font in _runs(text, face, MEASURED_AT)) * size / MEASURED_AT


def reach_of(text: str, face: Face, size: float) -> tuple[float, float]:
    """How far the letters stand above the baseline, and how far they hang below it."""
    boxes = [font.getbbox(part, anchor="ls") for part, font in _runs(text, face, MEASURED_AT)]
    above, below = max(-box[1] for box in boxes), max(box[3] for box in boxes)
    return above * size / MEASURED_AT, max(0, below) * size / MEASURED_AT


def bearing(letter: str, face: Face, size: float) -> float:
    """The white that a letter carries on its left."""
    return sum(font.getbbox(part)[0] for part, font in _runs(letter, face, MEASURED_AT)) * size / MEASURED_AT


def write(
    draw: ImageDraw.ImageDraw, text: str, *, at: tuple[float, float], face: Face, size: int, ink: str
) -> float:
    """From the baseline's start at `at`; answers how far it reaches to the right."""
    x, baseline = at
    for part, font in _runs(text, face, size):
        draw.text((x, baseline), part, font=font, fill=ink, anchor="ls")
        x += font.getlength(part)
    return x


def write_within(
    draw: ImageDraw.ImageDraw,
    text: str,
    *,
    at: tuple[float, float],
    face: Face,
    size: int,
    ink: str,
    room: float,
) -> float:
    """As `write`, cut off with an ellipsis where the room ends."""
    while len(text) > 1 and width_of(text, face, size) > room:
        text = text.rstrip("…")[:-1].rstrip() + "…"
    return write(draw, text, at=at, face=face, size=size, ink=ink)
