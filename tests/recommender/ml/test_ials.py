from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from recommender.ml.ials import ImplicitALS, ImplicitALSConfig
from recommender.ml.interactions import History, Interactions, Vocabulary
from tests.recommender.ml import samples
from tests.recommender.ml.contract import RecommenderContract

SMALL = ImplicitALSConfig(n_factors=8)


class TestImplicitALS(RecommenderContract):
    band = (0.3, 0.35)

    def make(self) -> ImplicitALS:
        return ImplicitALS(ImplicitALSConfig(n_factors=16))


@pytest.fixture(scope="module")
def data() -> Interactions:
    return samples.made_up_stars()


@pytest.fixture(scope="module")
def fitted(data: Interactions) -> ImplicitALS:
    return ImplicitALS(SMALL).fit(data, seed=0)


def objective(model: ImplicitALS, data: Interactions, P: np.ndarray) -> float:
    """L of the module, spelled out over the whole matrix."""
    config, Q = model.config, model.Q_.astype(np.float64)
    W = np.zeros((data.n_users, data.n_items))
    W[data.user, data.item] = model.weights(data.rating)
    watched = np.zeros_like(W)
    watched[data.user, data.item] = 1
    predicted = P @ Q.T
    alpha = config.unobserved_weight
    penalty = (
        (watched.sum(axis=1) + alpha * data.n_items) ** config.frequency_exponent @ (P**2).sum(axis=1),
        (watched.sum(axis=0) + alpha * data.n_users) ** config.frequency_exponent @ (Q**2).sum(axis=1),
    )
    error = (W * (1 - predicted) ** 2).sum() + alpha * (predicted**2).sum()
    return float(error + config.regularisation * sum(penalty))


def test_the_objective_never_rises(data: Interactions) -> None:
    reached = []
    for n_epochs in range(1, 8):
        model = ImplicitALS(replace(SMALL, n_epochs=n_epochs)).fit(data, seed=0)
        folded = [model.fold_in(data.history(user)) for user in range(data.n_users)]
        reached.append(objective(model, data, np.array(folded, np.float64)))
    assert all(after <= before * (1 + 1e-5) for before, after in pairwise(reached))
    assert reached[-1] < 0.95 * reached[0]


@pytest.mark.parametrize("exponent", [0.5, 1.0])
def test_folding_in_reaches_the_bottom_of_the_objective(data: Interactions, exponent: float) -> None:
    model = ImplicitALS(replace(SMALL, frequency_exponent=exponent)).fit(data, seed=0)
    P = np.array([model.fold_in(data.history(user)) for user in range(data.n_users)], np.float64)
    least = objective(model, data, P)
    rng = np.random.default_rng(0)
    assert all(objective(model, data, P + rng.normal(0, 0.02, P.shape)) > least for _ in range(5))


def test_contributions_sum_to_the_score(fitted: ImplicitALS, data: Interactions) -> None:
    for user in range(4):
        mine = data.history(user)
        assert fitted.contributions(mine, 5).sum() == pytest.approx(fitted.score(mine)[5], abs=1e-5)


def test_removing_the_film_that_contributes_most_lowers_the_score_by_half_its_share_or_more(
    fitted: ImplicitALS, data: Interactions
) -> None:
    said, lost = np.transpose([said_and_lost(fitted, data.history(user)) for user in range(40)])
    assert (lost > 0).all()
    assert 0.5 < lost.sum() / said.sum() < 1
    assert np.corrcoef(said, lost)[0, 1] > 0.65


def said_and_lost(model: ImplicitALS, mine: History) -> tuple[float, float]:
    """The largest share of the score of the first film not watched, and what that film's loss costs."""
    item = int(np.setdiff1d(np.arange(len(model.Q_)), mine.item)[0])
    share = model.contributions(mine, item)
    best = int(share.argmax())
    less = mine.without(int(mine.item[best]))
    return float(share[best]), float(model.score(mine)[item] - model.score(less)[item])


def test_an_empty_history_scores_nought(fitted: ImplicitALS) -> None:
    assert not fitted.score(History.empty()).any()


def test_learns_from_data_without_any_rating() -> None:
    board = samples.checkerboard(with_dislikes=False)
    watched = Interactions.of(board.user, board.item, np.full(len(board), np.nan))
    score = ImplicitALS(SMALL).fit(watched, seed=0).score(watched.history(0))
    assert score[0] > score[1::2].max()


def test_a_film_is_most_like_itself_and_like_no_film_that_nobody_watched(data: Interactions) -> None:
    films = Vocabulary.of([*data.items.ids, 10_000])
    ids = data.items.ids[data.item]
    model = ImplicitALS(SMALL).fit(Interactions.of(data.user, ids, data.rating, items=films), seed=0)
    likeness = model.similar(4)
    assert likeness[4] == pytest.approx(1.0, abs=1e-5)
    assert np.nanargmax(likeness) == 4
    assert np.flatnonzero(np.isnan(likeness)).tolist() == [len(films) - 1]
    assert np.flatnonzero(np.isnan(model.score(data.history(0)))).tolist() == [len(films) - 1]


@pytest.mark.parametrize(
    "wrong", [{"n_factors": 0}, {"n_epochs": 0}, {"regularisation": 0.0}, {"weighting": "hearts"}]
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"at least one|above nought|weighted by"):
        replace(SMALL, **wrong)
