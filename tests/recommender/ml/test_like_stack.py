import numpy as np
import pytest
from scipy.special import expit, logit
from sklearn.metrics import roc_auc_score

from recommender.ml.like_stack import LIKED, Usual, learn_likes

USUAL = Usual(3.6, 1.2, 0.58)
N = 6000


def held_out(seed: int = 0) -> tuple[np.ndarray, ...]:
    """Everyone is told apart by one scale, but who gives likes easily draws the line lower."""
    rng = np.random.default_rng(seed)
    own, easy = rng.normal(0.3, 1, N), rng.normal(0, 1, N)
    stars = (3.5 + 0.6 * own + rng.normal(0, 0.3, N)).astype(np.float32)
    habits = np.column_stack([np.log1p(rng.integers(1, 300, N)), np.full((N, 2), 1.0), 0.58 + easy / 10])
    given = np.where(rng.random(N) < expit(own + 0.8 * easy), 4, 3).astype(np.float32)
    return expit(own).astype(np.float32), stars, habits, rng.integers(0, 2000, N), given


def test_a_huge_penalty_leaves_the_probability_of_ordered_probit() -> None:
    reached, stars, habits, n_item, given = held_out()
    likes = learn_likes(reached, stars, habits, n_item, given, 1e12)
    np.testing.assert_allclose(likes.probability(reached, stars, habits, n_item), reached, atol=1e-5)


def test_a_person_who_likes_easily_is_learned_and_foretold_elsewhere() -> None:
    *asked, given = held_out(0)
    likes = learn_likes(*asked, given, 1.0)
    *others, truth = held_out(1)
    probability, liked = likes.probability(*others), truth >= LIKED
    assert roc_auc_score(liked, probability) > roc_auc_score(liked, others[0]) + 0.05
    assert probability.mean() == pytest.approx(liked.mean(), abs=0.02)


def test_the_weights_are_the_mode_under_the_penalty() -> None:
    reached, stars, habits, n_item, given = held_out()
    likes = learn_likes(reached, stars, habits, n_item, given, 10.0)
    known = np.column_stack([logit(reached.astype(np.float64)), stars, habits, np.log1p(n_item)])
    gap = (given >= LIKED) - likes.probability(reached, stars, habits, n_item)
    np.testing.assert_allclose(likes._terms(known).T @ gap, 10 * likes.weights.ravel(), atol=0.01)


def test_certainty_is_kept_finite() -> None:
    reached, stars, habits, n_item, given = held_out()
    likes = learn_likes(np.round(reached), stars, habits, n_item, given, 1.0)
    assert np.isfinite(likes.probability(np.round(reached), stars, habits, n_item)).all()


def test_one_person_and_many_films_or_a_person_for_each() -> None:
    reached, stars, habits, n_item, given = held_out()
    likes = learn_likes(reached, stars, habits, n_item, given, 1.0)
    one = likes.probability(reached, stars, habits[0], n_item)
    each = likes.probability(reached, stars, np.tile(habits[0], (N, 1)), n_item)
    np.testing.assert_array_equal(one, each)


def test_a_newcomer_is_as_usual_and_ratings_draw_away_from_that() -> None:
    nobody = USUAL.habits(np.empty(0, np.float32))
    np.testing.assert_allclose(nobody, [0, 3.6, np.sqrt(1.2), 0.58])
    n, mean, spread, share = USUAL.habits(np.full(95, 4.0, np.float32))
    assert n == pytest.approx(np.log(96))
    assert mean == pytest.approx((95 * 4 + 5 * 3.6) / 100)
    assert spread < 0.3
    assert share == pytest.approx((95 + 5 * 0.58) / 100)


def test_what_is_usual_comes_from_the_stars() -> None:
    found = Usual.of(np.array([2, 3, 4, 5], np.float32))
    assert found == pytest.approx((3.5, 1.25, 0.5))
