import numpy as np

from recommender.ml.interactions import History, Interactions, Vocabulary
from recommender.ml.popularity import Popularity
from tests.recommender.ml import samples
from tests.recommender.ml.contract import RecommenderContract, Scores


class TestPopularity(RecommenderContract):
    band = (0.16, 0.2)
    personal = False

    def make(self) -> Popularity:
        return Popularity()

    def baseline(self, train: Interactions) -> Scores:
        return np.random.default_rng(0).random(train.n_items, dtype=np.float32)


def test_counts_everyone_who_watched_with_or_without_a_rating() -> None:
    films = Vocabulary.of([10, 20, 30])
    data = Interactions.of([1, 2, 2], [10, 10, 30], [4.0, np.nan, 0.5], items=films)
    assert Popularity().fit(data, seed=0).score(History.empty()).tolist() == [2.0, 0.0, 1.0]


def test_no_history_moves_popularity() -> None:
    data = samples.made_up_stars()
    model = Popularity().fit(data, seed=0)
    np.testing.assert_array_equal(model.score(data.history(0)), model.score(History.empty()))
    assert not model.contributions(data.history(0), 0).any()
