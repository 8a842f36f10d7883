"""The best of all: for each data set and honest protocol the tuned models that lead, and the baseline.

Of seed 0 alone: a mean over five seeds cannot be held against one of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from recommender.ml.evaluate import Measured
from recommender.ml.evaluation_report import COSTS, cell, costs, label, markdown_rows
from recommender.ml.protocols import NEWCOMERS_SHOW, PROTOCOLS
from recommender.ml.results import Result

LEADERS = 5
SEED = 0
_SAID = f"""The best {LEADERS} tuned models of each data set and protocol, and the baseline with its place,
all of seed {SEED}. *exact* is the share of predictions that are right when rounded to the scale of the
ratings, half or whole stars. *AUC* and *accuracy* are of telling likes, ratings from 4 or from 3.5 stars
on, which are the same where ratings are whole stars; a model that says how probable a like is (`star-blend`,
from 4 stars on) is judged by that, the others by their stars. All models, forms and seeds stand under “All
measurements”."""


class Ranking(NamedTuple):
    """Tables of one protocol, in the order of one figure."""

    protocol: str
    by: str
    show: tuple[str, ...]
    baseline: str

    @property
    def lowest_leads(self) -> bool:
        return self.by.startswith("RMSE")

    def place(self, line: Measured) -> tuple[float, str]:
        value = line.figures[self.by]
        return value if self.lowest_leads else -value, line.preset

    def ranks(self, line: Measured) -> bool:
        return line.tuned and math.isfinite(line.figures.get(self.by, math.nan))


_STARS = ("RMSE", "MAE", "exact", "AUC 4", "accuracy 4", "AUC 3.5", "accuracy 3.5")
_SLICES = ("RMSE warm", "RMSE new users", "RMSE new films")
_LISTS = ("NDCG@10", "R@10", "NDCG@10 liked", "coverage")
_SAMPLED = ("hit@10 sampled", "NDCG@10 sampled")
_SHOWN = [*(f"K={n}" for n in NEWCOMERS_SHOW), "80 %"]
RANKINGS = (
    Ranking("random90", "RMSE", _STARS, "bias"),
    Ranking("folds-100k", "RMSE", _STARS, "bias"),
    Ranking("time", "RMSE", ("RMSE", "MAE", "exact", *_SLICES), "bias"),
    Ranking("cold-users", "RMSE K=10", tuple(f"RMSE {shown}" for shown in _SHOWN), "bias"),
    Ranking("per-user80", "NDCG@10", _LISTS, "popularity"),
    Ranking("time-lists", "NDCG@10", _LISTS, "popularity"),
    Ranking("leave-one-out", "NDCG@10", ("NDCG@10", "hit@10", *_SAMPLED), "popularity"),
    Ranking("cold-users", "NDCG@10 K=10", tuple(f"NDCG@10 {shown}" for shown in _SHOWN), "popularity"),
)


def best_of_all(results: Sequence[Result]) -> list[str]:
    """Parts of a page of Markdown, none where nothing was measured that leads or follows."""
    ordered = sorted(results, key=lambda one: (one.key.data, one.key.protocol))
    by_protocol = {
        place: [one.measured for one in same if one.key.seed == SEED]
        for place, same in groupby(ordered, key=lambda one: (one.key.data, one.key.protocol))
    }
    parts = [
        part
        for ranking in RANKINGS
        for (data, protocol), lines in by_protocol.items()
        if protocol == ranking.protocol
        for part in _table(data, ranking, [line for line in lines if ranking.ranks(line)])
    ]
    return ["## The best of all", _SAID, *parts] if parts else []


def _table(data: str, ranking: Ranking, lines: Sequence[Measured]) -> Iterator[str]:
    if not lines:
        return
    placed = list(enumerate(sorted(lines, key=ranking.place), 1))
    shown = [at for at in placed if at[0] <= LEADERS or at[1].preset == ranking.baseline]
    rows = [["model", "place", "seed", *ranking.show, *COSTS]]
    for place, line in shown:
        figures = [cell(line, figure) for figure in ranking.show]
        rows.append([label(line), f"{place} of {len(placed)}", str(SEED), *figures, *costs(line)])
    yield f"`{data}`, `{ranking.protocol}` ({PROTOCOLS[ranking.protocol].says}), by {ranking.by}:"
    yield markdown_rows(rows)
