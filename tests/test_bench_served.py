"""What the bench writes into docs/serving.md and docs/search.md, and the steps of a run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recommender.live import LiveModels
from recommender.ml import artefact
from recommender.ml.protocols import PROTOCOLS, Source
from recommender.ml.registry import model_class
from recommender.ml.splits import per_user_split
from recommender.steering import Steering
from tests.bench import __main__ as bench
from tests.bench import cards, contest, handover, newcomers, ours, pages, search, sections, served, steering
from tests.bench.handover import Handed, Ratings
from tests.bench.results import Figures, Run
from tests.bench.sections import Section
from tests.recommender.ml.real_data import real_data

PARTS = {part.name: part for part in served.PARTS}
SECTIONS = [search.SECTION, pages.SECTION, *(part.section for part in served.PARTS)]


def rule(place: int) -> dict:
    gap = [-0.001 * place, 0.005]
    return {"ndcg": [[0.3699, 0.01]] * 3, "rmse": [0.9] * 3, "other": [2.0] * 3, "behind": [gap] * 3}


def cards_of(people: int) -> dict:
    rules = {name: rule(place) for place, name in enumerate(cards.RULES)}
    return {count: {"people": people, "rules": rules} for count in cards.COUNTS}


def intervals_of(share: float) -> dict:
    cells = [(person, film) for person in range(3) for film in range(3)]
    buckets = [{"person": p, "film": f, "coverage": share, "ratings": 1000 + 3 * p + f} for p, f in cells]
    return {"coverage": share, "buckets": buckets, "ratings": 18_000}


STORED: dict[str, dict[str, Any]] = {
    "cards": {"MovieLens 1M": cards_of(604), "latest-small": cards_of(122)},
    "newcomers": {
        "MovieLens 1M": {
            "lines": [
                {
                    "shown": "K=1",
                    "people": 302,
                    "rmse": {"hybrid": 0.96329, "bias": 0.9739},
                    "ndcg": {
                        "popularity": 0.0982,
                        "ease": 0.0773,
                        "ials": 0.0764,
                        "list-blend": 0.0819,
                        "served": 0.1129,
                    },
                }
            ]
        }
    },
    "intervals": {"MovieLens 1M": intervals_of(0.803), "latest-small": intervals_of(0.8169)},
    "steering": {
        "latest-small": {
            "ways": {
                "as it comes": {
                    "ndcg": 0.329,
                    "ndcg_liked": 0.2998,
                    "stars": 4.1416,
                    "distance": 0.6985,
                    "miscalibration": 0.7182,
                    "coverage": 0.0349,
                    "rank": 25.0,
                    "year": 1994.0,
                }
            }
        }
    },
    "serving": {
        "latest-small": {
            "lines": [{"what": "ease, list of 50", "films": 9724, "ms": 0.741, "p99": 0.888}],
            "bandwidth": 0.786,
        }
    },
    "load": {
        "latest-small": {
            "lines": [
                {"visitors": "one alone", "page": "film page", "requests": 253, "ms": 37.44, "p99": 61.4}
            ]
        }
    },
}
LAST_LINES = {
    "cards": "| random of the 400 best known | .3699 / .3699 / .3699 | .3699 / .3699 / .3699 |",
    "newcomers": "| K=1 | 0.9633 | 0.9739 | 0.0982 | 0.0773 | 0.0764 | 0.0819 | 0.1129 |",
    "intervals": "| many | 81.7 % | 81.7 % | 81.7 % |",
    "steering": "| as it comes | 0.3290 | 0.2998 | 4.1416 | 0.6985 | 0.7182 | 0.0349 | 25 | 1994 |",
    "serving": "The scoring pass over 87,585 x 64 factors reaches 79 % of the memory bandwidth of a plain "
    "copy.",
    "load": "| one alone | film page | 253 | 37.4 | 61.4 |",
}
COLUMNS = {
    "cards": ("people", "rules", "ndcg", "behind"),
    "newcomers": ("shown", "hybrid", "bias", "popularity", "ease", "ials", "list-blend", "served"),
    "intervals": ("coverage", "buckets", "ratings", "person", "film"),
    "steering": tuple(key for key, _ in steering.COLUMNS.values()),
    "serving": ("what", "films", "ms", "p99", "bandwidth"),
    "load": ("visitors", "page", "requests", "ms", "p99"),
}


def header(text: str) -> str:
    return next(line for line in text.splitlines() if line.startswith("|"))


def without(found: Any, column: str) -> Any:
    """The same figures, and nowhere that one."""
    if isinstance(found, dict):
        return {key: without(inner, column) for key, inner in found.items() if key != column}
    return [without(inner, column) for inner in found] if isinstance(found, list) else found


@pytest.mark.parametrize("name", PARTS)
def test_a_part_ends_with_the_figures_that_were_stored(name):
    assert PARTS[name].tables(STORED[name]).splitlines()[-1] == LAST_LINES[name]


def test_popular_cards_say_how_much_better_the_chosen_ones_are():
    table = cards.tables(STORED["cards"])
    assert "| popular | .3699 / .3699 / .3699 (-.0010 ± .0050, -.0010 ± .0050, -.0010 ± .0050) |" in table


def test_intervals_say_how_many_ratings_were_judged():
    text = PARTS["intervals"].tables(STORED["intervals"])
    assert text.startswith("MovieLens 1M: 80.3 % of 9,036 later ratings, 1,000 to 1,008 in a cell.\n\n|")


@pytest.mark.parametrize(("name", "column"), [(name, one) for name, of in COLUMNS.items() for one in of])
def test_a_column_that_was_not_measured_is_noticed(name, column):
    with pytest.raises(KeyError):
        PARTS[name].tables(without(STORED[name], column))


def test_steering_measures_what_its_table_shows(small_site_interactions, small_site_bundle):
    bundle = artefact.open_bundle(small_site_bundle)
    split = per_user_split(small_site_interactions, 0.2, 0)
    users = np.unique(split.test.user)[:5]
    site = LiveModels("bench", bundle.models, bundle.items)
    found = steering.figures_of(site, split, users, Steering())
    (line,) = steering.tables({"small": {"ways": {"as it comes": found}}}).splitlines()[2:]
    assert line.endswith(" | 1960 |")


def test_newcomers_are_measured_as_their_table_shows_them(small_site_interactions, small_site_bundle):
    models = dict(artefact.open_bundle(small_site_bundle).models)
    models["ials"] = model_class("ials")().fit(small_site_interactions, seed=0)
    source = Source("small", small_site_interactions, 0)
    (trial,) = PROTOCOLS["cold-users"].trials(source)
    found = newcomers.line(models, trial.questions[0], 1)
    (line,) = newcomers.tables({"small": {"lines": [found]}}).splitlines()[2:]
    assert line.startswith(f"| K=1 | {found['rmse']['hybrid']:.4f} | ")
    assert "nan" not in line


@pytest.mark.parametrize("name", PARTS)
def test_the_page_has_a_place_for_a_part_with_the_columns_that_it_writes(name):
    part = PARTS[name]
    assert header(part.section.text) == header(part.tables(STORED[name]))


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.name)
def test_the_pages_hold_tables_where_a_run_writes(section):
    assert "| --- |" in section.text or "|---|" in section.text or "| ---: |" in section.text


def test_a_section_is_replaced_and_the_prose_around_it_stays(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("Before.\n\n<!-- cards -->\n\nold\n\n<!-- end of cards -->\n\nAfter.\n")
    section = Section(page, "cards")
    assert section.text == "old"
    section.write("| new |")
    section.write("| newer |")
    assert page.read_text() == ("Before.\n\n<!-- cards -->\n\n| newer |\n\n<!-- end of cards -->\n\nAfter.\n")


@pytest.mark.parametrize("text", ["", "<!-- cards -->\n", "<!-- cards -->\n<!-- end of cards -->" * 2])
def test_a_page_without_one_place_for_a_section_is_left_as_it_is(tmp_path, text):
    page = tmp_path / "page.md"
    page.write_text(text)
    with pytest.raises(ValueError, match=r"page\.md needs one place from <!-- cards -->"):
        Section(page, "cards").write("| new |")
    assert page.read_text() == text


def test_stored_figures_come_into_their_places_and_no_others(tmp_path):
    copy = tmp_path / "serving.md"
    copy.write_text(pages.SECTION.page.read_text())
    found = {section._replace(page=copy): text for section, text in served.sections(STORED).items()}
    large = Section(copy, "pages")
    before = large.text
    assert sections.publish(found) == [copy]
    assert {section.name: section.text for section in found} == {
        name: PARTS[name].tables(STORED[name]) for name in PARTS
    }
    assert large.text == before


def test_a_quick_run_leaves_the_pages_of_the_site_alone(tmp_path):
    before = pages.SECTION.page.read_text()
    (written,) = sections.publish(served.sections(STORED), instead=tmp_path)
    assert written == tmp_path / "serving.md"
    assert f"## load\n\n{PARTS['load'].tables(STORED['load'])}" in written.read_text()
    assert pages.SECTION.page.read_text() == before


class Walk(Run):
    """A run in which every step answers at once, with what was stored of its part."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.walked: list[str] = []

    def step(self, name: str, measure: Callable[[], Figures]) -> Figures:
        return super().step(name, lambda: self._answer(name))

    def _answer(self, name: str) -> Figures:
        self.walked.append(name)
        return next(iter(STORED.get(name.partition("-")[0], {"": {}}).values()))


def test_each_part_is_measured_once_for_each_set_and_again_when_asked(tmp_path):
    def parts(*again: str) -> list[str]:
        run = Walk(tmp_path / "run")
        run.begin(list(again))
        served.sections(served.measure(run, quick=False))
        run.finish()
        return [step.partition("-")[0] for step in run.walked]

    everything = [part.name for part in served.PARTS for _ in part.commands(quick=False)]
    assert parts() == everything
    assert set(parts("cards")) == {"cards"}
    assert parts("load", "steering") == ["steering", "load"]
    assert parts() == everything


def test_a_quick_run_asks_for_fewer_people_and_seconds_of_the_small_set():
    small = str(real_data(served.SMALL).path)
    commands = {name: list(part.commands(quick=True).values()) for name, part in PARTS.items()}
    assert commands == {
        "cards": [(small, "--people", "20", "--splits", "1")],
        "newcomers": [(small,)],
        "intervals": [(small,)],
        "steering": [(small, "--people", "60")],
        "serving": [(small, "--repeats", "20")],
        "load": [(small, "--seconds", "2")],
    }


def test_a_run_goes_through_all_its_steps_in_their_order(tmp_path):
    one = Ratings(*(np.zeros(1, kind) for kind in (np.int32, np.int32, np.float32, np.int64)))
    for job in ("stars", "list", "fit"):
        handover.write(f"{job}.npz", Handed(one, one, 1, np.arange(1), tmp_path))
    run = Walk(tmp_path)
    run.begin([])
    found = bench.measure(run, quick=True)
    stem = real_data(served.SMALL).path.stem
    assert run.walked == [
        *("machine", "data"),
        *(entry.step for entry in contest.entries()),
        *("batch", "speed-data"),
        *(f"speed-{name}" for name in ours.registered()),
        *("search", "pages"),
        *(f"{name}-{stem}" for name in PARTS),
        "importing",
    ]
    assert set(found) >= {"stars", "search", "pages", "served", "importing"}
