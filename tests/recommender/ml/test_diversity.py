import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.ml.diversity import descending, diverse, normal_scores

SCORE = np.float32([1.0, 0.9, 0.8, 0.0])
TWO_KINDS = np.float32([[1, 0], [2, 0], [0, 1], [0, 3]])


def test_without_a_trade_the_order_stays() -> None:
    assert diverse(SCORE[[2, 0, 3, 1]], TWO_KINDS, 4, 0.0).tolist() == [1, 3, 0, 2]


def test_the_second_place_goes_to_another_kind_where_that_is_worth_it() -> None:
    # Worth of film 1: .5 x .9 - .5 x 1, of film 2: .5 x .8 - 0.
    assert diverse(SCORE, TWO_KINDS, 2, 0.5).tolist() == [0, 2]
    # .95 x .9 - .05 x 1 against .95 x .8.
    assert diverse(SCORE, TWO_KINDS, 2, 0.05).tolist() == [0, 1]


def test_likeness_is_that_to_the_nearest_chosen_film() -> None:
    vectors = np.float32([[1, 0], [0, 1], [1, 1], [-1, -1]])
    assert diverse(np.float32([1, 0.99, 0.98, 0.9]), vectors, 4, 0.9).tolist() == [0, 1, 3, 2]


@given(st.integers(1, 30), st.integers(1, 40), st.floats(0, 1), st.integers(0, 5))
@settings(deadline=None, max_examples=60)
def test_a_list_holds_as_many_films_as_there_are_and_each_once(
    n_pool: int, n: int, trade: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    score, vectors = rng.normal(size=n_pool), rng.normal(size=(n_pool, 3))
    chosen = diverse(np.float32(score), np.float32(vectors), n, trade).tolist()
    assert len(chosen) == len(set(chosen)) == min(n, n_pool)
    assert chosen[0] == int(np.argmax(np.float32(score))) or trade == 1


def test_films_without_a_vector_are_like_no_other() -> None:
    assert diverse(SCORE, np.zeros((4, 2), np.float32), 4, 0.7).tolist() == [0, 1, 2, 3]


def test_an_empty_pool_gives_an_empty_list() -> None:
    assert diverse(np.float32([]), np.zeros((0, 2), np.float32), 5, 0.3).tolist() == []


@pytest.mark.parametrize("trade", [-0.1, 1.1])
def test_a_trade_outside_nought_and_one_is_refused(trade: float) -> None:
    with pytest.raises(ValueError, match="from 0 to 1"):
        diverse(SCORE, TWO_KINDS, 2, trade)


def test_normal_scores_tell_the_place_and_nothing_else() -> None:
    scores = normal_scores(np.float32([3, np.nan, 900, -5]))
    np.testing.assert_allclose(scores, [0, np.nan, 0.96742157, -0.96742157], atol=1e-6)
    np.testing.assert_array_equal(scores, normal_scores(np.float32([0.2, np.nan, 0.3, 0.1])))


@given(
    st.lists(
        st.sampled_from([0.0, -0.0, 1.5, -1.5, 1e-40, -1e-40, np.inf, -np.inf, np.nan, 3e38]), max_size=40
    )
)
@settings(deadline=None)
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_the_highest_score_is_first_and_equal_ones_keep_their_order(kind: type, score: list[float]) -> None:
    known = [place for place, value in enumerate(score) if not np.isnan(value)]
    expected = sorted(known, key=lambda place: -kind(score[place]))
    assert descending(np.array(score, kind)).tolist() == expected
