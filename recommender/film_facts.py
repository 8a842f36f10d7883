"""What the films' own columns say, as arrays over the films of the live models."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from catalog.models import Movie
from recommender.live import LiveModels
from recommender.scoring import Floats, kept


class FilmFacts(NamedTuple):
    """(n_items,) each: the year and the minutes, NaN where unknown, and the number of ratings."""

    year: Floats
    runtime: Floats
    popularity: Floats


def facts_of(live: LiveModels) -> FilmFacts:
    """One query a version and process; what changes by day waits for the next version."""
    return FilmFacts(*kept(f"{live.version}:facts", lambda: _read(live)))


def _read(live: LiveModels) -> Floats:
    facts = np.full((len(FilmFacts._fields), len(live.items)), np.nan, np.float32)
    columns = Movie.objects.order_by().values_list("pk", "year", "runtime", "ratings_count")
    films = np.array([[value or 0 for value in film] for film in columns], np.int64).reshape(-1, 4)
    rows = live.items.rows(films[:, 0])
    known = rows >= 0
    facts[:, rows[known]] = films[known, 1:].T
    facts[:2][facts[:2] == 0] = np.nan
    return facts
