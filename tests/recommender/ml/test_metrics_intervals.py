"""Intervals of models and of repeated measurements: by hand, against scipy, and by their properties."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from recommender.ml import metrics

some_values = st.lists(st.floats(-5, 5), min_size=2, max_size=12)


def test_five_values_by_hand() -> None:
    found = metrics.interval([1.0, 2.0, 3.0, 4.0, 5.0])
    assert found.mean == 3
    # s = sqrt(2.5), t of four degrees of freedom is 2.776.
    assert found.half_width == pytest.approx(2.7764 * math.sqrt(2.5 / 5), abs=1e-4)


def test_one_value_says_nothing_of_the_others() -> None:
    assert metrics.interval([0.9]).mean == 0.9
    assert math.isnan(metrics.interval([0.9]).half_width)
    assert math.isnan(metrics.interval([]).mean)


def test_what_has_no_figure_has_no_part() -> None:
    assert metrics.interval([1.0, math.nan, 3.0]) == metrics.interval([1.0, 3.0])


@given(some_values, st.sampled_from([0.8, 0.95]))
@settings(deadline=None, max_examples=60)
def test_agrees_with_scipy(values: list[float], confidence: float) -> None:
    found = metrics.interval(values, confidence)
    error = stats.sem(values)
    if error > 1e-12:
        low, high = stats.t.interval(confidence, len(values) - 1, np.mean(values), error)
        assert found.mean - found.half_width == pytest.approx(low)
        assert found.mean + found.half_width == pytest.approx(high)


@given(some_values)
@settings(deadline=None, max_examples=40)
def test_more_confidence_is_wider(values: list[float]) -> None:
    assert metrics.interval(values, 0.8).half_width <= metrics.interval(values, 0.95).half_width


def test_coverage_counts_the_ends_and_width_is_in_stars() -> None:
    low, high = [2.0, 3.0, 1.0, 4.0], [3.0, 4.0, 2.0, 5.0]
    assert metrics.interval_coverage(low, high, [2.0, 4.0, 2.5, 3.5]) == 2 / 4
    assert metrics.interval_width(low, high) == 1


def test_buckets_go_from_the_narrowest_to_the_widest() -> None:
    centre, width = np.full(6, 3.0), np.array([4, 0.2, 2, 0.2, 4, 2])
    low, high = centre - width / 2, centre + width / 2
    actual = [3.0, 3.5, 3.5, 3.0, 5.0, 4.5]
    assert metrics.interval_coverage_by_width(low, high, actual, 3) == [0.5, 0.5, 1.0]


def test_true_quantiles_are_calibrated_in_every_bucket() -> None:
    rng = np.random.default_rng(0)
    sd = rng.uniform(0.3, 1.2, 50_000)
    reach = stats.norm.ppf(0.9) * sd
    found = metrics.interval_coverage_by_width(-reach, reach, rng.normal(0, sd))
    assert found == pytest.approx([0.8] * 5, abs=0.02)


@given(some_values, st.floats(0, 3), st.floats(0, 3))
@settings(deadline=None, max_examples=60)
def test_wider_intervals_cover_no_less(actual: list[float], reach: float, more: float) -> None:
    given_ = np.array(actual)
    narrow = metrics.interval_coverage(-np.full(len(given_), reach), np.full(len(given_), reach), given_)
    wider = np.full(len(given_), reach + more)
    assert 0 <= narrow <= metrics.interval_coverage(-wider, wider, given_) <= 1


def test_nothing_to_cover_has_no_figure() -> None:
    assert math.isnan(metrics.interval_coverage([], [], []))
    assert all(math.isnan(share) for share in metrics.interval_coverage_by_width([], [], []))
