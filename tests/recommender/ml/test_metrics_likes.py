"""Telling liked films from others: worked by hand, against scikit-learn, and by its properties."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score, precision_score, recall_score, roc_auc_score

from recommender.ml import metrics

half_stars = st.integers(1, 10).map(lambda half: half / 2)


def test_by_hand() -> None:
    predicted = [4.6, 3.8, 3.6, 3.9, 1.0]
    actual = [5.0, 4.0, 4.0, 3.5, 2.0]
    found = metrics.like_figures(predicted, actual, threshold=4)
    # Said to be liked from 3.75: the first, second and fourth. Liked in truth: the first three.
    assert found.accuracy == 3 / 5
    assert found.majority == 3 / 5
    assert found.precision == found.recall == found.f1 == pytest.approx(2 / 3)
    # Of the six pairs of a liked and another, the second and the third are below the fourth.
    assert found.auc == pytest.approx(4 / 6)


def test_the_cut_is_between_the_neighbouring_ratings_of_the_scale() -> None:
    assert metrics.like_cut(4, step=1) == metrics.like_cut(3.5, step=1) == 3.5
    assert metrics.like_cut(4, step=0.5) == 3.75
    assert metrics.like_cut(3.5, step=0.5) == 3.25


def test_on_whole_stars_both_thresholds_ask_the_same() -> None:
    actual = np.array([1.0, 3.0, 4.0, 5.0, 3.0])
    predicted = np.array([2.2, 3.6, 3.4, 4.9, 3.1])
    assert metrics.like_figures(predicted, actual, 4, 1) == metrics.like_figures(predicted, actual, 3.5, 1)


@pytest.mark.parametrize(("ratings", "step"), [([1, 4, 5], 1.0), ([1, 4.5], 0.5), ([2, np.nan], 1.0)])
def test_the_step_of_a_scale_is_read_from_its_ratings(ratings: list[float], step: float) -> None:
    assert metrics.rating_step(np.array(ratings, np.float32)) == step


def test_ties_count_half() -> None:
    assert metrics.auc([3, 3, 3, 3], [True, False, False, True]) == 0.5
    assert metrics.auc([1, 2, 2], [False, False, True]) == 0.75


def test_one_class_alone_has_no_area() -> None:
    assert math.isnan(metrics.auc([1, 2], [True, True]))
    assert math.isnan(metrics.auc([], []))


def test_scores_of_minus_infinity_are_the_lowest() -> None:
    assert metrics.auc([-np.inf, 0, 1], [False, True, True]) == 1


def test_nothing_said_to_be_liked_has_no_precision_and_nothing_liked_no_recall() -> None:
    found = metrics.like_figures([1, 1], [2, 3], threshold=4)
    assert math.isnan(found.precision)
    assert math.isnan(found.recall)
    assert found.accuracy == found.majority == 1


@given(st.lists(half_stars, min_size=4, max_size=40), st.integers(0, 99), st.sampled_from([4.0, 3.5]))
@settings(deadline=None, max_examples=80)
def test_agrees_with_scikit_learn(actual: list[float], seed: int, threshold: float) -> None:
    actual = [5.0, 1.0, *actual]
    predicted = np.random.default_rng(seed).uniform(0.5, 5, len(actual)).round(1)
    liked, said = np.array(actual) >= threshold, predicted >= threshold - 0.25
    found = metrics.like_figures(predicted, actual, threshold)
    assert found.auc == pytest.approx(roc_auc_score(liked, predicted))
    assert found.accuracy == pytest.approx(accuracy_score(liked, said))
    assert found.recall == pytest.approx(recall_score(liked, said))
    assert found.f1 == pytest.approx(f1_score(liked, said))
    if said.any():
        assert found.precision == pytest.approx(precision_score(liked, said))


@given(st.lists(st.tuples(st.integers(-5, 5), st.booleans()), min_size=2, max_size=30))
@settings(deadline=None, max_examples=60)
def test_the_area_turns_over_with_the_scores_and_keeps_their_order(pairs: list[tuple[int, bool]]) -> None:
    score, positive = (np.array(column) for column in zip(*pairs, strict=True))
    found = metrics.auc(score, positive)
    if math.isnan(found):
        assert len(set(positive.tolist())) == 1
        return
    assert 0 <= found <= 1
    assert metrics.auc(-score, positive) == pytest.approx(1 - found)
    assert metrics.auc(np.exp(score), positive) == found
