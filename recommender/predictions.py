"""Predicted stars of many films at once, for pages of films that order or weigh by them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from django.http import HttpRequest

from recommender.live import LiveModels, ask
from recommender.scoring import shown_stars
from recommender.visitors import Visitor, visitor_of


def predicted_stars(request: HttpRequest, movie_ids: Sequence[int]) -> dict[int, float]:
    """Nothing for a visitor without a history or who wants no predictions, and where no model answers."""
    visitor = visitor_of(request)
    return ask(lambda live: _foretold(live, visitor, movie_ids)) or {}


def _foretold(live: LiveModels, visitor: Visitor, movie_ids: Sequence[int]) -> dict[int, float]:
    stars, rows = shown_stars(live, visitor), live.items.rows(movie_ids)
    if stars is None:
        return {}
    told = {movie: float(stars[row]) for movie, row in zip(movie_ids, rows, strict=True) if row >= 0}
    return {movie: value for movie, value in told.items() if not np.isnan(value)}
