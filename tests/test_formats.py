"""How days and times are written."""

from datetime import datetime

import pytest
from django.utils.formats import date_format, get_format, localize
from django.utils.translation import override

MOMENT = datetime(2026, 11, 22, 10, 49)


@pytest.mark.parametrize("name", ["DATE_FORMAT", "SHORT_DATE_FORMAT"])
def test_english_writes_a_day_in_one_way(name):
    with override("en"):
        assert date_format(MOMENT, name) == localize(MOMENT.date()) == "22 Nov 2026"


@pytest.mark.parametrize("name", ["DATETIME_FORMAT", "SHORT_DATETIME_FORMAT"])
def test_english_writes_a_moment_in_one_way(name):
    with override("en"):
        assert date_format(MOMENT, name) == localize(MOMENT) == "22 Nov 2026, 10:49"


def test_german_keeps_its_own_way_and_what_is_typed_in_is_read_as_before():
    with override("de"):
        assert date_format(MOMENT, "DATE_FORMAT") == "22. November 2026"
    with override("en"):
        assert get_format("DATE_INPUT_FORMATS")[0] == "%Y-%m-%d"
