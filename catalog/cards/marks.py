"""The marks of drawn posters, painted as pixels: the few SVG elements that `catalog.posters` writes."""

from __future__ import annotations

import math
import re
from html.parser import HTMLParser
from itertools import pairwise

from PIL import Image, ImageDraw

from catalog.cards.paths import Line, Point, lines_of

# Painted larger and made smaller again, which smooths the edges.
FINER = 2
_STEP = re.compile(r"(\w+)\(([^)]*)\)")


class Matrix(tuple[float, float, float, float, float, float]):
    """What an SVG transform does to a point: a, b, c, d, e, f."""

    __slots__ = ()

    def __matmul__(self, inner: Matrix) -> Matrix:
        a, b, c, d, e, f = self
        p, q, r, s, t, u = inner
        both = (a * p + c * q, b * p + d * q, a * r + c * s, b * r + d * s)
        return Matrix((*both, a * t + c * u + e, b * t + d * u + f))

    def of(self, x: float, y: float) -> Point:
        a, b, c, d, e, f = self
        return a * x + c * y + e, b * x + d * y + f

    @property
    def scale(self) -> float:
        a, b, c, d, _, _ = self
        return math.sqrt(abs(a * d - b * c))


def moved(x: float, y: float = 0.0) -> Matrix:
    return Matrix((1, 0, 0, 1, x, y))


def scaled(x: float, y: float | None = None) -> Matrix:
    return Matrix((x, 0, 0, x if y is None else y, 0, 0))


def rotated(degrees: float, x: float = 0.0, y: float = 0.0) -> Matrix:
    sine, cosine = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
    return moved(x, y) @ Matrix((cosine, sine, -sine, cosine, 0, 0)) @ moved(-x, -y)


def _given(*numbers: float) -> Matrix:
    return Matrix(numbers)


_STEPS = {"translate": moved, "scale": scaled, "rotate": rotated, "matrix": _given}


def _transform(text: str) -> Matrix:
    whole = moved(0)
    for name, numbers in _STEP.findall(text):
        whole @= _STEPS[name](*(float(number) for number in re.split(r"[\s,]+", numbers.strip())))
    return whole


def paint(marks: str, *, size: tuple[int, int], paper: str, unit: float) -> Image.Image:
    """A picture of `size` pixels, `unit` of them for one unit of the drawing."""
    width, height = size
    image = Image.new("RGB", (width * FINER, height * FINER), paper)
    painter = _Painter(image, scaled(unit * FINER))
    painter.feed(marks)
    painter.close()
    return image.resize(size, Image.Resampling.LANCZOS)


class _Painter(HTMLParser):
    def __init__(self, image: Image.Image, matrix: Matrix) -> None:
        super().__init__()
        self.draw = ImageDraw.Draw(image)
        self.groups = [matrix]

    @property
    def matrix(self) -> Matrix:
        return self.groups[-1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.groups.append(self.matrix @ _transform(dict(attrs).get("transform") or ""))

    def handle_endtag(self, tag: str) -> None:
        self.groups.pop()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        own = self.matrix @ _transform(given.get("transform", ""))
        for line in _OUTLINES[tag](given):
            line.points = [own.of(*point) for point in line.points]
            self._fill(line, given.get("fill", "#000"))
            self._stroke(line, given, own.scale)

    def _fill(self, line: Line, colour: str) -> None:
        if colour != "none" and len(line.points) > 2:
            self.draw.polygon(line.points, fill=colour)

    def _stroke(self, line: Line, given: dict[str, str], scale: float) -> None:
        if "stroke" not in given:
            return
        width = float(given.get("stroke-width", 1)) * scale
        points = [*line.points, line.points[0]] if line.is_closed else line.points
        for run in _dashed(points, [float(n) * scale for n in given.get("stroke-dasharray", "").split()]):
            self._run(run, given["stroke"], width, given.get("stroke-linecap") == "round")

    def _run(self, points: list[Point], colour: str, width: float, is_round: bool) -> None:
        """Straight parts with a disc where they meet: Pillow's own joints fray on tight curves."""
        for ends in pairwise(points):
            self.draw.line(ends, fill=colour, width=max(1, round(width)))
        for x, y in points if is_round else points[1:-1]:
            if width > FINER:
                self.draw.circle((x, y), width / 2 - 0.5, fill=colour)


def _dashed(points: list[Point], pattern: list[float]) -> list[list[Point]]:
    """The parts of a line that a pattern of dashes and gaps shows; all of it where there is none."""
    if not pattern:
        return [points]
    runs: list[list[Point]] = []
    left, turn, is_dash = pattern[0], 0, True
    run = [points[0]]
    for start, end in pairwise(points):
        at, long = 0.0, math.dist(start, end)
        while long - at > left:
            at += left
            spot = (start[0] + (end[0] - start[0]) * at / long, start[1] + (end[1] - start[1]) * at / long)
            if is_dash:
                runs.append([*run, spot])
            turn, is_dash, run = turn + 1, not is_dash, [spot]
            left = pattern[turn % len(pattern)]
        left -= long - at
        run.append(end)
    return [*runs, run] if is_dash and len(run) > 1 else runs


def _numbers(given: dict[str, str], *names: str) -> list[float]:
    return [float(given.get(name, 0)) for name in names]


def _rect(given: dict[str, str]) -> list[Line]:
    x, y, width, height, round_by = _numbers(given, "x", "y", "width", "height", "rx")
    r = min(round_by, width / 2, height / 2)
    corner = f"a{r} {r} 0 0 1"
    across, down = width - 2 * r, height - 2 * r
    if not r:
        return lines_of(f"M{x} {y}h{width}v{height}h{-width}z")
    return lines_of(
        f"M{x + r} {y}h{across}{corner} {r} {r}v{down}{corner} {-r} {r}"
        f"h{-across}{corner} {-r} {-r}v{-down}{corner} {r} {-r}z"
    )


def _oval(x: float, y: float, wide: float, tall: float) -> list[Line]:
    turns = (math.tau * step / 96 for step in range(96))
    points = [(x + wide * math.cos(turn), y + tall * math.sin(turn)) for turn in turns]
    return [Line(points, is_closed=True)]


_OUTLINES = {
    "rect": _rect,
    "circle": lambda given: _oval(*_numbers(given, "cx", "cy", "r", "r")),
    "ellipse": lambda given: _oval(*_numbers(given, "cx", "cy", "rx", "ry")),
    "path": lambda given: lines_of(given["d"]),
}
