"""All that changes an account and who sees it: keyword-only and atomic."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import transaction

from accounts.models import Block, FavouriteFilm, Follow, User
from catalog.models import Movie, Rating
from catalog.services import lock, refresh_counts

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

MOST_FAVOURITES = 4


class TooManyFavourites(Exception):
    pass


class CannotBlockOneself(Exception):
    pass


class CannotFollow(Exception):
    """Oneself, or somebody whose profile the follower may not see."""


def change_settings(*, user: AbstractBaseUser, **settings: Any) -> None:
    """Only the fields that are named: what another page saved meanwhile stays."""
    User.objects.filter(pk=user.pk).update(**settings)


@transaction.atomic
def choose_favourites(*, user: AbstractBaseUser, movies: Sequence[Movie]) -> None:
    """These films, in this order, instead of those before. Raises TooManyFavourites past four."""
    if len(movies) > MOST_FAVOURITES:
        raise TooManyFavourites
    lock(user)
    FavouriteFilm.objects.filter(user_id=user.pk).delete()
    FavouriteFilm.objects.bulk_create(
        FavouriteFilm(user_id=user.pk, movie=movie, position=place) for place, movie in enumerate(movies, 1)
    )


@transaction.atomic
def follow(*, follower: AbstractBaseUser, followed: AbstractBaseUser) -> Follow:
    """Following twice is following once. Raises CannotFollow."""
    lock(follower, followed)
    if follower.pk == followed.pk or not User.objects.visible_to(follower).filter(pk=followed.pk).exists():
        raise CannotFollow
    return Follow.objects.get_or_create(follower_id=follower.pk, followed_id=followed.pk)[0]


def unfollow(*, follower: AbstractBaseUser, followed: AbstractBaseUser) -> bool:
    """True if the one followed the other."""
    removed, _ = Follow.objects.filter(follower=follower.pk, followed=followed.pk).delete()
    return bool(removed)


@transaction.atomic
def block(*, blocker: AbstractBaseUser, blocked: AbstractBaseUser) -> Block:
    """The two see nothing of each other and do not follow each other from now on.

    Blocking twice is blocking once. Raises CannotBlockOneself.
    """
    if blocker.pk == blocked.pk:
        raise CannotBlockOneself
    # A follow that somebody is just writing must not outlive the block.
    lock(blocker, blocked)
    Follow.objects.between(blocker, blocked).delete()
    return Block.objects.get_or_create(blocker_id=blocker.pk, blocked_id=blocked.pk)[0]


def unblock(*, block: Block) -> None:
    block.delete()


@transaction.atomic
def delete_account(*, user: AbstractBaseUser) -> None:
    """With everything the person did here; the counts of the films follow."""
    films = list(Rating.objects.filter(user_id=user.pk).order_by().values_list("movie_id", flat=True))
    user.delete()
    refresh_counts(movie_ids=films)
