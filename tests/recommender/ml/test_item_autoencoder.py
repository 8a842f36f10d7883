from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch

from recommender.ml.contract import Recommender
from recommender.ml.interactions import History, Interactions
from recommender.ml.item_autoencoder import DOCUMENT, ItemAutoencoder, ItemAutoencoderConfig
from recommender.ml.item_autoencoder_training import Weights, codes, loss, penalty
from tests.recommender.ml import samples
from tests.recommender.ml.contract import FoldsUsersIn, RecommenderContract, Scores

SMALL = replace(ItemAutoencoderConfig(), n_hidden=20, n_epochs=20, batch_size=16, learning_rate=0.01)


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Fits this small lose more to waiting for each other's threads than they gain."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


class TestItemAutoencoder(FoldsUsersIn, RecommenderContract):
    band = (0.83, 0.92)
    tolerance = 0.5

    def make(self) -> ItemAutoencoder:
        return ItemAutoencoder(SMALL)

    def make_for_the_board(self) -> ItemAutoencoder:
        return ItemAutoencoder(replace(SMALL, n_epochs=150, penalty=0.001, noise=0.05))

    def trained_scores(self, model: Recommender, user: int) -> Scores:
        assert isinstance(model, ItemAutoencoder)
        learned = model.trained_
        return np.maximum(model.codes_ @ learned.W[user] + learned.c[user], 0)


class TestItemAutoencoderAsInTheDocument(RecommenderContract):
    band = (0.83, 0.95)

    def make(self) -> ItemAutoencoder:
        return ItemAutoencoder(replace(DOCUMENT, n_epochs=12))

    def make_for_the_board(self) -> ItemAutoencoder:
        return ItemAutoencoder(replace(DOCUMENT, n_epochs=200, batch_size=16))


@pytest.fixture(scope="module")
def data() -> Interactions:
    return samples.made_up_stars()


@pytest.fixture(scope="module")
def fitted(data: Interactions) -> ItemAutoencoder:
    return ItemAutoencoder(SMALL).fit(data, seed=0)


def test_the_elastic_net_weighs_absolute_values_and_squares() -> None:
    assert float(penalty(torch.tensor([[-2.0, 1.0]]), 0.9)) == pytest.approx(0.9 * 3 + 0.1 * 5)


def test_the_loss_counts_rated_entries_alone_and_punishes_outputs_above_five() -> None:
    zeros = Weights(torch.zeros(3, 1), torch.zeros(1), torch.ones(3, 1), torch.zeros(3))
    r, predicted = torch.tensor([[4.0, 0.0, 5.0]]), torch.tensor([[3.0, 9.0, 6.0]])
    config = replace(SMALL, penalty=0.1, l1_share=0.5, wrong_penalty=0.01)
    assert float(loss(r, predicted, zeros, config, 1.0)) == pytest.approx(1 + 1 + 0.1 * 3 + 0.01 * 36)
    assert float(loss(r, predicted, zeros, config, 0.5)) == pytest.approx(2 + 0.5 * (0.1 * 3 + 0.01 * 36))


def test_codes_are_the_sigmoid_of_the_centred_ratings(fitted: ItemAutoencoder, data: Interactions) -> None:
    learned, rated = fitted.trained_, data.rated
    mine = rated.item == 3
    x = (rated.rating[mine] - SMALL.input_centre) @ learned.V[rated.user[mine]] + learned.a
    np.testing.assert_allclose(fitted.codes_[3], 1 / (1 + np.exp(-x)), atol=1e-5)
    again = codes(rated.by_user.T.tocsr(), learned, SMALL)
    np.testing.assert_allclose(again, fitted.codes_, atol=1e-6)


def test_a_stronger_l1_penalty_leaves_less_weight(fitted: ItemAutoencoder, data: Interactions) -> None:
    strong = ItemAutoencoder(replace(SMALL, penalty=1.0)).fit(data, seed=0)
    assert np.abs(strong.trained_.W).sum() < np.abs(fitted.trained_.W).sum()


def test_no_score_is_below_nought(fitted: ItemAutoencoder, data: Interactions) -> None:
    hater = History.of(data.items, data.items.ids[:30], [-20.0] * 30)
    assert fitted.score(hater).min() == 0


def test_contributions_sum_to_what_the_history_adds(fitted: ItemAutoencoder, data: Interactions) -> None:
    mine = data.history(3)
    added = fitted.score(mine) - fitted.score(History.empty())
    assert fitted.contributions(mine, 7).sum() == pytest.approx(added[7], abs=1e-4)


def test_stops_before_its_last_epoch_when_the_validation_part_gets_worse(data: Interactions) -> None:
    told: list[str] = []
    config = replace(DOCUMENT, n_epochs=400, batch_size=16, decay=1.0, patience=3)
    ItemAutoencoder(config).fit(data, seed=0, progress=lambda share, what: told.append(what))
    assert len(told) < 300


def test_the_document_says_three_to_people_and_films_without_ratings(data: Interactions) -> None:
    unrated = data.take(data.item != 4)
    model = ItemAutoencoder(replace(DOCUMENT, n_epochs=2)).fit(unrated, seed=0)
    assert (model.score(History.empty()) == 3).all()
    assert model.score(unrated.history(0))[4] == 3


def test_a_film_that_nobody_rated_is_taken_as_a_typical_one_and_is_like_no_other(data: Interactions) -> None:
    unrated = data.take(data.item != 4)
    model = ItemAutoencoder(SMALL).fit(unrated, seed=0)
    assert not model.K_[4, 1:].any()
    assert np.isnan(model.similar(4)).all()


def test_two_films_loved_by_the_same_people_are_alike() -> None:
    near = ItemAutoencoder(SMALL).fit(samples.checkerboard(with_dislikes=True), seed=0).similar(0)
    assert near[2::2].min() > near[1::2].max()


def test_cannot_learn_without_any_rating(data: Interactions) -> None:
    with pytest.raises(ValueError, match="at least one rating"):
        ItemAutoencoder(SMALL).fit(data.take(np.isnan(data.rating)), seed=0)


@pytest.mark.parametrize(
    "wrong",
    [{"n_hidden": 0}, {"learning_rate": 0.0}, {"l1_share": 1.5}, {"penalty": -1.0}, {"noise": 0.0}],
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"at least one|above nought|shares|never below"):
        replace(SMALL, **wrong)
