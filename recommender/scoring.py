"""What the live models say of a visitor, as arrays over their films: computed once a history, then cached.

The key of the cache is the model version and the history, so that nothing has to be invalidated.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np
from django.core.cache import caches
from numpy.typing import NDArray

from catalog.models import Movie
from recommender.live import LiveModels
from recommender.ml.diversity import normal_scores
from recommender.visitors import Visitor

if TYPE_CHECKING:
    from recommender.ml.hybrid import Hybrid

T = TypeVar("T")
Floats = NDArray[np.float32]
Rows = NDArray[np.int64]
STARS = (0.5, 5.0)
# How loud popularity is in the lists of a star model, both by place alone.
POPULARITY_OF_STARS = 1.0
# How loud predicted stars are beside the blend of list models.
LIKING = 0.25
# How loud popularity is after one film.
START = 3.0


def scores_of(live: LiveModels, visitor: Visitor, engine: str) -> Floats:
    """(n_items,) in the engine's own unit, NaN where it cannot say."""
    score = live.models[engine].score
    return kept(f"{live.version}:{engine}:{visitor.key}", lambda: score(visitor.history(live.items)))


def list_scores(live: LiveModels, visitor: Visitor, engine: str) -> Floats:
    """(n_items,) scores to order a list by, in no unit; the hybrid's where no such engine is live.

    The order of predicted stars alone floats films that hardly anybody saw, because nothing is known
    against them; a star model therefore shares its say with popularity. Weighted ratings hold it already.
    The blend of list models knows best what will be watched, so that stars tell it what will be liked.
    """
    model = live.models.get(engine, live.models["hybrid"])
    is_of_stars = model.job == "stars" and model.name != "weighted-rating"
    if not is_of_stars and not (model.name == "list-blend" and visitor):
        return scores_of(live, visitor, model.name)
    compose = _beside_popularity if is_of_stars else _blended
    return kept(f"{live.version}:list:{model.name}:{visitor.key}", lambda: compose(live, visitor, model.name))


def _blended(live: LiveModels, visitor: Visitor, engine: str) -> Floats:
    lists, stars = scores_of(live, visitor, engine), stars_of(live, visitor)
    return _joined(lists, stars, _places_by_popularity(live), len(visitor.ordered))


def _beside_popularity(live: LiveModels, visitor: Visitor, engine: str) -> Floats:
    stars = scores_of(live, visitor, engine)
    return normal_scores(stars) + POPULARITY_OF_STARS * _places_by_popularity(live)


def popularity_of(live: LiveModels) -> Floats:
    """(n_items,) how many people watched each film, the same for everybody."""
    return scores_of(live, Visitor.of_session({}), "popularity")


def _places_by_popularity(live: LiveModels) -> Floats:
    return kept(f"{live.version}:popular", lambda: normal_scores(popularity_of(live)))


def to_be_liked(lists: Floats, stars: Floats, popular: Floats, n_films: int) -> Floats:
    """(n_items,) what will be watched, by the blend of list models, and liked, by predicted stars.

    After a film or two popularity knows more than both, and makes way at once. Weights chosen by
    tests/bench/newcomers.py; louder stars find more of what is liked and less of what is merely watched.
    """
    return _joined(lists, stars, normal_scores(popular), n_films)


def _joined(lists: Floats, stars: Floats, places: Floats, n_films: int) -> Floats:
    start = START / max(n_films, 1) ** 2
    return normal_scores(lists) + LIKING * normal_scores(stars) + start * places


def stars_of(live: LiveModels, visitor: Visitor) -> Floats:
    """(n_items,) predicted ratings by the blend of the rating models."""
    predict = hybrid(live).stars
    return kept(
        f"{live.version}:stars:{visitor.key}",
        lambda: np.clip(predict(visitor.history(live.items)), *STARS),
    )


def shown_stars(live: LiveModels, visitor: Visitor) -> Floats | None:
    """Those that a page may show: none of a stranger to the models, and none to whoever switched them off."""
    return stars_of(live, visitor) if visitor and visitor.sees_predictions else None


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
    return silenced(scores, rows_of(live, movie_ids))


def silenced(scores: Floats, rows: Rows) -> Floats:
    """A copy that cannot say anything of these rows."""
    left = scores.copy()
    left[rows] = np.nan
    return left


def rows_of(live: LiveModels, movie_ids: Collection[int]) -> Rows:
    """Of those films that the models know."""
    rows = live.items.rows(np.fromiter(movie_ids, dtype=np.int64, count=len(movie_ids)))
    return rows[rows >= 0]


def row_of(live: LiveModels, film: Movie) -> int | None:
    row = int(live.items.rows([film.pk])[0])
    return row if row >= 0 else None


def kept(key: str, compute: Callable[[], T], *, shelf: str = "scores") -> T:
    """From the cache `shelf`, or computed and put there."""
    found: T | None = caches[shelf].get(key)
    if found is None:
        found = compute()
        caches[shelf].set(key, found)
    return found
