"""The command line: tables, files and pictures, what was measured before, and refusals in one sentence."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import ndcg_score

from recommender.ml import campaign, registry
from recommender.ml.__main__ import main
from recommender.ml.evaluate import Measured, Task, measure, task
from recommender.ml.evaluation_report import append_predictions, as_json, markdown, table
from recommender.ml.interactions import Interactions
from recommender.ml.movielens import open_dataset
from recommender.ml.presets import PRESETS, Preset
from tests.recommender.ml.real_data import REPOSITORY
from tests.recommender.ml.samples import made_up_stars


@pytest.fixture(scope="module")
def data() -> Interactions:
    return made_up_stars()


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A MovieLens folder of made-up ratings."""
    data = made_up_stars(30, 20).rated
    path = tmp_path / "tiny"
    path.mkdir()
    ratings = {"userId": data.users.ids[data.user], "movieId": data.items.ids[data.item]}
    frame = pd.DataFrame(ratings | {"rating": data.rating, "timestamp": data.time})
    frame.to_csv(path / "ratings.csv", index=False)
    titles = [f"{title} (1999)" for title in data.catalogue.titles]
    films = pd.DataFrame({"movieId": data.items.ids, "title": titles, "genres": "Drama|Comedy"})
    films.to_csv(path / "movies.csv", index=False)
    return path


@pytest.fixture
def fitted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Measures in this process, and lists what was: a fresh process each would take a second."""
    done: list[str] = []

    def here(preset: str, work: Task, *, tuned: bool = True) -> Measured:
        done.append(f"{preset} {work.seed}")
        return measure(preset, work, tuned=tuned)

    monkeypatch.setattr(campaign, "measure_apart", here)
    return done


def command(*arguments: object) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "recommender.ml", "evaluate", *map(str, arguments)]
    return subprocess.run(line, capture_output=True, text=True, cwd=REPOSITORY, check=False)


def run(*arguments: object) -> int:
    return main([str(argument) for argument in arguments])


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
        mine = frame[frame.model == line.preset]
        error = mine.prediction - mine.rating
        assert np.sqrt((error**2).mean()) == pytest.approx(line.figures["RMSE"], abs=1e-9)
        assert error.abs().mean() == pytest.approx(line.figures["MAE"], abs=1e-9)


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


def test_a_table_carries_data_split_seed_users_and_costs(data: Interactions) -> None:
    work = task("made up", data, "random90", seed=7)
    lines = [measure("bias", work), measure("popularity", work)]
    wanted = ("made up", "random90, seed 7", "users scored", "fit s", "peak MiB", "ms/user")
    for text in (table(work, lines), markdown(work, lines)):
        assert all(words in text for words in (*wanted, "popularity gives no stars"))
    header, line = table(work, lines).splitlines()[3:5]
    assert len(header) == len(line)
    rows = [line for line in markdown(work, lines).splitlines() if line.startswith("|")]
    assert len({row.count("|") for row in rows}) == 1


def test_the_split_by_time_says_how_much_is_cold(data: Interactions) -> None:
    assert "test ratings by what training knows" in table(task("made up", data, "time", seed=0), [])


def test_json_has_no_nan_and_the_settings(data: Interactions) -> None:
    work = task("made up", data, "random90", seed=7)
    report = json.loads(as_json(work, [measure("bias", work), measure("popularity", work)]))
    assert report["seed"] == 7
    assert report["models"][0]["figures"]["RMSE"] > 0
    assert report["models"][0]["config"]
    assert report["models"][1]["fit_seconds"] is None


def test_the_command_prints_a_table_and_writes_its_files(tiny: Path, tmp_path: Path) -> None:
    files = ("--json", tmp_path / "o.json", "--predictions", tmp_path / "p.csv")
    done = command("--data", tiny, "--models", "weighted-rating,popularity", *files)
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


def test_a_preset_is_measured_once_and_then_taken_from_its_file(
    tiny: Path, tmp_path: Path, fitted: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("evaluate", "--data", tiny, "--preset", "bias,svdpp", "--tuned", "--results", tmp_path / "kept")
    assert run(*asked) == 0
    first = capsys.readouterr()
    assert run(*asked) == 0
    second = capsys.readouterr()
    assert fitted == ["bias 0", "svdpp 0"]
    assert first.out == second.out
    assert second.err.count("taken from the results of") == 2
    assert run(*asked, "--again") == 0
    assert fitted == ["bias 0", "svdpp 0"] * 2


def test_an_interrupted_run_goes_on_where_it_stopped(
    tiny: Path, tmp_path: Path, fitted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = (
        "evaluate",
        "--data",
        tiny,
        "--preset",
        "bias",
        "--tuned",
        "--repeat",
        3,
        "--results",
        tmp_path / "k",
    )
    through = campaign.measure_apart

    def stopped(preset: str, work: Task, *, tuned: bool = True) -> Measured:
        if work.seed == 1:
            raise KeyboardInterrupt
        return through(preset, work, tuned=tuned)

    monkeypatch.setattr(campaign, "measure_apart", stopped)
    assert run(*asked) == 130
    monkeypatch.setattr(campaign, "measure_apart", through)
    assert run(*asked) == 0
    assert fitted == ["bias 0", "bias 1", "bias 2"]


def test_the_form_of_the_document_and_the_tuned_one_are_kept_apart(
    tiny: Path, tmp_path: Path, fitted: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("evaluate", "--data", tiny, "--preset", "svdpp", "--results", tmp_path / "kept")
    assert run(*asked) == run(*asked, "--tuned") == 0
    assert fitted == ["svdpp 0"] * 2
    assert "svdpp (document)  " in capsys.readouterr().out


def test_seeds_are_averaged_with_an_interval(
    tiny: Path, tmp_path: Path, fitted: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    files = ("--json", tmp_path / "o.json", "--markdown", tmp_path / "o.md", "--plot", tmp_path / "o.svg")
    asked = ("evaluate", "--data", tiny, "--models", "bias", "--seed", 4, "--repeat", 3, *files)
    assert run(*asked) == 0
    assert fitted == ["bias 4", "bias 5", "bias 6"]
    report = json.loads((tmp_path / "o.json").read_text())
    assert report["seeds"] == [4, 5, 6]
    data = open_dataset(tiny).interactions()
    each = [measure("bias", task("tiny", data, "random90", seed=seed)).figures["RMSE"] for seed in (4, 5, 6)]
    # Student's t of two degrees of freedom is 4.3027 at 97.5 %.
    around = 4.3027 * np.std(each, ddof=1) / np.sqrt(3)
    assert report["models"][0]["figures"]["RMSE"] == pytest.approx(np.mean(each))
    assert report["models"][0]["figures"]["RMSE ±"] == pytest.approx(around, rel=1e-4)
    for shown in (capsys.readouterr().out, (tmp_path / "o.md").read_text()):
        assert f"{np.mean(each):.4f} ± {around:.4f}" in shown
        assert "seeds 4 to 6" in shown
    assert (tmp_path / "o.svg").read_text().startswith("<svg")


def test_predictions_are_never_taken_from_a_file(tiny: Path, tmp_path: Path, fitted: list[str]) -> None:
    asked = ("evaluate", "--data", tiny, "--preset", "bias", "--tuned", "--results", tmp_path / "kept")
    assert run(*asked) == run(*asked, "--predictions", tmp_path / "p.csv") == 0
    assert len(fitted) == 2
    assert len(pd.read_csv(tmp_path / "p.csv")) > 0


def test_a_model_that_fails_does_not_end_the_others(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def svdpp_fails(preset: str, work: Task, *, tuned: bool = True) -> Measured:
        failed = Measured(preset, tuned, note="failed: no memory")
        return failed if preset == "svdpp" else measure(preset, work, tuned=tuned)

    monkeypatch.setattr(campaign, "measure_apart", svdpp_fails)
    kept = tmp_path / "kept"
    assert run("evaluate", "--data", tiny, "--preset", "svdpp,bias", "--tuned", "--results", kept) == 1
    shown = capsys.readouterr().out
    assert "svdpp failed: no memory" in shown
    assert "\nbias " in shown
    assert [path.name for path in kept.glob("*/*/*")] == ["bias.tuned.seed0.top10.json"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--models", "nosuch"], "There is no model named 'nosuch'; known are"),
        (["--preset", "nosuch"], "There is no preset named 'nosuch'; known are"),
        (["--preset", "some-day"], "The model of some-day is not part of this version."),
        (["--preset", "no-document"], "no-document has no settings of a document's own; measure it --tuned."),
        (["--preset", "bias", "--models", "bias"], "not both"),
        (["--protocol", "nosuch"], "There is no protocol named 'nosuch'; known are random90"),
        (["--top", "0"], "A list has at least one film"),
        (["--seed", "-1"], "A seed is a whole number"),
        (["--repeat", "0"], "A measurement is done at least once"),
        (["--repeat", "2", "--predictions", "p.csv"], "Predictions are written for one seed"),
        (["--json", "nowhere/out.json"], "name a file in a folder that exists"),
        (["--data", "nowhere.zip"], "There is no file or folder nowhere.zip"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_exit_code_2(
    tiny: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    sentence: str,
) -> None:
    monkeypatch.setitem(PRESETS, "some-day", Preset("some-day", "some-day", ()))
    monkeypatch.setitem(PRESETS, "no-document", Preset("no-document", "bias", (), document="NOSUCH"))
    assert run("evaluate", "--data", tiny, *arguments) == 2
    shown = capsys.readouterr()
    assert sentence in shown.err
    assert shown.err.count("\n") == 1
    assert not shown.out


def test_no_data_set_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate"]) == 2
    assert "--data" in capsys.readouterr().err


def test_a_split_by_time_needs_timestamps(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    frame = pd.read_csv(tiny / "ratings.csv").drop(columns="timestamp")
    frame.to_csv(tiny / "ratings.csv", index=False)
    assert run("evaluate", "--data", tiny, "--protocol", "time") == 2
    assert "no timestamps" in capsys.readouterr().err


def test_the_names_of_the_models_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "--list"]) == 0
    assert capsys.readouterr().out.split() == sorted(registry.CLASSES)


PLAN = """
[[run]]
data = "tiny"
protocols = ["random90", "time"]
presets = ["bias", "no-such-model-yet"]
seeds = [0, 1]

[[run]]
data = "tiny"
protocols = ["random90"]
presets = ["bias"]
"""


def test_a_campaign_measures_what_is_missing_and_says_what_it_cannot(
    tiny: Path,
    tmp_path: Path,
    fitted: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(PRESETS, "no-such-model-yet", Preset("no-such-model-yet", "some-day", ()))
    plan = tmp_path / "plan.toml"
    plan.write_text(PLAN)
    asked = ("campaign", "--data", tiny.parent, "--plan", plan, "--results", tmp_path / "kept")
    assert run(*asked, "--dry-run") == 1
    assert not fitted
    assert run(*asked) == 1
    assert fitted == ["bias 0", "bias 1"] * 2
    assert capsys.readouterr().err.count("the model is not part of this version") == 8
    assert run(*asked, "--preset", "bias") == 0
    assert len(fitted) == 4
    assert "4 measurements asked for, 0 failed." in capsys.readouterr().out


@pytest.mark.parametrize(
    "plan",
    ["[[run]]\ndata = 3", "not toml", PLAN, PLAN.replace("no-such-model-yet", "ease").replace("time", "x")],
)
def test_a_plan_that_cannot_be_followed_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], plan: str
) -> None:
    (tmp_path / "plan.toml").write_text(plan)
    assert run("campaign", "--data", tmp_path, "--plan", tmp_path / "plan.toml") == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_the_plan_of_the_project_can_be_read() -> None:
    steps = campaign.read_plan(REPOSITORY / "docs" / "measured" / "campaign.toml")
    assert len(steps) > 100
    assert {step.preset for step in steps} == set(PRESETS)
