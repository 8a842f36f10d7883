from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from recommender.ml.ease import Ease, EaseConfig
from recommender.ml.interactions import History, Interactions, Vocabulary
from recommender.ml.sparse_ease import DOCUMENT, SparseEase, SparseEaseConfig, solve, strongest
from tests.recommender.ml import samples
from tests.recommender.ml.contract import RecommenderContract

WHOLE = SparseEaseConfig(regularisation=20.0, n_neighbours=1_000, n_products=1_000)
FEW = replace(WHOLE, n_neighbours=5, n_products=10)


class TestSparseEase(RecommenderContract):
    band = (0.31, 0.36)

    def make(self) -> SparseEase:
        return SparseEase(SparseEaseConfig(regularisation=50.0, n_neighbours=100))


@pytest.fixture(scope="module")
def data() -> Interactions:
    return samples.made_up_stars()


@pytest.fixture(scope="module")
def few(data: Interactions) -> SparseEase:
    return SparseEase(FEW).fit(data, seed=0)


def test_with_all_films_as_neighbours_it_is_ease(data: Interactions) -> None:
    dense = Ease(EaseConfig(regularisation=20.0)).fit(data, seed=0)
    whole = SparseEase(WHOLE).fit(data, seed=0)
    np.testing.assert_allclose(whole.B_.toarray(), dense.B_, atol=1e-4)
    for user in range(3):
        mine = data.history(user)
        np.testing.assert_allclose(whole.score(mine), dense.score(mine), atol=1e-4)
    np.testing.assert_allclose(whole.similar(3), dense.similar(3), atol=1e-3)


def literal_column(G: np.ndarray, C: np.ndarray, i: int, config: SparseEaseConfig) -> np.ndarray:
    strength = C[i] ** 2 / (C.diagonal() + config.regularisation)
    strength[i] = -1
    S = np.argsort(-strength)[: config.n_neighbours]
    column = np.zeros(len(G))
    system = G[np.ix_(S, S)] + config.regularisation * np.eye(len(S))
    column[S] = np.linalg.solve(system, G[S, i])
    return column


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 6))
def test_each_film_is_a_ridge_regression_on_its_strongest_neighbours(seed: int, n_neighbours: int) -> None:
    rng = np.random.default_rng(seed)
    X = rng.random((40, 12)).astype(np.float32)  # every pair shares people, so that no product is missing
    config = replace(WHOLE, regularisation=2.0, n_neighbours=n_neighbours)
    B = solve(strongest(sparse.csr_array(X), config), config).toarray()
    G, mean = X.T @ X, X.mean(axis=0)
    C = G - len(X) * np.outer(mean, mean)
    expected = np.column_stack([literal_column(G, C, i, config) for i in range(12)])
    np.testing.assert_allclose(B, expected, atol=2e-3)


def test_a_product_that_is_not_kept_counts_as_what_strangers_share() -> None:
    X = np.random.default_rng(1).random((30, 8)).astype(np.float32)
    G = strongest(sparse.csr_array(X), replace(FEW, n_neighbours=2, n_products=2))
    assert G.partner.shape == (8, 2)
    mean = X.mean(axis=0)
    first = G.partner[0, 0]
    assert G.expected[0] * G.expected[first] == pytest.approx(30 * mean[0] * mean[first], rel=1e-4)
    both = X[:, 0] @ X[:, first]
    assert G.expected[0] * G.expected[first] + G.excess[0, 0] == pytest.approx(both, rel=1e-4)


def test_of_many_films_that_are_equally_near_the_first_are_kept() -> None:
    people = np.repeat(np.eye(2), [9, 3], axis=1)  # two people, nine films of the one and three of the other
    X = sparse.csr_array(np.tile(people, (2, 1)).astype(np.float32))
    G = strongest(X, replace(FEW, n_neighbours=4, n_products=4))
    assert G.partner[0].tolist() == [1, 2, 3, 4]
    assert G.partner[8].tolist() == [0, 1, 2, 3]
    assert G.partner[9].tolist() == [10, 11, -1, -1]


def test_no_film_has_more_neighbours_than_were_asked_for_and_none_is_its_own(few: SparseEase) -> None:
    B = few.B_.toarray()
    assert (np.count_nonzero(B, axis=0) <= 5).all()
    assert not B.diagonal().any()


def test_contributions_sum_to_the_score(few: SparseEase, data: Interactions) -> None:
    mine = data.history(2)
    score = few.score(mine)
    for item in (0, 5, 11):
        assert few.contributions(mine, item).sum() == pytest.approx(score[item], abs=1e-5)


def test_likeness_is_the_same_in_both_directions_and_one_for_itself(few: SparseEase) -> None:
    table = np.array([few.similar(item) for item in range(len(few.unknown_))])
    np.testing.assert_allclose(table, table.T, atol=1e-6)
    np.testing.assert_array_equal(np.diag(table), 1)
    assert (table == 0).any()


def test_a_film_that_nobody_watched_is_not_scored(data: Interactions) -> None:
    films = Vocabulary.of([*data.items.ids, 10_000])
    ids = data.items.ids[data.item]
    model = SparseEase(FEW).fit(Interactions.of(data.user, ids, data.rating, items=films), seed=0)
    assert np.flatnonzero(np.isnan(model.score(data.history(0)))).tolist() == [len(films) - 1]
    assert np.isnan(model.similar(len(films) - 1)).all()


def test_learns_from_data_without_any_rating() -> None:
    board = samples.checkerboard(with_dislikes=False)
    watched = Interactions.of(board.user, board.item, np.full(len(board), np.nan))
    score = SparseEase(FEW).fit(watched, seed=0).score(watched.history(0))
    assert score[0] > score[1::2].max()


def test_an_empty_history_scores_nought(few: SparseEase) -> None:
    assert not few.score(History.empty()).any()


def test_the_document_counts_every_watch_alike() -> None:
    stars = np.array([0.5, 5, np.nan], np.float32)
    assert SparseEase(DOCUMENT).weights(stars).tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    "wrong", [{"regularisation": 0.0}, {"n_neighbours": 0}, {"n_products": 10}, {"weighting": "hearts"}]
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"above nought|for each neighbour|weighted by"):
        SparseEaseConfig(**wrong)
