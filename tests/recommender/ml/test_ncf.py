from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch

from recommender.ml.contract import Recommender
from recommender.ml.interactions import History, Interactions, Vocabulary
from recommender.ml.ncf import DOCUMENT, NeuralCF, NeuralCFConfig
from recommender.ml.ncf_training import labelled_pairs
from tests.recommender.ml import samples
from tests.recommender.ml.contract import FoldsUsersIn, RecommenderContract, Scores

SMALL = NeuralCFConfig(n_factors=16, hidden=(8,), batch_size=20, n_epochs=20, learning_rate=0.01)
DOCUMENTED = replace(DOCUMENT, n_epochs=4)


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Fits this small lose more to waiting for each other's threads than they gain."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


class TestNeuralCF(RecommenderContract):
    band = (0.26, 0.31)

    def make(self) -> NeuralCF:
        return NeuralCF(SMALL)

    def make_for_the_board(self) -> NeuralCF:
        return NeuralCF(replace(SMALL, patience=0, n_epochs=60))


class TestNeuralCFOfTheDocument(FoldsUsersIn, RecommenderContract):
    band = (0.15, 0.22)
    tolerance = 2.0

    def make(self) -> NeuralCF:
        return NeuralCF(DOCUMENTED)

    def make_for_the_board(self) -> NeuralCF:
        return NeuralCF(replace(DOCUMENT, n_epochs=10, batch_size=64))

    def trained_scores(self, model: Recommender, user: int) -> Scores:
        assert isinstance(model, NeuralCF)
        assert model.trained_users_ is not None
        return model.network_.every_film(model.trained_users_[user])


@pytest.fixture(scope="module")
def data() -> Interactions:
    return samples.made_up_stars()


@pytest.fixture(scope="module", params=[SMALL, DOCUMENTED], ids=["tuned", "document"])
def fitted(request: pytest.FixtureRequest, data: Interactions) -> NeuralCF:
    return NeuralCF(request.param).fit(data, seed=0)


def test_a_contribution_is_what_the_score_loses_without_the_film(
    fitted: NeuralCF, data: Interactions
) -> None:
    mine = data.history(1)
    for item in (0, 9):
        whole = fitted.score(mine)[item]
        lost = [whole - fitted.score(mine.without(int(row)))[item] for row in mine.item]
        np.testing.assert_allclose(fitted.contributions(mine, item), lost, atol=1e-3)


def test_watching_without_a_rating_moves_the_score(fitted: NeuralCF, data: Interactions) -> None:
    watched = History.of(data.items, data.items.ids[:5], [np.nan] * 5)
    assert np.abs(fitted.score(watched) - fitted.score(History.empty())).max() > 1e-4


def test_learns_from_films_that_were_only_watched() -> None:
    board = samples.checkerboard(with_dislikes=False)
    watched = Interactions.of(board.user, board.item, np.full(len(board), np.nan))
    model = NeuralCF(replace(SMALL, patience=0, n_epochs=60)).fit(watched, seed=0)
    score = model.score(watched.history(0))
    assert score[::2].min() > score[1::2].max()


def test_a_film_that_nobody_watched_is_like_no_other() -> None:
    seen = samples.made_up_stars()
    films = Vocabulary.of([*seen.items.ids, 10_000])
    with_another = Interactions.of(seen.user, seen.items.ids[seen.item], seen.rating, items=films)
    model = NeuralCF(SMALL).fit(with_another, seed=0)
    assert np.isnan(model.similar(len(films) - 1)).all()
    assert np.nanargmax(model.similar(3)) == 3
    assert np.isfinite(model.score(seen.history(0))).all()


def test_every_positive_has_its_negatives_among_films_not_watched(data: Interactions) -> None:
    watched = np.sort(data.user.astype(np.int64) * data.n_items + data.item)
    user, item, label = labelled_pairs(data, watched, 4, np.random.default_rng(0))
    keys = user * data.n_items + item
    np.testing.assert_array_equal(keys[label == 1], data.user.astype(np.int64) * data.n_items + data.item)
    assert not np.isin(keys[label == 0], watched).any()
    assert (label == 0).sum() == pytest.approx(4 * len(data), rel=0.01)


def test_someone_who_watched_everything_has_no_negatives() -> None:
    everything = Interactions.of([1, 1, 1], [1, 2, 3], [4, 4, 4])
    _, _, label = labelled_pairs(everything, np.arange(3), 4, np.random.default_rng(0))
    assert label.tolist() == [1, 1, 1]


def test_the_printed_sizes_are_those_of_the_document() -> None:
    printed = (
        DOCUMENT.n_factors,
        DOCUMENT.hidden,
        DOCUMENT.n_epochs,
        DOCUMENT.batch_size,
        DOCUMENT.learning_rate,
    )
    assert printed == (16, (64, 128, 64, 32), 50, 512, 0.01)


def test_cannot_learn_from_nothing(data: Interactions) -> None:
    with pytest.raises(ValueError, match="at least one interaction"):
        NeuralCF(SMALL).fit(data.take(np.arange(0)), seed=0)


@pytest.mark.parametrize(
    "wrong", [{"hidden": ()}, {"history_dropout": 1.0}, {"people": "crowd"}, {"n_negatives": 0}]
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"at least one|share from|history or|not watched"):
        replace(SMALL, **wrong)
