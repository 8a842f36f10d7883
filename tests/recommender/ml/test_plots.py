"""Pictures: well-formed, named, with every measurement in its place."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ElementTree
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.ml.evaluate import Measured
from recommender.ml.plots import Dot, Point, Scale, curves, dots, picture, scatter

NAMESPACE = "{http://www.w3.org/2000/svg}"


def drawn(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314 - it was made a line ago


def words(svg: str) -> list[str]:
    return [text.text or "" for text in drawn(svg).iter(f"{NAMESPACE}text")]


def line(preset: str, **figures: float) -> Measured:
    return Measured(preset, figures={name.replace("_", " "): value for name, value in figures.items()})


def test_dots_stand_in_the_order_of_their_values() -> None:
    svg = dots("Errors & more", "RMSE", [Dot("bias", 0.87, 0.01), Dot("svdpp", 0.86), Dot("a<b", 0.9)])
    shown = words(svg)
    assert [name for name in shown if name in ("bias", "svdpp", "a<b")] == ["svdpp", "bias", "a<b"]
    assert "Errors & more" in shown
    assert "0.8700" in shown


def test_a_picture_has_a_title_for_those_who_do_not_see_it() -> None:
    root = drawn(dots("Errors", "RMSE", []))
    assert root.get("role") == "img"
    assert root.findtext(f"{NAMESPACE}title") == "Errors"


def test_points_lie_higher_the_better_their_lists() -> None:
    svg = scatter("Lists", "coverage", "NDCG@10", [Point("low", 0.1, 0.2), Point("high", 0.3, 0.4)])
    low, high = drawn(svg).iter(f"{NAMESPACE}circle")
    assert float(high.get("cy", 0)) < float(low.get("cy", 0))
    assert float(high.get("cx", 0)) > float(low.get("cx", 0))


def test_points_without_a_figure_are_left_out() -> None:
    svg = scatter("Lists", "coverage", "NDCG@10", [Point("one", 0.1, 0.2), Point("none", math.nan, 0.4)])
    assert "none" not in words(svg)


def test_a_line_has_a_gap_where_nothing_is_known() -> None:
    svg = curves("Newcomers", "RMSE", ["1", "3", "5"], {"bias": [0.9, math.nan, 0.8]})
    path = next(line.get("d", "") for line in drawn(svg).iter(f"{NAMESPACE}path") if line.get("fill"))
    assert path.count("M") == 2
    assert "nan" not in svg


def test_names_of_lines_that_end_together_do_not_lie_over_one_another() -> None:
    names = [f"model {n}" for n in range(12)]
    svg = curves("Newcomers", "RMSE", ["1", "3"], {name: [0.9, 0.8] for name in names})
    texts = {text.text: float(text.get("y", 0)) for text in drawn(svg).iter(f"{NAMESPACE}text")}
    heights = sorted(texts[name] for name in names)
    assert min(b - a for a, b in pairwise(heights)) >= 12
    assert max(heights) < 400


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=20))
def test_names_of_points_stay_inside_and_apart(places: list[tuple[float, float]]) -> None:
    points = [Point(f"some-model-{n:02} (document)", x, y) for n, (x, y) in enumerate(places)]
    boxes = []
    for text in drawn(scatter("Lists", "coverage", "NDCG@10", points)).iter(f"{NAMESPACE}text"):
        if (text.text or "").startswith("some-model"):
            width = 6.6 * len(text.text or "")
            left = float(text.get("x", 0)) - width * (text.get("text-anchor") == "end")
            boxes.append((left, left + width, float(text.get("y", 0))))
    assert len(boxes) == len(points)
    assert all(left >= 0 and right <= 760 for left, right, _ in boxes)
    for n, (left, right, y) in enumerate(boxes):
        for other_left, other_right, other_y in boxes[:n]:
            assert right <= other_left + 1 or other_right <= left + 1 or abs(y - other_y) > 12


def test_the_picture_suits_what_was_measured() -> None:
    stars = picture("Stars", [line("bias", RMSE=0.9), line("popularity")])
    assert "RMSE (the axis does not begin at 0)" in words(stars)
    assert "popularity" not in words(stars)
    lists = picture("Lists", [Measured("ease", figures={"NDCG@10": 0.4, "coverage": 0.2})])
    assert {"coverage", "NDCG@10", "ease"} <= set(words(lists))
    over = {f"RMSE {shown}": 0.9 for shown in ("K=1", "K=10", "80 %")}
    newcomers = words(picture("Newcomers", [Measured("bias", figures=over)]))
    assert [word for word in newcomers if word in ("K=1", "K=10", "80 %")] == ["K=1", "K=10", "80 %"]
    assert drawn(picture("Nothing", []))


@given(st.lists(st.floats(-1e6, 1e6).map(lambda value: round(value, 4)), min_size=1, max_size=9))
def test_a_scale_holds_its_values_and_has_round_ticks(values: list[float]) -> None:
    scale = Scale.over(values, 100, 500)
    assert all(100 <= scale(value) <= 500 for value in values)
    ticks = scale.ticks()
    assert 1 <= len(ticks) <= 6
    assert all(scale.low <= tick <= scale.high for tick in ticks)


def test_ticks_are_steps_of_one_two_or_five() -> None:
    assert Scale(0.83, 0.91, 0, 1).ticks() == pytest.approx([0.84, 0.86, 0.88, 0.9])
