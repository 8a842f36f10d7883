"""The taste map as a page shows it: films as dots, areas with names, and where the visitor is among them.

Lengths are in units of the drawing, which is WIDTH by HEIGHT; the arrays are those of ml/taste_map.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from catalog.models import Movie
from recommender.area_names import area_in_words, has_kind
from recommender.film_facts import facts_of
from recommender.live import LiveModels, ask
from recommender.ml.content import BLOCKS, Content
from recommender.ml.taste_map import TasteMap
from recommender.picks import Row, picks_of
from recommender.scoring import Rows, best, rows_of, scores_of, shown_stars, without
from recommender.taste_labels import (
    HEIGHT,
    WIDTH,
    Doubles,
    Label,
    Place,
    name_labels,
    number_labels,
    place_of,
)
from recommender.visitors import LIKED, Visitor

MARGIN = 54
SMALLEST, LARGEST = 3.0, 9.0  # radius of a dot: the more a film is rated, the larger
DISLIKED = 2.5  # stars up to which a film is drawn as such
NEWEST = 400  # of the visitor's films that are on the map
BEST_KNOWN = 60  # films of an area, of which those are shown that suit best
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
    number_label: Label  # what stands for it on a narrow screen
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
    dots = _dots(live, drawn, visitor, np.union1d(drawn.drawn, rows_of(live, visitor.ordered[-NEWEST:])))
    areas = _areas(live, drawn, visitor, here, dots)
    area = next((one for one in areas if one.number == chosen), None)
    area = area or max(areas, key=lambda one: (one.mine or 0.0, one.everyone))
    return Chart(dots, areas, here, area, _suiting(live, drawn, visitor, area))


def _areas(
    live: LiveModels, drawn: TasteMap, visitor: Visitor, here: Place | None, dots: Sequence[Dot]
) -> list[Area]:
    n = len(drawn.names)
    history = visitor.history(live.items)
    cluster = drawn.cluster[history.item]
    seen, films = (np.bincount(all_of[all_of >= 0], minlength=n) for all_of in (cluster, drawn.cluster))
    names = [area_in_words(name) for name in drawn.names]
    middles, reach = _middles(drawn, n)
    points = np.array([(dot.x, dot.y) for dot in dots]).reshape(-1, 2)
    labels, numbers = name_labels(names, middles, points, here), number_labels(middles, points, here)
    return [
        Area(
            number=one + 1,
            kinds=" ".join(filter(None, names[one][:2])),
            details=names[one].details,
            films=int(films[one]),
            everyone=float(drawn.share[one]),
            middle=place_of(middles[one]),
            reach=round(float(reach[one]), 1),
            label=labels[one],
            number_label=numbers[one],
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
    return place_of(_on_paper(drawn.place[rows]).mean(axis=0))


def _suiting(live: LiveModels, drawn: TasteMap, visitor: Visitor, area: Area) -> Row:
    scores = without(live, scores_of(live, visitor, "hybrid"), visitor.unwanted)
    scores[~_best_known(live, drawn, area, ~np.isnan(scores))] = np.nan
    why = (
        _("What suits you best here, of what you have not seen")
        if visitor
        else _("What most people watch here")
    )
    return Row(area.name, why, picks_of(live, visitor, best(scores, SHOWN), shown_stars(live, visitor)))


def _best_known(
    live: LiveModels, drawn: TasteMap, area: Area, offered: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """(n_items,) which of the films offered are the best known of an area that have what it is named by."""
    inside = offered & (drawn.cluster == area.number - 1)
    named = inside & _named_by_genre(live, drawn.names[area.number - 1])
    rows = np.flatnonzero(named if named.any() else inside)
    known = np.nan_to_num(facts_of(live).popularity[rows])
    shown = np.zeros(len(inside), bool)
    shown[rows[np.argsort(-known, kind="stable")[:BEST_KNOWN]]] = True
    return shown


def _named_by_genre(live: LiveModels, name: str) -> NDArray[np.bool_]:
    """(n_items,) which films have a genre of an area's stored name."""
    content = cast("Content", live.models["content"])
    start, end = content.starts_[BLOCKS.index("genres") :][:2]
    genres = [one for one in range(start, end) if has_kind(name, content.names_[one].decode())]
    return np.asarray((content.X_[:, genres] > 0).sum(axis=1) > 0)


def _mean(ratings: NDArray[np.float32]) -> float | None:
    rated = ratings[~np.isnan(ratings)]
    return float(rated.mean()) if len(rated) else None
