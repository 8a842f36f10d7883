from dataclasses import replace

import numpy as np
import pytest

from recommender.ml.contract import Recommender, WarmStart
from recommender.ml.interactions import History, Interactions
from recommender.ml.mf import DOCUMENT, MatrixFactorisation, MatrixFactorisationConfig, Parameters
from tests.recommender.ml import samples
from tests.recommender.ml.contract import FoldsUsersIn, RecommenderContract, Scores

SMALL = MatrixFactorisationConfig(n_factors=16)


class TestMatrixFactorisation(FoldsUsersIn, RecommenderContract):
    band = (0.84, 0.9)
    tolerance = 0.35

    def make(self) -> MatrixFactorisation:
        return MatrixFactorisation(SMALL)

    def make_for_the_board(self) -> MatrixFactorisation:
        return MatrixFactorisation(replace(SMALL, n_epochs=100, learning_rate=0.03, noise=0.1))

    def trained_scores(self, model: Recommender, user: int) -> Scores:
        assert isinstance(model, MatrixFactorisation)
        learned = model.trained_
        return model.mean_ + learned.b_user[user] + learned.b_item + learned.Q @ learned.P[user]


class TestMatrixFactorisationAsInTheDocument(RecommenderContract):
    band = (0.85, 0.96)

    def make(self) -> MatrixFactorisation:
        return MatrixFactorisation(DOCUMENT)


@pytest.fixture(scope="module")
def data() -> Interactions:
    return samples.made_up_stars()


@pytest.fixture(scope="module")
def fitted(data: Interactions) -> MatrixFactorisation:
    return MatrixFactorisation(SMALL).fit(data, seed=0)


def literal_descent(data: Interactions, begin: Parameters, config: MatrixFactorisationConfig) -> Parameters:
    """The updates as Koren, Bell and Volinsky print them, in the order that a seed of 3 gives."""
    b_user, b_item, P, Q = (array.astype(np.float64) for array in begin)
    lr, reg, reg_bias = config.learning_rate, config.regularisation, config.bias_regularisation
    rng = np.random.default_rng(3)
    rng.standard_normal((len(P), config.n_factors), dtype=np.float32)
    rng.standard_normal((len(Q), config.n_factors), dtype=np.float32)
    mean = data.rating.mean(dtype=np.float64)
    for _ in range(config.n_epochs):
        for n in rng.permutation(len(data)):
            u, i = data.user[n], data.item[n]
            error = data.rating[n] - mean - b_user[u] - b_item[i] - P[u] @ Q[i]
            b_user[u] += lr * (error - reg_bias * b_user[u])
            b_item[i] += lr * (error - reg_bias * b_item[i])
            P[u], Q[i] = P[u] + lr * (error * Q[i] - reg * P[u]), Q[i] + lr * (error * P[u] - reg * Q[i])
    return Parameters(b_user, b_item, P, Q)


def test_the_compiled_epochs_equal_the_literal_updates() -> None:
    tiny = samples.made_up_stars(n_users=12, n_items=9, share=0.6).rated
    config = replace(SMALL, n_factors=3, n_epochs=4, learning_rate_decay=1.0)
    model = MatrixFactorisation(config)
    expected = literal_descent(tiny, model._initial(np.random.default_rng(3), tiny, None), config)
    for got, want in zip(model.fit(tiny, seed=3).trained_, expected, strict=True):
        np.testing.assert_allclose(got, want, atol=1e-5)


def test_contributions_sum_to_what_the_history_adds(fitted: MatrixFactorisation, data: Interactions) -> None:
    few = data.history(3)
    few = History(few.item[:4], few.rating[:4], few.time[:4])
    for mine in (data.history(3), few):
        added = fitted.score(mine) - fitted.score(History.empty())
        for item in (0, 11):
            assert fitted.contributions(mine, item).sum() == pytest.approx(added[item], abs=1e-4)


def test_a_fold_in_is_the_posterior_mean_short_and_long(
    fitted: MatrixFactorisation, data: Interactions
) -> None:
    K, R = fitted.K_.astype(np.float64), fitted.R_
    for n in (2, 20):
        mine = History.of(data.items, data.items.ids[:n], np.linspace(1, 5, n))
        A = K[mine.item]
        e = mine.rating - fitted.mean_ - fitted.b_[mine.item] - A @ fitted.v_
        gain = R @ R.T @ A.T @ np.linalg.inv(A @ R @ R.T @ A.T + SMALL.noise * np.eye(n))
        expected = fitted.mean_ + fitted.b_ + K @ (fitted.v_ + gain @ e)
        np.testing.assert_allclose(fitted.score(mine), expected, atol=1e-4)


def test_without_biases_the_trained_people_and_films_have_none(data: Interactions) -> None:
    model = MatrixFactorisation(replace(DOCUMENT, n_factors=5)).fit(data, seed=0)
    assert model.mean_ == 0
    assert not model.b_.any()
    assert not model.trained_.b_user.any()


def test_the_document_says_three_to_people_and_films_without_ratings(data: Interactions) -> None:
    unrated = data.take(data.item != 4)
    model = MatrixFactorisation(replace(DOCUMENT, n_factors=5)).fit(unrated, seed=0)
    assert (model.score(History.empty()) == 3).all()
    assert model.score(unrated.history(0))[4] == 3
    assert not model.contributions(unrated.history(0), 4).any()


def test_a_film_that_nobody_rated_gets_the_mean_of_the_person_and_is_like_no_other(
    data: Interactions,
) -> None:
    unrated = data.take(data.item != 4)
    model = MatrixFactorisation(SMALL).fit(unrated, seed=0)
    assert model.b_[4] == 0
    assert not model.K_[4, 1:].any()
    assert np.isnan(model.similar(4)).all()


def test_films_of_one_colour_of_the_checkerboard_are_alike() -> None:
    board = samples.checkerboard(with_dislikes=True)
    near = MatrixFactorisation(replace(SMALL, learning_rate=0.03)).fit(board, seed=0).similar(0)
    assert near[2::2].min() > near[1::2].max()


def test_a_former_model_gives_its_films_a_start(fitted: MatrixFactorisation, data: Interactions) -> None:
    start = WarmStart.of(fitted, data.items, data.items)
    begin = MatrixFactorisation(SMALL)._initial(np.random.default_rng(0), data, start)
    np.testing.assert_array_equal(begin.b_item, fitted.b_)
    np.testing.assert_array_equal(begin.Q, fitted.K_[:, 1:])


def test_stops_before_its_last_epoch_when_the_validation_part_gets_worse(data: Interactions) -> None:
    told: list[str] = []
    config = replace(SMALL, n_epochs=500, learning_rate=0.05, learning_rate_decay=1.0, patience=3)
    MatrixFactorisation(config).fit(data, seed=0, progress=lambda share, what: told.append(what))
    assert len(told) < 400


def test_cannot_learn_without_any_rating(data: Interactions) -> None:
    with pytest.raises(ValueError, match="at least one rating"):
        MatrixFactorisation(SMALL).fit(data.take(np.isnan(data.rating)), seed=0)


@pytest.mark.parametrize(
    "wrong", [{"n_factors": 0}, {"learning_rate": 0.0}, {"noise": 0.0}, {"patience": -1}]
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"Matrix factorisation needs|above nought|Patience"):
        replace(SMALL, **wrong)
