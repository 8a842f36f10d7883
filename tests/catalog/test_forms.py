"""Bad input gets a clear sentence."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from catalog.forms import LogForm, RatingForm, ReviewForm, SearchForm


@pytest.mark.parametrize("stars", ["0", "0.25", "5.5", "-3", "many", "NaN", "1e9"])
def test_a_rating_off_the_scale_is_told_the_scale(stars):
    form = RatingForm({"stars": stars})
    assert form.errors["stars"] == ["Give half a star to five stars, in steps of a half."]


def test_an_empty_rating_means_none():
    form = RatingForm({"stars": ""})
    assert form.is_valid()
    assert form.cleaned_data["stars"] is None


def test_a_form_without_stars_does_not_count_as_taking_them_back():
    assert RatingForm({}).errors["stars"] == ["Choose how many stars."]


def test_a_film_can_be_logged_without_a_day():
    form = LogForm({"watched_on": ""})
    assert form.is_valid()
    assert form.cleaned_data == {"watched_on": None, "rewatch": False}


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("last week", "Write the day as year-month-day, such as 2024-03-09."),
        ("1700-01-01", "There were no films yet. Choose a later year."),
        (
            (date.today() + timedelta(days=9)).isoformat(),
            "That day is still to come. Choose today or a day before.",
        ),
    ],
)
def test_a_day_on_which_nobody_saw_it_is_refused(day, sentence):
    assert LogForm({"watched_on": day}).errors["watched_on"] == [sentence]


def test_somebody_whose_day_began_earlier_may_log_today():
    tomorrow_here = timezone.localdate() + timedelta(days=1)
    assert LogForm({"watched_on": tomorrow_here.isoformat()}).is_valid()


@pytest.mark.parametrize("text", ["", "   \n "])
def test_a_review_needs_words(text):
    assert ReviewForm({"text": text}).errors["text"] == ["Write a few words first."]


def test_a_review_has_room_for_twenty_thousand_letters():
    assert ReviewForm({"text": "a" * 20_000}).is_valid()
    assert "Please shorten it" in ReviewForm({"text": "a" * 20_001}).errors["text"][0]


def test_a_search_for_punctuation_alone_is_no_search():
    form = SearchForm({"q": "?!..."})
    assert form.is_valid()
    assert form.cleaned_data["q"] == ""


def test_a_search_as_long_as_a_page_is_refused():
    assert SearchForm({"q": "a" * 101}).errors["q"] == ["That is a long title. Try its first few words."]


def test_the_diary_opens_at_today():
    assert LogForm()["watched_on"].value() == timezone.localdate()


@pytest.mark.parametrize("stars", ["1E9999999999", "-1E9999999999", "1E-9999999999", "NaN", "Infinity"])
def test_numbers_beyond_all_measure_are_refused_like_any_other(stars):
    assert not RatingForm({"stars": stars}).is_valid()
