import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch

from recommender.ml.autoencoder import AutoencoderConfig, RatingAutoencoder
from recommender.ml.content import Content
from recommender.ml.contract import WarmStart
from recommender.ml.hybrid import DOCUMENT, Hybrid, HybridConfig, nearest
from recommender.ml.interactions import History, Interactions
from recommender.ml.svdpp import SVDPlusPlus, SVDPlusPlusConfig
from tests.recommender.ml import samples
from tests.recommender.ml.contract import RecommenderContract

SMALL = HybridConfig(
    svdpp=SVDPlusPlusConfig(n_factors=16),
    autoencoder=AutoencoderConfig(n_hidden=60, n_axes=40, n_epochs=15),
)


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Fits this small lose more to waiting for each other's threads than they gain."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


class TestHybrid(RecommenderContract):
    band = (0.17, 0.4)

    def make(self) -> Hybrid:
        return Hybrid(SMALL)


@pytest.fixture(scope="module")
def data() -> Interactions:
    return samples.latest_small_cut(100)


@pytest.fixture(scope="module")
def hybrid(data: Interactions) -> Hybrid:
    return Hybrid(SMALL).fit(data, seed=0)


def test_parts_fitted_elsewhere_make_the_same_model(hybrid: Hybrid, data: Interactions) -> None:
    content = Content().fit(data, seed=0)
    svdpp = SVDPlusPlus(SMALL.svdpp).fit(data, seed=0)
    autoencoder = RatingAutoencoder(SMALL.autoencoder).fit(data, seed=0)
    joined = Hybrid.of(content, svdpp, autoencoder, data, HybridConfig())
    assert joined.config == hybrid.config
    np.testing.assert_array_equal(joined.score(data.history(0)), hybrid.score(data.history(0)))


def test_the_stars_of_a_few_films_are_those_among_all(hybrid: Hybrid, data: Interactions) -> None:
    few = np.array([3, 41, 7])
    for history in (data.history(0), History.empty()):
        stars = hybrid.stars(history)[few]
        np.testing.assert_allclose(hybrid.stars_of(history, few), stars, atol=1e-5)


def test_state_keeps_the_parts_apart(hybrid: Hybrid) -> None:
    prefixes = {key.split(".")[0] for key in hybrid.state() if "." in key}
    assert prefixes == {"content", "svdpp", "autoencoder"}


def test_stars_lie_between_those_of_its_two_models(hybrid: Hybrid, data: Interactions) -> None:
    mine = data.history(1)
    both = np.stack([hybrid.svdpp_.score(mine), hybrid.autoencoder_.score(mine)])
    stars = hybrid.stars(mine)
    assert (stars >= both.min(axis=0) - 1e-5).all()
    assert (stars <= both.max(axis=0) + 1e-5).all()


def test_fills_any_list_that_the_catalogue_can(hybrid: Hybrid, data: Interactions) -> None:
    assert np.isfinite(hybrid.score(data.history(2))).all()
    assert np.isfinite(hybrid.score(History.empty())).all()


def test_neighbours_of_what_was_liked_come_before_equal_films_outside(hybrid: Hybrid) -> None:
    mine = History(np.array([0]), np.array([5.0], np.float32), np.array([-1]))
    strict = Hybrid.from_state(replace(hybrid.config, outside_penalty=1000.0), hybrid.state())
    neighbours = hybrid.neighbours_[0][hybrid.likeness_[0] > 0]
    first = np.argsort(-strict.score(mine), kind="stable")[: len(neighbours)]
    assert set(first) == set(neighbours)
    outside = np.setdiff1d(np.arange(len(hybrid.popularity_)), neighbours)
    raised = hybrid.score(mine) - Hybrid.from_state(
        replace(hybrid.config, outside_penalty=0.0), hybrid.state()
    ).score(mine)
    assert raised[neighbours] == pytest.approx(0)
    assert raised[outside] == pytest.approx(-hybrid.config.outside_penalty, abs=1e-5)


def test_a_newcomer_gets_what_many_watched_and_rated_well(hybrid: Hybrid, data: Interactions) -> None:
    first = np.argsort(-hybrid.score(History.empty()))[:20]
    counts = np.bincount(data.item, minlength=data.n_items)
    assert np.median(counts[first]) > np.quantile(counts, 0.9)


def test_contributions_sum_to_what_the_history_changed(hybrid: Hybrid, data: Interactions) -> None:
    mine = data.history(3)
    changed = hybrid.score(mine) - hybrid.score(History.empty())
    for item in np.argsort(-hybrid.score(mine))[:5]:
        outside = hybrid.config.outside_penalty * (hybrid._near(mine)[item] == 0)
        share = hybrid.contributions(mine, int(item))
        assert share.sum() == pytest.approx(changed[item] + outside, abs=2e-3)


def test_removing_the_film_named_as_the_reason_lowers_the_score(hybrid: Hybrid, data: Interactions) -> None:
    lowered = []
    for user in range(10):
        mine = data.history(user)
        item = int(hybrid.score(mine).argmax())
        reason = int(mine.item[hybrid.contributions(mine, item).argmax()])
        lowered.append(hybrid.score(mine)[item] > hybrid.score(mine.without(reason))[item])
    assert np.mean(lowered) >= 0.8


def test_films_alike_by_content_and_by_taste_are_similar(hybrid: Hybrid) -> None:
    near = hybrid.similar(0)
    assert near.argmax() == 0
    assert np.isfinite(near).all()


def test_neighbours_are_the_films_with_the_highest_cosines(hybrid: Hybrid) -> None:
    rows, cosines = nearest(hybrid.content_, 30)
    for film in (0, 50, 100):
        cosine = np.nan_to_num(hybrid.content_.similar(film))
        cosine[film] = -1
        np.testing.assert_allclose(np.sort(cosines[film]), np.sort(cosine)[-30:], atol=1e-6)
        assert film not in rows[film]


def test_a_catalogue_smaller_than_the_neighbourhood_is_no_error() -> None:
    few = samples.made_up_stars(20, 5)
    model = Hybrid(SMALL).fit(few, seed=0)
    assert model.neighbours_.shape == (5, 4)
    assert np.isfinite(model.score(few.history(0))).all()


def test_reasons_for_a_hundred_films_take_a_few_milliseconds(hybrid: Hybrid, data: Interactions) -> None:
    mine = max((data.history(user) for user in range(20)), key=len)
    mine = History(mine.item[:100], mine.rating[:100], mine.time[:100])
    fastest = np.inf
    for _ in range(10):
        start = time.perf_counter()
        hybrid.contributions(mine, 5)
        fastest = min(fastest, time.perf_counter() - start)
    assert fastest < 0.05


def test_every_part_begins_at_its_former_self(hybrid: Hybrid, data: Interactions) -> None:
    start = WarmStart.of(hybrid, data.items, data.items)
    again = Hybrid(SMALL).fit(data, seed=1, start=start)
    of_svdpp = WarmStart.of(hybrid.svdpp_, data.items, data.items)
    alone = SVDPlusPlus(SMALL.svdpp).fit(data, seed=1, start=of_svdpp)
    np.testing.assert_array_equal(again.svdpp_.Q_, alone.Q_)


def test_the_document_orders_the_thirty_nearest_of_a_film_by_the_stars_of_svdpp(data: Interactions) -> None:
    model = Hybrid(DOCUMENT).fit(data, seed=0)
    query = History(np.array([0]), np.array([2.0], np.float32), np.array([-1]))
    near = model.neighbours_[0][model.likeness_[0] > 0]
    first = np.argsort(-model.score(query), kind="stable")[: len(near)]
    assert 5 <= len(near) <= 30
    assert first.tolist() == near[np.argsort(-model.svdpp_.score(query)[near], kind="stable")].tolist()


def test_refuses_shares_beyond_one() -> None:
    with pytest.raises(ValueError, match="Shares"):
        HybridConfig(autoencoder_share=1.5)
    with pytest.raises(ValueError, match="neighbour"):
        HybridConfig(n_neighbours=0)
