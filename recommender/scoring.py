"""What the live models say of a visitor, as arrays over their films: computed once a history, then cached.

The key of the cache is the model version and the history, so that nothing has to be invalidated.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, cast

import numpy as np
from django.core.cache import caches
from numpy.typing import NDArray

from catalog.models import Movie
from recommender.live import LiveModels
from recommender.visitors import Visitor

if TYPE_CHECKING:
    from recommender.ml.hybrid import Hybrid

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]
STARS = (0.5, 5.0)


def scores_of(live: LiveModels, visitor: Visitor, engine: str) -> Floats:
    """(n_items,) in the engine's own unit, NaN where it cannot say."""
    score = live.models[engine].score
    return _kept(f"{live.version}:{engine}:{visitor.key}", lambda: score(visitor.history(live.items)))


def stars_of(live: LiveModels, visitor: Visitor) -> Floats:
    """(n_items,) predicted ratings by the blend of the rating models."""
    predict = hybrid(live).stars
    return _kept(
        f"{live.version}:stars:{visitor.key}",
        lambda: np.clip(predict(visitor.history(live.items)), *STARS),
    )


def hybrid(live: LiveModels) -> Hybrid:
    return cast("Hybrid", live.models["hybrid"])


def best(scores: Floats, limit: int) -> Rows:
    """Rows of the highest scores, best first, NaN left out."""
    known = np.flatnonzero(~np.isnan(scores))
    if len(known) > limit:
        known = known[np.argpartition(-scores[known], limit)[:limit]]
    return known[np.argsort(-scores[known], kind="stable")]


def without(live: LiveModels, scores: Floats, movie_ids: Collection[int]) -> Floats:
    """A copy that cannot say anything of these films."""
    left = scores.copy()
    left[rows_of(live, movie_ids)] = np.nan
    return left


def rows_of(live: LiveModels, movie_ids: Collection[int]) -> Rows:
    """Of those films that the models know."""
    rows = live.items.rows(np.fromiter(movie_ids, dtype=np.int64, count=len(movie_ids)))
    return rows[rows >= 0]


def row_of(live: LiveModels, film: Movie) -> int | None:
    row = int(live.items.rows([film.pk])[0])
    return row if row >= 0 else None


def _kept(key: str, compute: Callable[[], Floats]) -> Floats:
    found: Floats | None = caches["scores"].get(key)
    if found is None:
        found = compute()
        caches["scores"].set(key, found)
    return found
