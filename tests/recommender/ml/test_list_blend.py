from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from recommender.ml.ease import EaseConfig
from recommender.ml.ials import ImplicitALSConfig
from recommender.ml.interactions import History, Interactions
from recommender.ml.list_blend import ListBlend, ListBlendConfig
from tests.recommender.ml import samples
from tests.recommender.ml.contract import RecommenderContract

SMALL = ListBlendConfig(
    ease=EaseConfig(100.0, weighting="ones", unrated_weight=1.0, length_exponent=0.5),
    watched=ImplicitALSConfig(n_factors=16, weighting="ones", unrated_weight=1.0),
    starred=ImplicitALSConfig(n_factors=16),
)


class TestListBlend(RecommenderContract):
    band = (0.34, 0.38)

    def make(self) -> ListBlend:
        return ListBlend(SMALL)


@pytest.fixture(scope="module")
def data() -> Interactions:
    return samples.made_up_stars()


@pytest.fixture(scope="module")
def fitted(data: Interactions) -> ListBlend:
    return ListBlend(SMALL).fit(data, seed=0)


def only(fitted: ListBlend, part: str) -> ListBlend:
    """The same parts, but one weight alone above nought."""
    weights = dict.fromkeys(("ease", "watched", "starred", "popularity"), 0.0) | {part: 2.0}
    changes: dict[str, Any] = {f"{name}_weight": weight for name, weight in weights.items()}
    config = replace(fitted.config, **changes)
    return ListBlend.from_state(config, fitted.state())


@pytest.mark.parametrize("part", ["ease", "watched", "starred"])
def test_a_part_alone_has_its_own_order_and_the_deviation_of_its_weight(
    fitted: ListBlend, data: Interactions, part: str
) -> None:
    score = only(fitted, part).score(data.history(0))
    own = getattr(fitted, f"{part}_").score(data.history(0))
    assert score.std() == pytest.approx(2.0, abs=1e-4)
    np.testing.assert_allclose(score, 2 * own / own.std(), rtol=1e-4, atol=1e-5)


def test_the_score_is_the_sum_of_its_parts(fitted: ListBlend, data: Interactions) -> None:
    mine, config = data.history(3), fitted.config
    parts = ("ease", "watched", "starred", "popularity")
    expected = sum(getattr(config, f"{p}_weight") / 2 * only(fitted, p).score(mine) for p in parts)
    np.testing.assert_allclose(fitted.score(mine), expected, rtol=1e-4, atol=1e-5)


def test_a_newcomer_gets_what_most_people_watched(fitted: ListBlend, data: Interactions) -> None:
    count = np.bincount(data.item, minlength=data.n_items)
    score = fitted.score(History.empty())
    assert (np.diff(count[np.argsort(-score, kind="stable")]) <= 0).all()


def test_contributions_sum_to_the_score_without_popularity(fitted: ListBlend, data: Interactions) -> None:
    for user in range(4):
        mine = data.history(user)
        popular = fitted.config.popularity_weight * fitted.popularity_[5]
        assert fitted.contributions(mine, 5).sum() == pytest.approx(fitted.score(mine)[5] - popular, abs=1e-3)


def test_a_film_is_most_like_itself(fitted: ListBlend) -> None:
    likeness = fitted.similar(4)
    assert likeness.argmax() == 4
    assert likeness[4] == pytest.approx(1.0, abs=1e-4)


def test_a_film_that_ease_left_out_is_scored_by_the_others(data: Interactions) -> None:
    cut = replace(SMALL, ease=replace(SMALL.ease, largest=20))
    assert np.isfinite(ListBlend(cut).fit(data, seed=0).score(data.history(0))).all()


@pytest.mark.parametrize("wrong", [{"watched_weight": -0.1}, {"ease_weight": -1.0}])
def test_weights_below_nought_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="weights from nought"):
        replace(SMALL, **wrong)
