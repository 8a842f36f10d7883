from dataclasses import replace

import numpy as np
import pytest

from recommender.ml.contract import Recommender
from recommender.ml.embedding_dot import DOCUMENT, EmbeddingDot, EmbeddingDotConfig
from recommender.ml.embedding_dot_kernel import sum_of_steps, train_epoch
from recommender.ml.interactions import History, Interactions
from tests.recommender.ml import samples
from tests.recommender.ml.contract import FoldsUsersIn, RecommenderContract, Scores

SMALL = EmbeddingDotConfig(n_factors=20, batch_size=64, learning_rate=0.005)


class TestEmbeddingDot(FoldsUsersIn, RecommenderContract):
    band = (0.86, 0.89)
    tolerance = 0.35

    def make(self) -> EmbeddingDot:
        return EmbeddingDot(SMALL)

    def make_for_the_board(self) -> EmbeddingDot:
        return EmbeddingDot(replace(SMALL, patience=0, n_epochs=60, noise=0.05))

    def trained_scores(self, model: Recommender, user: int) -> Scores:
        assert isinstance(model, EmbeddingDot)
        mean, W, K = model.trained_
        return mean + K @ W[user]


class TestEmbeddingDotOfTheDocument(RecommenderContract):
    band = (0.88, 0.92)

    def make(self) -> EmbeddingDot:
        return EmbeddingDot(replace(DOCUMENT, n_factors=20, learning_rate=0.005))

    def make_for_the_board(self) -> EmbeddingDot:
        return EmbeddingDot(replace(DOCUMENT, patience=0, n_epochs=60, learning_rate=0.005, noise=0.05))


@pytest.fixture(scope="module")
def data() -> Interactions:
    return samples.made_up_stars()


@pytest.fixture(scope="module")
def fitted(data: Interactions) -> EmbeddingDot:
    return EmbeddingDot(SMALL).fit(data, seed=0)


def table(n_rows: int, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    weights = rng.uniform(-0.5, 0.5, (n_rows, 4))
    return weights, *(np.zeros((n_rows, 4)) for _ in range(3)), np.zeros(n_rows, np.int64)


def literal_adamax(
    pairs: tuple[np.ndarray, ...], W: np.ndarray, K: np.ndarray, batch_size: int, lr: float, reg: float
) -> tuple[np.ndarray, np.ndarray]:
    """Every row moves at every step, whether the batch reads it or not."""
    user, item, rating = pairs
    weights = np.vstack([W, K])
    m, v = np.zeros_like(weights), np.zeros_like(weights)
    for t, begin in enumerate(range(0, len(user), batch_size), 1):
        g, n = np.zeros_like(weights), min(batch_size, len(user) - begin)
        for row in range(begin, begin + n):
            u, i = user[row], len(W) + item[row]
            error = rating[row] - 3.0 - weights[u] @ weights[i]
            g[u] += 2 * (reg * weights[u] - error * weights[i]) / n
            g[i] += 2 * (reg * weights[i] - error * weights[u]) / n
        m, v = 0.9 * m + 0.1 * g, np.maximum(0.999 * v, np.abs(g))
        weights = weights - np.where(v > 0, lr / (1 - 0.9**t) * m / np.maximum(v, 1e-300), 0)
    return weights[: len(W)], weights[len(W) :]


def test_the_lazy_epoch_equals_adamax_on_every_row() -> None:
    rng = np.random.default_rng(0)
    n, free = 3000, np.ones(4)
    pairs = rng.integers(0, 300, n), rng.integers(0, 200, n), rng.uniform(1, 5, n)
    people, films = table(300, rng), table(200, rng)
    expected = literal_adamax(pairs, people[0].copy(), films[0].copy(), 5, 0.01, 0.1)
    steps = train_epoch(5, 0, *pairs, 3.0, people, films, free, free, 0.01, 0.1)
    assert steps == 600
    np.testing.assert_allclose(people[0], expected[0], atol=1e-8)
    np.testing.assert_allclose(films[0], expected[1], atol=1e-8)


def test_late_steps_sum_to_a_geometric_series() -> None:
    literal = sum((0.9 / 0.999) ** s / (1 - 0.9 ** (400 + s)) for s in range(1, 31))
    assert sum_of_steps(400, 30) == pytest.approx(literal, rel=1e-12)


def test_fold_in_is_the_ridge_regression_short_and_long(fitted: EmbeddingDot, data: Interactions) -> None:
    whole = data.history(0).rated
    many = History.of(data.items, data.items.ids, np.linspace(1, 5, data.n_items))
    for mine in (whole, many):
        F = fitted.K_.astype(np.float64) @ fitted.R_
        m = fitted.mean_ + fitted.K_ @ fitted.w_.astype(np.float64)
        A, e = F[mine.item], mine.rating - m[mine.item]
        z = np.linalg.solve(A.T @ A + SMALL.noise * np.eye(A.shape[1]), A.T @ e)
        np.testing.assert_allclose(fitted.score(mine), m + F @ z, atol=1e-4)


@pytest.mark.parametrize("user", range(3))
def test_contributions_sum_to_what_the_history_changed(
    fitted: EmbeddingDot, data: Interactions, user: int
) -> None:
    mine = data.history(user)
    changed = fitted.score(mine) - fitted.score(History.empty())
    for item in (0, 7, 20):
        assert fitted.contributions(mine, item).sum() == pytest.approx(changed[item], abs=1e-4)


def test_films_watched_without_a_rating_have_no_effect(fitted: EmbeddingDot, data: Interactions) -> None:
    watched = History.of(data.items, data.items.ids[:5], [np.nan] * 5)
    np.testing.assert_array_equal(fitted.score(watched), fitted.score(History.empty()))
    assert not fitted.contributions(watched, 9).any()


def test_the_constants_of_people_and_films_are_not_learned(fitted: EmbeddingDot) -> None:
    _, W, K = fitted.trained_
    assert (W[:, 1] == 1).all()
    assert (K[:, 0] == 1).all()


@pytest.mark.parametrize("config", [SMALL, replace(DOCUMENT, n_factors=20)])
def test_a_film_that_nobody_rated_is_taken_as_a_typical_one_and_is_like_no_other(
    data: Interactions, config: EmbeddingDotConfig
) -> None:
    unrated = data.take(data.item != 4)
    model = EmbeddingDot(config).fit(unrated, seed=0)
    assert np.isnan(model.similar(4)).all()
    assert np.isnan(model.similar(0)[4])
    assert 2.0 < model.score(History.empty())[4] < 5.0


def test_two_films_loved_by_the_same_people_are_alike() -> None:
    near = EmbeddingDot(SMALL).fit(samples.checkerboard(with_dislikes=True), seed=0).similar(0)
    assert near[2::2].min() > near[1::2].max()


def test_learning_ends_before_the_last_epoch_where_a_validation_part_gets_no_better(
    data: Interactions,
) -> None:
    epochs: list[str] = []
    EmbeddingDot(replace(SMALL, n_epochs=500)).fit(
        data, seed=0, progress=lambda share, what: epochs.append(what)
    )
    assert len(epochs) < 400


def test_cannot_learn_without_any_rating(data: Interactions) -> None:
    with pytest.raises(ValueError, match="at least one rating"):
        EmbeddingDot(SMALL).fit(data.take(np.isnan(data.rating)), seed=0)


@pytest.mark.parametrize("wrong", [{"n_factors": 0}, {"noise": 0.0}, {"validation_share": 1.0}])
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"at least one|above nought|share between"):
        replace(SMALL, **wrong)
