"""The evaluation: nothing of the test part leaks, and every protocol gives the figures it promises."""

from __future__ import annotations

import math
import subprocess
import sys
from dataclasses import asdict, dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats
from sklearn.metrics import ndcg_score, roc_auc_score

from recommender.ml import evaluate, registry
from recommender.ml.answers import StarPredictions, top_items
from recommender.ml.contract import Arrays, Job, Progress, Recommender, WarmStart, no_progress
from recommender.ml.evaluate import Measured, RankedLists, Task, combined, measure, measure_apart, task
from recommender.ml.interactions import History, Interactions
from recommender.ml.movielens import open_dataset
from recommender.ml.presets import PRESETS, Preset
from recommender.ml.protocols import NEWCOMERS_SHOW, PROTOCOLS, Trial
from recommender.ml.splits import random_split
from recommender.ml.svdpp import DOCUMENT, TUNED
from tests.recommender.ml.real_data import REPOSITORY, real_data
from tests.recommender.ml.samples import made_up_stars


@dataclass(frozen=True)
class NoConfig:
    pass


class Spy(Recommender):
    """Gives every film the same stars, films of even rows none, and notes what it was shown."""

    name: ClassVar[str] = "spy"
    job: ClassVar[Job] = "stars"
    shown: ClassVar[list[History]] = []
    given: ClassVar[float] = 9.0

    def __init__(self) -> None:
        self.config = NoConfig()

    def fit(
        self,
        data: Interactions,
        *,
        seed: int,
        progress: Progress = no_progress,
        start: WarmStart | None = None,
    ) -> Self:
        progress(1.0, "fitted")
        self.n_items_ = data.n_items
        return self

    def score(self, history: History) -> NDArray[np.float32]:
        self.shown.append(history)
        score = np.full(self.n_items_, self.given, np.float32)
        score[::2] = np.nan
        return score

    def state(self) -> dict[str, NDArray[Any]]:
        return {}

    @classmethod
    def from_state(cls, config: Any, arrays: Arrays) -> Self:
        return cls()


class Lister(Spy):
    name: ClassVar[str] = "lister"
    job: ClassVar[Job] = "list"


class Both(Lister):
    name: ClassVar[str] = "both"

    def stars(self, history: History) -> NDArray[np.float32]:
        return np.full(self.n_items_, 3.0, np.float32)


class Reader(Spy):
    """Gives every film two stars, between one and four of which it is sure, and lists for many at once."""

    name: ClassVar[str] = "reader"

    def score(self, history: History) -> NDArray[np.float32]:
        return np.full(self.n_items_, 2.0, np.float32)

    def interval(
        self, history: History, stars: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        return np.full(self.n_items_, 1.0, np.float32), np.full(self.n_items_, 4.0, np.float32)

    def recommend_all(self, histories: list[History], top: int) -> NDArray[np.int64]:
        return np.array([top_items(self.score(mine), mine.item, top) for mine in histories])


@pytest.fixture(autouse=True)
def stand_ins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Spy, "shown", [])
    for kind in (Spy, Lister, Both, Reader):
        monkeypatch.setitem(registry.CLASSES, kind.name, f"{__name__}:{kind.__name__}")


@pytest.fixture(scope="module")
def data() -> Interactions:
    return made_up_stars()


def stars_of(measured: Measured) -> StarPredictions:
    assert isinstance(measured.answers, StarPredictions)
    return measured.answers


def lists_of(measured: Measured) -> RankedLists:
    assert isinstance(measured.answers, RankedLists)
    return measured.answers


def in_folds(data: Interactions) -> Task:
    """Two trials, as of published folds."""
    trials = tuple(Trial.of(random_split(data.rated, 0.2, seed), f"u{seed + 1}") for seed in (0, 1))
    return Task("made up", "folds-100k", 0, 10, trials)


ONCE_A_USER = ["random90", "random80", "time", "time-lists", "per-user80", "leave-one-out"]


@pytest.mark.parametrize("protocol", ONCE_A_USER)
def test_a_model_is_never_shown_a_test_rating(data: Interactions, protocol: str) -> None:
    work = task("made up", data, protocol, seed=0)
    measure("spy", work)
    scored = np.unique(work.split.test.user)
    assert len(Spy.shown) == len(scored)
    for user, history in zip(scored.tolist(), Spy.shown, strict=True):
        held_out = work.split.test.item[work.split.test.user == user]
        assert not np.isin(history.item, held_out).any()
        assert len(history) == (work.split.train.user == user).sum()


def test_newcomers_are_known_by_what_they_show_alone(data: Interactions) -> None:
    work = task("made up", data, "cold-users", seed=0)
    measure("spy", work)
    # Stars, then lists, of each question.
    lengths = [len(history) for history in Spy.shown]
    first = len(np.unique(work.trials[0].questions[0].test.user))
    assert lengths[: 2 * first] == [1] * 2 * first
    assert set(lengths) - set(NEWCOMERS_SHOW) == {
        len(work.trials[0].questions[-1].shown.history(user)) for user in np.unique(work.split.test.user)
    } - set(NEWCOMERS_SHOW)


@pytest.mark.parametrize("protocol", [name for name in PROTOCOLS if name != "folds-100k"])
@pytest.mark.parametrize("preset", ["bias", "popularity"])
def test_every_protocol_gives_a_line_with_its_costs(data: Interactions, protocol: str, preset: str) -> None:
    work = task("made up", data, protocol, seed=0)
    line = measure(preset, work)
    assert (line.preset, line.tuned) == (preset, True)
    if preset == "popularity" and PROTOCOLS[protocol].job == "stars":
        assert line.note == "gives no stars"
        return
    assert line.config == asdict(PRESETS[preset].config(tuned=True))
    assert line.n_users == len(np.unique(work.split.test.user))
    assert line.fit_seconds > 0 < line.ms_per_user
    assert line.peak_mib > 20
    assert all(isinstance(value, float | int) for value in line.figures.values())
    assert any(not math.isnan(value) for value in line.figures.values())


def test_a_document_has_settings_of_its_own(data: Interactions) -> None:
    small = task("made up", data, "random90", seed=0)
    document, tuned = (measure("svdpp", small, tuned=tuned) for tuned in (False, True))
    assert document.config == asdict(DOCUMENT)
    assert tuned.config == asdict(TUNED)
    assert (document.tuned, tuned.tuned) == (False, True)
    assert document.figures["RMSE"] != tuned.figures["RMSE"]


def test_models_go_by_the_name_of_their_class_too(data: Interactions) -> None:
    assert PRESETS["autorec"].model == "autoencoder"
    assert "autoencoder" not in PRESETS
    line = measure("both", task("made up", data, "random90", seed=0), tuned=False)
    assert line.preset == "both"
    assert not math.isnan(line.figures["RMSE"])


def test_a_preset_whose_model_is_missing_is_a_line_that_says_so(
    data: Interactions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PRESETS, "some-day", Preset("some-day", "some-day", ()))
    monkeypatch.setitem(PRESETS, "no-module", Preset("no-module", "no-module", ()))
    monkeypatch.setitem(registry.CLASSES, "no-module", "recommender.ml.no_module:NoModule")
    work = task("made up", data, "random90", seed=0)
    for name in ("some-day", "no-module"):
        line = measure(name, work)
        assert line.note.startswith("not available: ")
        assert line == Measured(name, note=line.note)


def test_a_name_of_nothing_is_refused(data: Interactions) -> None:
    with pytest.raises(KeyError, match="no model named 'nosuch'"):
        measure("nosuch", task("made up", data, "random90", seed=0))


def test_predictions_are_clipped_and_the_unknown_become_the_mean(data: Interactions) -> None:
    work = task("made up", data, "random90", seed=0)
    measured = measure("spy", work)
    even = work.split.test.item % 2 == 0
    stars = stars_of(measured).stars
    assert (stars[~even] == work.split.train.rating.max()).all()
    assert stars[even] == pytest.approx(work.split.train.rating.mean())
    assert measured.figures["replaced"] == even.sum()


def test_rows_without_a_rating_have_no_part(data: Interactions) -> None:
    work = task("made up", data, "random90", seed=0)
    assert len(work.split.train) + len(work.split.test) == len(data.rated)


def test_a_list_model_gives_no_stars_unless_it_says_how(data: Interactions) -> None:
    work = task("made up", data, "random90", seed=0)
    assert measure("lister", work) == Measured("lister", note="gives no stars")
    assert set(stars_of(measure("both", work)).stars.tolist()) == {3.0}


def test_stars_come_with_likes_at_both_thresholds(data: Interactions) -> None:
    work = task("made up", data, "random90", seed=0)
    measured = measure("bias", work)
    actual, stars = work.split.test.rating, stars_of(measured).stars
    for threshold, cut in ((4, 3.75), (3.5, 3.25)):
        liked = actual >= threshold
        assert measured.figures[f"AUC {threshold}"] == pytest.approx(roc_auc_score(liked, stars))
        assert measured.figures[f"accuracy {threshold}"] == (liked == (stars >= cut)).mean()
        assert measured.figures[f"majority {threshold}"] == max(liked.mean(), 1 - liked.mean())
        assert {f"{name} {threshold}" for name in ("precision", "recall", "F1")} <= set(measured.figures)


def test_intervals_are_measured_where_a_model_gives_them(data: Interactions) -> None:
    work = task("made up", data, "random90", seed=0)
    figures = measure("reader", work).figures
    actual = work.split.test.rating
    assert figures["coverage 80 %"] == ((actual >= 1) & (actual <= 4)).mean()
    assert figures["width"] == 3
    assert "coverage 80 %, width 5 of 5" in figures
    assert "width" not in measure("bias", work).figures


def test_the_split_by_time_tells_cold_slices_apart(data: Interactions) -> None:
    work = task("made up", data, "time", seed=0)
    slices = evaluate.cold_slices(work.split)
    assert (slices["warm"] | slices["new users"] | slices["new films"]).all()
    assert {"RMSE warm", "RMSE new users", "RMSE new films"} < set(measure("bias", work).figures)


def test_list_figures_come_out_of_the_lists(data: Interactions) -> None:
    work = task("made up", data, "per-user80", seed=3, top=5)
    measured = measure("bias", work)
    lists, test = lists_of(measured), work.split.test
    found: dict[str, list[float]] = {"R@5": [], "P@5": [], "NDCG@5": []}
    for user, listed in zip(lists.users.tolist(), lists.items, strict=True):
        held_out = test.history(user).item
        hit = np.isin(listed, held_out)
        found["P@5"].append(hit.sum() / 5)
        found["R@5"].append(hit.sum() / len(held_out))
        relevant, place = np.zeros((2, 1, test.n_items))
        relevant[0, held_out] = 1
        place[0, listed] = np.arange(5, 0, -1)
        # Films below the list tie at nought; ties share their ranks, so the cut at 5 takes none of them.
        found["NDCG@5"].append(ndcg_score(relevant, place, k=5))
    for name, values in found.items():
        assert np.mean(values) == pytest.approx(measured.figures[name], abs=1e-9)


def test_liked_counts_four_stars_and_more_alone(data: Interactions) -> None:
    work = task("made up", data, "per-user80", seed=0, top=data.n_items)
    n, figures = data.n_items, measure("popularity", work).figures
    for name in ("R", "hit"):
        assert figures[f"{name}@{n}"] == figures[f"{name}@{n} liked"] == 1
    assert figures[f"P@{n} liked"] < figures[f"P@{n}"]
    liked = work.split.test.take(work.split.test.rating >= 4)
    assert figures[f"P@{n} liked"] == pytest.approx(len(liked) / len(np.unique(liked.user)) / n)


def test_lists_of_everything_are_as_popular_as_everything(data: Interactions) -> None:
    figures = measure("popularity", task("made up", data, "per-user80", seed=0, top=3)).figures
    assert {"novelty", "ARP", "Gini", "diversity"} < set(figures)
    assert 0 < figures["coverage"] < 0.5 < figures["Gini"] < 1
    assert 0 < figures["diversity"] < 1
    mean_popularity = len(data.rated) * 0.8 / data.n_items
    assert figures["ARP"] > mean_popularity


def test_leave_one_out_ranks_among_negatives_and_among_all(data: Interactions) -> None:
    figures = measure("popularity", task("made up", data, "leave-one-out", seed=0)).figures
    # With fifty films the negatives are all films not seen, and but for ties the two are one.
    assert figures["hit@10 sampled"] == pytest.approx(figures["hit@10"], abs=0.05)
    assert figures["NDCG@10 sampled"] == pytest.approx(figures["NDCG@10"], abs=0.05)
    same_of_all = measure("both", task("made up", data, "leave-one-out", seed=0)).figures
    assert same_of_all["hit@10 sampled"] <= 0.5


def test_newcomers_have_figures_for_every_number_of_ratings_shown(data: Interactions) -> None:
    work = task("made up", data, "cold-users", seed=0)
    stars, lists = measure("bias", work).figures, measure("popularity", work).figures
    for question in work.trials[0].questions:
        n_users = len(np.unique(question.test.user))
        assert stars[f"users {question.label}"] == lists[f"users {question.label}"] == n_users
        assert math.isnan(stars[f"RMSE {question.label}"]) == (n_users == 0)
        assert f"NDCG@10 {question.label}" in stars
        assert f"RMSE {question.label}" not in lists


def test_cold_films_are_told_apart_by_what_they_are(data: Interactions) -> None:
    work = task("made up", data, "cold-films", seed=0)
    popularity, bias = measure("popularity", work), measure("bias", work)
    assert set(popularity.figures) == {"AUC films", "AUC films liked"}
    assert popularity.figures["AUC films"] == 0.5
    assert {"RMSE", "AUC films", "AUC films liked"} < set(bias.figures)
    cold = work.trials[0].questions[0].candidates
    assert cold is not None
    listed = lists_of(popularity).items
    assert cold[listed[listed >= 0]].all()


def test_a_model_that_lists_for_many_at_once_is_timed_so_too(data: Interactions) -> None:
    work = task("made up", data, "per-user80", seed=0)
    assert measure("reader", work).figures["ms/user in batch"] > 0
    assert "ms/user in batch" not in measure("popularity", work).figures


def test_folds_give_the_mean_its_interval_and_each_fold(data: Interactions) -> None:
    work = in_folds(data)
    line = measure("bias", work)
    each = [measure("bias", replace(work, trials=(trial,))).figures["RMSE"] for trial in work.trials]
    assert [line.figures["RMSE u1"], line.figures["RMSE u2"]] == each
    assert line.figures["RMSE"] == pytest.approx(np.mean(each))
    reach = stats.t.ppf(0.975, 1) * stats.sem(each)
    assert line.figures["RMSE ±"] == pytest.approx(reach)
    assert len(stars_of(line).stars) == len(work.trials[0].questions[0].test)


def test_repeated_measurements_make_one_line(data: Interactions) -> None:
    lines = [measure("bias", task("made up", data, "random90", seed=seed)) for seed in range(3)]
    one = combined(lines)
    values = [line.figures["MAE"] for line in lines]
    low, high = stats.t.interval(0.95, 2, np.mean(values), stats.sem(values))
    assert one.figures["MAE"] == pytest.approx((low + high) / 2)
    assert one.figures["MAE ±"] == pytest.approx((high - low) / 2)
    assert one.peak_mib == max(line.peak_mib for line in lines)
    assert one.config == lines[0].config


def test_one_failure_among_repeated_measurements_is_what_is_said(data: Interactions) -> None:
    line = measure("bias", task("made up", data, "random90", seed=0))
    one = combined([line, Measured("bias", note="failed: no memory")])
    assert one.note == "failed: no memory"
    assert not one.figures


def test_a_model_that_fails_is_a_line_with_its_error(data: Interactions) -> None:
    # A fresh process does not know the stand-ins of this module, so there this one is an unknown name.
    failed = measure_apart("spy", task("made up", data, "random90", seed=0), tuned=False)
    assert failed.note.startswith("failed: KeyError")
    assert (failed.preset, failed.tuned) == ("spy", False)


def test_a_fresh_process_measures_the_same_and_its_own_memory(data: Interactions) -> None:
    work = task("made up", data, "cold-users", seed=0)
    here, apart = measure("bias", work), measure_apart("bias", work)
    np.testing.assert_equal(apart.figures, here.figures)
    assert 20 < apart.peak_mib < 2000


def test_data_without_times_have_no_newest(data: Interactions) -> None:
    untimed = replace(data, time=np.full(len(data), -1))
    for protocol in ("time", "time-lists", "leave-one-out"):
        with pytest.raises(ValueError, match="no timestamps"):
            task("made up", untimed, protocol, seed=0)


def test_neither_django_nor_torch_is_imported_to_measure() -> None:
    code = "import sys, recommender.ml.evaluate; sys.exit(bool({'django', 'torch'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, check=False).returncode == 0


def test_biases_on_latest_small_lie_where_they_are_known_to_lie() -> None:
    found = real_data("ml-latest-small.zip")
    dataset = open_dataset(found.path)
    work = task(dataset.name, dataset.interactions(), "random90", seed=0)
    if not found.stands_in:
        assert (len(work.split.train), len(work.split.test)) == (90_752, 10_084)
    assert 0.84 < measure("bias", work).figures["RMSE"] < 0.91
