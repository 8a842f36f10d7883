"""Lists out of scores, and films as their genres."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.ml.answers import top_items
from recommender.ml.figures import genre_features
from recommender.ml.interactions import Catalogue


def test_lists_leave_out_the_seen_and_the_unknown_and_take_ties_in_order() -> None:
    score = np.array([1, np.nan, 5, 5, 2, 7], np.float32)
    assert top_items(score, np.array([5]), 3).tolist() == [2, 3, 4]
    assert top_items(score, np.array([5]), 6).tolist() == [2, 3, 4, 0, -1, -1]
    assert top_items(score, np.array([0, 2, 3, 4, 5]), 2).tolist() == [-1, -1]


def test_genres_are_columns() -> None:
    blank = Catalogue.blank(3)
    films = replace(blank, genres=[("Drama", "Action"), (), ("Drama",)])
    assert genre_features(films).toarray().tolist() == [[1, 1], [0, 0], [0, 1]]
    assert genre_features(blank).toarray().tolist() == [[0]] * 3


@given(st.integers(0, 99), st.integers(1, 15))
@settings(deadline=None, max_examples=40)
def test_a_longer_list_begins_with_the_shorter(seed: int, top: int) -> None:
    rng = np.random.default_rng(seed)
    score = rng.integers(0, 4, 12).astype(np.float32)
    closed = rng.permutation(12)[:4]
    longer = top_items(score, closed, top + 3)
    assert longer[:top].tolist() == top_items(score, closed, top).tolist()
    listed = longer[longer >= 0]
    assert not np.isin(listed, closed).any()
    assert (np.diff(score[listed]) <= 0).all()
