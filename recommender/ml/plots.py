"""Pictures of measurements as SVG text: dots with intervals, points with names, lines over a number.

Every picture is 760 wide, carries its title for readers and screen readers, and is white so that it can be
read on a dark page. The same figures give the same text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import NamedTuple

import numpy as np

from recommender.ml.evaluate import Measured
from recommender.ml.evaluation_report import columns, label

WIDTH, LEFT, RIGHT, TOP, ROW = 760, 220, 90, 48, 22
HEIGHT, BOTTOM = 440, 390
LETTER, LINE = 6.6, 13  # about the width of a letter and the height of a line
INK, FAINT, MAIN = "#1b1f24", "#d0d7de", "#3b6ea5"
SHADES = ("#3b6ea5", "#c2571a", "#2f7d4f", "#8a4f9e", "#a83232", "#7a6a1f", "#1f7a7a", "#5b5b5b")


class Dot(NamedTuple):
    name: str
    value: float
    around: float = math.nan  # half the width of an interval


class Point(NamedTuple):
    name: str
    x: float
    y: float


class Box(NamedTuple):
    """Where a line of words stands; y is its middle."""

    left: float
    y: float
    width: float

    def meets(self, other: Box) -> bool:
        beside = self.left + self.width <= other.left or other.left + other.width <= self.left
        return not beside and abs(self.y - other.y) < LINE

    @property
    def is_inside(self) -> bool:
        return self.left >= 0 and self.left + self.width <= WIDTH and TOP <= self.y <= BOTTOM


class Scale(NamedTuple):
    """From a value to a place: low lies at `start`, high at `end`, in units of the picture."""

    low: float
    high: float
    start: float
    end: float

    @classmethod
    def over(cls, values: Iterable[float], start: float, end: float) -> Scale:
        """A little more than the values need, so that nothing lies on the rim."""
        known = [value for value in values if math.isfinite(value)] or [0.0, 1.0]
        low, high = min(known), max(known)
        spare = 0.08 * (high - low) or 0.1 * abs(high) or 0.1
        return cls(low - spare, high + spare, start, end)

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)

    def ticks(self, n: int = 5) -> list[float]:
        """Some round values between low and high: steps of 1, 2 or 5 times a power of ten."""
        raw = (self.high - self.low) / n
        power = 10.0 ** math.floor(math.log10(raw))
        step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw)
        first, last = math.ceil(self.low / step), math.floor(self.high / step)
        return [round(at * step, 10) for at in range(first, last + 1)]


def picture(title: str, lines: Sequence[Measured]) -> str:
    """Whichever suits what was measured: lines over K, dots of errors, or accuracy against coverage."""
    shown = [line for line in lines if line.figures]
    figures = columns(shown)
    over = [figure for figure in figures if re.fullmatch("RMSE (K=[0-9]+|[0-9]+ %)", figure)]
    ranked = [figure for figure in figures if re.fullmatch("NDCG@[0-9]+", figure)]
    if over:
        curves_ = {
            label(line): [_value(line, figure) for figure in over]
            for line in shown
            if over[0] in line.figures
        }
        return curves(title, "RMSE", [figure.removeprefix("RMSE ") for figure in over], curves_)
    if ranked and "coverage" in figures:
        points = [Point(label(line), _value(line, "coverage"), _value(line, ranked[0])) for line in shown]
        return scatter(title, "coverage", ranked[0], points)
    figure = figures[0] if figures else ""
    found = [Dot(label(line), _value(line, figure), _value(line, f"{figure} ±")) for line in shown]
    return dots(title, figure, [row for row in found if math.isfinite(row.value)])


def _value(line: Measured, figure: str) -> float:
    return line.figures.get(figure, math.nan)


def dots(title: str, figure: str, rows: Sequence[Dot]) -> str:
    """One dot a row, the lowest figure first; intervals as whiskers."""
    ordered = sorted(rows, key=lambda row: (row.value, row.name))
    ends = [row.value + sign * np.nan_to_num(row.around) for row in rows for sign in (-1, 1)]
    scale = Scale.over(ends, LEFT, WIDTH - RIGHT)
    height = TOP + ROW * len(rows) + 46
    parts = _upright(scale, TOP - 6, height - 40)
    for at, row in enumerate(ordered):
        y = TOP + ROW * at
        parts += [
            _text(LEFT - 8, y + 12, row.name, "end"),
            f'<path d="M{LEFT} {y + 7.5}H{WIDTH - RIGHT}" stroke="{FAINT}" stroke-dasharray="1 4"/>',
            f'<circle cx="{scale(row.value)}" cy="{y + 7.5}" r="5" fill="{MAIN}"/>',
            _text(WIDTH - RIGHT + 8, y + 12, f"{row.value:.4f}"),
        ]
        if math.isfinite(row.around):
            left, right = scale(row.value - row.around), scale(row.value + row.around)
            parts.append(f'<path d="M{left} {y + 7.5}H{right}" stroke="{INK}" stroke-width="2"/>')
    parts.append(
        _text((LEFT + WIDTH - RIGHT) / 2, height - 10, f"{figure} (the axis does not begin at 0)", "middle")
    )
    return _svg(title, height, parts)


def scatter(title: str, across: str, upward: str, points: Sequence[Point]) -> str:
    """A dot and its name for each point that has both figures; a line leads to a name that stands apart."""
    known = [point for point in points if math.isfinite(point.x) and math.isfinite(point.y)]
    x = Scale.over([point.x for point in known], 70, WIDTH - 120)
    y = Scale.over([point.y for point in known], BOTTOM, TOP)
    parts = [*_upright(x, TOP, BOTTOM), *_level(y, 70, WIDTH - 20)]
    places = [Point(point.name, x(point.x), y(point.y)) for point in known]
    for dot, box in zip(places, _beside(places), strict=True):
        end = box.left if box.left > dot.x else box.left + box.width
        if box.y != dot.y:
            parts.append(f'<path d="M{dot.x} {dot.y}L{end:.1f} {box.y:.1f}" stroke="{MAIN}" opacity=".5"/>')
        parts.append(f'<circle cx="{dot.x}" cy="{dot.y}" r="4" fill="{MAIN}"/>')
        parts.append(_text(round(end, 1), box.y + 4, dot.name, "start" if end == box.left else "end"))
    return _svg(title, HEIGHT, [*parts, *_names(across, upward)])


def curves(title: str, upward: str, places: Sequence[str], rows: Mapping[str, Sequence[float]]) -> str:
    """One line a row over evenly spaced places; where a figure is not known the line has a gap."""
    x = Scale(0, max(len(places) - 1, 1), 80, WIDTH - 190)
    y = Scale.over([value for values in rows.values() for value in values], BOTTOM, TOP)
    parts = _level(y, 70, WIDTH - 190)
    parts += [_text(x(at), HEIGHT - 34, place, "middle") for at, place in enumerate(places)]
    ends = [next((y(v) for v in reversed(values) if math.isfinite(v)), 0.0) for values in rows.values()]
    for at, ((curve, values), name_at) in enumerate(zip(rows.items(), _apart(ends), strict=True)):
        shade = SHADES[at % len(SHADES)]
        dash = ' stroke-dasharray="5 3"' if at >= len(SHADES) else ""
        drawn = _path([(x(place), y(value)) for place, value in enumerate(values)])
        parts.append(f'<path d="{drawn}" fill="none" stroke="{shade}" stroke-width="2"{dash}/>')
        parts.append(_text(WIDTH - 182, name_at + 4, curve, shade=shade))
    return _svg(title, HEIGHT, [*parts, *_names("ratings shown of each newcomer", upward)])


def _path(places: Sequence[tuple[float, float]]) -> str:
    pen, steps = "M", []
    for x, y in places:
        known = math.isfinite(y)
        steps += [f"{pen}{x} {y}"] if known else []
        pen = "L" if known else "M"
    return "".join(steps)


def _beside(dots: Sequence[Point]) -> list[Box]:
    """The place of each dot's name: right or left of it, or the nearest line above or below that is free."""
    taken = [Box(dot.x - 5, dot.y, 10) for dot in dots]
    for dot in dots:
        width = LETTER * len(dot.name)
        places = [
            Box(left, dot.y + LINE * lines, width)
            for lines in sorted(range(-20, 21), key=abs)
            for left in (dot.x + 8, dot.x - 8 - width)
        ]
        free = (box for box in places if box.is_inside and not any(map(box.meets, taken)))
        taken.append(next(free, places[0]))
    return taken[len(dots) :]


def _apart(heights: Sequence[float]) -> list[float]:
    """Moved as little as it takes, so that no two names lie over one another nor below the picture."""
    moved = list(heights)
    order = sorted(range(len(heights)), key=heights.__getitem__)
    last = -math.inf
    for at in order:
        last = moved[at] = max(moved[at], last + LINE)
    last = BOTTOM + LINE
    for at in reversed(order):
        last = moved[at] = min(moved[at], last - LINE)
    return moved


def _upright(scale: Scale, top: float, bottom: float) -> list[str]:
    return [
        part
        for tick in scale.ticks()
        for part in (
            f'<path d="M{scale(tick)} {top}V{bottom}" stroke="{FAINT}"/>',
            _text(scale(tick), bottom + 14, f"{tick:g}", "middle"),
        )
    ]


def _level(scale: Scale, left: float, right: float) -> list[str]:
    return [
        part
        for tick in scale.ticks()
        for part in (
            f'<path d="M{left} {scale(tick)}H{right}" stroke="{FAINT}"/>',
            _text(left - 6, scale(tick) + 4, f"{tick:g}", "end"),
        )
    ]


def _names(across: str, upward: str) -> list[str]:
    return [_text(WIDTH / 2, HEIGHT - 8, across, "middle"), _text(12, TOP - 10, upward)]


def _text(x: float, y: float, words: str, anchor: str = "start", shade: str = INK) -> str:
    return f'<text x="{x:g}" y="{round(y, 1):g}" text-anchor="{anchor}" fill="{shade}">{escape(words)}</text>'


def _svg(title: str, height: int, parts: Sequence[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}" role="img" '
        'font-family="system-ui, sans-serif" font-size="12">'
    )
    heading = f'<text x="12" y="20" font-size="15" font-weight="600" fill="{INK}">{escape(title)}</text>'
    ground = f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>'
    return "\n".join([head, f"<title>{escape(title)}</title>", ground, heading, *parts, "</svg>", ""])
