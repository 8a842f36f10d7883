"""Likes are measured by their probability where a model gives one, else by stars."""

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from recommender.ml.answers import predict_stars
from recommender.ml.bias import Bias
from recommender.ml.figures import star_figures
from recommender.ml.interactions import History, Interactions
from recommender.ml.protocols import Question
from recommender.ml.splits import Split, random_split
from tests.recommender.ml.samples import made_up_stars


class Liker(Bias):
    """Says of a film that it is liked the more probably the later its row is, with three stars for all."""

    def score(self, history: History) -> NDArray[np.float32]:
        return np.full(len(self.item_bias_), 3, np.float32)

    def liking(self, history: History) -> NDArray[np.float32]:
        return np.linspace(0, 1, len(self.item_bias_), dtype=np.float32)


@pytest.fixture(scope="module")
def split() -> Split:
    return random_split(made_up_stars().rated, 0.2, 0)


def in_halves(data: Interactions, step: float) -> Interactions:
    return data.take(np.isin(data.rating % 1, [0] if step == 1 else [0, 0.5]))


def test_the_probability_is_what_tells_likes_apart(split: Split) -> None:
    predicted = predict_stars(Liker().fit(split.train, seed=0), Question(*split), split.train)
    figures, liked = star_figures(predicted, split), split.test.rating >= 4
    probability = np.linspace(0, 1, split.test.n_items, dtype=np.float32)[split.test.item]
    np.testing.assert_array_equal(predicted.liking, probability)
    assert figures["AUC 4"] == pytest.approx(roc_auc_score(liked, probability))
    assert figures["accuracy 4"] == (liked == (probability >= 0.5)).mean()


def test_at_another_threshold_stars_do_but_where_it_is_the_same(split: Split) -> None:
    for step, same in ((0.5, False), (1.0, True)):
        parts = Split(*(in_halves(part, step) for part in split))
        predicted = predict_stars(Liker().fit(parts.train, seed=0), Question(*parts), parts.train)
        figures = star_figures(predicted, parts)
        assert (figures["AUC 3.5"] == figures["AUC 4"]) is same
        assert (figures["AUC 3.5"] == 0.5) is not same


def test_a_model_without_it_is_measured_by_its_stars(split: Split) -> None:
    predicted = predict_stars(Bias().fit(split.train, seed=0), Question(*split), split.train)
    assert predicted.liking is None
    expected = roc_auc_score(split.test.rating >= 4, predicted.stars)
    assert star_figures(predicted, split)["AUC 4"] == pytest.approx(expected)
