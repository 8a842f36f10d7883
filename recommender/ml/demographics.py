"""Where people live: latitude, longitude and time zone from the zip codes of MovieLens 1M and 100K.

The library `zipcodes` carries the table of the United States. It is one of the evaluation: without it
everything else works and the place of a person stays unknown.
"""

from __future__ import annotations

import logging
import math
from datetime import datetime, timedelta
from functools import cache, lru_cache
from types import ModuleType
from typing import NamedTuple
from zoneinfo import ZoneInfo

from recommender.ml.interactions import About
from recommender.ml.movielens_films import Person

logger = logging.getLogger(__name__)

MIDWINTER = datetime(2000, 1, 1)  # a time of year without summer time


class Place(NamedTuple):
    """Degrees north and east, and the hours that standard time is ahead of UTC; NaN where unknown."""

    latitude: float = math.nan
    longitude: float = math.nan
    utc_offset: float = math.nan


def about(person: Person) -> About:
    """What the data set says of a user, with the place of the zip code."""
    return About(person.sex, float(person.age), person.occupation, *place(person.zip_code))


@lru_cache(maxsize=10_000)
def place(zip_code: str) -> Place:
    """The place of "48067" or "48067-1234"; unknown for other countries and codes no longer in use."""
    library = _library()
    digits = zip_code.partition("-")[0]
    if library is None or len(digits) != 5 or not (digits.isascii() and digits.isdecimal()):
        return Place()
    found = library.matching(digits)
    if not found:
        return Place()
    return Place(float(found[0]["lat"]), float(found[0]["long"]), _utc_offset(found[0]["timezone"]))


@cache
def _library() -> ModuleType | None:
    try:
        import zipcodes
    except ImportError:
        logger.warning(
            "The places of users stay unknown: install zipcodes (pip install -r requirements-dev.txt) to "
            "turn their zip codes into latitude, longitude and time zone."
        )
        return None
    return zipcodes


def _utc_offset(zone: str) -> float:
    try:
        offset = ZoneInfo(zone).utcoffset(MIDWINTER)
    except (KeyError, ValueError, OSError):  # the table has a few zones that do not exist
        return math.nan
    return math.nan if offset is None else offset / timedelta(hours=1)
