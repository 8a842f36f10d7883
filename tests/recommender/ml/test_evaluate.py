"""The evaluation: nothing of the test part leaks, and its files score to the figures it prints."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from sklearn.metrics import ndcg_score

from recommender.ml import evaluate, registry
from recommender.ml.__main__ import main
from recommender.ml.contract import Arrays, Job, Progress, Recommender, no_progress
from recommender.ml.evaluate import (
    Measured,
    RankedLists,
    StarPredictions,
    Task,
    measure,
    measure_apart,
    task,
    top_items,
)
from recommender.ml.evaluation_report import append_predictions, as_json, table
from recommender.ml.interactions import History, Interactions
from recommender.ml.movielens import open_dataset
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

    def fit(self, data: Interactions, *, seed: int, progress: Progress = no_progress) -> Self:
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


@pytest.fixture(autouse=True)
def stand_ins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Spy, "shown", [])
    for kind in (Spy, Lister, Both):
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


@pytest.mark.parametrize("protocol", ["random90", "random80", "time", "time-lists", "per-user80"])
def test_a_model_is_never_shown_a_test_rating(data: Interactions, protocol: str) -> None:
    work = task("made up", data, protocol, seed=0)
    measure("spy", work)
    scored = np.unique(work.split.test.user)
    assert len(Spy.shown) == len(scored)
    for user, history in zip(scored.tolist(), Spy.shown, strict=True):
        held_out = work.split.test.item[work.split.test.user == user]
        assert not np.isin(history.item, held_out).any()
        assert len(history) == (work.split.train.user == user).sum()


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
    assert measure("lister", work) == Measured("lister", {}, note="gives no stars")
    assert set(stars_of(measure("both", work)).stars.tolist()) == {3.0}


def test_the_split_by_time_tells_cold_slices_apart(data: Interactions) -> None:
    work = task("made up", data, "time", seed=0)
    slices = evaluate.cold_slices(work.split)
    assert (slices["warm"] | slices["new users"] | slices["new films"]).all()
    assert {"RMSE warm", "RMSE new users", "RMSE new films"} < set(measure("bias", work).figures)
    assert "test ratings by what training knows" in table(work, [])


def test_lists_leave_out_the_seen_and_the_unknown_and_take_ties_in_order() -> None:
    score = np.array([1, np.nan, 5, 5, 2, 7], np.float32)
    assert top_items(score, np.array([5]), 3).tolist() == [2, 3, 4]
    assert top_items(score, np.array([5]), 6).tolist() == [2, 3, 4, 0, -1, -1]
    assert top_items(score, np.array([0, 2, 3, 4, 5]), 2).tolist() == [-1, -1]


def test_star_figures_come_out_of_the_predictions_file(data: Interactions, tmp_path: Path) -> None:
    work = task("made up", data, "random80", seed=3)
    measured = [measure(name, work) for name in ("weighted-rating", "bias")]
    for line in measured:
        append_predictions(tmp_path / "p.csv", work, line)
    frame = pd.read_csv(tmp_path / "p.csv")
    assert list(frame) == ["model", "userId", "movieId", "rating", "prediction"]
    known = zip(data.users.ids[data.user].tolist(), data.items.ids[data.item].tolist(), strict=True)
    assert set(zip(frame.userId, frame.movieId, strict=True)) <= set(known)
    for line in measured:
        mine = frame[frame.model == line.model]
        assert np.sqrt(((mine.prediction - mine.rating) ** 2).mean()) == pytest.approx(
            line.figures["RMSE"], abs=1e-9
        )
        assert (mine.prediction - mine.rating).abs().mean() == pytest.approx(line.figures["MAE"], abs=1e-9)


def test_list_figures_come_out_of_the_predictions_file(data: Interactions, tmp_path: Path) -> None:
    work = task("made up", data, "per-user80", seed=3, top=5)
    measured = measure("bias", work)
    append_predictions(tmp_path / "p.csv", work, measured)
    frame = pd.read_csv(tmp_path / "p.csv")
    assert list(frame) == ["model", "userId", "rank", "movieId", "score"]
    test = work.split.test
    found: dict[str, list[float]] = {"R@5": [], "P@5": [], "NDCG@5": []}
    for user, listed in frame.sort_values("rank").groupby("userId").movieId:
        held_out = set(test.items.ids[test.item[test.users.ids[test.user] == user]].tolist())
        hit = [film in held_out for film in listed]
        found["P@5"].append(sum(hit) / 5)
        found["R@5"].append(sum(hit) / len(held_out))
        relevant = np.isin(test.items.ids, list(held_out))[None, :]
        place = np.zeros((1, test.n_items))
        place[0, np.searchsorted(test.items.ids, listed)] = np.arange(5, 0, -1)
        # Films below the list tie at nought; ties share their ranks, so the cut at 5 takes none of them.
        found["NDCG@5"].append(ndcg_score(relevant, place, k=5))
    for name, values in found.items():
        assert np.mean(values) == pytest.approx(measured.figures[name], abs=1e-9)


def test_liked_counts_four_stars_and_more_alone(data: Interactions) -> None:
    work = task("made up", data, "per-user80", seed=0, top=data.n_items)
    figures = measure("popularity", work).figures
    n = data.n_items
    assert figures[f"R@{n}"] == figures[f"R@{n} liked"] == 1
    assert figures[f"hit@{n}"] == 1


def test_a_table_carries_data_split_seed_users_and_costs(data: Interactions) -> None:
    work = task("made up", data, "random90", seed=7)
    text = table(work, [measure("bias", work), measure("lister", work)])
    for expected in (
        "made up",
        "random90, seed 7",
        "users scored",
        "fit s",
        "peak MiB",
        "ms/user",
        "lister gives no stars",
    ):
        assert expected in text
    header, line = text.splitlines()[3:5]
    assert len(header) == len(line)


def test_json_has_no_nan_and_the_settings(data: Interactions) -> None:
    work = task("made up", data, "random90", seed=7)
    report = json.loads(as_json(work, [measure("bias", work), measure("lister", work)]))
    assert report["seed"] == 7
    assert report["models"][0]["figures"]["RMSE"] > 0
    assert report["models"][0]["config"]
    assert report["models"][1]["fit_seconds"] is None


def small_set(path: Path) -> Path:
    """A MovieLens folder of made-up ratings."""
    data = made_up_stars(30, 20).rated
    path.mkdir()
    ratings = {"userId": data.users.ids[data.user], "movieId": data.items.ids[data.item]}
    frame = pd.DataFrame(ratings | {"rating": data.rating, "timestamp": data.time})
    frame.to_csv(path / "ratings.csv", index=False)
    titles = [f"{title} (1999)" for title in data.catalogue.titles]
    films = pd.DataFrame({"movieId": data.items.ids, "title": titles, "genres": "Drama|Comedy"})
    films.to_csv(path / "movies.csv", index=False)
    return path


def command(*arguments: object) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "recommender.ml", "evaluate", *map(str, arguments)]
    return subprocess.run(line, capture_output=True, text=True, cwd=REPOSITORY, check=False)


def test_the_command_prints_a_table_and_writes_its_files(tmp_path: Path) -> None:
    path = small_set(tmp_path / "tiny")
    files = ("--json", tmp_path / "o.json", "--predictions", tmp_path / "p.csv")
    done = command("--data", path, "--models", "weighted-rating,popularity", *files)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("tiny: ")
    assert "popularity gives no stars" in done.stdout
    line = json.loads((tmp_path / "o.json").read_text())["models"][0]
    frame = pd.read_csv(tmp_path / "p.csv")
    printed = [float(word) for word in done.stdout.splitlines()[4].split()[1:3]]
    again = np.sqrt(((frame.prediction - frame.rating) ** 2).mean())
    assert again == pytest.approx(line["figures"]["RMSE"], abs=1e-9)
    assert printed[0] == pytest.approx(again, abs=5e-5)
    assert 20 < line["peak_mib"] < 2000


def test_a_model_that_fails_is_a_line_with_its_error(data: Interactions) -> None:
    work = task("made up", data, "random90", seed=0)
    # A fresh process does not know the stand-ins of this module, so there this one is an unknown name.
    failed = measure_apart("spy", work)
    assert failed.note.startswith("failed: KeyError")
    assert "spy failed" in table(work, [failed])


def test_a_model_that_fails_does_not_end_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def spy_fails(name: str, work: Task) -> Measured:
        return Measured(name, {}, note="failed: no memory") if name == "spy" else measure(name, work)

    monkeypatch.setattr("recommender.ml.__main__.measure_apart", spy_fails)
    path = small_set(tmp_path / "tiny")
    assert main(["evaluate", "--data", str(path), "--models", "spy,bias"]) == 1
    shown = capsys.readouterr().out
    assert "spy failed: no memory" in shown
    assert "\nbias " in shown


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--models", "nosuch"], "There is no model named 'nosuch'; known are"),
        (["--protocol", "nosuch"], "There is no protocol named 'nosuch'; known are random90"),
        (["--top", "0"], "A list has at least one film"),
        (["--seed", "-1"], "A seed is a whole number"),
        (["--json", "nowhere/out.json"], "name a file in a folder that exists"),
        (["--data", "nowhere.zip"], "There is no file or folder nowhere.zip"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    assert main(["evaluate", "--data", str(small_set(tmp_path / "tiny")), *arguments]) == 2
    shown = capsys.readouterr()
    assert sentence in shown.err
    assert shown.err.count("\n") == 1
    assert not shown.out


def test_no_data_set_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate"]) == 2
    assert "--data" in capsys.readouterr().err


def test_a_split_by_time_needs_timestamps(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = small_set(tmp_path / "tiny")
    frame = pd.read_csv(path / "ratings.csv").drop(columns="timestamp")
    frame.to_csv(path / "ratings.csv", index=False)
    assert main(["evaluate", "--data", str(path), "--protocol", "time"]) == 2
    assert "no timestamps" in capsys.readouterr().err


def test_the_names_of_the_models_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "--list"]) == 0
    assert capsys.readouterr().out.split() == sorted(registry.CLASSES)


def test_neither_django_nor_torch_is_imported_to_measure() -> None:
    code = "import sys, recommender.ml.__main__; sys.exit(bool({'django', 'torch'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, check=False).returncode == 0


def test_biases_on_latest_small_lie_where_they_are_known_to_lie() -> None:
    found = real_data("ml-latest-small.zip")
    dataset = open_dataset(found.path)
    work = task(dataset.name, dataset.interactions(), "random90", seed=0)
    if not found.stands_in:
        assert (len(work.split.train), len(work.split.test)) == (90_752, 10_084)
    assert 0.84 < measure("bias", work).figures["RMSE"] < 0.91
