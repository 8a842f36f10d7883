"""Lists of everyone at once are those of one person after the other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from recommender.ml.batch import BLOCK, lists_by_factors, lists_by_weights, top_lists

# Whole numbers are added exactly in whatever order, and give many equal scores.
seeds = st.integers(0, 2**32 - 1)


def one_by_one(scores: np.ndarray, seen: sparse.csr_array, top: int) -> np.ndarray:
    lists = np.full((len(scores), top), -1)
    for user, score in enumerate(scores):
        watched = set(seen.indices[seen.indptr[user] : seen.indptr[user + 1]].tolist())
        left = [film for film in range(len(score)) if film not in watched and score[film] > -np.inf]
        best = sorted(left, key=lambda film: (-score[film], film))[:top]
        lists[user, : len(best)] = best
    return lists


def watched_at_random(rng: np.random.Generator, n_users: int, n_items: int) -> sparse.csr_array:
    return sparse.csr_array((rng.random((n_users, n_items)) < 0.3).astype(np.float32))


def whole_numbers(rng: np.random.Generator, *shape: int) -> np.ndarray:
    return rng.integers(-2, 3, shape).astype(np.float32)


@settings(max_examples=60, deadline=None)
@given(seeds, st.integers(0, 12), st.integers(1, 30), st.integers(1, 40), st.booleans())
def test_factors_give_the_lists_of_one_after_the_other(seed, n_users, n_items, top, with_bias):
    rng = np.random.default_rng(seed)
    U, V, seen = (
        whole_numbers(rng, n_users, 3),
        whole_numbers(rng, n_items, 3),
        watched_at_random(rng, n_users, n_items),
    )
    bias = whole_numbers(rng, n_items) if with_bias else None
    scores = U @ V.T + (0 if bias is None else bias)
    lists = lists_by_factors(U, V, seen, top, bias=bias)
    assert lists.tolist() == one_by_one(scores, seen, top).tolist()


@settings(max_examples=60, deadline=None)
@given(seeds, st.integers(0, 12), st.integers(1, 30), st.integers(1, 40))
def test_weights_between_films_give_the_lists_of_one_after_the_other(seed, n_users, n_items, top):
    rng = np.random.default_rng(seed)
    seen, B = watched_at_random(rng, n_users, n_items), whole_numbers(rng, n_items, n_items)
    assert lists_by_weights(seen, B, seen, top).tolist() == one_by_one(seen @ B, seen, top).tolist()


def test_equal_scores_are_listed_by_row():
    seen = sparse.csr_array((1, 6))
    lists = lists_by_factors(np.ones((1, 1)), np.array([[1.0], [2], [2], [1], [2], [1]]), seen, 5)
    assert lists.tolist() == [[1, 2, 4, 0, 3]]


def test_films_without_a_score_are_never_listed():
    V = np.array([[np.nan], [1.0], [np.nan], [3.0]])
    lists = lists_by_factors(np.ones((2, 1)), V, sparse.csr_array((2, 4)), 3)
    assert lists.tolist() == [[3, 1, -1]] * 2


def test_someone_who_has_seen_everything_gets_an_empty_list():
    seen = sparse.csr_array(np.array([[1.0, 1.0], [0.0, 1.0]]))
    lists = lists_by_factors(np.ones((2, 1)), np.ones((2, 1)), seen, 2)
    assert lists.tolist() == [[-1, -1], [0, -1]]


def test_more_people_than_a_block_and_any_number_of_threads_give_the_same_lists():
    rng = np.random.default_rng(5)
    n_users = 2 * BLOCK + 7
    seen, B = watched_at_random(rng, n_users, 300), whole_numbers(rng, 300, 300)
    alone, together = (lists_by_weights(seen, B, seen, 20, threads=threads) for threads in (1, 3))
    np.testing.assert_array_equal(alone, together)
    np.testing.assert_array_equal(alone, one_by_one(seen @ B, seen, 20))


def test_real_numbers_give_scores_as_high_as_those_of_one_after_the_other():
    rng = np.random.default_rng(0)
    U, V = (rng.standard_normal((n, 16), dtype=np.float32) for n in (50, 400))
    seen = watched_at_random(rng, 50, 400)
    lists = lists_by_factors(U, V, seen, 10)
    scores = U @ V.T
    expected = np.take_along_axis(scores, one_by_one(scores, seen, 10), axis=1)
    np.testing.assert_allclose(np.take_along_axis(scores, lists, axis=1), expected, rtol=1e-5)


def test_an_error_while_scoring_is_raised():
    def fails(start: int, out: np.ndarray) -> None:
        raise ArithmeticError("no scores")

    with pytest.raises(ArithmeticError, match="no scores"):
        top_lists(fails, sparse.csr_array((3, 3)), 2)


def test_a_list_without_films_is_refused():
    with pytest.raises(ValueError, match="at least one film"):
        lists_by_factors(np.ones((1, 1)), np.ones((1, 1)), sparse.csr_array((1, 1)), 0)
