from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from recommender.ml.contract import WarmStart
from recommender.ml.ials import ImplicitALS, ImplicitALSConfig, percentile_rank
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


def test_one_epoch_from_a_former_model_ends_lower_than_one_from_nothing(
    fitted: ImplicitALS, data: Interactions
) -> None:
    one = ImplicitALS(replace(SMALL, n_epochs=1))

    def reached() -> float:
        P = np.array([one.fold_in(data.history(user)) for user in range(data.n_users)], np.float64)
        return objective(one, data, P)

    one.fit(data, seed=1)
    from_nothing = reached()
    one.fit(data, seed=1, start=WarmStart.of(fitted, data.items, data.items))
    assert reached() < from_nothing


def test_the_percentile_rank_is_nought_where_the_held_out_films_come_first() -> None:
    data = Interactions.of([1, 1, 2], [10, 20, 40], [5, 5, 5], items=Vocabulary.of([10, 20, 30, 40, 50]))
    held_out = replace_items(data, user=0, item=2)
    P = np.array([[1.0], [0.0]], np.float32)
    for last, place in ((0.9, 0.0), (0.1, 2 / 3)):
        Q = np.array([[5], [5], [last], [0.5], [0.2]], np.float32)
        assert percentile_rank(P, Q, data, held_out) == pytest.approx(place)


def replace_items(data: Interactions, *, user: int, item: int) -> Interactions:
    """One interaction over the same vocabularies."""
    one = data.take(np.array([user]))
    return replace(one, item=np.array([item], np.int32))


def test_stops_early_when_the_part_held_out_ranks_no_higher(data: Interactions) -> None:
    calls: list[str] = []
    watched = replace(SMALL, n_epochs=200, patience=2)
    ImplicitALS(watched).fit(data, seed=0, progress=lambda share, what: calls.append(what))
    assert 6 <= len(calls) < 200


@pytest.mark.parametrize(
    "wrong",
    [{"n_factors": 0}, {"n_epochs": 0}, {"regularisation": 0.0}, {"weighting": "hearts"}, {"patience": -1}],
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"at least one|above nought|weighted by|patience"):
        replace(SMALL, **wrong)
