"""All that changes an account and who sees it: keyword-only and atomic."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import transaction

from accounts.models import Block, FavouriteFilm, User
from catalog.models import Movie, Rating
from catalog.services import refresh_counts

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

MOST_FAVOURITES = 4


class TooManyFavourites(Exception):
    pass


class CannotBlockOneself(Exception):
    pass


def change_settings(*, user: AbstractBaseUser, **settings: Any) -> None:
    """Only the fields that are named: what another page saved meanwhile stays."""
    User.objects.filter(pk=user.pk).update(**settings)


@transaction.atomic
def choose_favourites(*, user: AbstractBaseUser, movies: Sequence[Movie]) -> None:
    """These films, in this order, instead of those before. Raises TooManyFavourites past four."""
    if len(movies) > MOST_FAVOURITES:
        raise TooManyFavourites
    User.objects.select_for_update().get(pk=user.pk)
    FavouriteFilm.objects.filter(user_id=user.pk).delete()
    FavouriteFilm.objects.bulk_create(
        FavouriteFilm(user_id=user.pk, movie=movie, position=place) for place, movie in enumerate(movies, 1)
    )


def block(*, blocker: AbstractBaseUser, blocked: AbstractBaseUser) -> Block:
    """The two see nothing of each other from now on; blocking twice is blocking once.

    Raises CannotBlockOneself.
    """
    if blocker.pk == blocked.pk:
        raise CannotBlockOneself
    return Block.objects.get_or_create(blocker_id=blocker.pk, blocked_id=blocked.pk)[0]


def unblock(*, block: Block) -> None:
    block.delete()


@transaction.atomic
def delete_account(*, user: AbstractBaseUser) -> None:
    """With everything the person did here; the counts of the films follow."""
    films = list(Rating.objects.filter(user_id=user.pk).order_by().values_list("movie_id", flat=True))
    user.delete()
    refresh_counts(movie_ids=films)
