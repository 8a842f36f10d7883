from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from recommender.ml.contract import WarmStart
from recommender.ml.interactions import History, Interactions, Vocabulary
from recommender.ml.svd import (
    DOCUMENT,
    Decomposition,
    DemeanedSVD,
    SVDConfig,
    errors_of,
    imputed_once,
    noise_level,
    residuals,
    truncated,
)
from tests.recommender.ml import samples
from tests.recommender.ml.contract import RecommenderContract, measure

SMALL = SVDConfig(n_factors=8, noise=0.5, n_rounds=25)


class TestDemeanedSVD(RecommenderContract):
    band = (0.84, 0.88)

    def make(self) -> DemeanedSVD:
        return DemeanedSVD(SVDConfig(n_factors=20))

    def make_for_the_board(self) -> DemeanedSVD:
        return DemeanedSVD(SMALL)


class TestDemeanedSVDAsInTheDocument(RecommenderContract):
    band = (0.9, 0.97)

    def make(self) -> DemeanedSVD:
        return DemeanedSVD(DOCUMENT)

    def make_for_the_board(self) -> DemeanedSVD:
        return DemeanedSVD(replace(DOCUMENT, n_factors=2))


@pytest.fixture(scope="module")
def data() -> Interactions:
    return samples.made_up_stars()


def dense_residuals(data: Interactions, model: DemeanedSVD) -> np.ndarray:
    return residuals(data.rated, model.bias_).toarray()


def test_the_document_scores_are_the_best_matrix_of_k_ranks_and_the_means_added_back(
    data: Interactions,
) -> None:
    model = DemeanedSVD(replace(DOCUMENT, n_factors=6)).fit(data, seed=0)
    ratings = np.where(np.isnan(data.by_user.toarray()), 0, data.by_user.toarray())
    mean = ratings.sum(axis=1) / (ratings > 0).sum(axis=1)
    U, D, Vt = np.linalg.svd(np.where(ratings > 0, ratings - mean[:, None], 0))
    expected = mean[:, None] + (U[:, :6] * D[:6]) @ Vt[:6]
    for user in range(5):
        np.testing.assert_allclose(model.score(data.history(user)), expected[user], atol=1e-3)


def objective(X: np.ndarray, found: Decomposition, shrinkage: float) -> float:
    known = X != 0
    return float(
        np.square((X - (found.U * found.D) @ found.V.T)[known]).sum() / 2 + shrinkage * found.D.sum()
    )


def test_every_round_of_filling_in_brings_the_objective_down(data: Interactions) -> None:
    model = DemeanedSVD(SMALL).fit(data, seed=0)
    X = residuals(data.rated, model.bias_)
    found = truncated(X, 8, np.random.default_rng(0))
    reached = [objective(X.toarray(), found, model.shrinkage_)]
    for _ in range(12):
        found = imputed_once(errors_of(X)(found), found, model.shrinkage_)
        reached.append(objective(X.toarray(), found, model.shrinkage_))
        np.testing.assert_allclose(found.U.T @ found.U, np.eye(8), atol=1e-9)
    assert all(np.diff(reached) < 1e-9)


def test_it_ends_where_filling_in_and_shrinking_by_hand_changes_nothing(data: Interactions) -> None:
    model = DemeanedSVD(SMALL).fit(data, seed=0)
    X = residuals(data.rated, model.bias_)
    found = truncated(X, 8, np.random.default_rng(0))
    for _ in range(400):
        found = imputed_once(errors_of(X)(found), found, model.shrinkage_)
    said = (found.U * found.D) @ found.V.T
    U, D, Vt = np.linalg.svd(np.where(X.toarray() != 0, X.toarray(), said), full_matrices=False)
    by_hand = (U[:, :8] * np.maximum(D[:8] - model.shrinkage_, 0)) @ Vt[:8]
    np.testing.assert_allclose(said, by_hand, atol=1e-3)


def test_lambda_is_what_noise_of_this_deviation_has_in_it() -> None:
    rng = np.random.default_rng(0)
    known = rng.random((400, 900)) < 0.3
    X = sparse.csr_array(np.where(known, rng.normal(0, 0.8, known.shape), 0))
    largest = np.linalg.svd(X.toarray(), compute_uv=False)[0]
    assert 0.8 * noise_level(X) == pytest.approx(largest, rel=0.05)


def test_lambda_grows_with_the_noise_and_is_the_same_for_films_that_nobody_rated(data: Interactions) -> None:
    films = Vocabulary.of([*data.items.ids, 10_000])
    wider = Interactions.of(data.user, data.items.ids[data.item], data.rating, items=films)
    once, twice = (DemeanedSVD(replace(SMALL, n_rounds=1, noise=s)).fit(data, seed=0) for s in (0.5, 1.0))
    again = DemeanedSVD(replace(SMALL, n_rounds=1)).fit(wider, seed=0)
    assert twice.shrinkage_ == pytest.approx(2 * once.shrinkage_)
    assert again.shrinkage_ == pytest.approx(once.shrinkage_)


def test_folding_in_finds_what_the_rounds_found_for_a_person(data: Interactions) -> None:
    model = DemeanedSVD(replace(SMALL, n_rounds=400)).fit(data, seed=0)
    mine = data.history(3).rated
    B = model.B_.astype(np.float64)
    left = mine.rating - model.bias_.score(mine)[mine.item]
    taste = np.linalg.solve(
        B[mine.item].T @ B[mine.item] + model.shrinkage_ * np.eye(8), B[mine.item].T @ left
    )
    np.testing.assert_allclose(model.score(mine), model.bias_.score(mine) + B @ taste, atol=1e-4)


@pytest.mark.parametrize("config", [SMALL, replace(DOCUMENT, n_factors=5)])
def test_contributions_sum_to_what_the_history_adds(config: SVDConfig, data: Interactions) -> None:
    model = DemeanedSVD(config).fit(data, seed=0)
    for user, item in ((0, 3), (1, 20)):
        mine = data.history(user)
        added = model.score(mine)[item] - model.score(History.empty())[item]
        assert model.contributions(mine, item).sum() == pytest.approx(added, abs=1e-4)


def test_a_film_watched_without_a_rating_changes_nothing(data: Interactions) -> None:
    model = DemeanedSVD(SMALL).fit(data, seed=0)
    rated = History.of(data.items, data.items.ids[:2], [4, 2])
    with_watched = History.of(data.items, data.items.ids[:3], [4, 2, np.nan])
    np.testing.assert_allclose(model.score(with_watched), model.score(rated), atol=1e-6)


def test_a_film_that_nobody_rated_gets_the_biases_and_is_like_no_other(data: Interactions) -> None:
    films = Vocabulary.of([*data.items.ids, 10_000])
    ids = data.items.ids[data.item]
    model = DemeanedSVD(SMALL).fit(Interactions.of(data.user, ids, data.rating, items=films), seed=0)
    assert model.score(data.history(0))[-1] == pytest.approx(model.bias_.score(data.history(0))[-1], abs=1e-5)
    assert np.isnan(model.similar(len(films) - 1)).all()
    assert np.nanargmax(model.similar(4)) == 4


def test_one_round_from_a_former_model_comes_nearer_than_one_from_nothing(data: Interactions) -> None:
    former = DemeanedSVD(replace(SMALL, n_rounds=60)).fit(data, seed=0)
    start = WarmStart.of(former, data.items, data.items)
    one = DemeanedSVD(replace(SMALL, n_rounds=2))
    errors = [
        measure(data.rated, data.rated, model.score, stars=True)
        for model in (former, one.fit(data, seed=1, start=start), DemeanedSVD(one.config).fit(data, seed=1))
    ]
    assert abs(errors[1] - errors[0]) < abs(errors[2] - errors[0])


def test_stops_early_when_the_part_held_out_is_foretold_no_better(data: Interactions) -> None:
    rounds: list[str] = []
    noisy = replace(SMALL, n_rounds=300, noise=0.05, patience=2)
    DemeanedSVD(noisy).fit(data, seed=0, progress=lambda share, what: rounds.append(what))
    assert 3 < len(rounds) < 200


def test_data_without_a_rating_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one rating"):
        DemeanedSVD().fit(Interactions.of([1], [10], [np.nan]), seed=0)


def test_one_rating_is_enough() -> None:
    model = DemeanedSVD().fit(Interactions.of([1], [10], [4.0]), seed=0)
    assert model.score(History.empty()).tolist() == pytest.approx([4.0])


@pytest.mark.parametrize("wrong", [{"n_factors": 0}, {"n_rounds": -1}, {"noise": 0.0}])
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"at least one factor|above nought"):
        replace(SMALL, **wrong)
