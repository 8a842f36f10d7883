"""The wall of all films: what narrows it, what orders it, and how it goes on."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog import services
from catalog.models import Keyword, Movie
from tests.factories import MovieFactory, RatingFactory, WatchFactory

pytestmark = pytest.mark.django_db
BROWSE = "/films/"


@pytest.fixture
def member_client(client, member):
    client.force_login(member)
    return client


def titles(client, **chosen):
    return [film.title for film in client.get(BROWSE, chosen).context["page"]]


def labels(client, **chosen):
    return [chip.label for chip in client.get(BROWSE, chosen).context["chips"]]


@pytest.mark.parametrize(
    ("band", "found"),
    [
        ("short", ["89"]),
        ("medium", ["90", "119"]),
        ("long", ["120", "149"]),
        ("epic", ["150", "400"]),
    ],
)
def test_bands_of_length_meet_without_a_gap(client, band, found):
    for minutes in (89, 90, 119, 120, 149, 150, 400, None):
        MovieFactory(title=str(minutes), runtime=minutes)
    assert titles(client, runtime=band) == found


def test_films_can_be_narrowed_by_language_and_the_choice_has_a_name(client):
    MovieFactory(title="Heat", language="en")
    MovieFactory(title="Amélie", language="fr")
    page = client.get(BROWSE, {"language": "fr"})
    assert [film.title for film in page.context["page"]] == ["Amélie"]
    assert '<option value="fr" selected>French</option>' in page.text


def test_a_site_that_knows_no_languages_does_not_ask_for_one(client, movie):
    assert '<select name="language"' not in client.get(BROWSE).text
    MovieFactory(language="fr")
    assert '<select name="language"' in client.get(BROWSE).text


def test_an_average_of_exactly_four_stars_is_four_stars_and_up(client):
    MovieFactory(title="Four", ratings_count=3, half_stars_sum=24)
    MovieFactory(title="Nearly", ratings_count=3, half_stars_sum=23)
    MovieFactory(title="Unrated")
    assert titles(client, rating="4") == ["Four"]


def test_films_about_something_are_found_by_their_keyword(client):
    heist = Keyword.objects.create(name="heist")
    MovieFactory(title="Heat").keywords.add(heist)
    MovieFactory(title="Manhattan")
    assert titles(client, keyword="heist") == ["Heat"]
    assert labels(client, keyword="heist") == ["heist"]


@pytest.mark.parametrize(
    ("order", "first"), [("shortest", "Short"), ("longest", "Long"), ("added", "Unknown")]
)
def test_films_can_be_ordered_by_length_and_by_arrival(client, order, first):
    for title, minutes in (("Long", 200), ("Short", 60), ("Unknown", None)):
        MovieFactory(title=title, runtime=minutes)
    assert titles(client, sort=order)[0] == first


# Seen or not


def test_a_member_finds_what_was_rated_or_logged_and_what_was_neither(member_client, member):
    RatingFactory(user=member, movie=MovieFactory(title="Rated"))
    WatchFactory(user=member, movie=MovieFactory(title="Logged"))
    RatingFactory(movie=MovieFactory(title="Seen by somebody else"))
    assert sorted(titles(member_client, mine="seen")) == ["Logged", "Rated"]
    assert titles(member_client, mine="unseen") == ["Seen by somebody else"]


def test_a_stranger_finds_what_was_rated_in_this_browser(client):
    rated = MovieFactory(title="Rated")
    MovieFactory(title="Other")
    client.post(reverse("catalog:movie-rate", args=[rated.pk]), {"stars": "4"})
    assert titles(client, mine="seen") == ["Rated"]
    assert titles(client, mine="unseen") == ["Other"]


def test_a_member_browses_the_watchlist_and_a_stranger_has_none(member_client, client, member):
    services.add_to_watchlist(user=member, movie=MovieFactory(title="Wished for"))
    MovieFactory(title="Other")
    assert titles(member_client, mine="watchlist") == ["Wished for"]
    client.logout()
    assert client.get(BROWSE, {"mine": "watchlist"}).status_code == 400


# Years and chips


def test_a_decade_opens_the_choice_of_its_years(client, movie):
    assert 'name="year"' not in client.get(BROWSE).text
    page = client.get(BROWSE, {"decade": "1970"}).text
    assert '<option value="1979">1979</option>' in page
    assert ">1980</option>" not in page


def test_another_decade_gives_the_chosen_year_up(client):
    MovieFactory(title="Alien", year=1979)
    MovieFactory(title="The Thing", year=1982)
    assert titles(client, decade="1980", year="1979") == ["The Thing"]


def test_every_filter_in_use_has_a_chip_that_takes_it_away_and_keeps_the_rest(client):
    MovieFactory(title="Alien", year=1979, runtime=117, genres=["Horror"])
    chosen = {"genre": "horror", "runtime": "medium", "sort": "title", "page": "1"}
    page = client.get(BROWSE, chosen)
    assert [(chip.label, chip.address) for chip in page.context["chips"]] == [
        ("Horror", "?runtime=medium&sort=title"),
        ("1½ to 2 hours", "?genre=horror&sort=title"),
    ]
    assert 'href="?runtime=medium&amp;sort=title"' in page.text


def test_a_year_and_its_decade_are_one_chip(client, movie):
    chips = client.get(BROWSE, {"year": "1979"}).context["chips"]
    assert [(chip.label, chip.address) for chip in chips] == [("1979", ".")]


def test_a_filter_that_makes_no_sense_has_no_chip(client, movie):
    assert labels(client, genre="nonsense", decade="1970") == ["1970s"]


def test_what_was_not_chosen_is_not_in_the_address(client, movie):
    answer = client.get(BROWSE, {"genre": "", "decade": "1970", "year": "", "sort": "popular"})
    assert (answer.status_code, answer["Location"]) == (302, "/films/?decade=1970")
    assert client.get(BROWSE, {"genre": ""})["Location"] == "/films/"


@pytest.mark.parametrize(
    "name", ["genre", "decade", "year", "runtime", "language", "rating", "mine", "keyword"]
)
@pytest.mark.parametrize("value", ["\0", "9" * 5000, "-1", "١٩٧٩", "' OR 1=1", "1e9", "NaN"])
def test_nonsense_in_the_address_breaks_nothing(client, movie, name, value):
    assert client.get(BROWSE, {name: value}).status_code in {200, 400}


# Nothing found


def test_where_nothing_fits_the_filter_that_costs_most_is_offered_to_be_dropped(client):
    MovieFactory(title="Alien", year=1979, genres=["Horror"])
    MovieFactory.create_batch(3, year=1982, genres=["Comedy"])
    page = client.get(BROWSE, {"genre": "comedy", "decade": "1970", "sort": "title"})
    assert "No film here fits all of that." in page.text
    chip, films = page.context["costliest"]
    assert (chip.label, films) == ("1970s", 3)
    assert "Drop “1970s”" in page.text
    assert 'href="?genre=comedy&amp;sort=title"' in page.text


def test_where_no_single_filter_is_to_blame_only_the_way_out_is_shown(client):
    MovieFactory(year=1979, runtime=100, genres=["Horror"])
    page = client.get(BROWSE, {"genre": "horror", "decade": "1980", "runtime": "epic"})
    assert "Drop" not in page.text
    assert "Show every film" in page.text


# Pages


def test_more_films_are_a_link_to_the_next_page_with_all_filters(client, settings):
    settings.MOVIES_PER_PAGE = 2
    MovieFactory.create_batch(5, genres=["Drama"])
    page = client.get(BROWSE, {"genre": "drama", "page": "2"}).text
    assert '<a class="button quiet" href="?genre=drama&amp;page=3"' in page
    assert 'rel="prev"' in page
    last = client.get(BROWSE, {"genre": "drama", "page": "3"}).text
    assert "More films" not in last


def test_pages_of_one_order_hold_every_film_once(client, settings):
    settings.MOVIES_PER_PAGE = 3
    MovieFactory.create_batch(8, runtime=100)
    for order in ("popular", "newest", "oldest", "title", "shortest", "longest", "added"):
        found = [pk for page in (1, 2, 3) for pk in _ids(client, order, page)]
        assert sorted(found) == sorted(Movie.objects.values_list("pk", flat=True)), order


def _ids(client, order, page):
    return [film.pk for film in client.get(BROWSE, {"sort": order, "page": page}).context["page"]]


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"genre": "drama", "decade": "1970", "runtime": "medium", "sort": "best", "rating": "3"},
        {"mine": "unseen", "language": "en"},
        {"genre": "drama", "decade": "1900"},
    ],
)
def test_the_wall_costs_the_same_with_fifty_films_as_with_five(member_client, settings, query):
    settings.MOVIES_PER_PAGE = 100
    _grow(0, 5)
    few = _queries(member_client, query)
    _grow(5, 50)
    assert _queries(member_client, query) == few
    assert few <= 14


def _grow(start, size):
    for number in range(start, size):
        MovieFactory(
            title=f"Film {number}", year=1970 + number % 10, runtime=100, language="en",
            genres=["Drama", f"Genre {number}"], ratings_count=2, half_stars_sum=16,
        )  # fmt: skip


def _queries(client, query):
    client.get(BROWSE, query)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(BROWSE, query).status_code == 200
    return len(queries)
