"""How long the films are that somebody watches on such an evening: what a diary tells of days and hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import exp
from typing import TYPE_CHECKING

import numpy as np

from catalog.models import Watch

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

# Viewings on evenings like this one below which nothing can be said.
LEAST_VIEWINGS = 4
NEWEST = 200
DAY_WIDTH, HOUR_WIDTH = 1.0, 3.0
# Between these shares of such viewings lies what fits.
TAILS = (0.1, 0.9)


@dataclass(frozen=True)
class Evening:
    """Minutes of the films that fit."""

    shortest: int
    typical: int
    longest: int


def evening_of(user: AbstractBaseUser | AnonymousUser, now: datetime) -> Evening | None:
    """Learned from the newest dated viewings, those of a like weekday and hour counting most. One query.

    An entry made on the day of the viewing tells its hour too. None where the diary holds too few.
    """
    if not user.is_authenticated:
        return None
    seen = Watch.objects.filter(user_id=user.pk, watched_on__isnull=False, movie__runtime__isnull=False)
    newest = seen.order_by("-watched_on", "-pk").values_list("watched_on", "created_at", "movie__runtime")
    viewings = [
        (_likeness(now, day, written), minutes) for day, written, minutes in newest[:NEWEST] if minutes
    ]
    weights = np.array([weight for weight, _ in viewings])
    if weights.sum() < LEAST_VIEWINGS:
        return None
    minutes = np.array([minutes for _, minutes in viewings])
    shortest, typical, longest = (_quantile(minutes, weights, share) for share in (TAILS[0], 0.5, TAILS[1]))
    return Evening(shortest, 5 * round(typical / 5), longest)


def _likeness(now: datetime, day: object, written: datetime) -> float:
    """1 for a viewing on the same weekday at the same hour, less the further either is."""
    local = written.astimezone(now.tzinfo)
    days = abs(now.weekday() - day.weekday())  # type: ignore[attr-defined]
    likeness = exp(-((min(days, 7 - days) / DAY_WIDTH) ** 2))
    if local.date() == day:
        hours = abs(now.hour - local.hour)
        likeness *= exp(-((min(hours, 24 - hours) / HOUR_WIDTH) ** 2))
    return likeness


def _quantile(values: np.ndarray, weights: np.ndarray, share: float) -> int:
    order = np.argsort(values)
    up_to = np.cumsum(weights[order]) / weights.sum()
    return int(values[order][min(int(np.searchsorted(up_to, share)), len(values) - 1)])
