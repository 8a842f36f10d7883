import numpy as np
import pytest
from scipy import sparse

from recommender.ml import ease
from recommender.ml.ease import Ease, EaseConfig, gram, weights_in_place
from recommender.ml.interactions import History, Interactions, Vocabulary
from tests.recommender.ml import samples
from tests.recommender.ml.contract import RecommenderContract

SMALL = EaseConfig(regularisation=20.0)


class TestEase(RecommenderContract):
    band = (0.32, 0.36)

    def make(self) -> Ease:
        return Ease(EaseConfig(regularisation=50.0))


class TestEaseOnOnes(RecommenderContract):
    band = (0.33, 0.37)

    def make(self) -> Ease:
        return Ease(EaseConfig(regularisation=100.0, weighting="ones", unrated_weight=1.0))


@pytest.fixture(scope="module")
def data() -> Interactions:
    return samples.made_up_stars()


@pytest.fixture(scope="module")
def fitted(data: Interactions) -> Ease:
    return Ease(SMALL).fit(data, seed=0)


def literal_ease(X: np.ndarray, regularisation: float) -> np.ndarray:
    P = np.linalg.inv(X.T @ X + regularisation * np.eye(X.shape[1]))
    B = np.eye(X.shape[1]) - P @ np.diag(1 / np.diag(P))
    np.fill_diagonal(B, 0)
    return B


def test_the_weights_equal_the_formula_of_the_paper(fitted: Ease, data: Interactions) -> None:
    X = np.zeros((data.n_users, data.n_items))
    X[data.user, data.item] = fitted.weights(data.rating)
    expected = literal_ease(X, SMALL.regularisation)
    np.testing.assert_allclose(fitted.B_, expected, atol=1e-5)


def test_with_a_length_exponent_of_one_everyone_counts_the_same_per_film_watched(data: Interactions) -> None:
    config = EaseConfig(regularisation=20.0, length_exponent=1.0)
    model = Ease(config).fit(data, seed=0)
    X = np.zeros((data.n_users, data.n_items))
    X[data.user, data.item] = model.weights(data.rating)
    watched = np.bincount(data.user)
    X *= np.sqrt(watched.mean() / watched)[:, None]
    np.testing.assert_allclose(model.B_, literal_ease(X, 20.0), atol=1e-5)


def test_the_blocks_of_a_larger_catalogue_fit_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ease, "BLOCK", 7)
    X = np.random.default_rng(0).random((40, 30)).astype(np.float32)
    G = gram(sparse.csr_array(X))
    np.testing.assert_allclose(G, X.T @ X, rtol=1e-5)
    G[np.diag_indices(30)] += 5
    np.testing.assert_allclose(weights_in_place(G), literal_ease(X, 5.0), atol=1e-4)


def test_the_inverse_takes_no_second_matrix() -> None:
    G = gram(sparse.csr_array(np.eye(20, dtype=np.float32)))
    assert np.shares_memory(weights_in_place(G), G)


def test_scores_are_the_history_times_the_weights(fitted: Ease, data: Interactions) -> None:
    mine = data.history(0)
    whole = np.zeros(data.n_items)
    whole[mine.item] = fitted.weights(mine.rating)
    np.testing.assert_allclose(fitted.score(mine), whole @ fitted.B_, atol=1e-5)


def test_stars_weigh_from_nought_for_one_to_one_for_five() -> None:
    stars = np.array([0.5, 1, 3, 5, np.nan], np.float32)
    assert Ease(EaseConfig(weighting="stars", unrated_weight=0.7)).weights(stars).tolist() == pytest.approx(
        [0, 0, 0.5, 1, 0.7]
    )
    assert Ease(EaseConfig(weighting="ones", unrated_weight=0.7)).weights(stars).tolist() == pytest.approx(
        [1, 1, 1, 1, 0.7]
    )


def test_contributions_sum_to_the_score(fitted: Ease, data: Interactions) -> None:
    mine = data.history(2)
    assert fitted.contributions(mine, 5).sum() == pytest.approx(fitted.score(mine)[5], abs=1e-5)


def test_removing_a_film_lowers_the_score_by_its_contribution(fitted: Ease, data: Interactions) -> None:
    mine = data.history(2)
    share = fitted.contributions(mine, 5)
    best = int(share.argmax())
    lost = fitted.score(mine)[5] - fitted.score(mine.without(int(mine.item[best])))[5]
    assert lost == pytest.approx(share[best], abs=1e-5)


def test_a_catalogue_cut_scores_only_the_films_that_most_people_watched(data: Interactions) -> None:
    model = Ease(EaseConfig(regularisation=20.0, largest=10)).fit(data, seed=0)
    count = np.bincount(data.item, minlength=data.n_items)
    scored = ~np.isnan(model.score(data.history(0)))
    assert scored.sum() == 10
    assert count[scored].min() >= count[~scored].max()
    left_out = int(np.flatnonzero(~scored)[0])
    assert not model.contributions(data.history(0), left_out).any()
    assert np.isnan(model.similar(left_out)).all()


def test_a_film_that_nobody_watched_is_not_scored(data: Interactions) -> None:
    films = Vocabulary.of([*data.items.ids, 10_000])
    ids = data.items.ids[data.item]
    model = Ease(SMALL).fit(Interactions.of(data.user, ids, data.rating, items=films), seed=0)
    assert np.flatnonzero(np.isnan(model.score(data.history(0)))).tolist() == [len(films) - 1]


def test_likeness_is_the_same_in_both_directions_and_one_for_itself(fitted: Ease) -> None:
    table = np.array([fitted.similar(item) for item in range(len(fitted.place_))])
    np.testing.assert_allclose(table, table.T, atol=1e-6)
    np.testing.assert_array_equal(np.diag(table), 1)
    assert np.abs(table - np.eye(len(table))).max() < 1


def test_learns_from_data_without_any_rating() -> None:
    board = samples.checkerboard(with_dislikes=False)
    watched = Interactions.of(board.user, board.item, np.full(len(board), np.nan))
    score = Ease(SMALL).fit(watched, seed=0).score(watched.history(0))
    assert score[0] > score[1::2].max()


def test_an_empty_history_scores_nought(fitted: Ease) -> None:
    assert not fitted.score(History.empty()).any()


@pytest.mark.parametrize("wrong", [{"regularisation": 0.0}, {"largest": 0}, {"weighting": "hearts"}])
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"above nought|weighted by"):
        EaseConfig(**wrong)
