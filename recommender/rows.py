"""The rows of a front page: each has a purpose of its own and says it, and no film is on two of them.

A row proposes films in its own order; those that an earlier row shows are skipped, and a row that keeps too
few is left out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import Movie
from recommender.evenings import Evening
from recommender.live import ask
from recommender.picks import Pick, Row, by_row, movies_of, picks_of
from recommender.reasons import speaking_rows
from recommender.row_plans import MEMBERS, STRANGERS, Plan, Sight
from recommender.scoring import Rows, rows_of
from recommender.services import recommend
from recommender.steering import AS_IT_COMES, Steering
from recommender.visitors import Visitor

if TYPE_CHECKING:
    from accounts.models import User

TOP = "top"


def rows_for(
    visitor: Visitor,
    *,
    limit: int = 14,
    steering: Steering = AS_IT_COMES,
    evening: Evening | None = None,
    now: datetime | None = None,
    member: User | None = None,
    exclude: Collection[int] = (),
    after_first: Collection[int] = (),
) -> list[Row]:
    """The rows of a front page for a visitor, whose evenings the diary tells.

    None holds a film of `exclude` (ids), and only the first may hold one of `after_first`, which is what
    stands between it and the others. Without a model the chart stands alone, and holds none of either.
    """
    moment, elsewhere = now or timezone.localtime(), frozenset(exclude)
    seen = visitor, steering, evening, moment, limit, elsewhere, member
    rows = ask(lambda live: _rows(Sight(live, *seen), after_first))
    if rows:
        return rows
    films = recommend(visitor, limit=limit, exclude={*exclude, *after_first})
    why = _("The highest rated films that you have not seen")
    return [Row(_("Well loved here"), why, films, key=TOP)] if films else []


def next_pick(
    visitor: Visitor,
    row: str,
    *,
    exclude: Collection[int],
    steering: Steering = AS_IT_COMES,
    evening: Evening | None = None,
    now: datetime | None = None,
    member: User | None = None,
) -> Pick | None:
    """What comes next in the row of a page with this key; None for an unknown key or where nothing is left.

    `exclude` are ids of what the page shows already.
    """
    if row == TOP:
        return next(iter(recommend(visitor, steering=steering, limit=1, exclude=exclude)), None)
    moment, elsewhere = now or timezone.localtime(), frozenset(exclude)
    seen = visitor, steering, evening, moment, 1, elsewhere, member
    return ask(lambda live: _next(Sight(live, *seen), row))


def _next(sight: Sight, key: str) -> Pick | None:
    plan = next((plan for plan in _plans(sight, key) if plan.key == key), None)
    if plan is None:
        return None
    [row] = _drawn(sight, [replace(plan, rows=plan.rows[:1])])
    return next(iter(row.picks), None)


def _rows(sight: Sight, after_first: Collection[int]) -> list[Row]:
    return _drawn(sight, _without_repeats(sight, rows_of(sight.live, after_first)))


def _drawn(sight: Sight, plans: Sequence[Plan]) -> list[Row]:
    """All films of the page are read at once, with those that speak for them."""
    live, visitor = sight.live, sight.visitor
    speaking = [speaking_rows(live, visitor, plan.rows, plan.engine) for plan in plans]
    spoken = {row for rows in speaking for row in rows.values()}
    shown = {row for plan in plans for row in plan.rows.tolist()}
    movies = movies_of(live, np.array([*(shown | spoken)], np.int64))
    sight.titles.update({film: movie.title for film, movie in movies.items()})
    return [_row(sight, plan, movies) for plan in plans]


def _without_repeats(sight: Sight, after_first: Rows) -> list[Plan]:
    shown: set[int] = set()
    kept: list[Plan] = []
    for plan in _plans(sight):
        fresh = [row for row in plan.rows.tolist() if row not in shown][: sight.limit]
        if len(fresh) >= plan.least:
            shown.update(fresh if kept else [*fresh, *after_first.tolist()])
            kept.append(replace(plan, rows=np.array(fresh, np.int64)))
    return kept


def _plans(sight: Sight, key: str = "") -> Iterator[Plan]:
    """All, or those that may have this key."""
    makers = MEMBERS if sight.visitor else STRANGERS
    for make in makers:
        name = make.__name__.strip("_")
        if key.partition("-")[0] in ("", name):
            for plan in make(sight):
                yield replace(plan, key=f"{name}-{plan.about.pk}" if plan.about else name)


def _row(sight: Sight, plan: Plan, movies: Mapping[int, Movie]) -> Row:
    because = None if plan.reasons is None else plan.reasons(by_row(sight.live, plan.rows, movies))
    picks = picks_of(sight.live, sight.visitor, plan.rows, sight.shown_stars, because, movies)
    return Row(plan.title, plan.why, picks, plan.about, plan.key)
