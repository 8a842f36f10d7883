from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from recommender.ml.contract import Recommender
from recommender.ml.interactions import About, Catalogue, History, Interactions, Vocabulary
from recommender.ml.twin import DOCUMENT, TwinAutoencoders, TwinConfig
from tests.recommender.ml import samples
from tests.recommender.ml.contract import FoldsUsersIn, RecommenderContract, Scores

SMALL = TwinConfig(
    n_units=12, n_rounds=3, steps_per_turn=20, sample_size=256, hidden=(16,), n_epochs=5, batch_size=1024
)
BOARD = replace(SMALL, n_epochs=60, batch_size=200, dense_learning_rate=0.01, damping=5.0, encoder_pace=1.0)


class TestTwinAutoencoders(RecommenderContract):
    band = (0.865, 0.9)

    def make(self) -> TwinAutoencoders:
        return TwinAutoencoders(SMALL)

    def make_for_the_board(self) -> TwinAutoencoders:
        return TwinAutoencoders(BOARD)


class TestTwinAutoencodersOfTheDocument(RecommenderContract):
    band = (0.855, 0.895)

    def make(self) -> TwinAutoencoders:
        return TwinAutoencoders(replace(DOCUMENT, n_rounds=4, n_epochs=6, batch_size=1024))

    def make_for_the_board(self) -> TwinAutoencoders:
        fewer = {"n_units": 12, "n_rounds": 3, "steps_per_turn": 20, "sample_size": 256}
        steps = {"n_epochs": 60, "batch_size": 200, "dense_learning_rate": 0.01}
        return TwinAutoencoders(replace(DOCUMENT, **fewer, **steps))


class TestTwinsFoldPeopleIn(FoldsUsersIn):
    """A vector computed again is the trained one, so that its scores are too."""

    tolerance = 1e-4

    @pytest.fixture(scope="class")
    @classmethod
    def sample(cls) -> Interactions:
        return samples.made_up_stars()

    @pytest.fixture(scope="class")
    @classmethod
    def fitted(cls, sample: Interactions) -> Recommender:
        return TwinAutoencoders(replace(SMALL, fine_tunes=False, with_product=False)).fit(sample, seed=1)

    def trained_scores(self, model: Recommender, user: int) -> Scores:
        assert isinstance(model, TwinAutoencoders)
        data = samples.made_up_stars()
        vector, about = model.trained_user_vectors_[user], model.words_.people([None])[0]
        unknown_day = np.zeros(13, np.float32)
        unknown_day[[7, 10, 12]] = 1
        films = np.hstack([model.vectors_, model.film_data_])
        person = np.concatenate([vector, about, unknown_day])
        inputs = np.hstack([films, np.tile(person, (len(films), 1))])
        units = np.maximum(inputs @ model.dense_["W0"] + model.dense_["b0"], 0)
        mine = data.history(user).rated
        b_user = (mine.rating - model.mean_ - model.bias_[mine.item]).sum() / (5 + len(mine))
        return units @ model.dense_["w"] + model.dense_["c"] + model.mean_ + model.bias_ + b_user


@pytest.fixture(scope="module")
def data() -> Interactions:
    return samples.made_up_stars()


@pytest.fixture(scope="module")
def fitted(data: Interactions) -> TwinAutoencoders:
    return TwinAutoencoders(SMALL).fit(data, seed=0)


@pytest.fixture(scope="module")
def board() -> Interactions:
    return samples.checkerboard(with_dislikes=True)


@pytest.fixture(scope="module")
def of_the_board(board: Interactions) -> TwinAutoencoders:
    return TwinAutoencoders(replace(SMALL, n_rounds=4, damping=0.0, n_epochs=1)).fit(board, seed=0)


def test_people_encoded_again_have_their_trained_vectors(
    fitted: TwinAutoencoders, data: Interactions
) -> None:
    again = [fitted.vector_of(data.history(user)) for user in range(data.n_users)]
    np.testing.assert_allclose(again, fitted.trained_user_vectors_, atol=1e-4)
    np.testing.assert_array_equal(fitted.vector_of(History.empty()), np.zeros(SMALL.n_units))


def test_films_encoded_again_have_their_trained_vectors(
    of_the_board: TwinAutoencoders, board: Interactions
) -> None:
    for film in range(6):
        given = np.flatnonzero(board.item == film)
        raters = [board.history(int(user)) for user in board.user[given]]
        vector = of_the_board.encode_film(raters, board.rating[given].tolist())
        np.testing.assert_allclose(vector, of_the_board.vectors_[film], atol=1e-3)


def test_a_film_comes_in_without_training_and_is_scored(
    of_the_board: TwinAutoencoders, board: Interactions
) -> None:
    fans = [board.history(user) for user in range(0, 20, 2)]
    film = board.catalogue.take([0])
    longer = of_the_board.with_film(film, fans, [5.0] * len(fans))
    score = longer.score(fans[0])
    assert len(score) == board.n_items + 1
    np.testing.assert_allclose(score[:-1], of_the_board.score(fans[0]), atol=1e-5)
    assert np.isfinite(score[-1])
    assert longer.nearest_films(board.n_items, 3)[0].row % 2 == 0


def test_near_films_are_listed_by_growing_distance_without_the_film_itself(fitted: TwinAutoencoders) -> None:
    near = fitted.nearest_films(4, 10)
    assert len(near) == 10
    assert 4 not in [film.row for film in near]
    distances = [film.distance for film in near]
    assert distances == sorted(distances)
    apart = np.linalg.norm(fitted.vectors_[4] - fitted.vectors_[near[0].row])
    assert distances[0] == pytest.approx(float(apart), rel=1e-5)
    assert fitted.similar(4)[near[0].row] == pytest.approx(-distances[0])


def test_films_that_nobody_watched_are_near_to_none(data: Interactions) -> None:
    films = Vocabulary.of([*data.items.ids, 10_000])
    longer = Interactions.of(data.user, data.items.ids[data.item], data.rating, items=films)
    model = TwinAutoencoders(SMALL).fit(longer, seed=0)
    assert np.flatnonzero(np.isnan(model.similar(0))).tolist() == [data.n_items]
    assert model.nearest_films(data.n_items) == []
    assert np.isfinite(model.score(data.history(0))).all()


def test_people_of_one_colour_of_the_board_are_alike(
    of_the_board: TwinAutoencoders, board: Interactions
) -> None:
    others = [board.history(user) for user in range(1, 20)]
    near = of_the_board.similar_people(board.history(0), others, 5)
    assert all((one.row + 1) % 2 == 0 for one in near)
    vectors = np.array([of_the_board.vector_of(other) for other in others])
    assert of_the_board.similar_people(board.history(0), vectors, 5) == near
    assert of_the_board.similar_people(board.history(0), []) == []


def test_clusters_part_the_two_kinds_of_the_board_and_tell_their_genres(
    of_the_board: TwinAutoencoders, board: Interactions
) -> None:
    clusters = of_the_board.clusters(2)
    assert sorted(len(cluster.films) for cluster in clusters) == [20, 20]
    assert {frozenset((cluster.films % 2).tolist()) for cluster in clusters} == {
        frozenset([0]),
        frozenset([1]),
    }
    for cluster in clusters:
        assert cluster.genres == (("Sci-Fi",) if cluster.films[0] % 2 == 0 else ("Romance",))


def weekday_lovers() -> Interactions:
    """Even films are loved from Friday to Sunday and odd ones on the other days, by everybody."""
    rng = np.random.default_rng(0)
    user, item = np.divmod(np.arange(60 * 20), 20)
    day = rng.integers(0, 700, len(user))
    weekend = (day + 3) % 7 >= 4
    rating = np.where(weekend == (item % 2 == 0), 5.0, 1.0)
    catalogue = samples.board_catalogue().take(range(20))
    return Interactions.of(user, item, rating, day * 86_400 + 7200, catalogue=catalogue)


def test_another_weekday_brings_another_list() -> None:
    data = weekday_lovers()
    model = TwinAutoencoders(replace(SMALL, n_epochs=60, batch_size=200, dense_learning_rate=0.01))
    mine = model.fit(data, seed=0), data.history(0)
    friday, tuesday = mine[0].score_on(mine[1], 4), mine[0].score_on(mine[1], 1)
    assert (np.argsort(-friday)[:10] % 2 == 0).all()
    assert (np.argsort(-tuesday)[:10] % 2 == 1).all()
    np.testing.assert_array_equal(mine[0].score_on(mine[1], -1, 0), mine[0].score(mine[1]))


def test_what_is_known_of_a_person_moves_the_score(data: Interactions) -> None:
    women = {user: About("F" if user % 2 else "M", 30.0, "writer", 0.0, 0.0, 0.0) for user in range(80)}
    told = Interactions.of(data.user, data.items.ids[data.item], data.rating, items=data.items, people=women)
    model = TwinAutoencoders(SMALL).fit(told, seed=0)
    mine = told.history(0)
    unknown = replace(mine, about=None)
    assert np.abs(model.score(mine) - model.score(unknown)).max() > 1e-4
    np.testing.assert_array_equal(model.score(replace(mine, about=About())), model.score(unknown))


def test_learning_stops_when_the_held_out_ratings_say_so(data: Interactions) -> None:
    said: list[str] = []
    patient = replace(SMALL, patience=1, n_epochs=200, dense_learning_rate=0.03, validation_share=0.2)
    TwinAutoencoders(patient).fit(data, seed=0, progress=lambda share, what: said.append(what))
    assert not any(what.startswith("epoch 200 ") for what in said)


def test_folding_in_twenty_films_and_scoring_ten_thousand_takes_about_a_millisecond() -> None:
    rng = np.random.default_rng(0)
    n_items, n_films = 9742, 300
    user, item = rng.integers(0, 40, n_films * 4), rng.integers(0, n_items, n_films * 4)
    _, once = np.unique(user * n_items + item, return_index=True)
    data = Interactions.of(
        user[once],
        item[once],
        rng.integers(1, 6, len(once)),
        items=Vocabulary.of(np.arange(n_items)),
        catalogue=Catalogue.blank(n_items),
    )
    model = TwinAutoencoders(replace(TwinConfig(), n_rounds=1, steps_per_turn=1, n_epochs=1)).fit(
        data, seed=0
    )
    mine = History(np.arange(20), np.full(20, 4.0, np.float32), np.full(20, -1))
    # One thread, as a web process has it: threads that wait for each other cost far more than the sums.
    with threadpool_limits(1, user_api="blas"):
        taken = [_seconds(partial(model.score, mine)) for _ in range(50)]
    assert min(taken) < 0.002


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


@pytest.mark.parametrize("config", [SMALL, replace(DOCUMENT, n_units=6, n_rounds=2, n_epochs=2)])
def test_contributions_are_what_the_score_loses_without_each_film(
    data: Interactions, config: TwinConfig
) -> None:
    model = TwinAutoencoders(config).fit(data, seed=0)
    for mine in (_some_dated(data.history(3)), _some_unrated(data.history(5)), data.history(0)):
        mine = replace(mine, about=About("F", 30.0, "writer", 0.0, 0.0, 0.0))
        for item in (2, int(mine.item[0])):
            lost = model.score(mine)[item] - [model.score(mine.without(int(row)))[item] for row in mine.item]
            assert np.ptp(lost) > 1e-3
            np.testing.assert_allclose(model.contributions(mine, item), lost, atol=2e-5)


def _some_dated(history: History) -> History:
    time = history.time.copy()
    time[::3] = 1_600_000_000
    return replace(history, time=time)


def _some_unrated(history: History) -> History:
    rating = history.rating.copy()
    rating[::2] = np.nan
    return replace(history, rating=rating)


def test_the_only_film_of_a_history_adds_all_that_the_history_changes(fitted: TwinAutoencoders) -> None:
    only = History(np.array([7]), np.array([4.5], np.float32), np.array([-1]))
    changed = fitted.score(only) - fitted.score(History.empty())
    assert fitted.contributions(only, 4) == pytest.approx(changed[[4]], abs=1e-5)


def test_reasons_take_one_batch_of_encodings_and_not_a_score_for_each_film(
    fitted: TwinAutoencoders, data: Interactions
) -> None:
    mine = History(np.resize(np.arange(data.n_items), 200), np.full(200, 4.0, np.float32), np.full(200, -1))
    with threadpool_limits(1, user_api="blas"):
        at_once = min(_seconds(partial(fitted.contributions, mine, 3)) for _ in range(10))
        one_score = min(_seconds(partial(fitted.score, mine)) for _ in range(10))
    assert at_once < 20 * one_score


def test_data_without_a_rating_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one rating"):
        TwinAutoencoders().fit(Interactions.of([1], [10], [np.nan]), seed=0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"n_units": 0},
        {"hidden": ()},
        {"moves": 0.0},
        {"damping": -1.0},
        {"bias_damping": 0.0},
        {"hidden_days": 2.0},
    ],
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"at least one|move by|Dampings|Shares"):
        replace(SMALL, **wrong)
