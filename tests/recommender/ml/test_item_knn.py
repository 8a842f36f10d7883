from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.ml.interactions import History, Interactions, Vocabulary
from recommender.ml.item_knn import DOCUMENT, ItemKNN, ItemKNNConfig
from tests.recommender.ml import samples
from tests.recommender.ml.contract import RecommenderContract, Scores


class TestItemKNN(RecommenderContract):
    band = (0.82, 0.88)

    def make(self) -> ItemKNN:
        return ItemKNN()


class TestItemKNNAsInTheDocument(RecommenderContract):
    band = (0.9, 1.06)

    def make(self) -> ItemKNN:
        return ItemKNN(replace(DOCUMENT, n_neighbours=200))  # K is not printed

    def baseline(self, train: Interactions) -> Scores:
        # Bare cosines are led astray by films with one person in common: the mean rating is better.
        return np.full(train.n_items, DOCUMENT.default_rating, np.float32)


@pytest.fixture(scope="module")
def data() -> Interactions:
    return samples.made_up_stars()


@pytest.fixture(scope="module")
def fitted(data: Interactions) -> ItemKNN:
    return ItemKNN().fit(data, seed=0)


@pytest.fixture(scope="module")
def three_people() -> Interactions:
    """Means of 3, 3 and 4: films 1, 2 and 3 are off by (2, 1, -2.5), (-1, 1, 0) and (1, none, -1)."""
    stars = [
        (1, 1, 5),
        (1, 2, 4),
        (1, 3, 0.5),
        (1, 4, 2.5),
        (2, 1, 2),
        (2, 2, 4),
        (2, 3, 3),
        (3, 1, 5),
        (3, 3, 3),
    ]
    user, item, rating = zip(*stars, strict=True)
    return Interactions.of(user, item, rating, items=Vocabulary.of([1, 2, 3, 4, 5]))


def test_likeness_is_the_adjusted_cosine_over_those_who_rated_both(three_people: Interactions) -> None:
    model = ItemKNN(DOCUMENT).fit(three_people, seed=0)
    likeness = model.similar(0)
    assert likeness[1] == pytest.approx((2 * 1 - 1 * 1) / np.sqrt((4 + 1) * (1 + 1)))
    assert likeness[2] == pytest.approx((2 * -2.5 - 0 - 1) / np.sqrt((4 + 1 + 1) * (2.5**2 + 0 + 1)))


def test_the_document_predicts_the_weighted_mean_of_the_stars(three_people: Interactions) -> None:
    model = ItemKNN(DOCUMENT).fit(three_people, seed=0)
    mine = History.of(three_people.items, [2, 3], [4, 2])
    near = model.similar(0)[[1, 2]]
    assert model.score(mine)[0] == pytest.approx((near @ [4, 2]) / np.abs(near).sum(), abs=1e-5)


def test_the_document_says_three_where_it_knows_nothing(three_people: Interactions) -> None:
    model = ItemKNN(DOCUMENT).fit(three_people, seed=0)
    assert (model.score(History.empty()) == 3).all()
    assert model.score(three_people.history(0))[4] == 3


def test_few_people_in_common_count_for_less(three_people: Interactions) -> None:
    plain = ItemKNN(DOCUMENT).fit(three_people, seed=0).similar(0)
    shrunk = ItemKNN(replace(DOCUMENT, shrinkage=3.0, significance=2.0)).fit(three_people, seed=0).similar(0)
    assert shrunk[1] == pytest.approx(plain[1] * (2 / 5) ** 2)
    assert shrunk[2] == pytest.approx(plain[2] * (3 / 6) ** 2)


def likenesses(model: ItemKNN, item: int) -> np.ndarray:
    """(n_items,) likeness to the neighbours of `item` alone."""
    row = np.zeros(len(model.rated_))
    for j in range(len(row)):
        those = slice(model.starts_[j], model.starts_[j + 1])
        row[j] = model.likeness_[those][model.near_[those] == item].sum()
    return row


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 60), st.integers(0, 49), st.integers(0, 79), st.booleans())
def test_asks_those_of_the_nearest_films_that_somebody_rated(
    n_neighbours: int, item: int, user: int, biased: bool
) -> None:
    data = samples.made_up_stars()
    model = ItemKNN(ItemKNNConfig(n_neighbours=n_neighbours, biased=biased)).fit(data, seed=0)
    mine = data.history(user).rated
    sim, stars = likenesses(model, item)[mine.item], mine.rating.astype(float)
    base = model.bias_.score(mine) if biased else np.zeros(data.n_items)
    expected = base[item] + sim @ (stars - base[mine.item]) / (np.abs(sim).sum() + 0.2)
    if biased or sim.any():
        assert model.score(mine)[item] == pytest.approx(expected, abs=1e-4)
    else:
        assert model.score(mine)[item] == 3


def test_the_neighbours_of_a_film_are_those_most_like_it(data: Interactions) -> None:
    whole, few = (ItemKNN(ItemKNNConfig(n_neighbours=n)).fit(data, seed=0) for n in (1000, 6))
    for item in (0, 20):
        nearest = np.argsort(-likenesses(whole, item))[:6]
        np.testing.assert_array_equal(np.flatnonzero(likenesses(few, item)), np.sort(nearest))


def test_two_films_are_alike_if_one_of_them_is_a_neighbour_of_the_other(data: Interactions) -> None:
    model = ItemKNN(ItemKNNConfig(n_neighbours=6)).fit(data, seed=0)
    table = np.array([model.similar(item) for item in range(data.n_items)])
    np.testing.assert_array_equal(table, table.T)
    assert np.count_nonzero(table[3]) > 7


@pytest.mark.parametrize("config", [ItemKNNConfig(), DOCUMENT])
@pytest.mark.parametrize("item", [0, 20])
def test_contributions_sum_to_what_the_history_adds(
    data: Interactions, config: ItemKNNConfig, item: int
) -> None:
    model, mine = ItemKNN(config).fit(data, seed=0), data.history(3)
    added = model.score(mine)[item] - model.score(History.empty())[item]
    assert model.contributions(mine, item).sum() == pytest.approx(added, abs=1e-4)


@given(st.lists(st.sampled_from([0.5, 1.0, 2.5, 4.0, 5.0]), min_size=1, max_size=20))
def test_a_weighted_mean_of_alike_films_lies_between_their_stars(stars: list[float]) -> None:
    board = samples.checkerboard(with_dislikes=True)
    model = ItemKNN(DOCUMENT).fit(board, seed=0)
    mine = History.of(board.items, 2 * np.arange(len(stars)), stars)
    score = model.score(mine)[38]
    assert min(stars) - 1e-5 <= score <= max(stars) + 1e-5


def test_a_film_is_most_like_itself_and_like_no_film_that_nobody_rated(data: Interactions) -> None:
    model = ItemKNN().fit(data.take(data.item != 4), seed=0)
    assert np.nanargmax(model.similar(7)) == 7
    assert np.isnan(model.similar(7)[4])
    assert np.isnan(model.similar(4)).all()


def test_cannot_learn_without_any_rating(data: Interactions) -> None:
    with pytest.raises(ValueError, match="at least one rating"):
        ItemKNN().fit(data.take(np.isnan(data.rating)), seed=0)


@pytest.mark.parametrize("wrong", [{"n_neighbours": 0}, {"shrinkage": -1.0}, {"damping": -0.1}])
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"at least one neighbour|never below nought"):
        replace(DOCUMENT, **wrong)
