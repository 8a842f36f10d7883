"""The page about the models: its figures are the kept ones, and what nobody measured says so."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from recommender.ml.__main__ import main
from recommender.ml.campaign import read_plan
from recommender.ml.evaluate import Measured
from recommender.ml.models_page import BadTexts, Query, Row, Texts, make_page, write_page
from recommender.ml.presets import PRESETS
from recommender.ml.results import Key, Result, Store
from tests.recommender.ml.real_data import REPOSITORY

PUBLISHED = REPOSITORY / "docs" / "measured"
SIZES = {"n_ratings": 100, "n_users": 7, "n_items": 20, "n_train": 90, "n_test": 10, "n_users_tested": 6}

ROW = Row(
    key="B1",
    system="SVD++",
    claimed="RMSE .5113",
    protocol="its training set",
    leak="It was trained on what it is tested on.",
    honest=[Query("tiny", "random90", ["svdpp", "bias"], ["RMSE"], ["tuned"])],
    judgement="It has {honest:RMSE} and biases {honest:RMSE:bias}.",
)


def result(
    preset: str, rmse: float, *, seed: int = 0, sha256: str = "abcdef012345", **changes: Any
) -> Result:
    config = {"rate": changes.pop("rate", 0.1)}
    key = Key("tiny", sha256, "random90", seed, 10, preset, changes.pop("tuned", True), config)
    measured = Measured(preset, key.tuned, config, {"RMSE": rmse}, 1.5, 80.0, 0.25, 6, **changes)
    return Result.of(key, SIZES, measured)


def page(results: list[Result], row: Row = ROW) -> str:
    return make_page(results, Texts("Intro.", "Again.", [row]), "plots").text


def test_figures_come_from_the_measurements() -> None:
    text = page([result("svdpp", 0.85), result("bias", 0.875)])
    assert "It has 0.8500 and biases 0.8750." in text
    assert "| svdpp | tuned | 0 | 0.8500 | 6 | 1.5 | 80 | 0.25 |" in text
    assert "not measured yet" not in text


def test_what_nobody_measured_says_so() -> None:
    text = page([result("svdpp", 0.85)])
    assert "It has 0.8500 and biases (not measured yet)." in text
    assert "| bias | tuned | not measured yet |" in text
    assert page([]).count("not measured yet") == 4


def test_every_table_carries_what_a_figure_cannot_be_read_without() -> None:
    text = page([result("svdpp", 0.85)])
    assert "`tiny`, `random90` (a random tenth of all ratings):" in text
    for header in re.findall(r"^\| model .*$", text, re.MULTILINE):
        assert all(f"| {name} " in header for name in ("seed", "users", "fit s", "peak MiB", "ms/user"))


def test_seeds_are_averaged() -> None:
    text = page([result("svdpp", 0.84, seed=0), result("svdpp", 0.86, seed=1)])
    # Student's t of one degree of freedom is 12.706 at 97.5 %: 12.706 x .0141 / sqrt(2).
    assert "| svdpp | tuned | 0, 1 | 0.8500 ± 0.1271 |" in text


def test_the_best_line_of_a_table_stands_first() -> None:
    text = page([result("bias", 0.9), result("svdpp", 0.8)]).partition("## All measurements")[2]
    assert text.index("| svdpp") < text.index("| bias")


def test_the_best_of_all_lead_and_the_baseline_has_its_place() -> None:
    errors = {
        "bias": 0.9,
        "mf": 0.85,
        "svd": 0.86,
        "svdpp": 0.81,
        "autorec": 0.83,
        "star-blend": 0.8,
        "knn": 0.88,
    }
    found = [result(name, error) for name, error in errors.items()]
    other_seed_and_form = [result("mf", 0.7, seed=1), result("pearson-cf", 0.6, tuned=False)]
    best = page([*found, *other_seed_and_form]).partition("## The best of all")[2].partition("## ")[0]
    places = re.findall(r"^\| ([a-z-]+) \| (\d of 7) \| 0 \| (\S+)", best, re.MULTILINE)
    assert places == [
        ("star-blend", "1 of 7", "0.8000"),
        ("svdpp", "2 of 7", "0.8100"),
        ("autorec", "3 of 7", "0.8300"),
        ("mf", "4 of 7", "0.8500"),
        ("svd", "5 of 7", "0.8600"),
        ("bias", "7 of 7", "0.9000"),
    ]


def test_what_is_no_prediction_is_never_the_best() -> None:
    flawed = replace(result("svdpp", 0.1), key=result("svdpp", 0.1).key._replace(protocol="training-ratings"))
    assert "## The best of all" not in page([flawed])


def test_every_table_of_the_page_is_in_the_plan() -> None:
    planned = {
        (Path(step.data).stem, step.protocol, step.preset, "tuned" if step.tuned else "document")
        for step in read_plan(PUBLISHED / "campaign.toml")
    }
    asked = {
        (query.data, query.protocol, preset, form)
        for row in Texts.read(PUBLISHED / "rows.toml").rows
        for query in (*row.same, *row.honest)
        for preset in query.presets
        for form in query.forms
    }
    assert not asked - planned


def test_leaks_are_listed_in_front() -> None:
    text = page([])
    assert text.index("It was trained on what") < text.index("## Row by row")


def test_a_paragraph_cannot_name_what_its_row_does_not_measure() -> None:
    for name in ("{honest2:RMSE}", "{honest:RMSE:ease}", "{same:RMSE}", "{honest:RMSE:bias:document}"):
        row = Row("B1", "SVD++", "", "", f"It has {name}.", honest=ROW.honest)
        with pytest.raises(BadTexts, match="The judgement of B1 names"):
            page([], row)


def test_a_paragraph_can_name_the_form() -> None:
    row = Row(
        "B1",
        "SVD++",
        "",
        "",
        "{honest:RMSE:bias:document} and {honest:RMSE:bias:tuned}.",
        honest=[Query("tiny", "random90", ["svdpp", "bias"], ["RMSE"])],
    )
    text = page([result("bias", 0.9), result("bias", 0.95, tuned=False)], row)
    assert "0.9500 and 0.9000." in text


def test_measurements_that_do_not_fit_together_make_no_page() -> None:
    with pytest.raises(BadTexts, match="two different data sets are called tiny"):
        page([result("bias", 0.9), result("svdpp", 0.9, sha256="fedcba")])
    with pytest.raises(BadTexts, match="different settings over its seeds"):
        page([result("bias", 0.9), result("bias", 0.9, seed=1, rate=0.2)])


def test_the_command_writes_the_page_and_clears_old_pictures(tmp_path: Path) -> None:
    store = Store(tmp_path / "kept", print)
    store.keep(result("svdpp", 0.85))
    texts = tmp_path / "rows.toml"
    texts.write_text(
        'intro = "Intro."\nrepeat = "Again."\n[[row]]\nkey = "B1"\nsystem = "SVD++"\nclaimed = "much"\n'
        'protocol = "none"\njudgement = "It has {honest:RMSE}."\n'
        'honest = [{ data = "tiny", protocol = "random90", presets = ["svdpp"], show = ["RMSE"] }]\n'
    )
    plots = tmp_path / "kept" / "plots"
    plots.mkdir()
    (plots / "old.svg").write_text("<svg/>")
    out = tmp_path / "docs" / "models.md"
    asked = ["report", "--results", str(tmp_path / "kept"), "--texts", str(texts), "--out", str(out)]
    assert main(asked) == 0
    assert "It has 0.8500." in out.read_text()
    assert "(../kept/plots/tiny.random90.svg)" in out.read_text()
    assert [path.name for path in plots.iterdir()] == ["tiny.random90.svg"]


@pytest.mark.parametrize("texts", ["", "[[row]]", 'intro = ""\nrepeat = ""\n[[row]]\nkey = "B1"'])
def test_texts_without_words_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], texts: str
) -> None:
    (tmp_path / "rows.toml").write_text(texts)
    assert main(["report", "--results", str(tmp_path), "--texts", str(tmp_path / "rows.toml")]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_the_page_of_the_project_is_what_its_measurements_make(tmp_path: Path) -> None:
    out, plots = tmp_path / "docs" / "models.md", tmp_path / "docs" / "measured" / "plots"
    write_page(list(Store(PUBLISHED, print)), PUBLISHED / "rows.toml", out, plots)
    stale = "run `python -m recommender.ml report`"
    assert out.read_text() == (REPOSITORY / "docs" / "models.md").read_text(), stale
    made = {path.name: path.read_text() for path in plots.iterdir()}
    assert made == {path.name: path.read_text() for path in (PUBLISHED / "plots").iterdir()}, stale


def test_every_row_of_the_reference_is_judged() -> None:
    rows = Texts.read(PUBLISHED / "rows.toml").rows
    letters = {"A": 8, "B": 7, "C": 4, "D": 1, "E": 5, "F": 9}
    assert [row.key for row in rows] == [
        f"{letter}{n + 1}" for letter in letters for n in range(letters[letter])
    ]
    named = {preset for row in rows for query in (*row.same, *row.honest) for preset in query.presets}
    assert named <= set(PRESETS)
    assert {key for preset in PRESETS.values() for key in preset.rows} <= {row.key for row in rows}
