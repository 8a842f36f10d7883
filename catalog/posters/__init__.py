"""Typographic posters, drawn by the site from a film's title, year and genres."""

from collections.abc import Iterable
from html import escape
from typing import NamedTuple

from catalog.posters.compositions import COMPOSITIONS, suiting
from catalog.posters.dice import Dice
from catalog.posters.lettering import LEADING, MINOR_SIZE, Line, clean, set_title, stack_height
from catalog.posters.palettes import Palette, contrast, of_year
from catalog.posters.shapes import num, rect
from catalog.posters.stage import VISIBLE, WIDTH, raise_stage

__all__ = ["Design", "composition_of", "design", "draw"]

HEIGHT = 450
MARGIN = 18
CREDIT_ROOM = 46  # from the title's last baseline to the edge of the poster
HEADROOM = 17
ALONE = ' xmlns="http://www.w3.org/2000/svg" font-family="Big Shoulders,Impact,sans-serif" font-weight="800"'
LAYOUTS = ("foot",) * 5 + ("plate",) * 3 + ("head",) * 2 + ("framed",) * 2


class Design(NamedTuple):
    """Everything chance decides about one poster before anything is drawn."""

    composition: str
    palette: Palette
    layout: str
    paper: str
    lines: list[Line]
    dice: Dice


def _paper(palette: Palette, layout: str, dice: Dice) -> str:
    """What the drawing stands on: the title's ground, or a colour that shows against it."""
    if layout != "framed" and dice.falls(0.5):
        return palette.ground
    coloured = [c for c in palette[2:] if contrast(c, palette.ground) >= VISIBLE]
    return dice.pick(coloured or [palette.ground])


def _dice(title: str, year: int | None) -> Dice:
    return Dice(f"{title}|{year or ''}")


def composition_of(title: str, year: int | None = None, genres: Iterable[str] = ()) -> str:
    """The name of what is drawn on a film's poster, found without setting its title."""
    return _dice(clean(title), year).pick(suiting(tuple(genres)))


def design(title: str, year: int | None = None, genres: Iterable[str] = ()) -> Design:
    """Choose composition, colours, layout and lines, always the same for the same film."""
    title = clean(title)
    dice = _dice(title, year)
    composition = dice.pick(suiting(tuple(genres)))
    palette = dice.pick(of_year(year))
    layout = dice.pick(LAYOUTS)
    paper = _paper(palette, layout, dice)
    return Design(composition, palette, layout, paper, set_title(title, dice.between(128, 178)), dice)


def _text(x: float, y: float, line: Line) -> str:
    fit = f'textLength="{num(line.width)}" lengthAdjust="spacingAndGlyphs"'
    return f'<text x="{num(x)}" y="{num(y)}" font-size="{num(line.size)}" {fit}>{escape(line.text)}</text>'


def _lettering(lines: list[Line], top: float, rule: str) -> str:
    """The title's lines from the top down, a rule filling up the lines of small words."""
    marks, baseline = "", top
    for line in lines:
        baseline += line.height
        marks += _text(MARGIN, baseline, line)
        start = MARGIN + line.width + 9
        if line.minor and start < WIDTH - MARGIN - 12:
            marks += rect(start, baseline - line.size * 0.48, WIDTH - MARGIN - start, MINOR_SIZE / 6, rule)
        baseline += LEADING
    return marks


def _credits(year: int | None, genre: str, baseline: float) -> str:
    marks = ""
    if year:
        marks += f'<text class="credit" x="{MARGIN}" y="{num(baseline)}">{year}</text>'
    if genre:
        place = f'x="{WIDTH - MARGIN}" y="{num(baseline)}" text-anchor="end"'
        marks += f'<text class="credit" {place}>{escape(genre.upper())}</text>'
    return marks


def _art(drawn: Design, top: float, height: float) -> str:
    """The composition in its box; an inner svg element cuts off whatever reaches beyond.

    The box runs one unit under the title's panel, so that the seam shows neither's background.
    """
    inset = MARGIN if drawn.layout == "framed" else 0
    width, box = WIDTH - 2 * inset, height - inset
    stage = raise_stage(drawn.palette, drawn.paper, box * WIDTH / width, drawn.dice)
    marks = COMPOSITIONS[drawn.composition](stage)
    place = ""
    if inset:
        marks = rect(0, 0, WIDTH, stage.height, drawn.paper) + marks
        place = f'x="{inset}" viewBox="0 0 {WIDTH} {num(stage.height)}" '
    return f'<svg {place}y="{num(top + inset)}" width="{width}" height="{num(box)}">{marks}</svg>'


def _sheet(y: float, height: float, colour: str) -> str:
    """A panel that reaches over the poster's edge, so that no hairline of another colour shows there."""
    return rect(-2, y, WIDTH + 4, height, colour)


def _named(title: str, year: int | None) -> str:
    return f"{title} ({year})" if year else title


def draw(
    title: str,
    year: int | None = None,
    genres: Iterable[str] = (),
    *,
    lettered: str = "",
    label: str = "",
    standalone: bool = False,
) -> str:
    """The poster as one inline SVG element; `standalone` makes a file that needs no stylesheet.

    `lettered` is what the first genre is called in the reader's language. The label is what a screen reader
    says; without one it is the title and the year.
    """
    genres = tuple(genres)
    drawn = design(title, year, genres)
    palette, lines = drawn.palette, drawn.lines
    zone = round(HEADROOM + stack_height(lines) + lines[-1].depth + CREDIT_ROOM)
    at_head = drawn.layout == "head"
    top = 0 if at_head else HEIGHT - zone
    ground, ink = (palette.ink, palette.ground) if drawn.layout == "plate" else palette[:2]
    rule = next((colour for colour in palette[2:] if contrast(colour, ground) >= 2), ink)
    base = palette.ground if drawn.layout == "framed" else drawn.paper
    panel = _sheet(top if top else -2, zone + 2, ground) if ground != base else ""
    genre = lettered or (*genres, "")[0]
    text = _lettering(lines, top + HEADROOM, rule) + _credits(year, genre, top + zone - 16)
    name = escape(label or _named(clean(title) or "Untitled", year))
    return (
        f'<svg class="poster-art" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{name}"'
        f"{ALONE if standalone else ''}>{_sheet(-2, HEIGHT + 4, base)}"
        f'{_art(drawn, zone - 1 if at_head else 0, HEIGHT - zone + 1)}{panel}<g fill="{ink}">{text}</g></svg>'
    )
