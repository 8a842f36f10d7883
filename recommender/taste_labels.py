"""Where the names and numbers of areas stand on the taste map: inside the frame, and never over each other.

Each in turn takes the place near the middle of its area that covers fewest dots. One that stands aside has a
line to its area.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from recommender.area_names import AreaName

Doubles = NDArray[np.float64]

WIDTH, HEIGHT = 1000, 1000
NO_BREAK = "\xa0"
LETTER, LINE, LETTERS = 9.4, 24, 20  # width and height of what names are written in, and where they break
DIGIT, NUMBER = 27, 48  # width of a digit and height of a number
HERE, BELOW = (250, 116), 24  # what "You are here" takes up, and how far below the point its middle lies
EDGE, GAP = 4, 6  # left free along the frame, and between two labels
DIRECTIONS, STEPS, STEP = 24, 40, 15
# Steps that a label goes aside to spare a dot, another area's middle, and another label.
SPARES_DOT, SPARES_MIDDLE, SPARES_LABEL = 1.5, 6.0, 1e4
ASIDE = 16  # from so far on a line leads to the area


class Place(NamedTuple):
    x: float
    y: float


@dataclass(frozen=True)
class Label:
    """Lines of text, each with its height, around a middle; with where the line to the area begins."""

    middle: Place
    lines: Sequence[tuple[float, str]]
    leader: Place | None


def place_of(at: Doubles) -> Place:
    return Place(round(float(at[0]), 1), round(float(at[1]), 1))


def name_labels(
    names: Sequence[AreaName], middles: Doubles, dots: Doubles, here: Place | None
) -> list[Label]:
    texts = [_broken(name, names) for name in names]
    sizes = np.array([(LETTER * (2 + max(map(len, lines))), LINE * len(lines)) for lines in texts])
    return _labels(texts, sizes, middles, dots, here)


def number_labels(middles: Doubles, dots: Doubles, here: Place | None) -> list[Label]:
    texts = [[str(number)] for number in range(1, len(middles) + 1)]
    sizes = np.array([(DIGIT * len(text), NUMBER) for (text,) in texts])
    return _labels(texts, sizes, middles, dots, here)


def _broken(name: AreaName, names: Sequence[AreaName]) -> list[str]:
    """Kinds and times, and the first detail where another area has the same of both."""
    told = f"{name.kinds} {name.times.replace(' ', NO_BREAK)}".strip()
    if [other[:2] for other in names].count(name[:2]) == 1:
        return wrap(told, LETTERS)
    return [*wrap(told, LETTERS), *wrap(name.details.split(", ")[0], LETTERS)]


def _labels(
    texts: Sequence[Sequence[str]], sizes: Doubles, middles: Doubles, dots: Doubles, here: Place | None
) -> list[Label]:
    placed = beside(middles, sizes, dots, here)
    starts = np.clip(middles, placed - sizes / 2, placed + sizes / 2)
    aside = np.linalg.norm(starts - middles, axis=1) > ASIDE
    return [
        Label(place_of(at), _lines(lines, at[1]), place_of(start) if away else None)
        for at, lines, start, away in zip(placed, texts, starts, aside, strict=True)
    ]


def _lines(lines: Sequence[str], middle: float) -> list[tuple[float, str]]:
    top = middle - LINE * (len(lines) - 1) / 2
    return [(round(float(top + LINE * place), 1), line) for place, line in enumerate(lines)]


def beside(middles: Doubles, sizes: Doubles, dots: Doubles, here: Place | None = None) -> Doubles:
    """(n, 2) the middles of boxes of `sizes` (n, 2), each as near as may be to its area's, (n, 2) too.

    `dots` (m, 2) are spared where that costs no long way; what is written at `here` always is.
    """
    taken = [] if here is None else [(np.array([here.x, here.y + BELOW]), np.array(HERE, float))]
    placed = []
    for one, middle in enumerate(middles):
        others = np.delete(middles, one, axis=0)
        places, steps = _around(middle, sizes[one])
        cost = steps + SPARES_DOT * _covered(places, sizes[one], dots)
        cost += SPARES_MIDDLE * _covered(places, sizes[one], others)
        cost += SPARES_LABEL * sum(_overlap(places, sizes[one], at, size) for at, size in taken)
        placed.append(places[int(np.argmin(cost))])
        taken.append((placed[-1], sizes[one]))
    return np.array(placed)


def _around(middle: Doubles, size: Doubles) -> tuple[Doubles, Doubles]:
    """(k, 2) places in rings around a middle, moved into the frame, and (k,) how many steps away each is."""
    angles = np.linspace(0, 2 * np.pi, DIRECTIONS, endpoint=False)
    directions = np.column_stack([np.cos(angles), np.sin(angles)])
    steps = np.arange(STEPS)
    places = (middle + STEP * steps[:, None, None] * directions).reshape(-1, 2)
    places = np.clip(places, size / 2 + EDGE, (WIDTH, HEIGHT) - size / 2 - EDGE)
    return places, np.linalg.norm(places - middle, axis=1) / STEP


def _covered(places: Doubles, size: Doubles, points: Doubles) -> NDArray[np.int64]:
    away = np.abs(places[:, None] - points[None])
    inside: NDArray[np.int64] = (away < size / 2 + GAP).all(axis=2).sum(axis=1)
    return inside


def _overlap(places: Doubles, size: Doubles, other: Doubles, its_size: Doubles) -> NDArray[np.bool_]:
    apart = np.abs(places - other)
    return np.asarray((apart < (size + its_size) / 2 + GAP).all(axis=1))
