"""Why a film is predicted to be liked: what the films of the visitor's history add to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from catalog.models import Movie
from recommender.live import LiveModels
from recommender.ml.interactions import History
from recommender.scoring import STARS, Rows, hybrid
from recommender.visitors import Visitor

REASONS = 3


@dataclass(frozen=True)
class Reason:
    movie: Movie
    stars: float | None  # the visitor's own rating
    share: float  # stars that this film adds to the prediction


def reasons_of(live: LiveModels, visitor: Visitor, row: int) -> list[Reason]:
    """The films of the history that add most to the predicted stars, the weightiest first."""
    weightiest = _contributions(live, visitor.history(live.items), row)[:REASONS]
    found = [(film, share) for film, share in weightiest if share > 0]
    movies = Movie.objects.for_cards().in_bulk([film for film, _ in found])
    return [Reason(movies[film], visitor.stars(film), share) for film, share in found if film in movies]


def main_reasons(live: LiveModels, visitor: Visitor, rows: Rows) -> dict[int, str]:
    """For each row the film of the history that speaks most for it, in one query for all titles."""
    if not visitor:
        return {}
    history = visitor.history(live.items)
    weightiest = {int(row): _contributions(live, history, int(row))[:1] for row in rows}
    speaking = {row: found[0][0] for row, found in weightiest.items() if found and found[0][1] > 0}
    titles = dict(Movie.objects.filter(pk__in=set(speaking.values())).order_by().values_list("pk", "title"))
    return {row: f"because of {titles[film]}" for row, film in speaking.items() if film in titles}


def stars_without(live: LiveModels, visitor: Visitor, reasons: Sequence[Reason], row: int) -> float | None:
    """The prediction if the first reason had never been rated; None without a reason."""
    if not reasons:
        return None
    left_out = visitor.history(live.items).without(int(live.items.rows([reasons[0].movie.pk])[0]))
    return float(np.clip(hybrid(live).stars(left_out)[row], *STARS))


def _contributions(live: LiveModels, history: History, row: int) -> list[tuple[int, float]]:
    """Film ids of the history with the stars each adds to the prediction of `row`, the weightiest first."""
    added = hybrid(live).star_contributions(history, row)
    order = np.argsort(-added, kind="stable")
    return [(int(live.items.ids[history.item[place]]), float(added[place])) for place in order]
