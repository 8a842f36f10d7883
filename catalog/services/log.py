"""Logging a film: stars, heart, viewing, tags and review, written together or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from catalog.film_log import FilmLog, Viewing, Wording, film_log
from catalog.models import Movie, Watch, half_stars
from catalog.services.diary import log_watch, update_watch
from catalog.services.marks import like, remove_from_watchlist, unlike
from catalog.services.one_writer import ChangedMeanwhile, lock
from catalog.services.ratings import rate, remove_rating
from catalog.services.reviews import write_review

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractUser


@dataclass(frozen=True)
class Entry:
    """What a log form says. No stars mean no rating; no text leaves the review as it is."""

    stars: Decimal | None = None
    is_liked: bool = False
    watched_on: date | None = None
    rewatch: bool = False
    tags: tuple[str, ...] = ()
    text: str = ""
    has_spoilers: bool = False
    leaves_watchlist: bool = False

    @property
    def half_stars(self) -> int | None:
        return None if self.stars is None else half_stars(self.stars)

    @property
    def wording(self) -> Wording:
        return Wording(self.text, self.has_spoilers)


@transaction.atomic
def log_film(
    *,
    user: AbstractUser,
    movie: Movie,
    entry: Entry,
    shown: str,
    viewing: Watch | None = None,
    predicted: float | None = None,
) -> Watch:
    """Write an entry over the log whose version is `shown`; `viewing` is the diary entry it changes.

    `predicted`, in stars, is what was shown before the rating.
    Raises ChangedMeanwhile where the log is no longer that one, unless it already says the same: an
    entry whose answer got lost may be sent twice. Raises SameDay where `viewing` would move onto another.
    """
    lock(user)
    stored = film_log(user, movie)
    if shown != stored.version and not _says_the_same(entry, stored):
        raise ChangedMeanwhile
    _give_stars(user, movie, entry, stored, predicted)
    (like if entry.is_liked else unlike)(user=user, movie=movie)
    if entry.text and entry.wording != stored.wording:
        write_review(user=user, movie=movie, text=entry.text, has_spoilers=entry.has_spoilers)
    if entry.leaves_watchlist:
        remove_from_watchlist(user=user, movie=movie)
    return _write_viewing(user, movie, entry, viewing)


def _says_the_same(entry: Entry, stored: FilmLog) -> bool:
    opinion = (entry.half_stars, entry.is_liked) == (stored.half_stars, stored.is_liked)
    words = not entry.text or entry.wording == stored.wording
    return opinion and words and Viewing(entry.watched_on, entry.rewatch, entry.tags) in stored.viewings


def _give_stars(
    user: AbstractUser, movie: Movie, entry: Entry, stored: FilmLog, predicted: float | None
) -> None:
    if entry.half_stars == stored.half_stars:
        return
    if entry.stars is None:
        remove_rating(user=user, movie=movie)
    else:
        rate(user=user, movie=movie, stars=entry.stars, predicted=predicted)


def _write_viewing(user: AbstractUser, movie: Movie, entry: Entry, viewing: Watch | None) -> Watch:
    if viewing:
        return update_watch(
            watch=viewing, watched_on=entry.watched_on, rewatch=entry.rewatch, tags=entry.tags
        )
    return log_watch(
        user=user, movie=movie, watched_on=entry.watched_on, rewatch=entry.rewatch, tags=entry.tags
    )
