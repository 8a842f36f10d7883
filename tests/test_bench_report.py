"""The benchmarks' own logic: what is judged, what is repeated, and what the page says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.bench import aims, contest, handover, report
from tests.bench.handover import Handed, Ratings
from tests.bench.results import Run


def ratings(*rows: tuple[int, int, float]) -> Ratings:
    user, item, rating = zip(*rows, strict=True)
    times = np.full(len(rows), -1)
    return Ratings(np.array(user, np.int32), np.array(item, np.int32), np.array(rating, np.float32), times)


def handed(folder: Path) -> Handed:
    train = ratings((0, 0, 5), (0, 1, 3), (1, 1, 4), (2, 2, 1))
    return Handed(train, ratings((0, 2, 4), (1, 0, 2)), 3, np.arange(4) * 10, folder)


def line(title: str = "svdpp", library: str = "ours", **figures: float) -> dict:
    about = {"library": library, "title": title, "settings": "tuned"}
    return {**about, "fit_seconds": 1.0, "fit_peak_mib": 300.0, "peak_mib": 310.0, **figures}


def found(**parts: object) -> dict:
    about = {
        "day": "2026-01-02",
        "processor": "A processor",
        "cores": 2,
        "memory_gib": 15.6,
        "system": "Linux x86_64",
        "python": "3.11.7",
        "load": 0.04,
        "ours": {"numpy": "2.4"},
        "theirs": {"implicit": "0.7"},
    }
    whole = {
        "machine": about,
        "missing": [],
        "data": {"says": "A set: 3 ratings."},
        "stars": {},
        "list": {},
        "fit": {},
        "batch": {"top": 50, "models": {"ease": {"ms": 0.05, "implicit_ms": 0.2, "same": 0.9996}}},
        "speed": {"svdpp": {"n_items": 9742, "lengths": {"20": [0.21, 0.4], "200": [0.6, 0.9]}}},
        "importing": {"data": "ml.zip", "databases": {"SQLite": [10.0, 2.0]}},
    }
    return whole | parts


def test_a_split_is_read_as_it_was_handed_over(tmp_path):
    whole = handed(tmp_path)
    handover.write("stars.npz", whole)
    again = handover.read(tmp_path / "stars.npz")
    assert (again.n_users, again.n_items, again.folder) == (3, 4, tmp_path)
    np.testing.assert_equal(again.train._asdict(), whole.train._asdict())
    np.testing.assert_equal(again.test._asdict(), whole.test._asdict())


def test_a_sample_numbers_people_and_films_anew_and_keeps_their_place_in_the_catalogue(tmp_path):
    train = ratings((7, 3, 5), (9, 1, 4), (handover.SAMPLE_USERS, 0, 1))
    few = Handed(train, train, 90, np.arange(4) * 10, tmp_path).sample()
    assert (few.n_users, few.films.tolist()) == (2, [10, 30])
    assert (few.train.user.tolist(), few.train.item.tolist()) == ([0, 1], [1, 0])


def test_stars_that_are_missing_count_as_the_mean_and_all_are_clipped(tmp_path):
    figures = contest.judge_stars(np.array([np.nan, -3.0]), handed(tmp_path))
    # The training mean is 3.25 and its range 1 to 5: errors of -.75 and -1.
    assert figures["rmse"] == pytest.approx(np.sqrt((0.75**2 + 1) / 2))
    assert figures["replaced"] == 1


def test_lists_are_judged_by_what_their_users_held_out(tmp_path):
    figures = contest.judge_lists(np.array([0, 1]), np.array([[3, 2], [2, -1]]), handed(tmp_path))
    assert figures["recall"] == 0.5
    assert figures["ndcg"] == pytest.approx(0.5 / np.log2(3))
    assert figures["coverage"] == 0.5


def test_a_step_is_measured_once_in_a_run_and_again_when_asked(tmp_path):
    counted: list[str] = []

    def measure(name: str) -> dict:
        counted.append(name)
        return {"at": len(counted)}

    def steps(*again: str) -> list[int]:
        run = Run(tmp_path / "run")
        run.begin(list(again))
        return [run.step(name, lambda name=name: measure(name))["at"] for name in ("stars-a", "list-b")]

    assert steps() == [1, 2]
    assert steps() == [1, 2]
    assert steps("list") == [1, 3]
    Run(tmp_path / "run").finish()
    assert steps() == [4, 5]


def test_a_step_that_fails_leaves_nothing_behind(tmp_path):
    run = Run(tmp_path / "run")
    run.begin([])
    with pytest.raises(ZeroDivisionError):
        run.step("stars-a", lambda: {"at": 1 / 0})
    assert run.step("stars-a", lambda: {"at": 1}) == {"at": 1}


def test_svdpp_is_held_against_surprise_in_speed_and_error():
    pair = {
        "svdpp-trained": line(fit_seconds=0.8, rmse=0.85681),
        "surprise-svdpp": line(library="peers.surprise", fit_seconds=200.0, rmse=0.85677),
    }
    assert aims.svdpp_speed(pair).verdict == "met"
    assert aims.svdpp_speed(pair).measured.endswith("= 250")
    assert aims.svdpp_error(pair).verdict == "met"
    pair["svdpp-trained"] = line(fit_seconds=1.1, rmse=0.8570)
    assert aims.svdpp_speed(pair).verdict == aims.svdpp_error(pair).verdict == "not met"


def test_what_was_not_measured_is_neither_met_nor_missed():
    failed = {"surprise-svdpp": {"library": "peers.surprise", "title": "SVD++", "note": "failed: x"}}
    assert aims.svdpp_speed(failed).verdict == "not measured"
    assert aims.visitor_speed({"svdpp": {"note": "failed: x"}}).verdict == "not measured"


def test_visitors_of_slow_models_are_named_but_those_of_a_bayesian_one_may_wait():
    speed = {
        "svdpp": {"lengths": {"20": [0.2, 0.4]}},
        "bayesian-svdpp": {"lengths": {"20": [5.0, 9.0]}},
    }
    assert aims.visitor_speed(speed).verdict == "met"
    speed["slow"] = {"lengths": {"20": [0.7, 1.2]}}
    late = aims.visitor_speed(speed)
    assert (late.verdict, "slow 0.70 / 1.20" in late.measured) == ("not met", True)


def test_memory_counts_our_models_of_every_part_and_theirs_of_none():
    whole = found(
        stars={"svdpp": line(), "surprise-knn": line("KNN", "peers.surprise", fit_peak_mib=9000.0)},
        fit={"mult-vae": line("mult-vae", fit_peak_mib=1600.0)},
    )
    assert aims.memory(whole) == aims.Aim(
        "every model trains in less than 1.5 GiB", "largest mult-vae, 1,600 MiB", "not met"
    )


def test_the_page_shows_figures_machine_and_what_is_missing():
    stars = {"svdpp": line(rmse=0.85678, mae=0.67, per_second=1234567.8, replaced=0)}
    failed = {
        "als": {"library": "peers.implicit", "title": "ALS", "settings": "", "note": "failed: no cores"}
    }
    page = report.page(found(stars=stars, list=failed, missing=["star-blend"]))
    assert "- A processor, 2 cores, 16 GiB of memory, Linux x86_64" in page
    assert "| **Marquee** | svdpp | tuned | 0.8568 | 0.6700 | 1.00 | 1,234,568 | 300 | 310 | 0 |" in page
    assert "| ease | 0.050 | 0.200 | 99.96% | – |" in page
    assert "- implicit ALS: failed: no cores\n- star-blend is not there yet" in page


def test_columns_of_figures_stand_to_the_right():
    assert report.table(["name", "s"], [["a", "1,000.5"], ["b", "–"]]).splitlines() == [
        "| name | s |",
        "| --- | --: |",
        "| a | 1,000.5 |",
        "| b | – |",
    ]


def test_every_contender_is_known_by_its_library_and_named_once():
    entries = contest.entries()
    assert len({entry.step for entry in entries}) == len(entries)
    titles = {
        contest.import_module(f"tests.bench.{entry.library}").METHODS[entry.method]().title
        for entry in entries
        if entry.library != "ours"
    }
    assert {"SVD++", "ALS", "BiasedMF", "MF", "SVD++ flipped"} <= titles
