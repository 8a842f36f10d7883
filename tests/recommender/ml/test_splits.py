"""Splits part every interaction, by the rule they name, and the same way each time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.ml.interactions import NO_TIME, Interactions
from recommender.ml.splits import (
    Split,
    as_shown,
    cold_film_split,
    cold_user_split,
    first_rows,
    newest_split,
    per_user_split,
    random_split,
    shortened,
    shown_first,
    time_split,
)


def interactions(counts: list[int], times: list[int] | None = None) -> Interactions:
    """User u has counts[u] ratings of films 0, 1, 2, ..., shuffled, as an untidy file would have them."""
    pairs = [(user, item) for user, count in enumerate(counts) for item in range(count)]
    shuffled = np.array(pairs, np.int64).reshape(-1, 2)
    np.random.default_rng(5).shuffle(shuffled)
    return Interactions.of(shuffled[:, 0], shuffled[:, 1], np.full(len(pairs), 3.5), times)


def cells(data: Interactions) -> list[tuple[int, int]]:
    return list(zip(data.users.ids[data.user].tolist(), data.items.ids[data.item].tolist(), strict=True))


some_counts = st.lists(st.integers(1, 20), min_size=1, max_size=15)
some_shares = st.sampled_from([0.1, 0.2, 0.29, 0.5, 0.9])
splitters = st.sampled_from([random_split, per_user_split, cold_user_split, cold_film_split])


@given(splitters, some_counts, some_shares, st.integers(0, 5))
@settings(deadline=None, max_examples=60)
def test_every_interaction_is_in_one_part_in_the_order_of_its_source(
    split: Callable[[Interactions, float, int], Split], counts: list[int], share: float, seed: int
) -> None:
    data = interactions(counts)
    train, test = (cells(part) for part in split(data, share, seed))
    assert sorted(train + test) == sorted(cells(data))
    assert not set(train) & set(test)
    for part in (train, test):
        assert part == [cell for cell in cells(data) if cell in set(part)]


@given(splitters, some_counts, some_shares, st.integers(0, 5))
@settings(deadline=None, max_examples=30)
def test_same_seed_same_split(
    split: Callable[[Interactions, float, int], Split], counts: list[int], share: float, seed: int
) -> None:
    data = interactions(counts)
    assert cells(split(data, share, seed).test) == cells(split(data, share, seed).test)


@given(some_counts, st.integers(0, 5))
@settings(deadline=None, max_examples=60)
def test_each_user_gives_the_floor_of_the_share(counts: list[int], seed: int) -> None:
    split = per_user_split(interactions(counts), 0.2, seed)
    assert np.bincount(split.test.user, minlength=len(counts)).tolist() == [count // 5 for count in counts]


@given(st.integers(1, 400), st.integers(0, 5))
@settings(deadline=None, max_examples=60)
def test_the_random_tenth_is_the_head_of_the_permutation(n: int, seed: int) -> None:
    data = interactions([n])
    head = np.random.default_rng(seed).permutation(n)[: round(n / 10)]
    assert cells(random_split(data, 0.1, seed).test) == [cells(data)[row] for row in np.sort(head)]


def test_other_seeds_give_other_splits() -> None:
    data = interactions([20] * 10)
    for split in (random_split, per_user_split):
        assert cells(split(data, 0.2, 0).test) != cells(split(data, 0.2, 1).test)


def test_shares_are_exact_where_binary_fractions_are_not() -> None:
    split = per_user_split(interactions([100]), 0.29, 0)
    assert len(split.test) == 29


def test_vocabularies_stay_whole() -> None:
    data = interactions([1, 30])
    split = random_split(data, 0.5, 0)
    assert split.train.users is data.users
    assert split.test.items is data.items


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1, 2.0])
@pytest.mark.parametrize("split", [random_split, per_user_split])
def test_a_share_is_more_than_nothing_and_less_than_all(
    split: Callable[[Interactions, float, int], Split], share: float
) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        split(interactions([10]), share, 0)


@given(st.permutations(range(1, 41)))
@settings(deadline=None, max_examples=30)
def test_the_newest_tenth_is_the_future_of_all_the_rest(times: list[int]) -> None:
    split = time_split(interactions([20, 20], times))
    assert sorted(split.test.time) == [37, 38, 39, 40]
    assert split.train.time.max() < split.test.time.min()


def test_rows_of_one_moment_stay_together() -> None:
    split = time_split(interactions([10], [1, 1, 1, 1, 1, 1, 5, 5, 9, 9]), 0.2)
    assert split.test.time.tolist() == [9, 9]
    assert time_split(interactions([10], [1, 1, 1, 1, 1, 5, 5, 5, 5, 9]), 0.3).test.time.tolist() == [9]


def test_rows_without_a_time_stay_in_training() -> None:
    times = [int(NO_TIME)] * 10 + list(range(1, 11))
    split = time_split(interactions([20], times))
    assert split.test.time.tolist() == [10]
    assert (split.train.time == NO_TIME).sum() == 10


def test_no_times_cannot_be_split_by_time() -> None:
    with pytest.raises(ValueError, match="carry no timestamps"):
        time_split(interactions([10]))


def test_one_moment_cannot_be_split_by_time() -> None:
    with pytest.raises(ValueError, match="the last timestamp"):
        time_split(interactions([10], [7] * 10))


@given(some_counts, st.integers(0, 5))
@settings(deadline=None, max_examples=40)
def test_the_newest_film_of_everyone_who_has_two_is_left_out(counts: list[int], seed: int) -> None:
    times = np.random.default_rng(seed).permutation(sum(counts)) + 1
    data = interactions(counts, times.tolist())
    train, test = newest_split(data)
    assert sorted(test.user.tolist()) == [user for user, count in enumerate(counts) if count > 1]
    for user in test.user.tolist():
        assert test.history(user).time.max() > train.history(user).time.max()
    assert len(train) + len(test) == len(data)


def test_of_equally_new_films_the_last_in_the_source_is_left_out() -> None:
    data = interactions([4], [3, 9, 9, 1])
    assert cells(newest_split(data).test) == [cells(data)[2]]


def test_without_a_time_nobody_knows_the_newest_film() -> None:
    with pytest.raises(ValueError, match="carry no timestamps"):
        newest_split(interactions([4, 4]))


@given(some_counts, some_shares, st.integers(0, 5))
@settings(deadline=None, max_examples=60)
def test_cold_users_and_cold_films_are_held_out_whole(counts: list[int], share: float, seed: int) -> None:
    data = interactions(counts)
    people = cold_user_split(data, share, seed)
    assert not set(people.train.user.tolist()) & set(people.test.user.tolist())
    assert abs(len(np.unique(people.test.user)) - len(counts) * share) <= 0.5 + 1e-9
    films = cold_film_split(data, share, seed)
    assert not set(films.train.item.tolist()) & set(films.test.item.tolist())
    assert abs(len(np.unique(films.test.item)) - max(counts) * share) <= 0.5 + 1e-9


@given(some_counts, st.integers(1, 25), st.booleans())
@settings(deadline=None, max_examples=60)
def test_newcomers_show_their_first_rows(counts: list[int], n: int, timed: bool) -> None:
    times = np.random.default_rng(1).permutation(sum(counts)) + 1 if timed else None
    data = as_shown(interactions(counts, times), seed=0)
    shown, rest = shown_first(data, 0.8)
    assert np.bincount(shown.user, minlength=len(counts)).tolist() == [-(-4 * n_u // 5) for n_u in counts]
    assert sorted(cells(shown) + cells(rest)) == sorted(cells(data))
    first = first_rows(data, n)
    assert np.bincount(first.user, minlength=len(counts)).tolist() == [n * (n_u >= n) for n_u in counts]
    for user in range(len(counts)):
        mine = data.history(user).item.tolist()
        assert shown.history(user).item.tolist() == mine[: len(shown.history(user))]
        assert first.history(user).item.tolist() == mine[: len(first.history(user))]


@given(some_counts, st.integers(1, 25), st.integers(0, 3))
@settings(deadline=None, max_examples=60)
def test_shortened_histories_hold_a_few_of_their_own_rows(counts: list[int], most: int, seed: int) -> None:
    data = interactions(counts)
    short = shortened(data, most, seed)
    assert set(cells(short)) <= set(cells(data))
    assert len(set(cells(short))) == len(short)
    lengths = np.bincount(short.user, minlength=len(counts))
    assert all(min(n_u, 1) <= n <= min(n_u, most) for n, n_u in zip(lengths, counts, strict=True))


def test_short_histories_are_as_often_of_one_row_as_of_two_to_three_or_four_to_seven() -> None:
    lengths = np.bincount(shortened(interactions([7] * 3000), 7, 0).user)
    shares = np.histogram(lengths, [1, 2, 4, 8])[0] / 3000
    np.testing.assert_allclose(shares, 1 / 3, atol=0.03)


def test_newcomers_show_the_oldest_first_or_in_an_order_of_chance() -> None:
    timed = as_shown(interactions([4, 1], [5, 2, 9, 2, 4]), seed=0)
    assert timed.time.tolist() == [2, 2, 4, 5, 9]
    untimed = interactions([30])
    assert cells(as_shown(untimed, 0)) == cells(as_shown(untimed, 0)) != cells(as_shown(untimed, 1))
    assert sorted(cells(as_shown(untimed, 0))) == sorted(cells(untimed))
