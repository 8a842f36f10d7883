from dataclasses import replace

import numpy as np
import pytest

from recommender.ml.contract import Recommender
from recommender.ml.interactions import History, Interactions, Vocabulary
from recommender.ml.neighbours import ItemCF, ItemCFConfig, Table, UserCF, UserCFConfig
from tests.recommender.ml import samples
from tests.recommender.ml.contract import RecommenderContract

USERS = UserCFConfig(n_neighbours=20)
ITEMS = ItemCFConfig(n_neighbours=10)


class TestUserCF(RecommenderContract):
    band = (0.29, 0.34)

    def make(self) -> UserCF:
        return UserCF(UserCFConfig(n_neighbours=50))

    def make_for_the_board(self) -> UserCF:
        return UserCF(UserCFConfig(n_neighbours=15))


class TestItemCF(RecommenderContract):
    band = (0.25, 0.29)

    def make(self) -> ItemCF:
        return ItemCF()


@pytest.fixture(scope="module")
def data() -> Interactions:
    return samples.made_up_stars()


@pytest.fixture(scope="module")
def people(data: Interactions) -> UserCF:
    return UserCF(USERS).fit(data, seed=0)


@pytest.fixture(scope="module")
def films(data: Interactions) -> ItemCF:
    return ItemCF(ITEMS).fit(data, seed=0)


def watched(data: Interactions) -> np.ndarray:
    X = np.zeros((data.n_users, data.n_items))
    X[data.user, data.item] = 1
    return X


def unit(X: np.ndarray) -> np.ndarray:
    return X / np.linalg.norm(X, axis=1, keepdims=True)


def test_a_table_sums_the_weights_of_the_rows_that_hold_an_entry() -> None:
    table = Table.of(np.array([2, 0, 2], np.int32), np.array([3, 1, 1], np.int32), n_rows=4)
    assert table.sizes.tolist() == [1, 0, 2, 0]
    assert table.sum(np.array([0, 2]), np.array([1.0, 10.0]), n=4).tolist() == [0, 11, 0, 10]
    assert table.sum(np.array([1, 3]), np.array([1.0, 1.0]), n=4).tolist() == [0, 0, 0, 0]


def test_people_are_near_by_the_cosine_of_what_they_watched(people: UserCF, data: Interactions) -> None:
    cosine = unit(watched(data)) @ unit(watched(data))[3]
    rows, found = people.nearest(data.history(3))
    np.testing.assert_allclose(found, cosine[rows])
    assert len(rows) == USERS.n_neighbours
    assert found.min() >= np.delete(cosine, rows).max()


def test_a_film_scores_what_its_watchers_among_the_neighbours_weigh(
    people: UserCF, data: Interactions
) -> None:
    rows, cosine = people.nearest(data.history(3))
    expected = (cosine**USERS.exponent) @ watched(data)[rows]
    np.testing.assert_allclose(people.score(data.history(3)), expected, rtol=1e-5)


def between_films(data: Interactions) -> np.ndarray:
    cosine = unit(watched(data).T) @ unit(watched(data).T).T
    np.fill_diagonal(cosine, 0)
    return cosine


def test_the_nearest_films_are_kept(films: ItemCF, data: Interactions) -> None:
    expected = np.sort(between_films(data), axis=1)[:, -ITEMS.n_neighbours :]
    np.testing.assert_allclose(np.sort(films.cosine_, axis=1), expected, rtol=1e-5)


def test_a_film_scores_its_cosines_with_the_history_where_all_are_neighbours(data: Interactions) -> None:
    model = ItemCF(ItemCFConfig(n_neighbours=1000, exponent=2.0)).fit(data, seed=0)
    mine = data.history(3)
    expected = (between_films(data)[mine.item] ** 2).sum(axis=0)
    np.testing.assert_allclose(model.score(mine), expected, rtol=1e-4)


@pytest.mark.parametrize("kind", ["people", "films"])
def test_contributions_sum_to_the_score(
    kind: str, data: Interactions, request: pytest.FixtureRequest
) -> None:
    model: Recommender = request.getfixturevalue(kind)
    for user, item in [(0, 0), (1, 20), (2, 7)]:
        mine = data.history(user)
        assert model.contributions(mine, item).sum() == pytest.approx(model.score(mine)[item], rel=1e-4)


def test_removing_a_film_lowers_the_score_by_its_contribution(films: ItemCF, data: Interactions) -> None:
    mine = data.history(2)
    share = films.contributions(mine, 5)
    best = int(share.argmax())
    lost = films.score(mine)[5] - films.score(mine.without(int(mine.item[best])))[5]
    assert share[best] > 0
    assert lost == pytest.approx(share[best], rel=1e-4)


def test_stars_do_not_matter_and_need_not_be_there(data: Interactions) -> None:
    unrated = Interactions.of(data.user, data.item, np.full(len(data), np.nan))
    mine = data.history(0)
    for kind in (UserCF, ItemCF):
        with_stars, without = kind().fit(data, seed=0), kind().fit(unrated, seed=0)
        np.testing.assert_array_equal(without.score(mine), with_stars.score(mine))


@pytest.mark.parametrize("kind", ["people", "films"])
def test_an_empty_history_scores_nought(kind: str, request: pytest.FixtureRequest) -> None:
    assert not request.getfixturevalue(kind).score(History.empty()).any()


@pytest.mark.parametrize("kind", [UserCF, ItemCF])
def test_a_film_is_most_like_itself_and_like_no_film_that_nobody_watched(
    kind: type[Recommender], data: Interactions
) -> None:
    vocabulary = Vocabulary.of([*data.items.ids, 10_000])
    ids = data.items.ids[data.item]
    model = kind().fit(Interactions.of(data.user, ids, data.rating, items=vocabulary), seed=0)
    likeness = model.similar(4)
    assert likeness[4] == pytest.approx(1.0)
    assert np.nanargmax(likeness) == 4
    assert np.flatnonzero(np.isnan(likeness)).tolist() == [len(vocabulary) - 1]
    assert np.isnan(model.similar(len(vocabulary) - 1)).all()
    assert np.flatnonzero(np.isnan(model.score(data.history(0)))).tolist() == [len(vocabulary) - 1]


@pytest.mark.parametrize("config", [USERS, ITEMS])
@pytest.mark.parametrize("wrong", [{"n_neighbours": 0}, {"exponent": 0.0}])
def test_settings_that_make_no_sense_are_refused(
    config: UserCFConfig | ItemCFConfig, wrong: dict[str, float]
) -> None:
    with pytest.raises(ValueError, match="at least one"):
        replace(config, **wrong)
