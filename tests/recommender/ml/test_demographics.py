import logging
import math
import sys

import pytest

from recommender.ml import demographics
from recommender.ml.demographics import about, place
from recommender.ml.movielens_films import Person


def test_a_zip_code_is_a_place_and_a_time_zone() -> None:
    found = place("48067")  # Royal Oak, Michigan
    assert found.latitude == pytest.approx(42.49, abs=0.1)
    assert found.longitude == pytest.approx(-83.14, abs=0.1)
    assert found.utc_offset == -5
    assert place("48067-1234") == found


def test_places_far_west_have_their_own_time() -> None:
    assert place("96813").utc_offset == -10  # Honolulu


@pytest.mark.parametrize("code", ["", "T8H1N", "00000", "345567", "٤٨٠٦٧"])
def test_the_place_of_a_code_that_is_none_of_the_united_states_is_unknown(code: str) -> None:
    assert all(math.isnan(number) for number in place(code))


def test_a_user_of_movielens_is_told_with_the_place() -> None:
    told = about(Person(1, "F", 25, "writer", "48067"))
    assert told[:3] == ("F", 25.0, "writer")
    assert told[3:] == place("48067")


def test_without_the_library_places_are_unknown_and_it_is_said_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "zipcodes", None)
    demographics._library.cache_clear()
    place.cache_clear()
    with caplog.at_level(logging.WARNING):
        assert math.isnan(place("48067").latitude)
        assert math.isnan(place("10001").latitude)
    monkeypatch.undo()
    demographics._library.cache_clear()
    place.cache_clear()
    assert len(caplog.records) == 1
    assert "requirements-dev.txt" in caplog.text
