"""The curves of SVG paths as points, for a painter who only knows straight lines."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

Point = tuple[float, float]

_TOKEN = re.compile(r"[A-Za-z]|-?(?:\d+\.?\d*|\.\d+)(?:e-?\d+)?")
# How many numbers each command takes.
_TAKES = {"m": 2, "l": 2, "h": 1, "v": 1, "q": 4, "t": 2, "c": 6, "s": 4, "a": 7, "z": 0}
STEPS = 14


@dataclass
class Line:
    """A run of points drawn without lifting the pen."""

    points: list[Point] = field(default_factory=list)
    is_closed: bool = False


def lines_of(d: str) -> list[Line]:
    pen = _Pen()
    for command, numbers in _commands(d):
        pen.draw(command, numbers)
    return pen.lines


def _commands(d: str) -> Iterator[tuple[str, list[float]]]:
    """Each command with its numbers; a command named once may be followed by several sets of them."""
    tokens = _TOKEN.findall(d)
    command, at = "M", 0
    while at < len(tokens):
        if tokens[at].isalpha():
            command, at = tokens[at], at + 1
        takes = _TAKES[command.lower()]
        yield command, [float(token) for token in tokens[at : at + takes]]
        at += takes
        if command in "Mm" and takes:
            command = "L" if command == "M" else "l"


class _Pen:
    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.x = self.y = 0.0
        # The last control point, mirrored by a curve that goes on smoothly, and the kind it belonged to.
        self.control: tuple[str, Point] = ("", (0.0, 0.0))

    def draw(self, command: str, numbers: list[float]) -> None:
        kind = command.lower()
        # Arcs name radii and flags before their end.
        lead = 5 if kind == "a" else 0
        if command.islower() and kind not in "hv":
            shift = (self.x, self.y)
            numbers = numbers[:lead] + [n + shift[i % 2] for i, n in enumerate(numbers[lead:])]
        elif command == "h":
            numbers = [numbers[0] + self.x]
        elif command == "v":
            numbers = [numbers[0] + self.y]
        _DRAWN[kind](self, *numbers)
        if kind not in "qtcs":
            self.control = ("", (self.x, self.y))

    def move(self, x: float, y: float) -> None:
        self.lines.append(Line([(x, y)]))
        self.x, self.y = x, y

    def line(self, x: float, y: float) -> None:
        self._add([(x, y)])

    def across(self, x: float) -> None:
        self.line(x, self.y)

    def down(self, y: float) -> None:
        self.line(self.x, y)

    def close(self) -> None:
        self.lines[-1].is_closed = True
        self.x, self.y = self.lines[-1].points[0]

    def quadratic(self, cx: float, cy: float, x: float, y: float) -> None:
        start = (self.x, self.y)
        self._add(_bezier(start, (cx, cy), (x, y)))
        self.control = ("q", (cx, cy))

    def smooth_quadratic(self, x: float, y: float) -> None:
        self.quadratic(*self._mirrored("q"), x, y)

    def cubic(self, ax: float, ay: float, bx: float, by: float, x: float, y: float) -> None:
        self._add(_bezier((self.x, self.y), (ax, ay), (bx, by), (x, y)))
        self.control = ("c", (bx, by))

    def smooth_cubic(self, bx: float, by: float, x: float, y: float) -> None:
        self.cubic(*self._mirrored("c"), bx, by, x, y)

    def arc(self, rx: float, ry: float, turn: float, large: float, sweep: float, x: float, y: float) -> None:
        self._add(_arc((self.x, self.y), (rx, ry), turn, large != sweep, bool(sweep), (x, y)))

    def _mirrored(self, kind: str) -> Point:
        last, (x, y) = self.control
        return (2 * self.x - x, 2 * self.y - y) if last == kind else (self.x, self.y)

    def _add(self, points: list[Point]) -> None:
        if self.lines[-1].is_closed:
            self.move(self.x, self.y)
        self.lines[-1].points += points
        self.x, self.y = points[-1]


_DRAWN: dict[str, Callable[..., None]] = {
    "m": _Pen.move,
    "l": _Pen.line,
    "h": _Pen.across,
    "v": _Pen.down,
    "z": _Pen.close,
    "q": _Pen.quadratic,
    "t": _Pen.smooth_quadratic,
    "c": _Pen.cubic,
    "s": _Pen.smooth_cubic,
    "a": _Pen.arc,
}


def _bezier(*controls: Point) -> list[Point]:
    return [_between(controls, step / STEPS) for step in range(1, STEPS + 1)]


def _between(controls: tuple[Point, ...], share: float) -> Point:
    """De Casteljau: halfway points of halfway points, at any share instead of a half."""
    points = list(controls)
    while len(points) > 1:
        points = [(x + (u - x) * share, y + (v - y) * share) for (x, y), (u, v) in pairwise(points)]
    return points[0]


def _arc(start: Point, radii: Point, turn: float, left: bool, sweep: bool, end: Point) -> list[Point]:
    """By the centre, as SVG 1.1 (appendix F.6.5) works it out; only arcs that are not turned are drawn."""
    rx, ry = radii
    half_x, half_y = (start[0] - end[0]) / 2 / rx, (start[1] - end[1]) / 2 / ry
    apart = math.hypot(half_x, half_y)
    if not apart:
        return [end]
    # Radii too small to reach are enlarged.
    scale = max(1.0, apart)
    rx, ry, half_x, half_y = rx * scale, ry * scale, half_x / scale, half_y / scale
    off = math.sqrt(max(0.0, 1 / (half_x**2 + half_y**2) - 1)) * (1 if left else -1)
    cx, cy = off * half_y, -off * half_x
    first, last = math.atan2(half_y - cy, half_x - cx), math.atan2(-half_y - cy, -half_x - cx)
    span = (last - first) % math.tau if sweep else -((first - last) % math.tau)
    x, y = (start[0] + end[0]) / 2 + cx * rx, (start[1] + end[1]) / 2 + cy * ry
    steps = max(4, math.ceil(abs(span) / math.tau * 72))
    angles = (first + span * step / steps for step in range(1, steps + 1))
    return [(x + rx * math.cos(angle), y + ry * math.sin(angle)) for angle in angles]
