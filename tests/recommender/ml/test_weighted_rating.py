import numpy as np
import pytest

from recommender.ml.interactions import History, Interactions, Vocabulary
from recommender.ml.weighted_rating import WeightedRating, WeightedRatingConfig
from tests.recommender.ml.contract import RecommenderContract


class TestWeightedRating(RecommenderContract):
    band = (0.96, 1.0)
    personal = False

    def make(self) -> WeightedRating:
        return WeightedRating()


def three_films() -> Interactions:
    """Film 10 has votes 5 and 4, film 20 has 2, film 30 has none."""
    return Interactions.of(
        [1, 2, 1, 3], [10, 10, 20, 10], [5.0, 4.0, 2.0, np.nan], items=Vocabulary.of([10, 20, 30])
    )


def test_follows_the_formula_of_charts() -> None:
    model = WeightedRating().fit(three_films(), seed=0)
    mean, m = 11 / 3, 1.6
    assert model.least_votes_ == pytest.approx(m)
    assert model.score(History.empty()) == pytest.approx(
        [(2 * 4.5 + m * mean) / (2 + m), (1 * 2.0 + m * mean) / (1 + m), mean]
    )


def test_only_votes_count_as_votes() -> None:
    assert WeightedRating().fit(three_films(), seed=0).votes_.tolist() == [2, 1, 0]


def test_a_higher_percentile_draws_films_nearer_to_the_mean() -> None:
    low = WeightedRating(WeightedRatingConfig(percentile=0)).fit(three_films(), seed=0)
    high = WeightedRating(WeightedRatingConfig(percentile=100)).fit(three_films(), seed=0)
    assert np.ptp(high.score(History.empty())) < np.ptp(low.score(History.empty()))


def test_data_without_a_vote_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one vote"):
        WeightedRating().fit(Interactions.of([1], [10], [np.nan]), seed=0)


def test_a_percentile_out_of_range_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 100"):
        WeightedRatingConfig(percentile=160)
