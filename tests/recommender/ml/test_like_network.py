import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch
from threadpoolctl import threadpool_limits

from recommender.ml.contract import Recommender
from recommender.ml.interactions import Catalogue, History, Interactions
from recommender.ml.like_network import DOCUMENT, LikeNetwork, LikeNetworkConfig, stars
from recommender.ml.like_network_training import kinds_of
from tests.recommender.ml import samples
from tests.recommender.ml.contract import FoldsUsersIn, RecommenderContract, Scores

SMALL = LikeNetworkConfig(n_factors=16, hidden=(8,), batch_size=16, learning_rate=0.01)
# The document's, sped up for data as small as these.
DOCUMENTED = replace(DOCUMENT, n_factors=16, learning_rate=0.01)


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Fits this small lose more to waiting for each other's threads than they gain."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


class TestLikeNetwork(RecommenderContract):
    band = (0.89, 0.94)

    def make(self) -> LikeNetwork:
        return LikeNetwork(SMALL)

    def make_for_the_board(self) -> LikeNetwork:
        return LikeNetwork(replace(SMALL, patience=0, n_epochs=80, dropout=0.0, input_dropout=0.0))


class TestLikeNetworkOfTheDocument(FoldsUsersIn, RecommenderContract):
    band = (0.87, 0.92)
    tolerance = 0.5

    def make(self) -> LikeNetwork:
        return LikeNetwork(DOCUMENTED)

    def make_for_the_board(self) -> LikeNetwork:
        return LikeNetwork(replace(DOCUMENTED, n_epochs=60, dropout=0.0, fold_in_penalty=0.01))

    def trained_scores(self, model: Recommender, user: int) -> Scores:
        assert isinstance(model, LikeNetwork)
        assert model.trained_users_ is not None
        return stars(model.network_.every_film(model.trained_users_[user]))


@pytest.fixture(scope="module")
def data() -> Interactions:
    return samples.made_up_stars()


@pytest.fixture(scope="module", params=[SMALL, DOCUMENTED], ids=["tuned", "document"])
def fitted(request: pytest.FixtureRequest, data: Interactions) -> LikeNetwork:
    return LikeNetwork(request.param).fit(data, seed=0)


def test_predicts_within_the_range_of_stars(fitted: LikeNetwork, data: Interactions) -> None:
    predicted = [fitted.score(data.history(user)) for user in range(10)]
    assert np.min(predicted) >= 0.5
    assert np.max(predicted) <= 5.0


def test_liking_is_a_probability_that_rises_with_the_stars(fitted: LikeNetwork, data: Interactions) -> None:
    mine = data.history(2)
    by_stars = fitted.like_probability(mine)[np.argsort(fitted.score(mine))]
    assert by_stars.min() >= 0
    assert by_stars.max() <= 1
    assert (np.diff(by_stars) >= -1e-6).all()


def test_liking_is_on_the_whole_as_frequent_as_ratings_of_three_and_a_half(data: Interactions) -> None:
    model = LikeNetwork(replace(SMALL, patience=0)).fit(data, seed=0)
    rated = [data.history(user).rated for user in range(data.n_users)]
    said = np.concatenate([model.like_probability(mine)[mine.item] for mine in rated])
    assert said.mean() == pytest.approx(np.mean(data.rated.rating >= 3.5), abs=0.08)


def test_a_contribution_is_what_the_score_loses_without_the_film(
    fitted: LikeNetwork, data: Interactions
) -> None:
    mine = data.history(1)
    for item in (0, 9):
        whole = fitted.score(mine)[item]
        lost = [whole - fitted.score(mine.without(int(row)))[item] for row in mine.item]
        np.testing.assert_allclose(fitted.contributions(mine, item), lost, atol=1e-4)


def test_films_watched_without_a_rating_have_no_effect(fitted: LikeNetwork, data: Interactions) -> None:
    watched = History.of(data.items, data.items.ids[:5], [np.nan] * 5)
    np.testing.assert_array_equal(fitted.score(watched), fitted.score(History.empty()))


def test_a_film_that_nobody_rated_is_judged_by_its_genres_and_year(data: Interactions) -> None:
    unrated = data.take(~np.isin(data.item, [4, 16]))
    model = LikeNetwork(SMALL).fit(unrated, seed=0)
    assert np.isfinite(model.score(unrated.history(0))).all()
    assert np.isnan(model.similar(4)).all()


def test_two_films_loved_by_the_same_people_are_more_alike_on_the_whole() -> None:
    board = samples.checkerboard(with_dislikes=True)
    near = LikeNetwork(replace(SMALL, patience=0, n_epochs=60)).fit(board, seed=0).similar(0)
    assert near[2::2].mean() > near[1::2].mean()


def test_genres_and_years_become_rows_with_nought_for_unknown() -> None:
    genres = [("Drama", "Comedy", "War"), ("Comedy",), ()]
    blank = Catalogue.blank(3)
    films = Catalogue(blank.titles, blank.texts, genres, blank.people, np.array([1999, 0, 1950], np.int16))
    first, second, year = kinds_of(films)
    assert first.tolist() == [2, 1, 0]
    assert second.tolist() == [1, 0, 0]
    assert year.tolist() == [2, 0, 1]


def test_the_printed_sizes_are_those_of_the_document() -> None:
    assert (DOCUMENT.n_factors, DOCUMENT.hidden, DOCUMENT.n_epochs, DOCUMENT.batch_size) == (
        50,
        (10,),
        10,
        64,
    )


def test_scoring_a_catalogue_of_ten_thousand_takes_about_a_millisecond() -> None:
    rng = np.random.default_rng(0)
    sizes = {"A": (9742, 32), "W_u": (50, 32), "d": (9742,), "P": (9742, 50), "films": (9742, 50)}
    sizes |= {"layer0_W": (32, 1), "layer0_b": (1,), "liking": (2,), "c": (50,), "g": (50,)}
    sizes |= {"Y": (9742, 50), "Z": (9742, 50), "m": (9742,)}
    arrays = {name: rng.normal(size=size).astype(np.float32) for name, size in sizes.items()}
    model = LikeNetwork.from_state(LikeNetworkConfig(), arrays)
    rows = rng.choice(9742, 20, replace=False)
    mine = History(rows, rng.uniform(1, 5, 20).astype(np.float32), np.zeros(20, np.int64))
    with threadpool_limits(1, user_api="blas"):
        taken = [_seconds(model, mine) for _ in range(50)]
    assert min(taken) < 0.003


def _seconds(model: LikeNetwork, history: History) -> float:
    start = time.perf_counter()
    model.score(history)
    return time.perf_counter() - start


def test_cannot_learn_without_any_rating(data: Interactions) -> None:
    with pytest.raises(ValueError, match="at least one rating"):
        LikeNetwork(SMALL).fit(data.take(np.isnan(data.rating)), seed=0)


@pytest.mark.parametrize("wrong", [{"hidden": ()}, {"dropout": 1.0}, {"people": "crowd"}])
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"at least one|share from|history or"):
        replace(SMALL, **wrong)
