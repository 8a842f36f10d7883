"""The taste map as a page shows it: films as dots, areas with names, and where the visitor is among them.

Lengths are in units of the drawing, which is WIDTH by HEIGHT; the arrays are those of ml/taste_map.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import NamedTuple

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from catalog.models import Movie
from recommender.area_names import AreaName, area_in_words
from recommender.live import LiveModels, ask
from recommender.ml.taste_map import TasteMap
from recommender.picks import Row, picks_of
from recommender.scoring import Rows, best, rows_of, scores_of, shown_stars, without
from recommender.visitors import LIKED, Visitor

Doubles = NDArray[np.float64]

WIDTH, HEIGHT, MARGIN = 1000, 1000, 46
SMALLEST, LARGEST = 3.0, 9.0  # radius of a dot: the more a film is rated, the larger
DISLIKED = 2.5  # stars up to which a film is drawn as such
NEWEST = 400  # of the visitor's films that are on the map
NO_BREAK = "\xa0"
LETTER, LINE, LETTERS = 9.4, 24, 20  # width and height of what labels are written in, and where they break
HERE, BELOW = (240, 112), 24  # what "You are here" takes up, and how far below the point its middle lies
# Rounds of pushing labels apart; of so many one goes the longer way, so that a heap is no column in the end.
PUSHES, SIDEWAYS = 300, 5
SHOWN = 14


@dataclass(frozen=True)
class Dot:
    film: Movie
    x: float
    y: float
    radius: float
    area: int
    stars: float | None
    state: str  # loved, liked, disliked, seen; empty for a film that the visitor does not know


class Place(NamedTuple):
    x: float
    y: float


@dataclass(frozen=True)
class Label:
    """Lines of text, each with its height, around a middle."""

    middle: Place
    lines: Sequence[tuple[float, str]]


@dataclass(frozen=True)
class Area:
    number: int
    kinds: str
    details: str
    films: int
    everyone: float  # share of all ratings and viewings that are of its films
    middle: Place
    reach: float  # half of its films that are drawn lie within
    label: Label
    mine: float | None  # share of what the visitor saw, None for a stranger
    seen: int
    stars: float | None  # mean of the visitor's ratings

    @property
    def name(self) -> str:
        return f"{self.kinds}, {self.details}"

    @property
    def light(self) -> float:
        """From 0 to 1: how much more the visitor is here than everyone."""
        return 0.3 if self.mine is None else min(self.mine / max(self.everyone, 1e-6) / 2, 1.0)

    @property
    def everyone_percent(self) -> int:
        return round(100 * self.everyone)

    @property
    def mine_percent(self) -> int:
        return round(100 * (self.mine or 0.0))


@dataclass(frozen=True)
class Chart:
    dots: Sequence[Dot]
    areas: Sequence[Area]
    here: Place | None  # the middle of what the visitor loves
    chosen: Area
    row: Row  # the films of the chosen area that suit the visitor

    @property
    def largest_share(self) -> float:
        """What the bars of the table are drawn against."""
        return max(max(area.mine or 0.0, area.everyone) for area in self.areas)


def chart_for(visitor: Visitor, chosen: int = 0) -> Chart | None:
    """The map for a visitor, with the area of number `chosen`, or else the one most at home in.

    None before a version with a map is live. Four queries.
    """
    return ask(lambda live: _chart(live, live.taste_map, visitor, chosen) if live.taste_map else None)


def _chart(live: LiveModels, drawn: TasteMap, visitor: Visitor, chosen: int) -> Chart:
    here = _here(live, drawn, visitor)
    areas = _areas(live, drawn, visitor, here)
    area = next((one for one in areas if one.number == chosen), None)
    area = area or max(areas, key=lambda one: (one.mine or 0.0, one.everyone))
    dots = _dots(live, drawn, visitor, np.union1d(drawn.drawn, rows_of(live, visitor.ordered[-NEWEST:])))
    return Chart(dots, areas, here, area, _suiting(live, drawn, visitor, area))


def _areas(live: LiveModels, drawn: TasteMap, visitor: Visitor, here: Place | None) -> list[Area]:
    n = len(drawn.names)
    history = visitor.history(live.items)
    cluster = drawn.cluster[history.item]
    seen, films = (np.bincount(all_of[all_of >= 0], minlength=n) for all_of in (cluster, drawn.cluster))
    names = [area_in_words(name) for name in drawn.names]
    middles, reach = _middles(drawn, n)
    labels = _labels(names, middles, here)
    return [
        Area(
            number=one + 1,
            kinds=" ".join(filter(None, names[one][:2])),
            details=names[one].details,
            films=int(films[one]),
            everyone=float(drawn.share[one]),
            middle=_place(middles[one]),
            reach=round(float(reach[one]), 1),
            label=labels[one],
            mine=float(seen[one] / seen.sum()) if seen.any() else None,
            seen=int(seen[one]),
            stars=_mean(history.rating[cluster == one]),
        )
        for one in range(n)
    ]


def _on_paper(places: NDArray[np.float32]) -> Doubles:
    """(n, 2) units of the drawing from places between 0 and 1."""
    return MARGIN + np.asarray(places, np.float64) * (WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN)


def _middles(drawn: TasteMap, n: int) -> tuple[Doubles, Doubles]:
    """(n, 2) where the drawn films of each cluster lie, and (n,) how far from there the middle one is."""
    places, cluster = _on_paper(drawn.place[drawn.drawn]), drawn.cluster[drawn.drawn]
    middles = np.array([np.median(places[cluster == one], axis=0) for one in range(n)])
    away = np.linalg.norm(places - middles[cluster], axis=1)
    return middles, np.array([np.median(away[cluster == one]) for one in range(n)])


def _labels(names: Sequence[AreaName], middles: Doubles, here: Place | None) -> list[Label]:
    texts = [wrap(f"{one.kinds} {one.times.replace(' ', NO_BREAK)}", LETTERS) for one in names]
    sizes = [(LETTER * (2 + max(map(len, lines))), LINE * len(lines)) for lines in texts]
    placed = apart(middles, np.array(sizes), here)
    return [Label(_place(at), _lines(lines, at[1])) for at, lines in zip(placed, texts, strict=True)]


def _lines(lines: Sequence[str], middle: float) -> list[tuple[float, str]]:
    top = middle - LINE * (len(lines) - 1) / 2
    return [(round(float(top + LINE * place), 1), line) for place, line in enumerate(lines)]


def _place(at: Doubles) -> Place:
    return Place(round(float(at[0]), 1), round(float(at[1]), 1))


def apart(middles: Doubles, sizes: Doubles, kept: Place | None = None) -> Doubles:
    """(n, 2) the middles of boxes of `sizes` (n, 2), pushed apart and into the drawing where they overlap.

    What is written at `kept` stays where it is, and the boxes make room for it.
    """
    here = [] if kept is None else [(kept.x, kept.y + BELOW)]
    placed, n = np.vstack([middles, *here]), len(middles)
    boxes = np.vstack([sizes, *[HERE for _ in here]])
    edge = boxes / 2 + 4
    for turn in range(PUSHES):
        pairs = [(one, other) for one in range(len(placed)) for other in range(one)]
        moved = [_push(placed, boxes, one, other, turn % SIDEWAYS == SIDEWAYS - 1) for one, other in pairs]
        placed = np.clip(placed, edge, (WIDTH, HEIGHT) - edge)
        placed[n:] = np.array(here).reshape(-1, 2)
        if not any(moved):
            break
    return placed[:n]


def _push(placed: Doubles, sizes: Doubles, one: int, other: int, far: bool) -> bool:
    """Move two boxes away from each other along the shorter way, or the longer one, if they overlap."""
    between = placed[one] - placed[other]
    overlap = (sizes[one] + sizes[other]) / 2 - np.abs(between)
    if (overlap <= 0).any():
        return False
    axis = int(np.argmax(overlap) if far else np.argmin(overlap))
    step = (overlap[axis] / 2 + 0.5) * (1 if between[axis] >= 0 else -1)
    placed[one, axis] += step
    placed[other, axis] -= step
    return True


def _dots(live: LiveModels, drawn: TasteMap, visitor: Visitor, rows: Rows) -> list[Dot]:
    """Films nobody rated have no place; those that the visitor knows are drawn last, above the others."""
    rows = rows[drawn.cluster[rows] >= 0]
    ids = live.items.ids[rows].tolist()
    films = {film.pk: film for film in Movie.objects.filter(pk__in=ids).order_by().only(*_SHOWN_OF_A_FILM)}
    most = max((film.ratings_count for film in films.values()), default=0) or 1
    places = np.round(_on_paper(drawn.place[rows]), 1).tolist()
    dots = []
    for row, film_id, (x, y) in zip(rows.tolist(), ids, places, strict=True):
        if film := films.get(film_id):
            radius = SMALLEST + (LARGEST - SMALLEST) * (film.ratings_count / most) ** 0.5
            area, stars = int(drawn.cluster[row]) + 1, visitor.stars(film_id)
            dots.append(Dot(film, x, y, round(radius, 1), area, stars, _state(visitor, film_id)))
    return sorted(dots, key=lambda dot: (bool(dot.state), -dot.radius))


_SHOWN_OF_A_FILM = ("title", "year", "slug", "ratings_count")


def _state(visitor: Visitor, film: int) -> str:
    stars = visitor.stars(film)
    if stars is None:
        return "seen" if film in visitor.half_stars else ""
    return "loved" if stars >= LIKED else "disliked" if stars <= DISLIKED else "liked"


def _here(live: LiveModels, drawn: TasteMap, visitor: Visitor) -> Place | None:
    rows = rows_of(live, visitor.liked)
    rows = rows[drawn.cluster[rows] >= 0]
    if not len(rows):
        return None
    return _place(_on_paper(drawn.place[rows]).mean(axis=0))


def _suiting(live: LiveModels, drawn: TasteMap, visitor: Visitor, area: Area) -> Row:
    scores = without(live, scores_of(live, visitor, "hybrid"), visitor.unwanted)
    scores[drawn.cluster != area.number - 1] = np.nan
    why = (
        _("What suits you best here, of what you have not seen")
        if visitor
        else _("What most people watch here")
    )
    return Row(area.name, why, picks_of(live, visitor, best(scores, SHOWN), shown_stars(live, visitor)))


def _mean(ratings: NDArray[np.float32]) -> float | None:
    rated = ratings[~np.isnan(ratings)]
    return float(rated.mean()) if len(rated) else None
