from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from recommender.ml.stacking import LEAST_IN_BUCKET, Errors, Stack, ends, learn_errors, learn_stack

Floats = NDArray[np.float32]
Counts = NDArray[np.int64]


class HeldOut(NamedTuple):
    parts: Floats
    n_user: Counts
    n_item: Counts
    truth: Floats


def held_out(n: int = 3000, n_models: int = 3, seed: int = 0) -> HeldOut:
    """Models that err by half a star, each on its own, of a truth that is known."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(3.5, 1, n)
    parts = truth + rng.normal(0, 0.5, (n_models, n))
    return HeldOut(
        parts.astype(np.float32),
        rng.integers(1, 300, n),
        rng.integers(0, 2000, n),
        truth.astype(np.float32),
    )


def test_a_huge_penalty_leaves_the_plain_mean() -> None:
    parts, n_user, n_item, truth = held_out()
    stack = learn_stack(parts, n_user, n_item, truth, 1e12)
    np.testing.assert_allclose(stack.blend(parts, n_user, n_item), parts.mean(axis=0), atol=1e-5)


def test_the_weights_of_a_linear_truth_are_found() -> None:
    parts, n_user, n_item, _ = held_out()
    weights = np.array([0.7, 0.2, 0.1])
    stack = learn_stack(parts, n_user, n_item, (weights @ parts + 0.3).astype(np.float32), 1e-6)
    shares, constant = stack.shares(n_user, n_item, 3)
    np.testing.assert_allclose(shares, np.tile(weights[:, None], len(n_user)), atol=1e-4)
    np.testing.assert_allclose(constant, 0.3, atol=1e-3)


def test_weights_that_change_with_what_is_known_are_found() -> None:
    parts, n_user, n_item, _ = held_out(n_models=2)
    logs = np.log1p(n_user)
    ends = np.quantile(logs, [0.01, 0.99])
    first = np.clip(logs, *ends) / 10
    stars = (first * parts[0] + (1 - first) * parts[1]).astype(np.float32)
    stack = learn_stack(parts, n_user, n_item, stars, 1e-6)
    np.testing.assert_allclose(stack.shares(n_user, n_item, 2)[0], [first, 1 - first], atol=1e-3)
    np.testing.assert_allclose(stack.blend(parts, n_user, n_item), stars, atol=1e-3)


def test_the_best_of_several_models_counts_for_the_most() -> None:
    parts, n_user, n_item, truth = held_out()
    parts[1] = truth + (parts[1] - truth) / 5
    shares, _ = learn_stack(parts, n_user, n_item, truth, 1.0).shares(n_user, n_item, 3)
    assert (shares.argmax(axis=0) == 1).all()


WEIGHTS = np.array([[0.2, 0.1, 0.0], [-0.1, 0.0, 0.3], [0.05, 0.02, -0.01], [0.4, 0.0, 0.0]])


def stack_by_hand() -> Stack:
    return Stack(WEIGHTS, np.array([2.0, 3.0]), np.array([[1.0, 1.0], [4.0, 5.0]]), 3.5)


@given(
    st.integers(0, 10_000),
    st.integers(0, 10_000),
    st.lists(st.floats(0.5, 5, width=32), min_size=2, max_size=2),
)
def test_a_blend_is_the_formula(n_user: int, n_item: int, stars: list[float]) -> None:
    known = np.clip(np.log1p([n_user, n_item]), [1, 1], [4, 5]) - [2, 3]
    w = WEIGHTS @ np.array([1.0, *known])
    mean = float(np.mean(stars))
    by_hand = mean + sum(w[k] * (stars[k] - mean) for k in range(2)) + w[2] * (mean - 3.5) + w[3]
    parts = np.array(stars, np.float32)[:, None]
    assert stack_by_hand().blend(parts, n_user, np.array([n_item]))[0] == pytest.approx(by_hand, abs=1e-5)


def test_shares_sum_to_one_and_the_slope_of_the_mean() -> None:
    shares, constant = stack_by_hand().shares(20, np.array([5, 50, 500]), 2)
    known = np.log1p([5, 50, 500]).clip(1, 5) - 3
    slope = 0.05 + 0.02 * (np.log1p(20) - 2) - 0.01 * known
    np.testing.assert_allclose(shares.sum(axis=0), 1 + slope)
    np.testing.assert_allclose(constant, 0.4 - 3.5 * slope)


def test_beyond_what_was_learned_from_weights_stay_as_at_the_ends() -> None:
    parts, n_user, n_item, truth = held_out()
    stack = learn_stack(parts, n_user, n_item, truth, 1.0)
    for many in (10**6, 10**9):
        far, _ = stack.shares(many, np.array([many]), 3)
        top = np.expm1(stack.ends[1])
        edge, _ = stack.shares(top[0], top[1:], 3)
        np.testing.assert_allclose(far, edge)
    np.testing.assert_allclose(
        stack.ends, np.quantile([np.log1p(n_user), np.log1p(n_item)], [0.01, 0.99], axis=1)
    )


def test_the_ends_leave_out_a_tenth_and_a_share_of_one_more_error_on_each_side() -> None:
    # 99 errors 1..99: the 90 % quantile of 100 is the 90th, at place .9 * 100 / 99 of them.
    low, high = ends(np.arange(1, 100, dtype=np.float32), 0.8)
    place = 0.9 * 100 / 99
    assert high == pytest.approx(1 + 98 * place)
    assert low == pytest.approx(1 + 98 * (1 - place))
    assert low + high == pytest.approx(100)


def test_of_few_errors_the_ends_are_the_outermost() -> None:
    assert ends(np.array([-1, 0.5, 2], np.float32), 0.8) == (-1, 2)


@pytest.mark.parametrize("coverage", [0.5, 0.8, 0.9])
def test_intervals_cover_as_many_new_ratings_as_they_say(coverage: float) -> None:
    learned = learn_errors(*errors_that_shrink_with_the_history(6000, seed=0), coverage)
    error, n_user, n_item = errors_that_shrink_with_the_history(6000, seed=1)
    assert share_inside(learned, error, n_user, n_item) == pytest.approx(coverage, abs=0.02)


def errors_that_shrink_with_the_history(n: int, seed: int) -> tuple[Floats, Counts, Counts]:
    rng = np.random.default_rng(seed)
    n_user, n_item = rng.integers(1, 300, n), rng.integers(1, 300, n)
    error = rng.normal(0.1, 0.3 + 1 / np.log1p(n_user), n)
    return error.astype(np.float32), n_user, n_item


def share_inside(learned: Errors, error: Floats, n_user: Counts, n_item: Counts) -> float:
    inside = []
    for one, u, i in zip(error, n_user.tolist(), n_item.tolist(), strict=True):
        low, high = learned.around(np.zeros(1, np.float32), u, np.array([i]))
        inside.append(low[0] <= one <= high[0])
    return float(np.mean(inside))


def test_who_is_known_better_gets_narrower_intervals() -> None:
    learned = learn_errors(*errors_that_shrink_with_the_history(6000, seed=0))
    few, many = (np.ptp(learned.around(np.zeros(1, np.float32), n, np.array([150]))) for n in (2, 290))
    assert many < few


def test_a_bucket_of_few_ratings_takes_the_errors_of_all() -> None:
    rng = np.random.default_rng(0)
    n = 9 * LEAST_IN_BUCKET
    n_user = n_item = np.arange(n)
    error = rng.normal(0, 1 + (n_user > n / 2), n).astype(np.float32)
    learned = learn_errors(error, n_user, n_item)
    of_all = ends(error, 0.8)
    assert (learned.low[0, 2], learned.high[0, 2]) == of_all
    third = error[n_user <= np.quantile(n_user, 1 / 3)]
    assert (learned.low[0, 0], learned.high[0, 0]) == ends(third, 0.8)


def test_intervals_lie_around_the_stars_of_each_film() -> None:
    low = np.array([[-3, -2, -1]] * 3, np.float64)
    errors = Errors(np.array([10.0, 20.0]), np.array([5.0, 50.0]), low, -low + 0.5)
    stars = np.array([3, 3.5, 4, 4], np.float32)
    least, most = errors.around(stars, 12, np.array([5, 6, 50, 51]))
    np.testing.assert_allclose(least, [0, 1.5, 2, 3])
    np.testing.assert_allclose(most, [6.5, 6, 6.5, 5.5])
