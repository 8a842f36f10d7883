"""Kept measurements: whole or not there, true to what was measured, and never mistaken for another."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.ml.evaluate import Measured
from recommender.ml.results import DamagedResult, Key, Result, Store, fingerprint
from tests.recommender.ml.samples import made_up_stars

KEY = Key("tiny", "0123456789abcdef", "random90", 0, 10, "bias", True, {"n_rounds": 10, "widths": [3, 4]})
MEASURED = Measured(
    "bias", True, KEY.config, {"RMSE": 0.1 + 0.2, "RMSE new films": math.nan}, 1.23456, 99.5, 0.25, 7
)
SIZES = {"n_ratings": 100, "n_users": 7, "n_items": 20, "n_train": 90, "n_test": 10, "n_users_tested": 7}


def a_result(**changes: Any) -> Result:
    return Result.of(KEY._replace(**changes), SIZES, MEASURED)


def a_store(folder: Path) -> tuple[Store, list[str]]:
    said: list[str] = []
    return Store(folder, said.append), said


def test_what_was_kept_comes_back_as_it_was(tmp_path: Path) -> None:
    store, said = a_store(tmp_path)
    store.keep(a_result())
    found = store.find(KEY)
    assert found
    assert found.measured.figures["RMSE"] == 0.1 + 0.2
    assert math.isnan(found.measured.figures["RMSE new films"])
    assert (found.measured.preset, found.measured.n_users, found.fit_seconds) == ("bias", 7, 1.235)
    assert found.key == KEY
    assert {"cpu", "cores", "python", "numpy"} <= set(found.machine)
    assert not said


@given(st.dictionaries(st.text(min_size=1), st.floats(allow_infinity=False), max_size=5))
def test_figures_are_exact(tmp_path_factory: pytest.TempPathFactory, figures: dict[str, float]) -> None:
    store, _ = a_store(tmp_path_factory.mktemp("kept"))
    store.keep(replace(a_result(), figures=figures))
    found = store.find(KEY)
    assert found
    assert found.figures == pytest.approx(figures, abs=0, rel=0, nan_ok=True)


def test_only_whole_files_bear_the_name_of_a_result(tmp_path: Path) -> None:
    store, _ = a_store(tmp_path)
    path = store.keep(a_result())
    assert path == tmp_path / "tiny-01234567" / "random90" / "bias.tuned.seed0.top10.json"
    assert [at for at in tmp_path.rglob("*") if at.is_file()] == [path]


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 1},
        {"top": 20},
        {"tuned": False},
        {"preset": "svdpp"},
        {"protocol": "time"},
        {"data": "other"},
        {"data_sha256": "ffff"},
        {"config": {"n_rounds": 11}},
        {"beside": "ml-1m-leave-one-out.csv.gz"},
    ],
)
def test_another_key_finds_nothing(tmp_path: Path, change: dict[str, Any]) -> None:
    store, _ = a_store(tmp_path)
    store.keep(a_result())
    assert store.find(KEY._replace(**change)) is None


def test_older_settings_are_told_of_and_replaced(tmp_path: Path) -> None:
    store, said = a_store(tmp_path)
    store.keep(a_result())
    assert store.find(KEY._replace(config={})) is None
    assert "other data or settings" in said[0]
    store.keep(a_result(config={}))
    assert [result.key.config for result in store] == [{}]


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"key": 1}', '{"figures": null}', "\x00"])
def test_a_damaged_file_is_named_and_does_not_count(tmp_path: Path, content: str) -> None:
    store, said = a_store(tmp_path)
    path = store.keep(a_result())
    path.write_text(content)
    assert store.find(KEY) is None
    assert str(path) in said[0]
    assert "measured anew" in said[0]
    with pytest.raises(DamagedResult, match="is damaged"):
        list(store)


def test_a_result_cut_short_is_damaged(tmp_path: Path) -> None:
    store, said = a_store(tmp_path)
    path = store.keep(a_result())
    content = json.loads(path.read_text())
    del content["n_users"]
    path.write_text(json.dumps(content))
    assert store.find(KEY) is None
    assert said


def test_all_results_are_read_in_order(tmp_path: Path) -> None:
    store, _ = a_store(tmp_path)
    for seed in (2, 0, 1):
        store.keep(a_result(seed=seed))
    assert [result.key.seed for result in store] == [0, 1, 2]
    assert not list(Store(tmp_path / "nowhere", print))


def test_the_fingerprint_is_of_the_content() -> None:
    data = made_up_stars()
    assert fingerprint(data) == fingerprint(made_up_stars())
    changed = data.rating.copy()
    changed[0] = 1.5 if changed[0] != 1.5 else 2.0
    assert fingerprint(replace(data, rating=changed)) != fingerprint(data)
    films = replace(data.catalogue, years=(data.catalogue.years + 1).astype(np.int16))
    assert fingerprint(replace(data, catalogue=films)) != fingerprint(data)
