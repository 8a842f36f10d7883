import numpy as np
import pytest

from recommender.ml.bias import LEFT_OUT, UNDAMPED, Bias, BiasConfig
from recommender.ml.contract import Recommender
from recommender.ml.interactions import History, Interactions, Vocabulary
from tests.recommender.ml import samples
from tests.recommender.ml.contract import FoldsUsersIn, RecommenderContract, Scores


class TestBias(FoldsUsersIn, RecommenderContract):
    band = (0.87, 0.91)
    personal = False
    tolerance = 1e-5

    def make(self) -> Bias:
        return Bias()

    def trained_scores(self, model: Recommender, user: int) -> Scores:
        assert isinstance(model, Bias)
        return model.mean_ + model.item_bias_ + model.trained_user_bias_[user]


def test_biases_of_one_round_are_the_damped_means_of_the_formula() -> None:
    data = Interactions.of([1, 1, 2], [10, 20, 10], [5.0, 3.0, 4.0])
    model = Bias(BiasConfig(item_damping=1.0, user_damping=2.0, n_rounds=1)).fit(data, seed=0)
    assert model.mean_ == pytest.approx(4.0)
    assert model.item_bias_ == pytest.approx([1 / 3, -1 / 2])
    assert model.trained_user_bias_ == pytest.approx([(1 - 1 / 3 - 1 + 1 / 2) / 4, -1 / 9])


def test_residuals_are_what_the_biases_leave_of_a_rating() -> None:
    data = Interactions.of([1, 1, 2], [10, 20, 10], [5.0, 3.0, 4.0])
    model = Bias(BiasConfig(item_damping=1.0, user_damping=2.0, n_rounds=1)).fit(data, seed=0)
    first = 5 - (4 + 1 / 3 + (1 - 1 / 3 - 1 + 1 / 2) / 4)
    assert model.residuals(data)[0] == pytest.approx(first, abs=1e-6)


def test_dampings_leave_a_bias_out_or_make_it_the_plain_mean() -> None:
    data = Interactions.of([1, 1, 2], [10, 20, 10], [5.0, 3.0, 1.0])
    own_means = Bias(BiasConfig(item_damping=LEFT_OUT, user_damping=UNDAMPED)).fit(data, seed=0)
    assert own_means.item_bias_ == pytest.approx([0, 0], abs=1e-6)
    assert own_means.score(data.history(0)) == pytest.approx([4, 4], abs=1e-4)


def test_contributions_sum_to_what_the_history_adds() -> None:
    data = samples.made_up_stars()
    model = Bias().fit(data, seed=0)
    mine = data.history(3)
    added = model.score(mine)[9] - model.score(History.empty())[9]
    assert model.contributions(mine, 9).sum() == pytest.approx(added, abs=1e-5)


def test_a_film_watched_without_a_rating_changes_nothing() -> None:
    data = samples.made_up_stars()
    model = Bias().fit(data, seed=0)
    rated = History.of(data.items, data.items.ids[:2], [4, 2])
    with_watched = History.of(data.items, data.items.ids[:3], [4, 2, np.nan])
    np.testing.assert_array_equal(model.score(with_watched), model.score(rated))


def test_data_without_a_rating_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one rating"):
        Bias().fit(Interactions.of([1], [1], [np.nan], items=Vocabulary.of([1])), seed=0)


def test_a_damping_of_nought_is_refused() -> None:
    with pytest.raises(ValueError, match="above nought"):
        BiasConfig(user_damping=0.0)
