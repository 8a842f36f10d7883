"""A former model's arrays in the rows of new data."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.ml.contract import WarmStart
from recommender.ml.interactions import Interactions, Vocabulary
from recommender.ml.popularity import Popularity


@pytest.fixture
def start() -> WarmStart:
    data = Interactions.of([1, 1, 2], [10, 20, 20], [4.0, 3.0, 5.0])
    return WarmStart.of(Popularity().fit(data, seed=0), data.items, Vocabulary.of([5, 10, 20, 30]))


def test_films_that_were_known_bring_what_was_learned(start: WarmStart) -> None:
    fresh = np.full(4, -1, np.float32)
    assert start.carry("count", fresh).tolist() == [-1, 1, 2, -1]
    assert fresh.tolist() == [-1, -1, -1, -1]


def test_an_array_of_another_width_or_name_brings_nothing(start: WarmStart) -> None:
    wide = np.zeros((4, 3), np.float32)
    assert start.carry("count", wide) is wide
    assert start.carry("factors", wide) is wide
