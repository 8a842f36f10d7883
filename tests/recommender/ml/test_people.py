import numpy as np
import pytest

from recommender.ml.people import BIAS_DAMPING, SHRINKAGE, alike, usual_stars

USUAL = np.full(8, 3.5, np.float32)
MINE = np.float32([5, 4.5, 2, 1.5, 5, 1, 4, 2.5])


def test_likeness_is_the_shrunk_correlation_of_what_the_biases_leave() -> None:
    theirs = np.float32([4, 4.5, 3, 1, 4, 2.5, 4.5, 2])
    left = [stars - 3.5 - (stars - 3.5).sum() / (8 + BIAS_DAMPING) for stars in (MINE, theirs)]
    cosine = left[0] @ left[1] / np.sqrt((left[0] @ left[0]) * (left[1] @ left[1]))
    assert alike(MINE, theirs, USUAL).likeness == pytest.approx(cosine * 8 / (8 + SHRINKAGE), rel=1e-5)


def test_opposite_tastes_are_unlike() -> None:
    assert alike(MINE, 7 - MINE, USUAL).likeness < -0.3


def test_the_more_films_agree_the_more_alike_people_are() -> None:
    few, many = alike(MINE[:4], MINE[:4], USUAL[:4]), alike(MINE, MINE, USUAL)
    assert 0 < few.likeness < many.likeness < 1


def test_loving_what_everybody_loves_is_no_likeness() -> None:
    usual = np.float32([4.4, 4.5, 4.3, 4.6, 2, 2.2])
    everybody = alike(usual, usual, usual)
    assert everybody.likeness == 0
    own = np.float32([3, 5, 3, 5, 3.5, 1])
    assert abs(alike(own, usual, usual).likeness) < 0.05 < alike(own, own, usual).likeness


def test_two_films_prove_nothing() -> None:
    assert alike(MINE[:2], MINE[:2], USUAL[:2]) == (0.0, 2, 2)


def test_ratings_a_star_apart_agree() -> None:
    assert alike(np.float32([5, 3, 2]), np.float32([4, 3, 3.5]), USUAL[:3])[1:] == (2, 3)


def test_films_of_few_ratings_are_taken_for_usual_ones() -> None:
    total, count = np.float32([5, 400, 300]), np.float32([1, 100, 100])
    means = usual_stars(total, count)
    assert means[1] == pytest.approx(4, abs=0.05)
    assert 3.4 < means[0] < 4


def test_no_films_are_no_error() -> None:
    nothing = np.empty(0, np.float32)
    assert len(usual_stars(nothing, nothing)) == 0
    assert alike(nothing, nothing, nothing) == (0.0, 0, 0)
