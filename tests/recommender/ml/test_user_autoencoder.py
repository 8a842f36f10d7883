from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch

from recommender.ml.contract import WarmStart
from recommender.ml.interactions import History, Interactions
from recommender.ml.user_autoencoder import DOCUMENT, UserAutoencoder, UserAutoencoderConfig
from tests.recommender.ml import samples
from tests.recommender.ml.contract import RecommenderContract

SMALL = replace(UserAutoencoderConfig(), n_hidden=20, n_epochs=20, batch_size=16, learning_rate=0.01)


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Fits this small lose more to waiting for each other's threads than they gain."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


class TestUserAutoencoder(RecommenderContract):
    band = (0.84, 0.95)

    def make(self) -> UserAutoencoder:
        return UserAutoencoder(SMALL)

    def make_for_the_board(self) -> UserAutoencoder:
        return UserAutoencoder(replace(SMALL, n_epochs=200, penalty=0.001))


class TestUserAutoencoderAsInTheDocument(RecommenderContract):
    band = (0.86, 1.02)

    def make(self) -> UserAutoencoder:
        return UserAutoencoder(replace(DOCUMENT, n_epochs=12))

    def make_for_the_board(self) -> UserAutoencoder:
        return UserAutoencoder(replace(DOCUMENT, n_epochs=200, batch_size=16))


@pytest.fixture(scope="module")
def data() -> Interactions:
    return samples.made_up_stars()


@pytest.fixture(scope="module")
def fitted(data: Interactions) -> UserAutoencoder:
    return UserAutoencoder(SMALL).fit(data, seed=0)


def test_a_score_is_the_forward_pass_of_the_history(fitted: UserAutoencoder, data: Interactions) -> None:
    mine = data.history(2).rated
    x = np.zeros(data.n_items)
    x[mine.item] = mine.rating - SMALL.input_centre
    code = 1 / (1 + np.exp(-(x @ fitted.V_ + fitted.a_)))
    expected = np.maximum(fitted.W_ @ code + fitted.c_, 0)
    np.testing.assert_allclose(fitted.score(mine), expected, atol=1e-4)


@pytest.mark.parametrize("config", [SMALL, replace(DOCUMENT, n_epochs=3)])
def test_contributions_are_what_the_score_loses_without_a_film(
    data: Interactions, config: UserAutoencoderConfig
) -> None:
    model, whole = UserAutoencoder(config).fit(data, seed=0), data.history(3)
    for mine in (whole, History(whole.rated.item[:1], whole.rated.rating[:1], whole.rated.time[:1])):
        lost = [model.score(mine)[7] - model.score(mine.without(int(row)))[7] for row in mine.item]
        np.testing.assert_allclose(model.contributions(mine, 7), lost, atol=1e-4)


def test_the_document_says_three_to_people_and_films_without_ratings(data: Interactions) -> None:
    unrated = data.take(data.item != 4)
    model = UserAutoencoder(replace(DOCUMENT, n_epochs=2)).fit(unrated, seed=0)
    assert (model.score(History.empty()) == 3).all()
    assert model.score(unrated.history(0))[4] == 3
    assert not model.contributions(unrated.history(0), 4).any()


def test_a_film_that_nobody_rated_gets_the_mean_and_is_like_no_other(data: Interactions) -> None:
    unrated = data.take(data.item != 4)
    model = UserAutoencoder(SMALL).fit(unrated, seed=0)
    assert model.score(unrated.history(0))[4] == pytest.approx(unrated.rated.rating.mean(), abs=1e-3)
    assert np.isnan(model.similar(4)).all()


def test_a_former_model_gives_its_films_a_start(fitted: UserAutoencoder, data: Interactions) -> None:
    start = WarmStart.of(fitted, data.items, data.items)
    still = replace(SMALL, n_epochs=1, learning_rate=1e-9, wrong_penalty=0.0)
    again = UserAutoencoder(still).fit(data, seed=5, start=start)
    for name, array in fitted.state().items():
        np.testing.assert_allclose(again.state()[name], array, atol=1e-6, err_msg=name)


def test_a_former_model_is_not_changed_by_the_next(fitted: UserAutoencoder, data: Interactions) -> None:
    before = {name: array.copy() for name, array in fitted.state().items()}
    UserAutoencoder(SMALL).fit(data, seed=1, start=WarmStart.of(fitted, data.items, data.items))
    for name, array in fitted.state().items():
        np.testing.assert_array_equal(array, before[name], err_msg=name)


def test_films_of_one_colour_of_the_checkerboard_are_alike() -> None:
    near = UserAutoencoder(SMALL).fit(samples.checkerboard(with_dislikes=True), seed=0).similar(0)
    assert near[2::2].min() > near[1::2].max()


def test_cannot_learn_without_any_rating(data: Interactions) -> None:
    with pytest.raises(ValueError, match="at least one rating"):
        UserAutoencoder(SMALL).fit(data.take(np.isnan(data.rating)), seed=0)


def test_settings_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        UserAutoencoderConfig(n_hidden=0)
