from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from recommender.ml.ease import EaseConfig
from recommender.ml.interactions import History, Interactions
from recommender.ml.list_ranker import LikedRanker, LikedRankerConfig, ListRanker, ListRankerConfig
from recommender.ml.list_ranker_features import FURTHEST, FilmTable, RankingNetwork
from recommender.ml.ordinal import OrdinalConfig
from tests.recommender.ml import samples
from tests.recommender.ml.contract import RecommenderContract
from tests.recommender.ml.test_list_blend import SMALL as SMALL_BLEND

SMALL = ListRankerConfig(
    blend=SMALL_BLEND,
    starred=EaseConfig(100.0),
    grades=OrdinalConfig(n_factors=4, n_sweeps=24, n_burn_in=4, n_samples=4),
    n_candidates=20,
    n_epochs=4,
)


class TestListRanker(RecommenderContract):
    band = (0.34, 0.40)

    def make(self) -> ListRanker:
        return ListRanker(SMALL)


@pytest.fixture(scope="module")
def data() -> Interactions:
    return samples.made_up_stars()


@pytest.fixture(scope="module")
def fitted(data: Interactions) -> ListRanker:
    return ListRanker(SMALL).fit(data, seed=0)


def network(seed: int, n_features: int = 3) -> RankingNetwork:
    rng = np.random.default_rng(seed)
    shapes = ((n_features,), (n_features, 4), (4,), (4, 2), (2,), (2,), ())
    centre, *weights = (np.asarray(rng.normal(size=shape), np.float32) for shape in shapes)
    return RankingNetwork(centre, np.full(n_features, 2, np.float32), *weights)


def test_candidates_stand_above_all_other_films(fitted: ListRanker, data: Interactions) -> None:
    mine = data.history(0)
    first = fitted.blend_.score(mine)
    rows = fitted.candidates(first, mine.item)
    score = fitted.score(mine)
    assert len(rows) == 20
    assert score[rows].min() > np.delete(score, rows).max()


def test_candidates_are_the_best_of_the_first_step_that_were_not_watched(
    fitted: ListRanker, data: Interactions
) -> None:
    mine = data.history(0)
    first = fitted.blend_.score(mine)
    order = [row for row in np.argsort(-first).tolist() if row not in mine.item]
    assert fitted.candidates(first, mine.item).tolist() == sorted(order[:20])


def test_candidates_are_in_the_order_of_the_network(fitted: ListRanker, data: Interactions) -> None:
    mine = data.history(2)
    lists = fitted.list_scores(mine)
    rows = fitted.candidates(fitted.first(lists), mine.item)
    said = fitted.network_.score(fitted.features(mine, rows, lists))
    assert np.argsort(fitted.score(mine)[rows]).tolist() == np.argsort(said).tolist()


def test_a_history_shorter_than_all_it_learned_from_keeps_the_first_order(
    fitted: ListRanker, data: Interactions
) -> None:
    mine = data.history(0)
    few = History(mine.item[:2], mine.rating[:2], mine.time[:2])
    assert fitted.shortest_ > 2
    np.testing.assert_array_equal(fitted.score(few), fitted.blend_.score(few))
    np.testing.assert_array_equal(fitted.contributions(few, 7), fitted.blend_.contributions(few, 7))


def test_too_few_people_teach_no_order() -> None:
    few = samples.made_up_stars()
    few = few.take(few.user < 20)
    fitted = ListRanker(SMALL).fit(few, seed=0)
    assert fitted.network_.is_silent
    np.testing.assert_array_equal(fitted.score(few.history(0)), fitted.blend_.score(few.history(0)))


@pytest.fixture(scope="module")
def real() -> Interactions:
    return samples.latest_small_cut()


@pytest.fixture(scope="module")
def fitted_on_real(real: Interactions) -> ListRanker:
    return ListRanker(SMALL).fit(real, seed=0)


def test_a_removed_film_changes_the_score_about_as_its_share_says(
    fitted_on_real: ListRanker, real: Interactions
) -> None:
    model = fitted_on_real

    def said(history: History, item: int) -> float:
        x = model.features(history, np.array([item]), model.list_scores(history))
        return float(model.network_.score(x)[0])

    agreement = []
    for user in range(8):
        mine = real.history(user)
        item = int(np.argmax(model.score(mine)))
        change = [said(mine, item) - said(mine.without(row), item) for row in mine.item.tolist()]
        agreement.append(np.corrcoef(model.contributions(mine, item), change)[0, 1])
    assert np.median(agreement) > 0.85


def test_films_that_are_liked_are_what_the_liked_ranker_puts_first(
    fitted_on_real: ListRanker, real: Interactions
) -> None:
    data = real
    liked = LikedRanker(LikedRankerConfig(**{**vars(SMALL), "wanted": "liked"})).fit(data, seed=0)
    stars = np.bincount(data.item, np.nan_to_num(data.rating), data.n_items)
    mean = stars / np.maximum(np.bincount(data.item, minlength=data.n_items), 1)

    def mean_of_first_ten(model: ListRanker) -> float:
        found = []
        for user in range(60):
            score = np.nan_to_num(model.score(data.history(user)), nan=-np.inf)
            score[data.history(user).item] = -np.inf
            found.append(mean[np.argsort(-score)[:10]].mean())
        return float(np.mean(found))

    assert mean_of_first_ten(liked) > mean_of_first_ten(fitted_on_real)


def test_the_gradient_of_the_network_is_that_of_small_steps() -> None:
    net, x = network(0), np.random.default_rng(1).normal(size=(5, 3)).astype(np.float32)
    step = np.float32(1e-2)
    for feature in range(3):
        ahead, behind = x.copy(), x.copy()
        ahead[:, feature] += step
        behind[:, feature] -= step
        slope = (net.score(ahead) - net.score(behind)) / (2 * step)
        np.testing.assert_allclose(net.gradient(x)[:, feature], slope, atol=2e-3)


def test_the_network_goes_no_further_than_what_it_learned_from() -> None:
    net = network(0)
    far = net.centre + 2 * FURTHEST * net.scale
    np.testing.assert_array_equal(net.score(far[None]), net.score((far + 1000)[None]))


def test_films_are_described_by_people_stars_year_and_genres(real: Interactions) -> None:
    data = real
    films = FilmTable.of(data)
    watched = np.bincount(data.item, minlength=data.n_items)
    np.testing.assert_allclose(np.expm1(films.popularity), watched, rtol=1e-4)
    np.testing.assert_allclose(np.square(films.genres).sum(axis=1), [bool(g) for g in data.catalogue.genres])
    assert films.year.min() > 1880
    assert 1 <= films.stars.min() < films.stars.max() <= 5


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"wanted": "loved"}, '"watched" or "liked"'),
        ({"n_candidates": 0}, "at least one candidate"),
        ({"held_out": 1.0}, "between 0 and 1"),
    ],
)
def test_settings_that_mean_nothing_are_refused(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(SMALL, **wrong)
