"""What a person marks a film with, once: hidden, left out, on the watchlist, liked."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from django.db.models import Model

from catalog.models import HiddenFilm, LikedFilm, Movie, UnusedFilm, WatchlistEntry

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractUser

Mark = TypeVar("Mark", HiddenFilm, LikedFilm, UnusedFilm, WatchlistEntry)


def hide(*, user: AbstractUser, movie: Movie) -> HiddenFilm:
    """Recommend a film to this person no more; hiding it twice is hiding it once."""
    return _mark(HiddenFilm, user, movie)


def unhide(*, user: AbstractUser, movie: Movie) -> bool:
    """True if the film was hidden."""
    return _unmark(HiddenFilm, user, movie)


def leave_out(*, user: AbstractUser, movie: Movie) -> UnusedFilm:
    """Learn nothing about this person from a film; the rating and the diary stay as they are."""
    return _mark(UnusedFilm, user, movie)


def use_again(*, user: AbstractUser, movie: Movie) -> bool:
    """True if the film was left out."""
    return _unmark(UnusedFilm, user, movie)


def add_to_watchlist(*, user: AbstractUser, movie: Movie) -> WatchlistEntry:
    """Adding a film twice is adding it once."""
    return _mark(WatchlistEntry, user, movie)


def remove_from_watchlist(*, user: AbstractUser, movie: Movie) -> bool:
    """True if the film was on it."""
    return _unmark(WatchlistEntry, user, movie)


def like(*, user: AbstractUser, movie: Movie) -> LikedFilm:
    """Liking a film twice is liking it once; the stars are another matter."""
    return _mark(LikedFilm, user, movie)


def unlike(*, user: AbstractUser, movie: Movie) -> bool:
    """True if the film was liked."""
    return _unmark(LikedFilm, user, movie)


def _mark(kind: type[Mark], user: AbstractUser, movie: Movie) -> Mark:
    return kind._default_manager.get_or_create(user_id=user.pk, movie=movie)[0]


def _unmark(kind: type[Model], user: AbstractUser, movie: Movie) -> bool:
    removed, _ = kind._default_manager.filter(user_id=user.pk, movie=movie).delete()
    return bool(removed)
