"""Data for the tests of the models: a checkerboard, made-up stars with structure, and a cut of MovieLens."""

from __future__ import annotations

from functools import cache

import numpy as np

from recommender.ml.interactions import Catalogue, Interactions, Vocabulary
from recommender.ml.movielens import open_dataset
from tests.recommender.ml.real_data import real_data

BOARD_SIZE = 40


def checkerboard(*, with_dislikes: bool) -> Interactions:
    """User u gives 5 stars to the films of its own parity, 1 star to the others (left out without dislikes).

    Two cells of every user are hidden: film u, which it would like, and film u + 1, which it would not.
    """
    user, item = np.divmod(np.arange(BOARD_SIZE**2), BOARD_SIZE)
    liked = (user + item) % 2 == 0
    hidden = (item == user) | (item == (user + 1) % BOARD_SIZE)
    shown = ~hidden & (liked | with_dislikes)
    return Interactions.of(
        user[shown],
        item[shown],
        np.where(liked, 5.0, 1.0)[shown],
        items=Vocabulary.of(np.arange(BOARD_SIZE)),
        catalogue=board_catalogue(),
    )


def board_catalogue() -> Catalogue:
    """Even films are set in space, odd ones are pirates' weddings: words, years and genres show the board."""
    kinds = (
        ("Starship", "A spaceship crew fights robots near a distant planet.", ("Sci-Fi",), ("Ann Orbit",)),
        ("Wedding", "A pirate falls in love and marries on a sunny island.", ("Romance",), ("Bob Harbour",)),
    )
    titles, texts, genres, people = zip(*(kinds[row % 2] for row in range(BOARD_SIZE)), strict=True)
    years = np.where(np.arange(BOARD_SIZE) % 2, 1990, 1980).astype(np.int16)
    return Catalogue(titles, texts, genres, people, years)


def made_up_stars(n_users: int = 80, n_items: int = 50, *, share: float = 0.4, seed: int = 0) -> Interactions:
    """Ratings from biases and two tastes, in half stars; ids are not rows; a twentieth is without rating."""
    rng = np.random.default_rng(seed)
    bias = rng.normal(0, 0.4, (n_users, 1)) + rng.normal(0, 0.5, (1, n_items))
    taste = rng.normal(size=(n_users, 2)) @ rng.normal(size=(2, n_items))
    stars = np.clip(np.round((3.5 + bias + 0.6 * taste) * 2) / 2, 0.5, 5.0)
    user, item = np.nonzero(rng.random((n_users, n_items)) < share)
    rating = np.where(rng.random(len(user)) < 0.05, np.nan, stars[user, item])
    times = 1_000_000_000 + rng.permutation(len(user)) * 3600
    films = Vocabulary.of(np.arange(n_items) * 7 + 3)
    return Interactions.of(
        user * 11 + 5, item * 7 + 3, rating, times, items=films, catalogue=_genres_only(n_items)
    )


def _genres_only(n_items: int) -> Catalogue:
    names = ("Drama", "Comedy", "Action", "Horror")
    genres = [(names[row % 4], names[row % 3]) for row in range(n_items)]
    titles = [f"Film number {row}" for row in range(n_items)]
    texts = [f"A {pair[0]} about {pair[1]} and the number {row}." for row, pair in enumerate(genres)]
    years = np.array([1950 + row % 60 for row in range(n_items)], np.int16)
    return Catalogue(titles, texts, genres, [("Somebody",)] * n_items, years)


@cache
def latest_small() -> Interactions:
    """MovieLens latest-small or what stands in for it: some 100,000 ratings, their films with catalogue."""
    return open_dataset(real_data("ml-latest-small.zip").path).interactions()


@cache
def latest_small_cut(n_users: int = 300, at_least: int = 5) -> Interactions:
    """The first users of latest-small and the films that at least so many of them rated."""
    whole = latest_small()
    mine = whole.take(whole.user < n_users)
    popular = np.bincount(mine.item, minlength=mine.n_items) >= at_least
    kept = mine.take(popular[mine.item])
    films = np.flatnonzero(popular)
    return Interactions.of(
        kept.users.ids[kept.user],
        kept.items.ids[kept.item],
        kept.rating,
        kept.time,
        items=Vocabulary(kept.items.ids[films]),
        catalogue=kept.catalogue.take(films.tolist()),
    )


def random90(data: Interactions, seed: int = 0) -> tuple[Interactions, Interactions]:
    """Training and test part; a tenth of the rows in file order is held out at random."""
    order = np.random.default_rng(seed).permutation(len(data))
    n_test = round(len(data) / 10)
    return data.take(np.sort(order[n_test:])), data.take(np.sort(order[:n_test]))


def per_user80(data: Interactions, seed: int = 0) -> tuple[Interactions, Interactions]:
    """Training and test part; a fifth of the rows of every user is held out at random."""
    rng = np.random.default_rng(seed)
    held_out = np.zeros(len(data), dtype=bool)
    for user in range(data.n_users):
        mine = np.flatnonzero(data.user == user)
        held_out[rng.permutation(mine)[: len(mine) // 5]] = True
    return data.take(~held_out), data.take(held_out)
