"""What a visitor steers by: the engine, leanings and filters, and the list that follows from them.

    lean(i)  = n(score)_i - rarity RARITY n(popularity)_i + newness NEWNESS n(year)_i

with n the normal scores of ml/diversity.py, taken over the films that are left, so that an engine's unit does
not matter; the first films by that are put in an order that does not repeat itself (maximal marginal
relevance over the factors of SVD++), the more so the more surprise is wanted.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Self, cast

import numpy as np
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from catalog.models import Movie
from recommender import preferences
from recommender.film_facts import FilmFacts, facts_of
from recommender.live import LiveModels
from recommender.ml.diversity import diverse, normal_scores
from recommender.scoring import Floats, Rows, best, list_scores, rows_of, without
from recommender.visitors import Visitor

if TYPE_CHECKING:
    from recommender.ml.svdpp import SVDPlusPlus

DEFAULT_ENGINE = "list-blend"
ENGINES = {
    "list-blend": _("Everything together"),
    "hybrid": _("Story and taste (hybrid)"),
    "svdpp": _("Taste alike (SVD++)"),
    "autoencoder": _("Taste alike (autoencoder)"),
    "ease": _("Seen together (EASE-R)"),
    "twin-autoencoders": _("Twin autoencoders"),
    "content": _("Story, genre and people"),
    "user-cf": _("People like me"),
    "weighted-rating": _("Highest rated"),
}
# What a list goes by, of the engines for which it is less than all that a history points to.
WHY = {
    "ease": _("Seen by many who saw what you saw"),
    "content": _("Close in story, genre and people to what you liked"),
    "user-cf": _("Seen by those whose shelves look most like yours"),
    "weighted-rating": _("The highest rated films that you have not seen"),
}
SLIDER = range(-2, 3)
# What one step of a slider moves, in deviations of a place in the list.
RARITY, NEWNESS = 0.2, 0.35
# What is given up for a list that does not repeat itself, from safe to surprising.
TRADES = {-2: 0.0, -1: 0.05, 0: 0.1, 1: 0.3, 2: 0.5}
# Films per place of the list among which another order is looked for.
POOL = 4


@dataclass(frozen=True)
class Steering:
    """Sliders from -2 to 2: popular to rare, old to new, safe to surprising. Nought or empty: as it comes."""

    engine: str = DEFAULT_ENGINE
    rarity: int = 0
    newness: int = 0
    surprise: int = 0
    genre: str = ""  # slug
    language: str = ""  # ISO 639-1
    longest: int = 0  # minutes, 0 for any length

    @classmethod
    def of(cls, kept: dict[str, Any]) -> Self:
        """From what was kept; what is not known any more is as it comes."""
        known = {field.name: kept[field.name] for field in fields(cls) if field.name in kept}
        found = cls(**known)
        return found if found.engine in ENGINES else cls(**(known | {"engine": DEFAULT_ENGINE}))

    def kept(self) -> dict[str, Any]:
        return {key: value for key, value in asdict(self).items() if value != getattr(Steering, key)}

    def fields(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def leans(self) -> bool:
        return bool(self.rarity or self.newness)

    @property
    def filters(self) -> bool:
        return bool(self.genre or self.language or self.longest)


AS_IT_COMES = Steering()


def steering_of(request: HttpRequest) -> Steering:
    """As the visitor steered last."""
    return Steering.of(preferences.of(request).steering)


def steered(
    live: LiveModels,
    visitor: Visitor,
    steering: Steering,
    limit: int,
    unwanted: Collection[int],
    among: Rows | None = None,
) -> Rows:
    """Rows of the first `limit` films, none of `unwanted` (ids), in the order of the list.

    `among` is what `rows_left` found, for whoever asks twice.
    """
    scores = without(live, list_scores(live, visitor, steering.engine), unwanted)
    among = rows_left(live, steering) if among is None else among
    if among is not None:
        scores = _only(scores, among)
    if steering.leans:
        scores = _leaned(scores, facts_of(live), steering)
    pool = best(scores, POOL * limit)
    trade = TRADES[steering.surprise]
    return pool[diverse(normal_scores(scores[pool]), vectors_of(live)[pool], limit, trade)]


def rows_left(live: LiveModels, steering: Steering) -> Rows | None:
    """Rows of the films that the filters leave, None for all."""
    if not steering.filters:
        return None
    return rows_of(live, list(_filtered(steering).values_list("pk", flat=True)))


def _only(scores: Floats, kept: Rows) -> Floats:
    left = np.full_like(scores, np.nan)
    left[kept] = scores[kept]
    return left


def _filtered(steering: Steering) -> Any:
    movies = Movie.objects.order_by()
    if steering.genre:
        movies = movies.filter(genres__slug=steering.genre)
    if steering.language:
        movies = movies.filter(language=steering.language)
    if steering.longest:
        movies = movies.filter(runtime__lte=steering.longest)
    return movies


def _leaned(scores: Floats, facts: FilmFacts, steering: Steering) -> Floats:
    unknown = np.isnan(scores)
    lean = normal_scores(scores)
    for step, weight, values in (
        (-steering.rarity, RARITY, facts.popularity),
        (steering.newness, NEWNESS, facts.year),
    ):
        if step:
            of_film = normal_scores(np.where(unknown, np.nan, values))
            lean = lean + step * weight * np.nan_to_num(of_film)
    return lean


def vectors_of(live: LiveModels) -> Floats:
    """(n_items, n_factors) of the films, as SVD++ learned them."""
    return cast("SVDPlusPlus", live.models["svdpp"]).Q_
