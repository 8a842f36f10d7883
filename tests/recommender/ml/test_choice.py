import numpy as np
import pytest
from scipy import sparse

from recommender.ml.choice import DAMPING, LEAST, Choice, learn_choice


@pytest.fixture(scope="module")
def chosen() -> sparse.csr_array:
    """Who chose what: 200 people of two camps, who mostly choose the films of their own, 40 films in all."""
    rng = np.random.default_rng(0)
    own = np.arange(200)[:, None] % 2 == np.arange(40) % 2
    return sparse.csr_array((rng.random(own.shape) < np.where(own, 0.4, 0.1)).astype(np.float64))


@pytest.fixture(scope="module")
def tastes() -> np.ndarray:
    """(200, 2): the first axis is the camp, the second has nothing to do with choices."""
    rng = np.random.default_rng(1)
    return np.column_stack([np.arange(200) % 2 * 2 - 1.0, rng.normal(size=200)])


@pytest.fixture(scope="module")
def choice(chosen: sparse.csr_array, tastes: np.ndarray) -> Choice:
    return learn_choice(chosen, tastes)


def test_the_guess_is_the_best_linear_one_by_moments_taken_person_by_person(
    choice: Choice, chosen: sparse.csr_array, tastes: np.ndarray
) -> None:
    X = chosen.toarray()
    weight = 1 / (X.sum(axis=0) + DAMPING)
    g = (X.T @ tastes) * weight[:, None]
    films_of = [np.flatnonzero(row) for row in X]
    y = np.array([g[mine].mean(axis=0) for mine in films_of])
    others = np.array(
        [np.mean([g[i] - weight[i] * tastes[u] for i in mine], axis=0) for u, mine in enumerate(films_of)]
    )
    within = np.mean([np.cov(g[mine].T, bias=True) for mine in films_of], axis=0)
    between = np.cov(others.T, bias=True)
    between += np.diag(2 / 200 * np.diag(between + within) + LEAST)
    together = np.cov(tastes.T, others.T, bias=True)[:2, 2:]
    for items in (np.array([4]), np.array([3, 8, 21]), np.arange(1, 40, 2)):
        told = g[items].mean(axis=0) - y.mean(axis=0)
        expected = together @ np.linalg.solve(between + within / len(items), told)
        np.testing.assert_allclose(choice.taste(items), expected, atol=1e-5)


def test_the_more_films_of_a_camp_are_chosen_the_surer_the_camp_is(choice: Choice) -> None:
    of_camp = [choice.taste(np.arange(1, 2 * n, 2))[0] for n in (1, 3, 10)]
    of_other = [choice.taste(np.arange(0, 2 * n, 2))[0] for n in (1, 3, 10)]
    assert 0 < of_camp[0] < of_camp[1] < of_camp[2] < 1.5
    assert 0 > of_other[0] > of_other[1] > of_other[2] > -1.5


def test_what_has_nothing_to_do_with_choices_is_not_guessed_from_them(choice: Choice) -> None:
    assert abs(choice.taste(np.arange(1, 20, 2))[1]) < 0.2


def test_no_films_tell_nothing(choice: Choice) -> None:
    nothing = np.empty(0, np.int64)
    np.testing.assert_array_equal(choice.taste(nothing), np.zeros(2))
    assert choice.shares(nothing, np.ones(2)).shape == (0,)


def test_shares_sum_to_the_taste_along_their_direction(choice: Choice) -> None:
    items, direction = np.array([3, 8, 21]), np.array([0.7, -0.2])
    assert choice.shares(items, direction).sum() == pytest.approx(direction @ choice.taste(items), abs=1e-6)


def test_one_person_and_one_film_are_enough() -> None:
    alone = learn_choice(sparse.csr_array(np.ones((1, 1))), np.ones((1, 3)))
    np.testing.assert_array_equal(alone.taste(np.array([0])), np.zeros(3))
