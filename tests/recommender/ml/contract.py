"""What every model must do, as one class of tests to inherit.

    class TestSVDPlusPlus(RecommenderContract):
        band = (0.83, 0.88)                    # RMSE for star models, NDCG@10 for list models

        def make(self):                        # a fresh model, with the config under test
            return SVDPlusPlus(SVDPlusPlusConfig(n_factors=8))

`make_for_the_board` may return another config for the checkerboard (more epochs, less shrinkage).
`personal = False` is for models that say the same to everyone. Star models are measured by RMSE on
random90 and must beat the global mean, list models by NDCG@10 on per-user80 and must beat
popularity; override `baseline` where another comparison is fair, and `measured_data` where the
model needs more of the catalogue than titles, genres and years. Models that keep something per
trained user also inherit FoldsUsersIn. The fits are shared by the tests of a class.
"""

from __future__ import annotations

import subprocess
import sys
from abc import ABC, abstractmethod
from dataclasses import FrozenInstanceError, fields, is_dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from numpy.typing import NDArray

from recommender.ml import artefact
from recommender.ml.contract import Cancelled, Recommender, WarmStart
from recommender.ml.interactions import History, Interactions, Vocabulary
from tests.recommender.ml import samples
from tests.recommender.ml.real_data import REPOSITORY

Scores = NDArray[np.float32]
SEED = 7
TRAINING_ONLY = ("torch", "numba", "sklearn", "pandas", "django")


class RecommenderContract(ABC):
    band: ClassVar[tuple[float, float]]
    personal: ClassVar[bool] = True

    @abstractmethod
    def make(self) -> Recommender: ...

    def make_for_the_board(self) -> Recommender:
        return self.make()

    def measured_data(self) -> Interactions:
        return samples.latest_small_cut()

    def baseline(self, train: Interactions) -> Scores:
        """(n_items,) the scores to beat, the same for everyone."""
        if self.make().job == "stars":
            return np.full(train.n_items, np.nanmean(train.rating), np.float32)
        return np.bincount(train.item, minlength=train.n_items).astype(np.float32)

    @pytest.fixture(scope="class")
    @classmethod
    def sample(cls) -> Interactions:
        return samples.made_up_stars()

    @pytest.fixture(scope="class")
    @classmethod
    def fitted(cls, sample: Interactions) -> Recommender:
        return cls().make().fit(sample, seed=SEED)

    @pytest.fixture(scope="class")
    @classmethod
    def bundle_folder(
        cls, fitted: Recommender, sample: Interactions, tmp_path_factory: pytest.TempPathFactory
    ) -> Path:
        folder = tmp_path_factory.mktemp("artefacts") / "version"
        artefact.write(folder, models={fitted.name: fitted}, items=sample.items, seed=SEED)
        return folder

    def test_declares_a_name_a_job_and_a_frozen_config(self) -> None:
        model = self.make()
        assert model.name
        assert model.job in {"stars", "list"}
        assert is_dataclass(model.config)
        for field in fields(model.config):
            with pytest.raises(FrozenInstanceError):
                setattr(model.config, field.name, None)

    def test_finds_the_pattern_of_a_checkerboard(self) -> None:
        board = samples.checkerboard(with_dislikes=self.make().job == "stars")
        model = self.make_for_the_board().fit(board, seed=SEED)
        right = [self._answers_rightly(model, board, user) for user in range(board.n_users)]
        assert all(right)

    def _answers_rightly(self, model: Recommender, board: Interactions, user: int) -> bool:
        score = model.score(board.history(user))
        if not self.personal:
            return bool(np.ptp(score) < 0.2 * max(1.0, float(np.abs(score).max())))
        unlike = np.arange(1 - user % 2, board.n_items, 2)
        margin = 2.0 if model.job == "stars" else 0.0
        return bool(score[user] > np.nan_to_num(score[unlike], nan=-np.inf).max() + margin)

    def test_scores_every_film_in_float32(self, fitted: Recommender, sample: Interactions) -> None:
        score = fitted.score(sample.history(0))
        assert score.shape == (sample.n_items,)
        assert score.dtype == np.float32
        assert np.isfinite(score).any()
        assert not np.isinf(score).any()

    def test_scores_the_same_from_its_state(self, fitted: Recommender, sample: Interactions) -> None:
        again = type(fitted).from_state(fitted.config, fitted.state())
        for user in range(5):
            np.testing.assert_array_equal(
                again.score(sample.history(user)), fitted.score(sample.history(user))
            )

    def test_scores_the_same_from_a_memory_mapped_artefact(
        self, fitted: Recommender, sample: Interactions, bundle_folder: Path
    ) -> None:
        opened = artefact.open_bundle(bundle_folder)
        again = opened.models[fitted.name]
        assert again.config == fitted.config
        assert opened.items.ids.tolist() == sample.items.ids.tolist()
        for user in range(5):
            np.testing.assert_array_equal(
                again.score(sample.history(user)), fitted.score(sample.history(user))
            )

    def test_scores_without_the_libraries_of_training(self, bundle_folder: Path) -> None:
        script = (
            "import sys; from pathlib import Path; import numpy as np\n"
            "from recommender.ml import artefact; from recommender.ml.interactions import History\n"
            "opened = artefact.open_bundle(Path(sys.argv[1]))\n"
            "history = History.of(opened.items, opened.items.ids[:3], [4.0, 2.0, 5.0])\n"
            "for model in opened.models.values(): model.score(history)\n"
            f"print([name for name in {TRAINING_ONLY} if name in sys.modules])\n"
        )
        command = [sys.executable, "-c", script, str(bundle_folder)]
        done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)
        assert done.stdout.strip() == "[]", done.stderr

    def test_same_seed_gives_the_same_state(self, fitted: Recommender, sample: Interactions) -> None:
        again = self.make().fit(sample, seed=SEED).state()
        for name, array in fitted.state().items():
            np.testing.assert_array_equal(again[name], array, err_msg=name)

    def test_order_of_a_history_does_not_matter(self, fitted: Recommender, sample: Interactions) -> None:
        mine = sample.history(0)
        turned = History(mine.item[::-1], mine.rating[::-1], mine.time[::-1])
        np.testing.assert_allclose(fitted.score(turned), fitted.score(mine), rtol=1e-3, atol=1e-3)

    def test_ignores_films_it_does_not_know(self, fitted: Recommender, sample: Interactions) -> None:
        known = sample.items.ids[:4]
        mine = History.of(sample.items, known, [4, 3, 5, 1])
        with_unknown = History.of(sample.items, [*known, 10**9, -5], [4, 3, 5, 1, 5, 0.5])
        np.testing.assert_array_equal(fitted.score(with_unknown), fitted.score(mine))

    def test_answers_an_empty_history(self, fitted: Recommender, sample: Interactions) -> None:
        score = fitted.score(History.empty())
        assert score.shape == (sample.n_items,)
        assert not np.isinf(score).any()
        assert fitted.contributions(History.empty(), 0).shape == (0,)

    def test_answers_a_history_without_any_rating(self, fitted: Recommender, sample: Interactions) -> None:
        watched = History.of(sample.items, sample.items.ids[:3], [np.nan] * 3)
        score = fitted.score(watched)
        assert score.shape == (sample.n_items,)
        assert not np.isinf(score).any()

    def test_explains_a_score_by_the_films_of_the_history(
        self, fitted: Recommender, sample: Interactions
    ) -> None:
        mine = sample.history(1)
        share = fitted.contributions(mine, 2)
        assert share.shape == (len(mine),)
        assert np.isfinite(share).all()

    def test_fit_reports_its_progress_from_nought_to_one(self, sample: Interactions) -> None:
        shares: list[float] = []
        self.make().fit(sample, seed=SEED, progress=lambda share, what: shares.append(share))
        assert shares[0] == 0.0
        assert shares[-1] == pytest.approx(1.0)
        assert shares == sorted(shares)

    def test_fit_stops_when_it_is_cancelled(self, sample: Interactions) -> None:
        calls: list[str] = []

        def cancel(share: float, what: str) -> None:
            calls.append(what)
            raise Cancelled

        with pytest.raises(Cancelled):
            self.make().fit(sample, seed=SEED, progress=cancel)
        assert len(calls) == 1

    def test_begins_at_a_former_model_whose_films_have_other_rows(
        self, fitted: Recommender, sample: Interactions
    ) -> None:
        fewer = sample.take(sample.item != 0)
        films = Vocabulary(sample.items.ids[1:])
        without_the_first = Interactions.of(
            fewer.users.ids[fewer.user],
            fewer.items.ids[fewer.item],
            fewer.rating,
            fewer.time,
            items=films,
            catalogue=sample.catalogue.take(range(1, sample.n_items)),
        )
        start = WarmStart.of(fitted, sample.items, films)
        score, again = (
            self.make().fit(without_the_first, seed=SEED, start=start).score(without_the_first.history(0))
            for _ in range(2)
        )
        assert score.shape == (sample.n_items - 1,)
        assert np.isfinite(score).any()
        np.testing.assert_array_equal(score, again)

    def test_metric_lies_in_its_band_and_beats_the_baseline(self) -> None:
        data = self.measured_data()
        stars = self.make().job == "stars"
        train, test = (samples.random90 if stars else samples.per_user80)(data)
        model = self.make().fit(train, seed=SEED)
        reached = measure(train, test, model.score, stars=stars)
        baseline = self.baseline(train)
        to_beat = measure(train, test, lambda history: baseline, stars=stars)
        low, high = self.band
        assert low <= reached <= high
        assert reached < to_beat if stars else reached > to_beat


class FoldsUsersIn(ABC):
    """Beside RecommenderContract, for models that keep something per trained user."""

    tolerance: ClassVar[float]  # root mean square, in units of the score, over all films of 20 users

    @abstractmethod
    def trained_scores(self, model: Recommender, user: int) -> Scores:
        """(n_items,) scores of a trained user from what the fit learned of it."""

    def test_a_trained_user_folded_in_again_gets_nearly_its_trained_scores(
        self, fitted: Recommender, sample: Interactions
    ) -> None:
        apart = [fitted.score(sample.history(u)) - self.trained_scores(fitted, u) for u in range(20)]
        assert np.sqrt(np.mean(np.square(apart))) < self.tolerance


def measure(train: Interactions, test: Interactions, score, *, stars: bool) -> float:
    """RMSE of clipped stars over all test ratings, or mean NDCG@10 over the films not in training."""
    users = np.unique(test.user)
    found = [(train.history(u), test.history(u), score(train.history(u))) for u in users.tolist()]
    if stars:
        errors = [np.clip(scores[held.item], 0.5, 5.0) - held.rating for _, held, scores in found]
        return float(np.sqrt(np.mean(np.square(np.concatenate(errors)))))
    return float(np.mean([_ndcg(scores, seen, held) for seen, held, scores in found]))


def _ndcg(scores: Scores, seen: History, held: History, n: int = 10) -> float:
    gain = 1 / np.log2(np.arange(2, n + 2))
    unseen = np.nan_to_num(scores, nan=-np.inf).astype(np.float64)
    unseen[seen.item] = -np.inf
    hits = np.isin(np.argsort(-unseen, kind="stable")[:n], held.item)
    return float((hits * gain).sum() / gain[: min(n, len(held))].sum())
