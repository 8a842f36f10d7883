from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.ml.interactions import NO_TIME, History, Interactions
from recommender.ml.next_film import NextFilm, NextFilmConfig, ages, transitions
from tests.recommender.ml import samples
from tests.recommender.ml.contract import RecommenderContract

SMALL = NextFilmConfig(
    regularisation=20.0,
    n_neighbours=1_000,
    n_products=1_000,
    mix=5.0,
    decay=0.5,
    window=4,
    transition_regularisation=2.0,
)


class TestNextFilm(RecommenderContract):
    band = (0.28, 0.36)

    def make(self) -> NextFilm:
        return NextFilm(replace(SMALL, regularisation=100.0, n_neighbours=100, n_products=400))


@pytest.fixture(scope="module")
def data() -> Interactions:
    return samples.made_up_stars()


@pytest.fixture(scope="module")
def fitted(data: Interactions) -> NextFilm:
    return NextFilm(SMALL).fit(data, seed=0)


@pytest.fixture(scope="module")
def chains() -> Interactions:
    """Sixty people who go round ten films in order, each from another film on, and stop after six."""
    user, step = np.divmod(np.arange(360), 6)
    return Interactions.of(user, (user + step) % 10, np.full(360, 4.0), 1_000 + step)


def literal_transitions(data: Interactions, decay: float, window: int) -> np.ndarray:
    C = np.zeros((data.n_items, data.n_items))
    for user in range(data.n_users):
        mine = data.history(user)
        order = mine.item[np.argsort(mine.time)]
        for later in range(len(order)):
            for earlier in range(max(0, later - window), later):
                C[order[earlier], order[later]] += decay ** (later - earlier - 1)
    return C


def test_transitions_decay_with_the_films_between(data: Interactions) -> None:
    counted = transitions(data, 0.5, 4).toarray()
    np.testing.assert_allclose(counted, literal_transitions(data, 0.5, 4), rtol=1e-5)


def test_transitions_are_solved_by_the_formula(fitted: NextFilm, data: Interactions) -> None:
    C = literal_transitions(data, 0.5, 4)
    A = (0.5 * (C + C.T) + np.diag(np.bincount(data.item))) / 0.75
    expected = np.zeros_like(C)
    for i in range(len(C)):
        S = np.flatnonzero(C[:, i])  # a film that never came before another is no neighbour of it
        expected[S, i] = np.linalg.solve(A[np.ix_(S, S)] + 2 * np.eye(len(S)), C[S, i])
    np.testing.assert_allclose(fitted.T_.toarray(), expected, atol=1e-4)


def test_films_of_the_same_moment_make_no_transition() -> None:
    at_once = Interactions.of([1, 1, 1], [10, 20, 30], [4, 4, 4], [5, 5, 6])
    assert transitions(at_once, 0.5, 3).toarray().astype(bool).tolist() == [
        [False, False, True],
        [False, False, True],
        [False, False, False],
    ]


def test_the_film_that_follows_comes_first(chains: Interactions) -> None:
    model = NextFilm(replace(SMALL, mix=20.0)).fit(chains, seed=0)
    for first in range(10):
        watched = [(first + step) % 10 for step in range(4)]
        mine = History.of(chains.items, watched, [4.0] * 4, np.arange(4))
        score = model.score(mine)
        score[mine.item] = -np.inf
        assert score.argmax() == (first + 4) % 10


def test_a_history_turned_round_in_time_is_another_history(fitted: NextFilm, data: Interactions) -> None:
    mine = data.history(0)
    turned = History(mine.item, mine.rating, mine.time.max() - mine.time)
    assert np.abs(fitted.score(mine) - fitted.score(turned)).max() > 1e-2


def test_without_times_it_is_sparse_ease(fitted: NextFilm, data: Interactions) -> None:
    mine = data.history(0)
    timeless = History(mine.item, mine.rating, np.full(len(mine), NO_TIME))
    np.testing.assert_array_equal(fitted.score(timeless), fitted.similarity_.score(mine))


def test_learns_from_data_without_times(data: Interactions) -> None:
    timeless = Interactions.of(data.user, data.item, data.rating)
    model = NextFilm(SMALL).fit(timeless, seed=0)
    assert model.T_.nnz == 0
    assert np.isfinite(model.score(timeless.history(0))).any()


def test_ages_count_the_films_watched_later_and_ties_half() -> None:
    time = np.array([30, 10, NO_TIME, 20, 30])
    np.testing.assert_array_equal(ages(time), [0.5, 3, np.nan, 2, 0.5])


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 5), max_size=12))
def test_ages_sum_to_the_number_of_pairs(moments: list[int]) -> None:
    n = len(moments)
    assert ages(np.array(moments, np.int64)).sum() == pytest.approx(n * (n - 1) / 2)


def test_contributions_sum_to_the_score(fitted: NextFilm, data: Interactions) -> None:
    mine = data.history(2)
    score = fitted.score(mine)
    for item in (0, 5, 11):
        assert fitted.contributions(mine, item).sum() == pytest.approx(score[item], abs=1e-4)


@pytest.mark.parametrize(
    "wrong", [{"decay": 1.0}, {"window": 0}, {"transition_regularisation": 0.0}, {"regularisation": 0.0}]
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"decay between|above nought"):
        NextFilmConfig(**wrong)
