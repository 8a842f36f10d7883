"""Coverage, novelty, popularity bias and diversity: by hand, by their definitions written out, by bounds."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import sparse
from scipy.stats import entropy
from sklearn.metrics.pairwise import cosine_similarity

from recommender.ml import metrics

counts_arrays = hnp.arrays(np.int64, st.integers(1, 20), elements=st.integers(0, 30))
# Two genres a film; the last film has none.
GENRES = sparse.csr_array(np.array([[1, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0], [0, 0, 0]], float))


def test_coverage_counts_each_film_once() -> None:
    assert metrics.coverage(np.array([[4, 0, 2, 1], [3, 1, 0, -1]]), n_items=10) == 5 / 10


def test_exposure_counts_lists_and_leaves_padding_out() -> None:
    assert metrics.exposure(np.array([[0, 1], [1, -1]]), 3).tolist() == [1, 2, 0]


def test_novelty_is_self_information_and_padding_has_none() -> None:
    popularity = np.array([8, 4, 2, 1, 0])
    listed = np.array([[0, 1], [3, -1], [4, -1], [-1, -1]])
    found = metrics.novelty(listed, popularity, n_users=8)
    assert found[:3].tolist() == [0.5, 3, 3]
    assert math.isnan(found[3])


def test_average_popularity_is_that_of_the_films_listed() -> None:
    found = metrics.average_popularity(np.array([[0, 1], [2, -1], [-1, -1]]), np.array([8, 4, 2]))
    assert found[:2].tolist() == [6, 2]
    assert math.isnan(found[2])


def test_gini_by_hand() -> None:
    assert metrics.gini(np.array([5, 5, 5])) == 0
    assert metrics.gini(np.array([0, 0, 0, 12])) == pytest.approx(3 / 4)
    assert metrics.gini(np.array([1, 3])) == pytest.approx(1 / 4)
    assert math.isnan(metrics.gini(np.zeros(3, int)))


@given(counts_arrays)
@settings(deadline=None, max_examples=60)
def test_gini_is_half_the_relative_mean_difference(counts: np.ndarray) -> None:
    found = metrics.gini(counts)
    if not counts.sum():
        assert math.isnan(found)
        return
    difference = np.abs(counts[:, None] - counts[None, :]).mean()
    assert found == pytest.approx(difference / (2 * counts.mean()))
    assert 0 <= found <= 1 - 1 / len(counts) + 1e-12


@given(counts_arrays, st.integers(2, 5))
@settings(deadline=None, max_examples=40)
def test_gini_knows_no_unit_and_no_order(counts: np.ndarray, factor: int) -> None:
    if counts.sum():
        assert metrics.gini(counts * factor) == pytest.approx(metrics.gini(counts))
        assert metrics.gini(counts[::-1]) == metrics.gini(counts)


def test_diversity_by_hand() -> None:
    same, unlike, mixed, alone = [0, 1, -1], [0, 2, 4], [0, 2, 3], [4, 0, -1]
    found = metrics.intra_list_diversity(np.array([same, unlike, mixed, alone]), GENRES)
    cosine = 1 / math.sqrt(2)
    assert found[:3].tolist() == pytest.approx([0, 1, 1 - (0 + cosine + cosine) / 3])
    assert math.isnan(found[3])


def test_no_genres_no_diversity() -> None:
    found = metrics.intra_list_diversity(np.array([[0, 1]]), sparse.csr_array((2, 1), dtype=float))
    assert np.isnan(found).all()


@given(st.integers(0, 200))
@settings(deadline=None, max_examples=40)
def test_diversity_agrees_with_the_cosines_of_scikit_learn(seed: int) -> None:
    rng = np.random.default_rng(seed)
    features = (rng.random((9, 4)) < 0.5).astype(float)
    features[:, 0] = 1
    listed = rng.permutation(9)[:5]
    cosine = cosine_similarity(features)
    expected = 1 - np.mean([cosine[i, j] for i, j in combinations(listed, 2)])
    found = metrics.intra_list_diversity(listed[None, :], sparse.csr_array(features))
    assert found[0] == pytest.approx(expected)


def test_a_list_with_the_genres_of_the_past_is_calibrated() -> None:
    genres = sparse.csr_array([[1.0, 0], [0, 1], [1, 1], [0, 0]])
    past = sparse.csr_array([[True, True, False, False], [True, False, False, False], [False] * 4])
    even, one_sided, nothing = [2, 3, -1], [1, 1, -1], [3, -1, -1]
    found = metrics.miscalibration(np.array([even, one_sided, even]), past, genres)
    # All of the past in the first genre, of which the list has nothing but what damping lends it.
    assert found[:2].tolist() == pytest.approx([0, -math.log(0.01)])
    assert math.isnan(found[2])
    assert math.isnan(metrics.miscalibration(np.array([nothing]), past[[0]], genres)[0])


def test_miscalibration_agrees_with_the_relative_entropy_of_scipy() -> None:
    rng = np.random.default_rng(0)
    genres = (rng.random((12, 4)) < 0.5).astype(float)
    genres[:, 0] = 1
    past, listed = rng.permutation(12)[:6], rng.permutation(12)[:5]
    shares = genres / genres.sum(axis=1, keepdims=True)
    p, q = shares[past].mean(axis=0), shares[listed].mean(axis=0)
    marked = sparse.csr_array(np.isin(np.arange(12), past)[None, :])
    found = metrics.miscalibration(listed[None, :], marked, sparse.csr_array(genres))
    assert found[0] == pytest.approx(entropy(p, 0.99 * q + 0.01 * p))
