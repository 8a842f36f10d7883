from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch

from recommender.ml.contract import WarmStart
from recommender.ml.interactions import History, Interactions, Vocabulary
from recommender.ml.mult_vae import DOCUMENT, MultVAE, MultVaeConfig
from tests.recommender.ml import samples
from tests.recommender.ml.contract import RecommenderContract

DAE = MultVaeConfig(n_latent=32, n_epochs=30, batch_size=25, learning_rate=5e-3, patience=0)
VAE = replace(DAE, variational=True, n_hidden=48, anneal_steps=100, weight_decay=0.0)


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Fits this small lose more to waiting for each other's threads than they gain."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


class TestMultDAE(RecommenderContract):
    band = (0.27, 0.36)

    def make(self) -> MultVAE:
        return MultVAE(DAE)

    def make_for_the_board(self) -> MultVAE:
        return MultVAE(replace(DAE, n_epochs=60))


class TestMultVAE(RecommenderContract):
    band = (0.24, 0.36)

    def make(self) -> MultVAE:
        return MultVAE(VAE)

    def make_for_the_board(self) -> MultVAE:
        return MultVAE(replace(VAE, n_epochs=100))


@pytest.fixture(scope="module")
def data() -> Interactions:
    return samples.made_up_stars()


@pytest.fixture(scope="module")
def vae(data: Interactions) -> MultVAE:
    return MultVAE(VAE).fit(data, seed=0)


@pytest.fixture(scope="module")
def dae(data: Interactions) -> MultVAE:
    return MultVAE(DAE).fit(data, seed=0)


def test_the_document_is_the_network_of_600_200_600() -> None:
    assert (DOCUMENT.n_hidden, DOCUMENT.n_latent, DOCUMENT.dropout, DOCUMENT.beta) == (600, 200, 0.5, 0.2)
    assert DOCUMENT.variational


def test_the_vae_scores_by_the_formula(vae: MultVAE, data: Interactions) -> None:
    mine, layer = data.history(0), vae.network_
    x = np.zeros(data.n_items)
    x[mine.item] = np.where(np.isnan(mine.rating), 0.6, np.maximum(mine.rating - 1, 0) / 4)
    x /= np.sqrt((x**2).sum())
    h = np.tanh(x @ layer["encoder"] + layer["encoder_bias"])
    g = np.tanh((h @ layer["latent"] + layer["latent_bias"]) @ layer["decoder"] + layer["decoder_bias"])
    np.testing.assert_allclose(vae.score(mine), layer["output"] @ g + layer["output_bias"], atol=1e-4)


def test_the_dae_scores_by_the_formula(dae: MultVAE, data: Interactions) -> None:
    mine, layer = data.history(0), dae.network_
    x = np.zeros(data.n_items)
    x[mine.item] = np.where(np.isnan(mine.rating), 0.6, np.maximum(mine.rating - 1, 0) / 4)
    z = np.tanh(x / np.sqrt((x**2).sum()) @ layer["latent"] + layer["latent_bias"])
    np.testing.assert_allclose(dae.score(mine), layer["output"] @ z + layer["output_bias"], atol=1e-4)


def test_an_empty_history_is_scored_by_popularity(dae: MultVAE, data: Interactions) -> None:
    count = np.bincount(data.item, weights=np.nan_to_num(data.rating, nan=3.4) - 1, minlength=data.n_items)
    assert np.corrcoef(dae.score(History.empty()), np.log(count + 1))[0, 1] > 0.5


def test_contributions_are_what_the_score_would_lose(vae: MultVAE, data: Interactions) -> None:
    mine = data.history(1)
    share = vae.contributions(mine, 4)
    for n, row in enumerate(mine.item[:5].tolist()):
        lost = vae.score(mine)[4] - vae.score(mine.without(row))[4]
        assert share[n] == pytest.approx(lost, abs=1e-4)


def test_a_film_that_nobody_watched_is_not_scored(data: Interactions) -> None:
    films = Vocabulary.of([*data.items.ids, 10_000])
    ids = data.items.ids[data.item]
    watched = Interactions.of(data.user, ids, data.rating, items=films)
    model = MultVAE(replace(DAE, n_epochs=2)).fit(watched, seed=0)
    assert np.flatnonzero(np.isnan(model.score(data.history(0)))).tolist() == [len(films) - 1]
    assert np.flatnonzero(np.isnan(model.similar(0))).tolist() == [len(films) - 1]
    assert not model.contributions(data.history(0), len(films) - 1).any()
    start = WarmStart.of(model, films, films)
    assert np.isfinite(model.fit(watched, seed=0, start=start).score(data.history(0))[:-1]).all()


def test_films_of_one_colour_of_the_checkerboard_are_alike() -> None:
    board = samples.checkerboard(with_dislikes=False)
    likeness = MultVAE(replace(DAE, n_epochs=60)).fit(board, seed=0).similar(0)
    assert likeness[0] == pytest.approx(1.0, abs=1e-5)
    assert likeness[::2].min() > likeness[1::2].max()


def test_learning_goes_on_from_a_former_model(dae: MultVAE, data: Interactions) -> None:
    start = WarmStart.of(dae, data.items, data.items)
    short = replace(DAE, n_epochs=1, learning_rate=1e-6)
    carried = MultVAE(short).fit(data, seed=5, start=start)
    fresh = MultVAE(short).fit(data, seed=5)
    mine = data.history(0)
    near = np.abs(carried.score(mine) - dae.score(mine)).max()
    assert near < 1e-2 < np.abs(fresh.score(mine) - dae.score(mine)).max()


def test_a_former_model_of_other_sizes_is_left_aside(vae: MultVAE, data: Interactions) -> None:
    short, start = replace(DAE, n_epochs=2), WarmStart.of(vae, data.items, data.items)
    carried, fresh = MultVAE(short).fit(data, seed=5, start=start), MultVAE(short).fit(data, seed=5)
    np.testing.assert_array_equal(carried.score(data.history(0)), fresh.score(data.history(0)))


def test_stops_when_the_films_held_out_are_no_longer_ranked_better(data: Interactions) -> None:
    told: list[str] = []
    hasty = replace(DAE, patience=1, check_every=1, n_epochs=200, learning_rate=0.05)
    MultVAE(hasty).fit(data, seed=0, progress=lambda share, what: told.append(what))
    assert "epoch 100 of 200" not in told


def test_data_without_a_watch_are_refused() -> None:
    nothing = Interactions.of([], [], [])
    with pytest.raises(ValueError, match="at least one film"):
        MultVAE().fit(nothing, seed=0)


@pytest.mark.parametrize(
    "wrong",
    [{"n_latent": 0}, {"n_hidden": -1}, {"dropout": 1.0}, {"learning_rate": 0.0}, {"weighting": "hearts"}],
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"at least one|below nought|Dropout|above nought|weighted by"):
        replace(DAE, **wrong)
