import time
from dataclasses import replace

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from recommender.ml.contract import Recommender, WarmStart
from recommender.ml.ials import ImplicitALS, ImplicitALSConfig
from recommender.ml.interactions import History, Interactions, Vocabulary
from recommender.ml.movielens import open_dataset
from recommender.ml.svdpp import (
    DOCUMENT,
    TUNED,
    Parameters,
    SVDPlusPlus,
    SVDPlusPlusConfig,
    initial_parameters,
    loss_on,
)
from tests.recommender.ml import samples
from tests.recommender.ml.contract import FoldsUsersIn, RecommenderContract, Scores, measure
from tests.recommender.ml.real_data import real_data

SMALL = replace(TUNED, n_factors=8)


class TestSVDPlusPlus(FoldsUsersIn, RecommenderContract):
    band = (0.85, 0.89)
    tolerance = 0.15

    def make(self) -> SVDPlusPlus:
        return SVDPlusPlus(SMALL)

    def make_for_the_board(self) -> SVDPlusPlus:
        return SVDPlusPlus(replace(SMALL, n_epochs=60, learning_rate=0.03, fold_in_constant=0.5))

    def trained_scores(self, model: Recommender, user: int) -> Scores:
        assert isinstance(model, SVDPlusPlus)
        learned = model.trained_
        watched = samples.made_up_stars().history(user).item
        taste = learned.P[user] + learned.Y[watched].sum(axis=0) / np.sqrt(len(watched))
        return model.mean_ + learned.b_user[user] + learned.b_item + learned.Q @ taste


class TestSVDPlusPlusAsInSurprise(RecommenderContract):
    band = (0.86, 0.9)

    def make(self) -> SVDPlusPlus:
        return SVDPlusPlus(DOCUMENT)

    def make_for_the_board(self) -> SVDPlusPlus:
        return SVDPlusPlus(replace(DOCUMENT, n_epochs=100, learning_rate=0.03, fold_in_constant=0.5))


def literal_svdpp(data: Interactions, start: Parameters, config: SVDPlusPlusConfig) -> Parameters:
    """The algorithm as Koren's paper and Surprise spell it: every y_j of N(u) moves at every rating."""
    b_user, b_item, P, Q, Y = (array.astype(np.float64) for array in start)
    lr, reg, reg_y = config.learning_rate, config.regularisation, config.implicit_regularisation
    mean = np.nanmean(data.rating, dtype=np.float64)
    for _ in range(config.n_epochs):
        for u in dict.fromkeys(data.user.tolist()):
            mine = data.history(u)
            N, norm = mine.item, len(mine) ** -0.5
            for i, r in zip(mine.rated.item, mine.rated.rating.astype(np.float64), strict=True):
                implicit = norm * Y[N].sum(axis=0)
                error = r - (mean + b_user[u] + b_item[i] + Q[i] @ (P[u] + implicit))
                q, p = Q[i].copy(), P[u].copy()
                b_user[u] += lr * (error - reg * b_user[u])
                b_item[i] += lr * (error - reg * b_item[i])
                P[u] += lr * (error * q - reg * p)
                Q[i] += lr * (error * (p + implicit) - reg * q)
                Y[N] += lr * (error * norm * q - reg_y * Y[N])
    return Parameters(b_user, b_item, P, Q, Y)


@pytest.fixture(scope="module")
def tiny() -> Interactions:
    data = samples.made_up_stars(n_users=12, n_items=9, share=0.6)
    return data.take(np.random.default_rng(1).permutation(len(data)))


def test_the_fast_epoch_equals_the_literal_loop(tiny: Interactions) -> None:
    config = replace(DOCUMENT, n_factors=5, n_epochs=10, learning_rate=0.02, implicit_regularisation=0.05)
    start = initial_parameters(np.random.default_rng(3), tiny.n_users, tiny.n_items, config)
    expected = literal_svdpp(tiny, start, config)
    learned = SVDPlusPlus(config).fit(tiny, seed=3).trained_
    assert np.isnan(tiny.rating).any()
    for name, want, got in zip(Parameters._fields, expected, learned, strict=True):
        np.testing.assert_allclose(got, want, atol=1e-5, err_msg=name)


@pytest.fixture(scope="module")
def data() -> Interactions:
    return samples.made_up_stars()


@pytest.fixture(scope="module")
def fitted(data: Interactions) -> SVDPlusPlus:
    return SVDPlusPlus(SMALL).fit(data, seed=0)


def test_an_empty_history_gets_the_mean_and_the_film_biases(fitted: SVDPlusPlus) -> None:
    np.testing.assert_allclose(fitted.score(History.empty()), fitted.mean_ + fitted.b_, rtol=1e-6)


@pytest.mark.parametrize("user", range(4))
@pytest.mark.parametrize("item", [0, 20])
def test_contributions_sum_to_what_the_history_adds(
    fitted: SVDPlusPlus, data: Interactions, user: int, item: int
) -> None:
    mine = data.history(user)
    added = fitted.score(mine)[item] - fitted.score(History.empty())[item]
    assert fitted.contributions(mine, item).sum() == pytest.approx(added, abs=2e-5)


def test_a_contribution_grows_linearly_with_its_rating(fitted: SVDPlusPlus, data: Interactions) -> None:
    ids = data.items.ids[:3]
    shares = [fitted.contributions(History.of(data.items, ids, [r, 3, 4]), 5) for r in (1, 2, 3)]
    np.testing.assert_allclose(shares[2] - shares[1], shares[1] - shares[0], atol=1e-5)
    np.testing.assert_allclose(shares[2][1:], shares[0][1:], atol=1e-6)


def test_fold_in_solves_the_ridge_regression_short_and_long(fitted: SVDPlusPlus, data: Interactions) -> None:
    for n_rated in (3, 30):
        mine = History.of(data.items, data.items.ids[:n_rated], np.linspace(1, 5, n_rated))
        x, s = fitted.fold_in(mine)
        A = np.column_stack([np.ones(n_rated), fitted.Q_[mine.item]]).astype(np.float64)
        left = mine.rating - fitted.mean_ - fitted.b_[mine.item] - A[:, 1:] @ s
        slope = A.T @ (left - A @ x) - (SMALL.regularisation * n_rated + SMALL.fold_in_constant) * x
        np.testing.assert_allclose(slope, 0, atol=1e-9)


def test_watching_without_a_rating_moves_the_score(fitted: SVDPlusPlus, data: Interactions) -> None:
    watched = History.of(data.items, data.items.ids[:5], [np.nan] * 5)
    assert np.abs(fitted.score(watched) - fitted.score(History.empty())).max() > 1e-4


def test_a_film_is_most_like_itself_and_like_no_film_that_nobody_rated() -> None:
    seen = samples.made_up_stars()
    films = Vocabulary.of([*seen.items.ids, 10_000])
    ids = seen.items.ids[seen.item]
    model = SVDPlusPlus(SMALL).fit(Interactions.of(seen.user, ids, seen.rating, items=films), seed=0)
    likeness = model.similar(4)
    assert np.nanargmax(likeness) == 4
    assert likeness[4] == pytest.approx(1.0, abs=1e-5)
    assert np.flatnonzero(np.isnan(likeness)).tolist() == [len(films) - 1]
    assert np.isnan(model.similar(len(films) - 1)).all()


def test_films_of_one_colour_of_the_checkerboard_are_alike() -> None:
    board = samples.checkerboard(with_dislikes=True)
    likeness = SVDPlusPlus(replace(SMALL, n_epochs=60, learning_rate=0.03)).fit(board, seed=0).similar(0)
    assert likeness[::2].min() > likeness[1::2].max()


def test_folding_in_on_a_catalogue_of_ten_thousand_takes_about_a_millisecond() -> None:
    rng = np.random.default_rng(0)
    arrays = {
        "mean": np.array([3.5]),
        "b": np.zeros(10_000, np.float32),
        "Q": rng.normal(0, 0.3, (10_000, 64)).astype(np.float32),
        "Y": rng.normal(0, 0.1, (10_000, 64)).astype(np.float32),
    }
    model = SVDPlusPlus.from_state(TUNED, arrays)
    rows = rng.choice(10_000, 200, replace=False)
    mine = History(rows, rng.uniform(1, 5, 200).astype(np.float32), np.zeros(200, np.int64))
    # One thread, as a web process has it: threads that wait for each other cost far more than the sums.
    with threadpool_limits(1, user_api="blas"):
        taken = [_seconds(model, mine) for _ in range(50)]
    assert min(taken) < 0.002


def _seconds(model: SVDPlusPlus, history: History) -> float:
    start = time.perf_counter()
    model.score(history)
    return time.perf_counter() - start


@pytest.mark.long
def test_reaches_its_figure_on_movielens_1m() -> None:
    found = real_data("ml-1m-no-timestamps.zip")
    train, test = samples.random90(open_dataset(found.path).interactions())
    model = SVDPlusPlus(TUNED).fit(train, seed=0)
    least, most = (0.80, 0.90) if found.stands_in else (0.833, 0.841)
    assert least < measure(train, test, model.score, stars=True) < most


def squared_error(model: SVDPlusPlus, data: Interactions) -> float:
    return measure(data.rated, data.rated, model.score, stars=True)


def test_two_epochs_from_a_former_model_come_nearer_to_it_than_two_from_nothing(
    fitted: SVDPlusPlus, data: Interactions
) -> None:
    two = SVDPlusPlus(replace(SMALL, n_epochs=2))
    from_nothing = squared_error(two.fit(data, seed=1), data)
    begun = squared_error(two.fit(data, seed=1, start=WarmStart.of(fitted, data.items, data.items)), data)
    assert abs(begun - squared_error(fitted, data)) < 0.2 * abs(from_nothing - squared_error(fitted, data))


def test_a_former_model_of_another_kind_or_of_other_widths_is_left_aside(
    fitted: SVDPlusPlus, data: Interactions
) -> None:
    other = SVDPlusPlus(replace(SMALL, n_factors=5, n_epochs=2))
    alone = other.fit(data, seed=1).state()
    begun = other.fit(data, seed=1, start=WarmStart.of(fitted, data.items, data.items)).state()
    assert not np.array_equal(begun["b"], alone["b"])  # biases have no width
    assert begun["Q"].shape == alone["Q"].shape
    former = ImplicitALS(ImplicitALSConfig(n_factors=5)).fit(data, seed=0)
    of_another_kind = other.fit(data, seed=1, start=WarmStart.of(former, data.items, data.items)).state()
    np.testing.assert_array_equal(of_another_kind["Q"], alone["Q"])


def test_stops_early_and_keeps_the_epoch_that_foretells_the_part_held_out_best(data: Interactions) -> None:
    # Without shrinkage and with many factors it soon learns the noise.
    wild = replace(
        TUNED, n_epochs=300, learning_rate=0.03, learning_rate_decay=1.0, regularisation=0, patience=3
    )
    epochs: list[str] = []
    train, test = samples.random90(data)
    model = SVDPlusPlus(replace(wild, validation_share=0.2))
    model.fit(train, seed=0, progress=lambda share, what: epochs.append(what))
    assert 4 < len(epochs) < 150
    unwatched = SVDPlusPlus(replace(wild, patience=0)).fit(train, seed=0)
    reached = [measure(train, test.rated, m.score, stars=True) for m in (model, unwatched)]
    assert reached[0] < reached[1]


def test_the_loss_that_stops_it_is_the_error_on_the_part_held_out(data: Interactions) -> None:
    train, held_out = samples.random90(data)
    learned = SVDPlusPlus(SMALL).fit(train, seed=0).trained_
    errors = []
    for u, i, r in zip(held_out.rated.user, held_out.rated.item, held_out.rated.rating, strict=True):
        N = train.history(u).item
        taste = learned.P[u] + learned.Y[N].sum(axis=0) / np.sqrt(len(N))
        errors.append(r - 3.5 - learned.b_user[u] - learned.b_item[i] - learned.Q[i] @ taste)
    assert loss_on(train, held_out.rated, 3.5)(learned) == pytest.approx(np.mean(np.square(errors)), rel=1e-4)


def test_data_without_a_rating_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one rating"):
        SVDPlusPlus().fit(Interactions.of([1], [10], [np.nan]), seed=0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"n_factors": 0},
        {"n_epochs": 0},
        {"learning_rate": 0.0},
        {"fold_in_constant": 0.0},
        {"patience": -1},
        {"validation_share": 1.0},
    ],
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"SVD\+\+ needs|above nought"):
        replace(TUNED, **wrong)
