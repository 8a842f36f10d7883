from dataclasses import replace

import numpy as np
import pytest

from recommender.ml.bias import LEFT_OUT, UNDAMPED
from recommender.ml.interactions import History, Interactions, Vocabulary
from recommender.ml.pearson_cf import DOCUMENT, ITEM_DOCUMENT, PearsonCF, PearsonConfig, strongest
from tests.recommender.ml import samples
from tests.recommender.ml.contract import RecommenderContract

PEOPLE = PearsonConfig(side="user", shrinkage=30.0, damping=0.5)
FILMS = PearsonConfig(side="item", shrinkage=30.0)


class TestPearsonOfFilms(RecommenderContract):
    band = (0.83, 0.88)

    def make(self) -> PearsonCF:
        return PearsonCF(PearsonConfig())

    def make_for_the_board(self) -> PearsonCF:
        return PearsonCF(replace(FILMS, shrinkage=1.0))


class TestPearsonOfPeople(RecommenderContract):
    band = (0.83, 0.88)

    def make(self) -> PearsonCF:
        return PearsonCF(PEOPLE)

    def make_for_the_board(self) -> PearsonCF:
        return PearsonCF(replace(PEOPLE, shrinkage=1.0))


class TestPearsonAsInTheDocument(RecommenderContract):
    band = (0.87, 0.93)

    def make(self) -> PearsonCF:
        return PearsonCF(DOCUMENT)


@pytest.fixture(scope="module")
def data() -> Interactions:
    return samples.made_up_stars()


def pearson(a: np.ndarray, b: np.ndarray) -> float:
    """Around the means that were taken off, over what both rated."""
    both = ~np.isnan(a) & ~np.isnan(b)
    below = np.sqrt(np.square(a[both]).sum() * np.square(b[both]).sum())
    return float(a[both] @ b[both] / below) if below > 1e-6 else 0.0


def test_people_are_compared_by_what_both_rated_around_their_means(data: Interactions) -> None:
    model = PearsonCF(DOCUMENT).fit(data, seed=0)
    stars = data.by_user.toarray().astype(np.float64)
    stars[stars == 0] = np.nan
    above = stars - np.nanmean(stars, axis=1, keepdims=True)
    mine = data.history(3).rated
    found = model.likeness_to_people(mine, above[3, mine.item].astype(np.float32))
    expected = [pearson(above[3], other) for other in above]
    np.testing.assert_allclose(found, expected, atol=1e-3)
    assert found[3] == pytest.approx(1.0, abs=1e-4)


def test_a_score_is_the_mean_and_what_the_neighbours_say_beyond_theirs(data: Interactions) -> None:
    model = PearsonCF(DOCUMENT).fit(data, seed=0)
    stars = data.by_user.toarray().astype(np.float64)
    stars[stars == 0] = np.nan
    mean = np.nanmean(stars, axis=1)
    above = stars - mean[:, None]
    s = np.array([pearson(above[3], other) for other in above])
    for item in (0, 7, 30):
        raters = ~np.isnan(above[:, item])
        said = s[raters] @ above[raters, item] / np.abs(s[raters]).sum()
        assert model.score(data.history(3))[item] == pytest.approx(mean[3] + said, abs=2e-3)


def test_films_are_compared_by_those_who_rated_both(data: Interactions) -> None:
    model = PearsonCF(ITEM_DOCUMENT).fit(data, seed=0)
    stars = data.by_user.toarray().astype(np.float64)
    stars[stars == 0] = np.nan
    above = (stars - np.nanmean(stars, axis=0)).T
    expected = [pearson(above[4], other) for other in above]
    np.testing.assert_allclose(model.similar(4), expected, atol=2e-3)


def test_shrinkage_halves_a_likeness_of_as_many_ratings_in_common() -> None:
    people = Interactions.of(
        np.repeat([1, 2, 3], 4), np.tile([10, 20, 30, 40], 3), [5, 1, 4, 2, 4, 2, 5, 1, 1, 5, 2, 4]
    )
    bare = PearsonConfig(item_damping=LEFT_OUT, user_damping=UNDAMPED, shrinkage=0.0, positive_only=False)
    full, half = (
        PearsonCF(replace(bare, shrinkage=shrinkage)).fit(people, seed=0).similar(0)[1]
        for shrinkage in (0.0, 3.0)
    )
    assert full < 0
    assert half == pytest.approx(full / 2, rel=1e-5)


def test_both_sides_agree_on_how_alike_two_films_are(data: Interactions) -> None:
    config = replace(FILMS, n_kept=1000)
    of_films, of_people = (
        PearsonCF(replace(config, side=side)).fit(data, seed=0).similar(7) for side in ("item", "user")
    )
    np.testing.assert_allclose(of_films, of_people, atol=1e-5)


def test_only_the_strongest_of_a_row_are_kept() -> None:
    S = np.array([[0.1, -0.9, 0.3, 0], [0, 0.2, 0, 0]], np.float32)
    assert strongest(S, 2).toarray().tolist() == [
        [0, pytest.approx(-0.9), pytest.approx(0.3), 0],
        [0, pytest.approx(0.2), 0, 0],
    ]


@pytest.mark.parametrize("user", range(3))
def test_contributions_of_the_item_side_sum_to_what_the_history_adds(user: int, data: Interactions) -> None:
    model = PearsonCF(FILMS).fit(data, seed=0)
    mine = data.history(user)
    for item in (0, 20):
        added = model.score(mine)[item] - model.score(History.empty())[item]
        assert model.contributions(mine, item).sum() == pytest.approx(added, abs=1e-4)


@pytest.mark.parametrize("config", [PEOPLE, FILMS])
def test_a_film_that_nobody_rated_gets_the_biases_alone(config: PearsonConfig, data: Interactions) -> None:
    films = Vocabulary.of([*data.items.ids, 10_000])
    ids = data.items.ids[data.item]
    model = PearsonCF(config).fit(Interactions.of(data.user, ids, data.rating, items=films), seed=0)
    mine = data.history(0)
    assert model.score(mine)[-1] == model.bias_.score(mine)[-1]
    assert model.score(History.empty()) == pytest.approx(model.bias_.score(History.empty()))


@pytest.mark.parametrize("config", [PEOPLE, FILMS])
def test_a_film_watched_without_a_rating_changes_nothing(config: PearsonConfig, data: Interactions) -> None:
    model = PearsonCF(config).fit(data, seed=0)
    rated = History.of(data.items, data.items.ids[:2], [4, 2])
    with_watched = History.of(data.items, data.items.ids[:3], [4, 2, np.nan])
    np.testing.assert_array_equal(model.score(with_watched), model.score(rated))


def test_data_without_a_rating_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one rating"):
        PearsonCF().fit(Interactions.of([1], [10], [np.nan]), seed=0)


@pytest.mark.parametrize("wrong", [{"side": "both"}, {"shrinkage": -1.0}, {"n_kept": 0}, {"damping": -1.0}])
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="Pearson neighbours"):
        replace(FILMS, **wrong)
