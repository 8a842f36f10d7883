import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from recommender.ml.group import NOBODY, average, least_misery, taking_turns

NAN = np.nan
# Masthoff (2004): ten programmes A to J, rated by John, Adam and Mary from 1 to 10.
MASTHOFF = np.array(
    [
        [10, 4, 3, 6, 10, 9, 6, 8, 10, 8],
        [1, 9, 8, 9, 7, 9, 6, 9, 3, 8],
        [10, 5, 2, 7, 9, 8, 5, 6, 7, 6],
    ],
    dtype=np.float32,
)
A, B, C, D, E, F, G, H, I, J = range(10)  # noqa: E741
WAYS = [average, least_misery, taking_turns]
TABLES = arrays(
    np.float32,
    st.tuples(st.integers(1, 6), st.integers(1, 12)),
    elements=st.sampled_from([0.5, 1, 2, 3.5, 4, 5, NAN]),
)


def test_the_average_orders_the_example_of_masthoff_as_she_does() -> None:
    # Her sums: E and F 26, H 23, D and J 22, A 21, I 20, B 18, G 17, C 13.
    assert average(MASTHOFF, 10).items.tolist() == [E, F, H, D, J, A, I, B, G, C]
    assert average(MASTHOFF, 1).stars == pytest.approx([26 / 3])


def test_least_misery_orders_the_example_of_masthoff_by_the_lowest_rating_and_ties_by_the_mean() -> None:
    # Her minima: F 8, E 7, H, D and J 6, G 5, B 4, I 3, C 2, A 1.
    assert least_misery(MASTHOFF, 10).items.tolist() == [F, E, H, D, J, G, B, I, C, A]
    assert least_misery(MASTHOFF, 3).stars.tolist() == [8, 7, 6]


def test_everybody_takes_a_favourite_in_turn_and_of_equal_ones_what_pleases_the_others() -> None:
    ranked = taking_turns(MASTHOFF, 4)
    # John has three tens and takes E, which the others like best; Adam's nines: F; Mary's ten: A.
    assert ranked.items.tolist() == [E, F, A, I]
    assert ranked.turn.tolist() == [0, 1, 2, 0]
    assert ranked.stars.tolist() == [10, 9, 10, 10]


def test_only_turns_belong_to_somebody() -> None:
    assert set(average(MASTHOFF, 5).turn) == set(least_misery(MASTHOFF, 5).turn) == {NOBODY}


def test_who_says_nothing_of_a_film_neither_raises_nor_lowers_it() -> None:
    stars = np.array([[4, 2], [NAN, 5]], np.float32)
    assert average(stars, 2).stars.tolist() == [4, 3.5]
    assert least_misery(stars, 2).stars.tolist() == [4, 2]


def test_who_says_nothing_at_all_has_no_turn() -> None:
    stars = np.array([[5, 4, 3], [NAN, NAN, NAN], [1, 2, 3]], np.float32)
    assert taking_turns(stars, 3).turn.tolist() == [0, 2, 0]
    assert taking_turns(stars, 3).items.tolist() == [0, 2, 1]


@pytest.mark.parametrize("way", WAYS)
def test_nothing_is_ranked_where_nothing_is_known(way) -> None:
    ranked = way(np.full((2, 3), NAN, np.float32), 3)
    assert [len(column) for column in ranked] == [0, 0, 0]


@pytest.mark.parametrize("way", WAYS)
@given(stars=TABLES, limit=st.integers(0, 15))
def test_every_known_film_comes_once_and_no_more_than_were_asked_for(way, stars, limit) -> None:
    ranked = way(stars, limit)
    known = np.flatnonzero(~np.isnan(stars).all(axis=0))
    assert len(ranked.items) == min(limit, len(known))
    assert len(set(ranked.items.tolist())) == len(ranked.items)
    assert set(ranked.items.tolist()) <= set(known.tolist())


@pytest.mark.parametrize("way", [average, least_misery])
@given(stars=TABLES)
def test_a_lists_stars_never_rise(way, stars) -> None:
    assert (np.diff(way(stars, 15).stars) <= 0).all()


@given(stars=TABLES)
def test_in_a_turn_nobody_could_have_had_a_film_they_like_more(stars) -> None:
    items, told, turn = taking_turns(stars, 15)
    for place, (person, got) in enumerate(zip(turn, told, strict=True)):
        left = np.delete(stars[person], items[:place])
        assert got == np.nanmax(left)
