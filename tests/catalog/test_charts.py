"""The best loved films, by weighted rating."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.models import Movie
from tests.factories import MovieFactory, RatingFactory, WatchFactory

pytestmark = pytest.mark.django_db


def rated(title, average, ratings, **facts):
    return MovieFactory(
        title=title, ratings_count=ratings, half_stars_sum=round(average * 2 * ratings), **facts
    )


def titles(client, address, **query):
    return [film.title for film in client.get(address, query).context["page"]]


@pytest.fixture
def four_films(db):
    rated("Loved by many", 4.5, 90, year=1994, genres=["Crime"])
    rated("Perfect once", 5, 1, year=1994, genres=["Drama"])
    rated("Liked", 4, 50, year=1999, genres=["Crime"])
    rated("Old", 3.5, 59, year=1954, genres=["Crime"])
    MovieFactory(title="Unrated", year=1994, genres=["Crime"])


def test_one_perfect_rating_does_not_lead_the_chart(client, four_films):
    assert titles(client, "/charts/") == ["Loved by many", "Perfect once", "Liked", "Old"]


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("/charts/genre/crime/", ["Loved by many", "Liked", "Old"]),
        ("/charts/decade/1990/", ["Loved by many", "Perfect once", "Liked"]),
        ("/charts/year/1994/", ["Loved by many", "Perfect once"]),
    ],
)
def test_genres_decades_and_years_have_charts_of_their_own(client, four_films, address, found):
    assert titles(client, address) == found


def test_a_film_has_one_figure_in_every_chart(client, four_films):
    figures = {
        client.get(address).context["page"][0].weighted_rating
        for address in ("/charts/", "/charts/genre/crime/", "/charts/decade/1990/", "/charts/year/1994/")
    }
    assert len(figures) == 1


def test_the_page_says_how_the_figure_is_made_and_it_is_made_so(client, four_films):
    page = client.get("/charts/")
    # 200 ratings of four films; (405 + 5 + 200 + 206.5) stars.
    assert "50 of 4.08 stars are added" in " ".join(page.text.split())
    assert page.context["page"][0].weighted_rating / 2 == pytest.approx((405 + 50 * 4.0825) / 140)
    assert "<b>4.35</b>" in page.text


@pytest.mark.parametrize(
    "address",
    ["/charts/genre/nonsense/", "/charts/decade/1995/", "/charts/decade/9990/", "/charts/year/12/"],
)
def test_a_chart_of_what_cannot_be_is_not_found(client, four_films, address):
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("address", ["/charts/", "/charts/year/1921/"])
def test_a_chart_without_a_rated_film_says_so(client, db, address):
    MovieFactory(title="Unrated", year=1921)
    assert "Nobody has rated a film of this kind yet." in client.get(address).text


def test_a_chart_ends_at_a_hundred_and_counts_on_over_its_pages(client, db):
    for place in range(103):
        rated(f"Film {place}", 5 - place * 0.02, 100)
    assert titles(client, "/charts/")[0] == "Film 0"
    last = client.get("/charts/", {"page": "4"})
    assert last.context["page"].paginator.count == 100
    assert [film.title for film in last.context["page"]][-1] == "Film 99"
    assert '<ol class="chart" start="76">' in last.text
    assert client.get("/charts/", {"page": "5"}).status_code == 404


def test_a_member_sees_which_of_them_were_seen(client, member, four_films):
    client.force_login(member)
    RatingFactory(user=member, movie=Movie.objects.get(title="Liked"))
    WatchFactory(user=member, movie=Movie.objects.get(title="Old"))
    RatingFactory(movie=Movie.objects.get(title="Perfect once"))
    page = client.get("/charts/")
    assert {film.title for film in page.context["page"] if film.pk in page.context["seen"]} == {
        "Liked",
        "Old",
    }
    assert "You have seen 2 of these 4" in page.text


def test_a_stranger_sees_which_were_rated_in_this_browser(client, four_films):
    film = Movie.objects.get(title="Old")
    client.post(reverse("catalog:movie-rate", args=[film.pk]), {"stars": "3"})
    assert client.get("/charts/").context["seen"] == {film.pk}


def test_charts_link_to_the_decades_and_years_that_films_are_from(client, four_films):
    assert 'href="/charts/decade/1950/"' in client.get("/charts/").text
    assert 'href="/charts/decade/1940/"' not in client.get("/charts/").text
    assert 'href="/charts/year/1994/"' in client.get("/charts/decade/1990/").text


def test_a_chart_costs_the_same_with_fifty_films_as_with_five(client, member):
    client.force_login(member)
    few = _cost_with(client, range(5))
    assert _cost_with(client, range(5, 50)) == few
    assert few <= 11


def _cost_with(client, numbers):
    for number in numbers:
        rated(f"Film {number}", 4, 10, genres=["Drama", f"Genre{number}"])
    client.get("/charts/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/charts/")
    return len(queries)
