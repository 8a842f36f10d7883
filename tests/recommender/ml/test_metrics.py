"""Metrics on cases worked by hand, against scikit-learn, and by their properties."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import sparse
from sklearn.metrics import (
    average_precision_score,
    f1_score,
    label_ranking_average_precision_score,
    mean_absolute_error,
    mean_squared_error,
    ndcg_score,
)

from recommender.ml import metrics

# Two lists of four films; the first user has three films held out, two of them listed, the second one film.
RANKED = np.array([[4, 0, 2, 1], [3, 1, 0, -1]])
HELD_OUT = sparse.csr_array(np.array([[1, 1, 0, 0, 0, 1], [0, 0, 0, 0, 1, 0]], np.bool_))
COUNTS = np.array([3, 1])

star_arrays = hnp.arrays(
    np.float64, st.integers(1, 30), elements=st.integers(1, 10).map(lambda half: half / 2)
)
hit_arrays = hnp.arrays(np.bool_, hnp.array_shapes(min_dims=2, max_dims=2, max_side=8))


@pytest.fixture
def hit() -> metrics.Hits:
    return metrics.hits(RANKED, HELD_OUT)


def test_hits_are_the_listed_films_that_were_held_out(hit: metrics.Hits) -> None:
    assert hit.tolist() == [[False, True, False, True], [False, False, False, False]]


def test_padding_never_hits() -> None:
    last_film = sparse.csr_array(np.array([[0, 1], [0, 1]], np.bool_))
    assert not metrics.hits(np.full((2, 3), -1), last_film).any()


def test_nothing_held_out_hits_nothing() -> None:
    assert not metrics.hits(RANKED, sparse.csr_array((2, 6), dtype=np.bool_)).any()


def test_by_hand(hit: metrics.Hits) -> None:
    assert metrics.hit_rate(hit).tolist() == [1, 0]
    assert metrics.precision(hit).tolist() == [2 / 4, 0]
    assert metrics.recall(hit, COUNTS).tolist() == pytest.approx([2 / 3, 0])
    assert metrics.reciprocal_rank(hit).tolist() == [1 / 2, 0]
    assert metrics.average_precision(hit, COUNTS).tolist() == pytest.approx([(1 / 2 + 2 / 4) / 3, 0])
    best = 1 + 1 / math.log2(3) + 1 / 2
    assert metrics.ndcg(hit, COUNTS).tolist() == pytest.approx(
        [(1 / math.log2(3) + 1 / math.log2(5)) / best, 0]
    )


def test_ndcg_is_cut_at_what_was_held_out_or_the_length_of_the_list() -> None:
    first = np.array([[True, False], [True, True]])
    assert metrics.ndcg(first, np.array([1, 50])).tolist() == pytest.approx([1, 1])


def test_users_with_nothing_held_out_have_no_figure_and_no_part_in_the_mean(hit: metrics.Hits) -> None:
    nobody = np.array([3, 0])
    for found in (
        metrics.recall(hit, nobody),
        metrics.ndcg(hit, nobody),
        metrics.average_precision(hit, nobody),
    ):
        assert math.isnan(found[1])
        assert metrics.mean(found) == found[0]


def test_exact_match_rounds_to_half_stars() -> None:
    assert metrics.exact_match([3.74, 3.76, 3.25, 0.6], [3.5, 3.5, 3.5, 0.5]) == 3 / 4


def test_exact_match_rounds_to_the_step_of_the_scale() -> None:
    assert metrics.exact_match([3.4, 3.5, 4.49, 1.0], [3, 4, 4, 2], step=1) == 3 / 4


@given(star_arrays)
@settings(deadline=None, max_examples=30)
def test_exact_match_of_the_ratings_themselves_is_one(actual: np.ndarray) -> None:
    assert metrics.exact_match(actual, actual) == 1
    assert metrics.exact_match(actual + 0.24, actual) == 1


def test_no_predictions_have_no_figure() -> None:
    assert all(math.isnan(metric([], [])) for metric in (metrics.rmse, metrics.mae, metrics.exact_match))


def test_columns_of_unlike_length_are_refused() -> None:
    with pytest.raises(ValueError, match="2 predictions do not belong to 3 ratings"):
        metrics.rmse([1, 2], [1, 2, 3])


@given(star_arrays, st.integers(0, 9))
@settings(deadline=None, max_examples=50)
def test_errors_agree_with_scikit_learn(actual: np.ndarray, seed: int) -> None:
    predicted = np.random.default_rng(seed).uniform(0.5, 5, len(actual))
    assert metrics.rmse(predicted, actual) == pytest.approx(math.sqrt(mean_squared_error(actual, predicted)))
    assert metrics.mae(predicted, actual) == pytest.approx(mean_absolute_error(actual, predicted))
    assert metrics.mae(predicted, actual) <= metrics.rmse(predicted, actual) + 1e-12


@given(st.integers(0, 200), st.integers(1, 12))
@settings(deadline=None, max_examples=60)
def test_ndcg_agrees_with_scikit_learn(seed: int, top: int) -> None:
    rng = np.random.default_rng(seed)
    score, relevant = rng.permutation(12)[None, :].astype(float), rng.random((1, 12)) < 0.4
    relevant[0, 0] = True
    ranked = np.argsort(-score)[:, :top]
    found = metrics.ndcg(metrics.hits(ranked, sparse.csr_array(relevant)), relevant.sum(axis=1))
    assert found[0] == pytest.approx(ndcg_score(relevant, score, k=top))


@given(st.integers(0, 200))
@settings(deadline=None, max_examples=40)
def test_average_precision_of_a_whole_ranking_agrees_with_scikit_learn(seed: int) -> None:
    rng = np.random.default_rng(seed)
    score, relevant = rng.permutation(12)[None, :].astype(float), rng.random((1, 12)) < 0.4
    relevant[0, 3] = True
    hit = metrics.hits(np.argsort(-score), sparse.csr_array(relevant))
    found = metrics.average_precision(hit, relevant.sum(axis=1))[0]
    assert found == pytest.approx(average_precision_score(relevant[0], score[0]))
    only = np.zeros_like(relevant)
    only[0, 3] = True
    alone = metrics.reciprocal_rank(metrics.hits(np.argsort(-score), sparse.csr_array(only)))[0]
    assert alone == pytest.approx(label_ranking_average_precision_score(only, score))


@given(hit_arrays, st.integers(0, 5))
@settings(deadline=None, max_examples=60)
def test_every_share_lies_between_nought_and_one(hit: metrics.Hits, missed: int) -> None:
    held_out = hit.sum(axis=1) + missed
    per_user = [
        metrics.hit_rate(hit),
        metrics.precision(hit),
        metrics.recall(hit, held_out),
        metrics.ndcg(hit, held_out),
        metrics.average_precision(hit, held_out),
        metrics.reciprocal_rank(hit),
    ]
    for found in per_user:
        known = found[~np.isnan(found)]
        assert ((known >= 0) & (known <= 1 + 1e-12)).all()


@given(hit_arrays)
@settings(deadline=None, max_examples=60)
def test_hits_in_front_are_worth_most(hit: metrics.Hits) -> None:
    held_out = hit.sum(axis=1) + 1
    sorted_hit = -np.sort(-hit.astype(int), axis=1) > 0
    for metric in (metrics.ndcg, metrics.average_precision):
        assert (metric(sorted_hit, held_out) >= metric(hit, held_out) - 1e-12).all()


def test_f1_is_the_harmonic_mean_and_that_of_document_a() -> None:
    assert metrics.f1([0.3716, 0.2430, 0.4080], [0.0759, 0.2448, 0.2963]) == pytest.approx(
        [0.1260, 0.2439, 0.3433], abs=1e-4
    )
    assert metrics.f1(0, 0) == 0


@given(st.integers(0, 100))
@settings(deadline=None, max_examples=30)
def test_f1_agrees_with_scikit_learn(seed: int) -> None:
    rng = np.random.default_rng(seed)
    relevant, listed = rng.random(15) < 0.4, rng.permutation(15)[:5]
    hit = metrics.hits(listed[None, :], sparse.csr_array(relevant[None, :]))
    if relevant.any():
        found = metrics.f1(metrics.precision(hit), metrics.recall(hit, np.array([relevant.sum()])))
        assert found[0] == pytest.approx(f1_score(relevant, np.isin(np.arange(15), listed)))


def test_a_place_among_negatives_counts_ties_half() -> None:
    assert metrics.place_among(3.0, np.array([1.0, 5.0, 2.0])) == 2
    assert metrics.place_among(3.0, np.array([3.0, 3.0, 5.0])) == 3
    assert metrics.place_among(0.0, np.zeros(99)) == 50.5


def test_what_has_no_score_comes_last() -> None:
    assert metrics.place_among(np.nan, np.array([1.0, -9.0])) == 3
    assert metrics.place_among(1.0, np.array([np.nan, 2.0])) == 2


@given(st.integers(0, 99), st.integers(1, 12))
@settings(deadline=None, max_examples=40)
def test_the_ndcg_of_a_place_is_that_of_scikit_learn(seed: int, top: int) -> None:
    score = np.random.default_rng(seed).permutation(20).astype(float)
    wanted = np.zeros((1, 20))
    wanted[0, 0] = 1
    found = metrics.place_ndcg(metrics.place_among(score[0], score[1:]), top)
    assert float(found) == pytest.approx(ndcg_score(wanted, score[None, :], k=top))


@given(st.floats(1, 100), st.floats(0, 50))
def test_a_better_place_is_worth_no_less(place: float, behind: float) -> None:
    assert metrics.place_ndcg(place, 10) >= metrics.place_ndcg(place + behind, 10)
