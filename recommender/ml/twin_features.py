"""What the twin autoencoders read beside the vectors: numbers for films, people, days and ratings.

Nothing unknown is a nought: each kind of input has a mark beside it that is 1 where it is missing, and the
input itself is 0 there only because a number has to stand in its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.ml.interactions import NO_TIME, About, Catalogue

Floats = NDArray[np.float32]

N_LEVELS = 11  # no rating, then half a star to five
N_CONTEXT = 13  # seven weekdays and their mark, day of year as an angle and its mark, year and its mark
DAY = 86_400  # seconds


@dataclass(frozen=True)
class Words:
    """The genres and occupations met at the fit, ascending; one that was not met is no input."""

    genres: NDArray[np.str_]
    occupations: NDArray[np.str_]

    @classmethod
    def of(cls, catalogue: Catalogue, people: Sequence[About] | None) -> Words:
        genres = {genre for film in catalogue.genres for genre in film}
        occupations = {about.occupation for about in people or () if about.occupation}
        return cls(np.array(sorted(genres), np.str_), np.array(sorted(occupations), np.str_))

    def films(self, catalogue: Catalogue) -> Floats:
        """(n_items, n_genres + 3): genres and their mark, year and its mark."""
        place = {genre: column for column, genre in enumerate(self.genres.tolist())}
        table = np.zeros((len(catalogue), len(place) + 3), np.float32)
        for row, genres in enumerate(catalogue.genres):
            known = [place[genre] for genre in genres if genre in place]
            table[row, known] = 1
            table[row, -3] = not known
        years = catalogue.years.astype(np.float32)
        table[:, -2] = np.where(years > 0, (years - 1980) / 20, 0)
        table[:, -1] = years <= 0
        return table

    def people(self, people: Sequence[About | None]) -> Floats:
        """(n, n_occupations + 11); None stands for a person of whom nothing is known."""
        place = {occupation: column for column, occupation in enumerate(self.occupations.tolist())}
        table = np.zeros((len(people), len(place) + 11), np.float32)
        for row, one in enumerate(people):
            about = one or About()
            if about.occupation in place:
                table[row, place[about.occupation]] = 1
            table[row, len(place) :] = _person(about, about.occupation in place)
        return table


def _person(about: About, has_occupation: bool) -> list[float]:
    """Scaled so that most people lie between -1 and 1: years, degrees and hours of a day."""
    sex = [about.sex == "F", about.sex == "M", about.sex not in {"F", "M"}]
    scaled = (
        (about.age - 40) / 20,
        about.latitude / 45,
        about.longitude / 90,
        about.utc_offset / 12,
    )
    numbers = np.array(scaled)
    missing = np.isnan(numbers)
    return [not has_occupation, *sex, *np.where(missing, 0, numbers), *missing[[0, 1, 3]]]


def levels(rating: Floats) -> NDArray[np.int64]:
    """Rows of the rating vectors: 0 for no rating, else twice the stars."""
    return np.clip(np.round(2 * np.nan_to_num(rating)), 0, N_LEVELS - 1).astype(np.int64)


def days(time: NDArray[np.int64]) -> tuple[Floats, NDArray[np.int64]]:
    """The distinct days of `time`, (n_days, N_CONTEXT), the unknown one first, and the row of each time."""
    numbers = np.where(time == NO_TIME, np.iinfo(np.int64).min, time // DAY)
    distinct, row = np.unique(numbers, return_inverse=True)
    is_known = distinct > np.iinfo(np.int64).min
    dates = distinct[is_known].astype("datetime64[D]")
    years = dates.astype("datetime64[Y]")
    day_of_year = (dates - years.astype("datetime64[D]")).astype(np.int64) + 1
    weekday = (distinct[is_known] + 3) % 7  # 1 January 1970 was a Thursday
    known = context(weekday, day_of_year, years.astype(np.int64) + 1970)
    return np.concatenate([context(-1, 0, 0), known]), row + np.int64(is_known.all())


def context(
    weekday: int | NDArray[np.int64], day_of_year: int | NDArray[np.int64], year: int | NDArray[np.int64]
) -> Floats:
    """(n, N_CONTEXT) of n days: weekday 0 to 6 from Monday, -1 unknown; day 1 to 366 and year, 0 unknown."""
    weekday, day_of_year, year = np.broadcast_arrays(*map(np.atleast_1d, (weekday, day_of_year, year)))
    angle = 2 * np.pi * day_of_year / 365.25
    columns = [weekday == day for day in range(7)]
    columns += [weekday < 0, np.sin(angle), np.where(day_of_year > 0, np.cos(angle), 0), day_of_year <= 0]
    columns += [np.where(year > 0, (year - 2000) / 10, 0), year <= 0]
    return np.column_stack(columns).astype(np.float32)
