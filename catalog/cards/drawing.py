"""The pictures beside links to this site: on the left what a poster shows, on the right the words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageOps

from catalog.cards.letters import (
    DISPLAY,
    ITALIC,
    TEXT,
    bearing,
    is_legible,
    reach_of,
    width_of,
    write,
    write_within,
)
from catalog.cards.marks import paint
from catalog.posters import Design, design
from catalog.posters.compositions import COMPOSITIONS
from catalog.posters.lettering import ADVANCES, LARGEST, LEADING, MEASURE, Line, set_title
from catalog.posters.palettes import Palette, contrast
from catalog.posters.stage import WIDTH as ART_UNITS
from catalog.posters.stage import raise_stage

WIDTH, HEIGHT = 1200, 630
# Two by three, as posters are, and as high as the picture.
ART = (420, HEIGHT)
LEFT, RIGHT = ART[0] + 56, WIDTH - 56
ROOM = RIGHT - LEFT
HEAD, FOOT = 54, HEIGHT - 54
# A line this near to the full width is set to fill it.
NEARLY = 1.06
LEADED = LEADING * ROOM / MEASURE
BRAND_SIZE, BY_SIZE, FIGURE_SIZE, BESIDE_SIZE = 34, 33, 96, 31


@dataclass(frozen=True)
class Film:
    """What stands on the left: a film's poster where the site keeps one, else the scene of the drawn one."""

    title: str
    year: int | None
    genres: tuple[str, ...]
    poster: Path | None = None

    @cached_property
    def design(self) -> Design:
        return design(self.title, self.year, self.genres)


@dataclass(frozen=True)
class Words:
    """What stands on the right. `figure` is large and may have a star; the rest goes beside it."""

    brand: str
    title: str
    by: str = ""
    figure: str = ""
    is_rating: bool = False
    beside: Sequence[str] = ()


def draw(films: Sequence[Film], words: Words, palette: Palette) -> bytes:
    """A PNG file with one film, or with four in two rows, beside the words."""
    image = Image.new("RGB", (WIDTH, HEIGHT), palette.ground)
    image.paste(_art(films, palette), (0, 0))
    _write_words(ImageDraw.Draw(image), words, palette)
    # Flat colours and smooth edges: few enough for a palette, which makes the file a third as large.
    flat = image.quantize(192, dither=Image.Dither.FLOYDSTEINBERG)
    content = BytesIO()
    flat.save(content, "PNG", optimize=True)
    return content.getvalue()


def _art(films: Sequence[Film], palette: Palette) -> Image.Image:
    whole = Image.new("RGB", ART, palette.main)
    for film, (left, top, right, bottom) in zip(films, _boxes(len(films)), strict=False):
        whole.paste(_scene(film, (right - left, bottom - top)), (left, top))
    return whole


def _boxes(count: int) -> list[tuple[int, int, int, int]]:
    """The whole for one film; two rows for more, of which the first is shared where there are four."""
    wide, tall = ART
    across, down = wide // 2, tall // 2
    if count < 2:
        return [(0, 0, wide, tall)]
    above = [(0, 0, across, down), (across, 0, wide, down)] if count > 3 else [(0, 0, wide, down)]
    below = [(0, down, across, tall), (across, down, wide, tall)] if count > 2 else [(0, down, wide, tall)]
    return above + below


def _scene(film: Film, size: tuple[int, int]) -> Image.Image:
    kept = film.poster and _kept(film.poster, size)
    return kept or _drawn(film.design, size)


def _kept(path: Path, size: tuple[int, int]) -> Image.Image | None:
    try:
        with Image.open(path) as picture:
            return ImageOps.fit(picture.convert("RGB"), size, Image.Resampling.LANCZOS)
    except OSError:
        return None


def _drawn(drawn: Design, size: tuple[int, int]) -> Image.Image:
    unit = size[0] / ART_UNITS
    stage = raise_stage(drawn.palette, drawn.paper, size[1] / unit, drawn.dice)
    return paint(COMPOSITIONS[drawn.composition](stage), size=size, paper=drawn.paper, unit=unit)


def _write_words(draw: ImageDraw.ImageDraw, words: Words, palette: Palette) -> None:
    accent = next((colour for colour in palette[2:] if contrast(colour, palette.ground) >= 3), palette.ink)
    foot = _foot(draw, words, palette.ink, accent)
    if not words.title or not is_legible(words.title.upper()):
        _without_title(draw, words, foot, palette.ink, accent)
        return
    write(draw, words.brand.upper(), at=(LEFT, HEAD + 24), face=DISPLAY, size=BRAND_SIZE, ink=accent)
    _title(draw, words, top=HEAD + 24 + 34, bottom=foot, palette=palette)


def _without_title(draw: ImageDraw.ImageDraw, words: Words, foot: float, ink: str, accent: str) -> None:
    """Where no face here has its letters: the site's name is larger, the rest is together at the foot."""
    size = FIGURE_SIZE
    write(draw, words.brand.upper(), at=(LEFT, HEAD + size * 0.8), face=DISPLAY, size=size, ink=accent)
    write_within(draw, words.by, at=(LEFT, foot - 12), face=ITALIC, size=BY_SIZE, ink=ink, room=ROOM)


def _foot(draw: ImageDraw.ImageDraw, words: Words, ink: str, accent: str) -> float:
    """Figure and what stands beside it; answers where the title's room ends."""
    if not words.figure and not words.beside:
        return FOOT
    x: float = LEFT
    if words.figure:
        x = write(draw, words.figure, at=(LEFT, FOOT), face=DISPLAY, size=FIGURE_SIZE, ink=ink)
    if words.is_rating:
        draw.polygon(_star(x + 50, FOOT - 36, 34), fill=accent)
        x += 84
    x += 26 if words.figure else 0
    baseline = FOOT - 2 - 40 * (len(words.beside) - 1)
    for line in words.beside:
        place = (x, baseline)
        write_within(draw, line, at=place, face=TEXT, size=BESIDE_SIZE, ink=ink, room=RIGHT - x)
        baseline += 40
    return FOOT - 40 * max(len(words.beside), 2) - 24


def _star(x: float, y: float, radius: float) -> list[tuple[float, float]]:
    reaches = (radius, radius * 0.42) * 5
    turns = [math.tau * step / 10 - math.pi / 2 for step in range(10)]
    pairs = zip(reaches, turns, strict=True)
    return [(x + reach * math.cos(turn), y + reach * math.sin(turn)) for reach, turn in pairs]


def _title(draw: ImageDraw.ImageDraw, words: Words, *, top: float, bottom: float, palette: Palette) -> None:
    """As large as it can stand above the line that says who made it."""
    room = bottom - top - (BY_SIZE + 26 if words.by else 0)
    lines = _set(words.title, room)
    share = _share(lines, room)
    for line in lines:
        above, below = _reach(line)
        _write_line(draw, line, top + above * share, share, palette.ink)
        top += (above + below) * share + LEADED
    if words.by:
        place = (LEFT, top + BY_SIZE * 0.75)
        write_within(draw, words.by, at=place, face=ITALIC, size=BY_SIZE, ink=palette.ink, room=ROOM)


def _set(title: str, room: float) -> list[Line]:
    """The breaks that fill the room best: some titles stand better in more lines, some in fewer."""
    wished = [[_measured(line) for line in set_title(title, height)] for height in (60, 90, 120, 150, 190)]
    return max(wished, key=lambda lines: _filled(lines, room))


def _filled(lines: list[Line], room: float) -> float:
    share = _share(lines, room)
    return sum(line.width * line.height for line in lines) * share**2


def _share(lines: list[Line], room: float) -> float:
    """Pixels for one unit of the lettering: the full width, or less where the lines would stand too tall."""
    unled = sum(sum(_reach(line)) for line in lines)
    return min(ROOM / MEASURE, (room - LEADED * (len(lines) - 1)) / unled)


def _reach(line: Line) -> tuple[float, float]:
    """From the baseline up, and down as far as the leading does not hold what hangs there."""
    above, below = reach_of(line.text, DISPLAY, line.size)
    return line.height if _is_ours(line) else above, max(0, below - LEADING / 2)


def _is_ours(line: Line) -> bool:
    return all(letter in ADVANCES for letter in line.text)


def _measured(line: Line) -> Line:
    """The lettering only guesses how wide the letters of other faces are."""
    if _is_ours(line):
        return line
    size = min(LARGEST, MEASURE / width_of(line.text, DISPLAY, 1))
    return Line(line.text, size, width_of(line.text, DISPLAY, size), line.minor)


def _write_line(draw: ImageDraw.ImageDraw, line: Line, baseline: float, share: float, ink: str) -> None:
    """Never wider than the room, whatever the browser's letters measure, and its edge under the others'."""
    size = line.size * share
    inked = width_of(line.text, DISPLAY, size) - bearing(line.text[0], DISPLAY, size)
    fit = ROOM / inked
    size = max(8, int(size * fit if fit < NEARLY else size))
    left = LEFT - bearing(line.text[0], DISPLAY, size)
    write(draw, line.text, at=(left, baseline), face=DISPLAY, size=size, ink=ink)
