import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import norm, truncnorm

from recommender.ml.bayesian_kernel import ITEM_BIAS, USER_BIAS
from recommender.ml.interactions import Interactions
from recommender.ml.ordinal_kernel import (
    OrdinalSampler,
    below,
    density,
    draw_hidden,
    first_cuts,
    likelihood_step,
    quantile,
)
from tests.recommender.ml import samples
from tests.recommender.ml.test_bayesian import whole

Doubles = NDArray[np.float64]
CUTS = np.array([-np.inf, -1.2, -0.3, 0.5, np.inf])


def test_the_normal_distribution_is_that_of_scipy() -> None:
    x = np.linspace(-6, 6, 41)
    np.testing.assert_allclose([below(one) for one in x], norm.cdf(x), rtol=1e-12)
    np.testing.assert_allclose([density(one) for one in x], norm.pdf(x), rtol=1e-12)
    assert (below(-np.inf), below(np.inf), density(np.inf)) == (0, 1, 0)


def test_the_quantile_is_that_of_scipy() -> None:
    p = np.concatenate([[1e-10, 1e-6, 0.5, 1 - 1e-6], np.linspace(0.001, 0.999, 200)])
    np.testing.assert_allclose([quantile(one) for one in p], norm.ppf(p), atol=1e-6)


def test_the_quantile_of_the_ends_is_far_out_and_finite() -> None:
    assert quantile(0.0) == pytest.approx(-7.03, abs=0.01)
    assert quantile(1.0) == pytest.approx(7.03, abs=0.01)


def test_first_cuts_give_each_value_its_share() -> None:
    cuts = first_cuts(np.array([10, 30, 60]))
    np.testing.assert_allclose(np.diff(norm.cdf(cuts)), [0.1, 0.3, 0.6])
    assert np.isinf(cuts[[0, -1]]).all()


@pytest.mark.parametrize("level", range(4))
@pytest.mark.parametrize("f", [-1.5, 0.2, 2.0])
def test_hidden_ratings_are_drawn_from_the_truncated_normal(level: int, f: float) -> None:
    n = 40_000
    t, e = np.empty(n), np.empty(n)
    uniform = np.random.default_rng(level).random(n)
    draw_hidden(np.full(n, f), np.full(n, level, np.int32), CUTS, uniform, t, e)
    low, high = CUTS[level], CUTS[level + 1]
    assert low - 1e-9 <= t.min() <= t.max() <= high + 1e-9
    np.testing.assert_array_equal(t, f + e)
    expected = truncnorm(low - f, high - f, loc=f)
    assert t.mean() == pytest.approx(expected.mean(), abs=4 * expected.std() / np.sqrt(n))
    assert t.var() == pytest.approx(expected.var(), rel=0.05)


def log_likelihood(f: Doubles, level: NDArray[np.int32], inner: Doubles) -> float:
    cuts = np.concatenate([[-np.inf], inner, [np.inf]])
    return float(np.log(norm.cdf(cuts[level + 1] - f) - norm.cdf(cuts[level] - f)).sum())


def test_the_score_of_the_cuts_is_the_derivative_of_the_log_likelihood() -> None:
    rng = np.random.default_rng(2)
    f, level = rng.normal(size=60), rng.integers(0, 4, 60).astype(np.int32)
    score, _ = likelihood_step(f, level, CUTS)
    inner = CUTS[1:-1]
    for k, step in enumerate(np.eye(3) * 1e-5):
        slope = (log_likelihood(f, level, inner + step) - log_likelihood(f, level, inner - step)) / 2e-5
        assert score[k] == pytest.approx(slope, rel=1e-5)


def test_the_matrix_of_the_step_sums_the_squared_scores_of_single_ratings() -> None:
    rng = np.random.default_rng(3)
    f, level = rng.normal(size=40), rng.integers(0, 4, 40).astype(np.int32)
    single = np.array([likelihood_step(f[n : n + 1], level[n : n + 1], CUTS)[0] for n in range(40)])
    score, squared = likelihood_step(f, level, CUTS)
    np.testing.assert_allclose(score, single.sum(axis=0))
    np.testing.assert_allclose(squared, np.eye(3) + single.T @ single)


@pytest.fixture
def data() -> Interactions:
    made_up = samples.made_up_stars(n_users=20, n_items=12, share=0.6)
    return made_up.take(np.random.default_rng(1).permutation(len(made_up)))


@pytest.fixture
def sampler(data: Interactions) -> OrdinalSampler:
    return OrdinalSampler(data, 3, 0.3, np.random.default_rng(3))


def test_values_and_levels_give_the_ratings_back(data: Interactions, sampler: OrdinalSampler) -> None:
    rating = data.by_user.toarray()[sampler.user, sampler.item]
    np.testing.assert_array_equal(sampler.values[sampler.level], rating)
    assert (np.diff(sampler.values) > 0).all()


def test_the_kept_residuals_are_the_hidden_ratings_less_what_is_foretold(sampler: OrdinalSampler) -> None:
    assert len(sampler.items.sets) == 5
    for _ in range(50):
        sampler.sweep()
    users, items = whole(sampler.users), whole(sampler.items)
    f = (users[:, sampler.user] * items[:, sampler.item]).sum(axis=0)
    np.testing.assert_allclose(sampler.e, sampler.t - f, atol=1e-9)
    assert (users[ITEM_BIAS] == 1).all()
    assert (items[USER_BIAS] == 1).all()


def test_the_hidden_ratings_lie_between_the_cuts_of_their_grades(sampler: OrdinalSampler) -> None:
    for _ in range(10):
        sampler.sweep()
        assert (np.diff(sampler.cuts) >= 0).all()
        assert (sampler.t >= sampler.cuts[sampler.level] - 1e-9).all()
        assert (sampler.t <= sampler.cuts[sampler.level + 1] + 1e-9).all()


def test_cuts_move_to_where_the_ratings_are_likeliest(sampler: OrdinalSampler) -> None:
    f = np.random.default_rng(0).normal(0, 0.5, len(sampler.t))
    for _ in range(200):
        sampler._move_cuts(f)
    score, _ = likelihood_step(f, sampler.level, sampler.cuts)
    np.testing.assert_allclose(score, 0, atol=1e-3)
