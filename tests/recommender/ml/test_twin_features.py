from datetime import UTC, datetime

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recommender.ml.interactions import NO_TIME, About, Catalogue
from recommender.ml.twin_features import N_CONTEXT, Words, context, days, levels

WORDS = Words(np.array(["Comedy", "Drama"]), np.array(["lawyer", "writer"]))


def test_what_is_unknown_of_a_person_is_not_the_same_as_nought() -> None:
    equator = About(sex="F", age=40, occupation="writer", latitude=0.0, longitude=0.0, utc_offset=0.0)
    rows = WORDS.people([equator, About(sex="F", age=40, occupation="writer"), None, About()])
    assert not np.array_equal(rows[0], rows[1])
    np.testing.assert_array_equal(rows[2], rows[3])
    assert rows[0, -3:].tolist() == [0, 0, 0]
    assert rows[1, -3:].tolist() == [0, 1, 1]


def test_every_field_of_a_person_is_an_input() -> None:
    known = About("M", 30, "lawyer", 10.0, 20.0, 3.0)
    changed = [
        known._replace(sex="F"),
        known._replace(age=31),
        known._replace(occupation="writer"),
        known._replace(latitude=11.0),
        known._replace(longitude=21.0),
        known._replace(utc_offset=4.0),
    ]
    rows = WORDS.people([known, *changed])
    assert len(np.unique(rows, axis=0)) == len(rows)


def test_an_occupation_or_a_genre_that_was_not_met_counts_as_missing() -> None:
    rows = WORDS.people([About("M", 30, "sailor"), About("M", 30, "")])
    np.testing.assert_array_equal(rows[0], rows[1])
    films = Catalogue.blank(2)
    met = WORDS.films(films)
    assert met[:, 2].tolist() == [1, 1]
    assert met[:, -1].tolist() == [1, 1]


def test_films_show_their_genres_and_year() -> None:
    film = Catalogue([""], [""], [("Drama", "Western")], [()], np.array([2000], np.int16))
    assert WORDS.films(film).tolist() == [[0, 1, 0, 1, 0]]


@given(st.datetimes(datetime(1970, 1, 1), datetime(2099, 12, 31)))
def test_a_moment_has_the_weekday_and_day_of_its_date(moment: datetime) -> None:
    moment = moment.replace(tzinfo=UTC)
    dates, row = days(np.array([int(moment.timestamp()), NO_TIME]))
    told = context(moment.weekday(), moment.timetuple().tm_yday, moment.year)
    np.testing.assert_allclose(dates[row[:1]], told, atol=1e-6)
    np.testing.assert_array_equal(dates[row[1]], context(-1, 0, 0)[0])
    assert row[1] == 0


def test_an_unknown_day_is_marked_and_monday_is_not() -> None:
    assert context(-1, 0, 0)[0, [7, 10, 12]].tolist() == [1, 1, 1]
    assert context(0, 1, 2000)[0, [7, 10, 12]].tolist() == [0, 0, 0]
    assert context(np.arange(7), 1, 2000).shape == (7, N_CONTEXT)


def test_days_of_undated_and_of_dated_interactions() -> None:
    for time, row in (([-1, -1], [0, 0]), ([5, 5], [1, 1]), ([], [])):
        dates, found = days(np.array(time, np.int64))
        assert found.tolist() == row
        np.testing.assert_array_equal(dates[0], context(-1, 0, 0)[0])


def test_a_rating_vector_is_chosen_by_half_stars_and_none_has_its_own() -> None:
    assert levels(np.array([np.nan, 0.5, 3.0, 5.0], np.float32)).tolist() == [0, 1, 6, 10]
