from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import truncnorm

from recommender.ml.bayesian import BayesianConfig, BayesianSVDPlusPlus
from recommender.ml.contract import WarmStart
from recommender.ml.interactions import History, Interactions, Vocabulary
from recommender.ml.ordinal import OrdinalConfig, OrdinalSVDPlusPlus, lines_to_mean, truncated
from recommender.ml.star_blend import StarBlendConfig
from tests.recommender.ml import samples
from tests.recommender.ml.contract import RecommenderContract

SMALL = OrdinalConfig(n_factors=6, n_sweeps=60, shortening=0.0, n_burn_in=12, n_samples=8, n_chains=2)
INFINITY = float("inf")


class TestOrdinalSVDPlusPlus(RecommenderContract):
    band = (0.82, 0.86)

    def make(self) -> OrdinalSVDPlusPlus:
        return OrdinalSVDPlusPlus(SMALL)


@pytest.fixture(scope="module")
def data() -> Interactions:
    return samples.made_up_stars()


@pytest.fixture(scope="module")
def fitted(data: Interactions) -> OrdinalSVDPlusPlus:
    return OrdinalSVDPlusPlus(SMALL).fit(data, seed=0)


@pytest.mark.parametrize("f", [-2.0, 0.0, 0.7])
@pytest.mark.parametrize(
    ("low", "high"), [(-1.0, 0.5), (-INFINITY, -0.2), (0.3, INFINITY), (-INFINITY, INFINITY), (2.0, 3.5)]
)
def test_mean_and_variance_of_a_truncated_normal_are_those_of_scipy(
    f: float, low: float, high: float
) -> None:
    got = truncated(*(np.array([of]) for of in (f, low, high)))
    expected = truncnorm(low - f, high - f, loc=f)
    assert got.mean[0] == pytest.approx(expected.mean(), abs=1e-6)
    assert got.variance[0] == pytest.approx(expected.var(), abs=1e-6)


@pytest.mark.parametrize(("low", "high"), [(40.0, INFINITY), (40.0, 41.0), (-INFINITY, -40.0), (9.0, 10.0)])
def test_far_from_its_interval_the_mean_stays_finite_and_inside(low: float, high: float) -> None:
    mean, variance = truncated(np.zeros(1), np.array([low]), np.array([high]))
    assert low <= mean[0] <= high
    assert np.isfinite(mean[0])
    assert 0 <= variance[0] <= 1


def test_rows_of_cuts_that_are_one_scale_apart_are_brought_together() -> None:
    centre = np.array([-1.0, 0.0, 2.0])
    cuts = np.stack([2 * centre + 3, centre / 2 - 1])
    constant, slope = lines_to_mean(cuts)
    moved = constant[:, None] + slope[:, None] * cuts
    np.testing.assert_allclose(moved, [cuts.mean(axis=0)] * 2)
    np.testing.assert_allclose(slope, [1.25 / 2, 1.25 * 2])


def test_a_single_cut_is_moved_without_a_slope_and_none_at_all_nowhere() -> None:
    constant, slope = lines_to_mean(np.array([[1.0], [2.0]]))
    assert (constant.tolist(), slope.tolist()) == ([0.5, -0.5], [1.0, 1.0])
    constant, slope = lines_to_mean(np.empty((2, 0)))
    assert (constant.tolist(), slope.tolist()) == ([0.0, 0.0], [1.0, 1.0])


def test_the_lines_are_those_of_least_squares() -> None:
    cuts = np.sort(np.random.default_rng(0).normal(size=(4, 5)), axis=1)
    constant, slope = lines_to_mean(cuts)
    for row, a, b in zip(cuts, constant, slope, strict=True):
        np.testing.assert_allclose([b, a], np.polyfit(row, cuts.mean(axis=0), 1))


def test_the_score_is_the_mean_of_the_grades_by_their_probability(
    fitted: OrdinalSVDPlusPlus, data: Interactions
) -> None:
    mine = data.history(2)
    reached = np.stack([fitted.at_least(mine, value) for value in fitted.values_])
    probability = -np.diff(np.concatenate([reached, np.zeros((1, data.n_items))]), axis=0)
    np.testing.assert_allclose(probability.sum(axis=0), 1, atol=1e-6)
    np.testing.assert_allclose(fitted.values_ @ probability, fitted.score(mine), atol=1e-5)


def test_more_stars_are_never_more_probable(fitted: OrdinalSVDPlusPlus, data: Interactions) -> None:
    mine = data.history(2)
    reached = np.stack([fitted.at_least(mine, stars) for stars in np.arange(0.5, 5.6, 0.25)])
    assert (np.diff(reached, axis=0) <= 0).all()
    assert (reached[0] == 1).all()
    assert (reached[-1] == 0).all()
    np.testing.assert_array_equal(fitted.at_least(mine, 3.6), fitted.at_least(mine, 4.0))


def test_probabilities_are_those_of_the_ratings_that_are_given(data: Interactions) -> None:
    train, test = samples.random90(data)
    model = OrdinalSVDPlusPlus(SMALL).fit(train, seed=0)
    asked = test.rated
    said = [
        model.at_least(train.history(user), 4.0)[item]
        for user, item in zip(asked.user.tolist(), asked.item.tolist(), strict=True)
    ]
    assert np.mean(said) == pytest.approx(np.mean(asked.rating >= 4), abs=0.08)


def test_scores_of_some_films_are_those_of_all(fitted: OrdinalSVDPlusPlus, data: Interactions) -> None:
    mine, some = data.history(5), np.array([7, 0, 30])
    np.testing.assert_allclose(fitted.score_of(mine, some), fitted.score(mine)[some], atol=1e-5)


def test_stars_lie_within_the_scale_and_doubt_falls_with_a_history(
    fitted: OrdinalSVDPlusPlus, data: Interactions
) -> None:
    mine = data.history(3)
    score = fitted.score(mine)
    assert fitted.values_[0] <= score.min() <= score.max() <= fitted.values_[-1]
    assert fitted.grades(mine).variance.mean() < fitted.grades(History.empty()).variance.mean()


def test_contributions_nearly_add_up_to_what_a_short_history_changes(
    fitted: OrdinalSVDPlusPlus, data: Interactions
) -> None:
    mine = data.history(1)
    apart, changed = [], []
    for item in range(data.n_items):
        changed.append(fitted.score(mine)[item] - fitted.score(History.empty())[item])
        apart.append(fitted.contributions(mine, item).sum() - changed[-1])
    assert np.corrcoef(np.add(apart, changed), changed)[0, 1] > 0.95


@pytest.mark.parametrize("item", [0, 20])
def test_shares_of_f_sum_to_what_the_history_adds_to_it(
    fitted: OrdinalSVDPlusPlus, data: Interactions, item: int
) -> None:
    mine = data.history(1)
    added = fitted.grades(mine).mean[item] - fitted.c_[item].mean()
    assert BayesianSVDPlusPlus.contributions(fitted, mine, item).sum() == pytest.approx(added, abs=1e-4)


def test_the_folded_mean_of_the_hidden_ratings_is_at_rest(
    fitted: OrdinalSVDPlusPlus, data: Interactions
) -> None:
    mine = data.history(4)
    rated = mine.rated
    z, s = fitted.fold_in(mine)
    level = np.searchsorted(fitted.values_, rated.rating)
    for n in range(SMALL.n_samples):
        cuts = np.concatenate([[-INFINITY], fitted.cuts_[n], [INFINITY]])
        A, m = fitted.F_[rated.item, n].astype(np.float64), fitted.m_[rated.item, n]
        f = m + A @ (z[n] + s[n])
        expected = truncnorm.mean(cuts[level] - f, cuts[level + 1] - f, loc=f)
        ridge = np.linalg.solve(A.T @ A + np.eye(A.shape[1]), A.T @ (expected - m - A @ s[n]))
        np.testing.assert_allclose(ridge, z[n], atol=0.1)


def whole_stars(values: tuple[float, ...]) -> Interactions:
    """A random rating of these values for every second pair of 20 people and 10 films."""
    rng = np.random.default_rng(0)
    user, item = np.nonzero(rng.random((20, 10)) < 0.5)
    return Interactions.of(user, item, rng.choice(values, len(user)), items=Vocabulary.of(np.arange(10)))


def test_half_stars_are_the_nearest_grade_of_a_model_that_knows_whole_stars() -> None:
    data = whole_stars((1, 2, 3, 4, 5))
    model = OrdinalSVDPlusPlus(SMALL).fit(data, seed=0)
    halves, wholes = (
        model.score(History.of(data.items, [0, 1, 2], ratings)) for ratings in ([0.5, 4.5, 3.5], [1, 4, 3])
    )
    np.testing.assert_array_equal(halves, wholes)


def test_two_grades_are_enough() -> None:
    data = whole_stars((2, 5))
    model = OrdinalSVDPlusPlus(SMALL).fit(data, seed=0)
    score = model.score(data.history(0))
    assert 2 < score.min() <= score.max() < 5
    np.testing.assert_allclose(score, 2 + 3 * model.at_least(data.history(0), 5.0), atol=1e-5)


def test_one_grade_is_foretold_for_everything() -> None:
    data = whole_stars((4,))
    model = OrdinalSVDPlusPlus(SMALL).fit(data, seed=0)
    for mine in (data.history(0), History.empty()):
        np.testing.assert_array_equal(model.score(mine), np.full(10, 4, np.float32))
        assert not model.contributions(mine, 0).any()


def test_a_single_draw_is_enough(data: Interactions) -> None:
    model = OrdinalSVDPlusPlus(replace(SMALL, n_samples=1, n_chains=1)).fit(data, seed=0)
    assert np.isfinite(model.score(data.history(0))).all()


def test_a_film_that_nobody_rated_is_liked_by_those_who_like_its_kind() -> None:
    board = samples.checkerboard(with_dislikes=True)
    n = board.n_items
    data = replace(
        board, items=Vocabulary(np.arange(n + 2)), catalogue=board.catalogue.take([*range(n), 0, 1])
    )
    model = OrdinalSVDPlusPlus(SMALL).fit(data, seed=0)
    for user in range(4):
        new = model.score(data.history(user))[n:]
        assert new[user % 2] > new[1 - user % 2] + 0.5


def test_draws_of_stars_are_no_start_for_those_of_grades(data: Interactions) -> None:
    stars = BayesianSVDPlusPlus(
        BayesianConfig(n_factors=6, n_sweeps=10, n_burn_in=2, n_samples=2, n_chains=1)
    )
    start = WarmStart.of(stars.fit(data, seed=0), data.items, data.items)
    short = replace(SMALL, n_sweeps=8, n_burn_in=4, n_samples=2, n_chains=1)
    begun, cold = (OrdinalSVDPlusPlus(short).fit(data, seed=1, start=of) for of in (start, None))
    np.testing.assert_array_equal(begun.score(data.history(0)), cold.score(data.history(0)))


def test_chains_must_share_the_draws_evenly() -> None:
    with pytest.raises(ValueError, match="cannot share 9 samples"):
        OrdinalConfig(n_samples=9, n_chains=2)


def test_data_without_a_rating_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one rating"):
        OrdinalSVDPlusPlus(SMALL).fit(Interactions.of([1], [10], [np.nan]), seed=0)


@pytest.mark.parametrize("config", [BayesianConfig(), OrdinalConfig(), StarBlendConfig().ordinal])
@pytest.mark.parametrize("n_ratings", [1, 50, 5_000, 100_000, 10_000_000])
def test_however_few_ratings_there_are_the_sweeps_make_all_draws(
    config: BayesianConfig, n_ratings: int
) -> None:
    for of in (config, config.half):
        shortened = of.for_ratings(n_ratings)
        assert shortened.n_samples == of.n_samples
        assert shortened.n_burn_in + shortened.n_samples // shortened.n_chains <= shortened.n_sweeps
        assert shortened.n_sweeps <= of.n_sweeps
        assert shortened.warm.n_samples == of.n_samples
