from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch

from recommender.ml.autoencoder import DOCUMENT, AutoencoderConfig, RatingAutoencoder
from recommender.ml.contract import Recommender
from recommender.ml.interactions import History, Interactions
from tests.recommender.ml import samples
from tests.recommender.ml.contract import FoldsUsersIn, RecommenderContract, Scores, measure

SMALL = AutoencoderConfig(n_hidden=60, n_axes=40, n_epochs=20, learning_rate=3e-3)


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Fits this small lose more to waiting for each other's threads than they gain."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


class TestRatingAutoencoder(FoldsUsersIn, RecommenderContract):
    band = (0.82, 0.88)
    tolerance = 0.35

    def make(self) -> RatingAutoencoder:
        return RatingAutoencoder(SMALL)

    def make_for_the_board(self) -> RatingAutoencoder:
        return RatingAutoencoder(replace(SMALL, n_epochs=200, batch_size=20, noise=0.05))

    def trained_scores(self, model: Recommender, user: int) -> Scores:
        assert isinstance(model, RatingAutoencoder)
        codes, readouts, offsets = model.trained_
        bias = model.trained_bias_
        own = bias.mean_ + bias.trained_user_bias_[user] + offsets[user]
        return own + bias.item_bias_ + codes @ readouts[user]


class TestRatingAutoencoderByChoice(TestRatingAutoencoder):
    def make(self) -> RatingAutoencoder:
        return RatingAutoencoder(replace(SMALL, by_choice=True))

    def make_for_the_board(self) -> RatingAutoencoder:
        board = super().make_for_the_board().config
        return RatingAutoencoder(replace(board, by_choice=True))


@pytest.fixture(scope="module")
def data() -> Interactions:
    return samples.made_up_stars()


@pytest.fixture(scope="module")
def autoencoder(data: Interactions) -> RatingAutoencoder:
    return RatingAutoencoder(SMALL).fit(data, seed=0)


@pytest.fixture(scope="module")
def by_choice(data: Interactions) -> RatingAutoencoder:
    return RatingAutoencoder(replace(SMALL, by_choice=True)).fit(data, seed=0)


def lengths_of(mine: History) -> list[History]:
    """The whole history, a few films of it, and the first rated film alone."""
    few = History(mine.item[:5], mine.rating[:5], mine.time[:5])
    return [mine, few, History(mine.rated.item[:1], mine.rated.rating[:1], mine.rated.time[:1])]


@pytest.mark.parametrize("n_axes", [4, 40])
@pytest.mark.parametrize("is_by_choice", [False, True])
def test_contributions_are_exactly_what_the_score_loses_without_a_film(
    n_axes: int, is_by_choice: bool, data: Interactions
) -> None:
    model = RatingAutoencoder(replace(SMALL, n_axes=n_axes, by_choice=is_by_choice)).fit(data, seed=0)
    for mine in lengths_of(data.history(3)):
        for item in (0, 7, 20):
            lost = [model.score(mine)[item] - model.score(mine.without(int(row)))[item] for row in mine.item]
            np.testing.assert_allclose(model.contributions(mine, item), lost, atol=1e-4)


@pytest.mark.parametrize("kind", ["autoencoder", "by_choice"])
def test_contributions_to_several_films_are_those_to_each(
    kind: str, data: Interactions, request: pytest.FixtureRequest
) -> None:
    model, mine = request.getfixturevalue(kind), data.history(3)
    films = np.array([0, 7, 20])
    each = [model.contributions(mine, item) for item in films.tolist()]
    np.testing.assert_allclose(model.contributions_to(mine, films), np.column_stack(each), atol=1e-6)


@pytest.mark.parametrize("kind", ["autoencoder", "by_choice"])
def test_shares_sum_to_what_the_history_changed(
    kind: str, data: Interactions, request: pytest.FixtureRequest
) -> None:
    model = request.getfixturevalue(kind)
    unknown = model.score(History.empty())
    for mine in lengths_of(data.history(3)):
        changed = model.score(mine) - unknown
        for item in (0, 7, 20):
            assert model.shares(mine, item).sum() == pytest.approx(changed[item], abs=1e-4)


def test_by_choice_ratings_move_the_taste_from_where_the_choice_puts_it(
    autoencoder: RatingAutoencoder, by_choice: RatingAutoencoder, data: Interactions
) -> None:
    mine = data.history(3).rated
    assert by_choice.choice_ is not None
    np.testing.assert_array_equal(by_choice.F_, autoencoder.F_)
    F, t = by_choice.F_.astype(np.float64), by_choice.choice_.taste(mine.item)
    expected = by_choice.m_ + F @ t
    A, left = F[mine.item], mine.rating - expected[mine.item]
    z = np.linalg.solve(A.T @ A + SMALL.noise * np.eye(SMALL.n_axes), A.T @ left)
    np.testing.assert_allclose(by_choice.score(mine), expected + F @ z, atol=1e-4)
    assert np.abs(by_choice.score(mine) - autoencoder.score(mine)).max() > 1e-3


def test_short_and_long_histories_are_folded_in_by_the_same_formula(data: Interactions) -> None:
    few_axes = RatingAutoencoder(replace(SMALL, n_axes=4)).fit(data, seed=0)
    mine = data.history(0).rated
    F, m = few_axes.F_.astype(np.float64), few_axes.m_
    A, e = F[mine.item], mine.rating - m[mine.item]
    for n in (2, len(mine)):
        dual = A[:n].T @ np.linalg.solve(A[:n] @ A[:n].T + SMALL.noise * np.eye(n), e[:n])
        score = few_axes.score(History(mine.item[:n], mine.rating[:n], mine.time[:n]))
        np.testing.assert_allclose(score, m + F @ dual, atol=1e-4)


def test_films_watched_without_a_rating_have_no_effect(
    autoencoder: RatingAutoencoder, data: Interactions
) -> None:
    watched = History.of(data.items, data.items.ids[:5], [np.nan] * 5)
    np.testing.assert_array_equal(autoencoder.score(watched), autoencoder.score(History.empty()))
    assert not autoencoder.contributions(watched, 9).any()


def test_a_film_that_nobody_rated_is_taken_as_a_typical_one_and_is_like_no_other(data: Interactions) -> None:
    unrated = data.take(data.item != 4)
    model = RatingAutoencoder(SMALL).fit(unrated, seed=0)
    assert np.isnan(model.similar(4)).all()
    assert model.F_[4] == pytest.approx(model.f_)
    assert np.isfinite(model.score(unrated.history(0))).all()


def test_two_films_loved_by_the_same_people_are_alike() -> None:
    board = samples.checkerboard(with_dislikes=True)
    model = RatingAutoencoder(SMALL).fit(board, seed=0)
    near = model.similar(0)
    assert near[2::2].min() > near[1::2].max()


def test_cannot_learn_without_any_rating(data: Interactions) -> None:
    unrated = data.take(np.isnan(data.rating))
    with pytest.raises(ValueError, match="at least one rating"):
        RatingAutoencoder(SMALL).fit(unrated, seed=0)


def test_another_seed_gives_another_model(autoencoder: RatingAutoencoder, data: Interactions) -> None:
    other = RatingAutoencoder(SMALL).fit(data, seed=1)
    assert not np.array_equal(other.F_, autoencoder.F_)


def test_stops_early_and_keeps_the_epoch_that_foretells_the_part_held_out_best(data: Interactions) -> None:
    epochs: list[str] = []
    wild = replace(
        SMALL, n_epochs=300, weight_decay=0.0, learning_rate=0.01, patience=3, validation_share=0.2
    )
    RatingAutoencoder(wild).fit(data, seed=0, progress=lambda share, what: epochs.append(what))
    assert 4 < len(epochs) < 200


def test_with_the_biases_left_out_it_learns_the_ratings_themselves(data: Interactions) -> None:
    model = RatingAutoencoder(replace(DOCUMENT, n_hidden=40, n_epochs=20)).fit(data, seed=0)
    assert np.abs(model.trained_bias_.item_bias_).max() < 1e-6
    assert np.abs(model.trained_bias_.trained_user_bias_).max() < 1e-6
    train, test = samples.random90(data)
    again = RatingAutoencoder(model.config).fit(train, seed=0)
    mean = np.full(data.n_items, np.nanmean(train.rating), np.float32)
    reached, to_beat = (
        measure(train, test.rated, score, stars=True) for score in (again.score, lambda history: mean)
    )
    assert reached < to_beat


def test_refuses_settings_that_cannot_work() -> None:
    with pytest.raises(ValueError, match="at least one"):
        AutoencoderConfig(n_hidden=0)
    with pytest.raises(ValueError, match="noise"):
        AutoencoderConfig(noise=0)
    with pytest.raises(ValueError, match="patience"):
        AutoencoderConfig(patience=-1)
