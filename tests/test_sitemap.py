"""What crawlers find: every public page, none that is private, in files of a bounded size."""

import re
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Credit, Movie, Person
from catalog.sitemaps import FilmSitemap
from tests.factories import MovieFactory, RatingFactory, UserFactory

pytestmark = pytest.mark.django_db
SITE = "http://localhost:8000"


def addresses(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    return re.findall(r"<loc>(.*?)</loc>", answer.text)


def everything(client):
    index = addresses(client, "/sitemap.xml")
    return [address for page in index for address in addresses(client, page.removeprefix(SITE))]


def test_every_film_is_in_it_with_the_day_it_changed(client):
    film = MovieFactory(title="Heat", year=1995)
    Movie.objects.update(updated_at=datetime(2026, 5, 4, tzinfo=UTC))
    answer = client.get("/sitemap-films.xml")
    assert f"<loc>{SITE}{film.get_absolute_url()}</loc><lastmod>2026-05-04</lastmod>" in answer.text
    assert answer["Content-Type"] == "application/xml"
    assert "<lastmod>2026-05-04" in client.get("/sitemap.xml").text


def test_films_come_in_pages_that_together_hold_each_of_them_once(client, monkeypatch):
    monkeypatch.setattr(FilmSitemap, "limit", 3)
    films = MovieFactory.create_batch(7)
    pages = [address for address in addresses(client, "/sitemap.xml") if "sitemap-films" in address]
    assert pages == [f"{SITE}/sitemap-films.xml{more}" for more in ("", "?p=2", "?p=3")]
    found = [address for page in pages for address in addresses(client, page.removeprefix(SITE))]
    assert sorted(found) == sorted(f"{SITE}{film.get_absolute_url()}" for film in films)


def test_people_of_film_are_in_it_once_they_have_a_film(client, movie):
    credited, idle = (Person.objects.create(name=name) for name in ("Jacques Tati", "Nobody Yet"))
    for role in ("director", "cast"):
        Credit.objects.create(movie=movie, person=credited, role=role)
    found = addresses(client, "/sitemap-people-of-film.xml")
    assert found == [f"{SITE}{credited.get_absolute_url()}"]
    assert idle.get_absolute_url() not in str(found)


def test_only_members_who_show_themselves_are_in_it(client, member):
    UserFactory(username="shy", profile_visibility="private")
    UserFactory(username="gone", is_active=False)
    assert addresses(client, "/sitemap-profiles.xml") == [f"{SITE}/people/anouk/"]


def test_charts_are_in_it_where_something_is_rated(client, member):
    western = MovieFactory(genres=["western"], year=1966)
    MovieFactory(genres=["musical"], year=1950)
    RatingFactory(movie=western)
    Movie.objects.filter(pk=western.pk).update(ratings_count=1, half_stars_sum=8)
    found = [address.removeprefix(SITE) for address in addresses(client, "/sitemap-charts.xml")]
    assert found == ["/", "/films/", "/charts/", "/lists/", "/charts/genre/western/", "/charts/decade/1960/"]


def test_no_address_in_it_is_missing_or_leads_elsewhere(client, member, movie):
    Credit.objects.create(movie=movie, person=Person.objects.create(name="Jacques Tati"), role="cast")
    Movie.objects.filter(pk=movie.pk).update(ratings_count=1, half_stars_sum=8)
    answers = {address: client.get(address.removeprefix(SITE)).status_code for address in everything(client)}
    assert len(answers) >= 7
    assert set(answers.values()) == {200}


@pytest.mark.parametrize("path", ["/sitemap.xml", "/sitemap-films.xml", "/sitemap-people-of-film.xml"])
def test_it_asks_the_database_as_much_for_many_films_as_for_few(client, path):
    counts = []
    for _ in range(2):
        for film in MovieFactory.create_batch(12):
            Credit.objects.create(movie=film, person=Person.objects.create(name="Extra"), role="cast")
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


def test_a_page_or_part_that_is_not_there_is_not_found(client):
    assert client.get("/sitemap-films.xml?p=99").status_code == 404
    assert client.get("/sitemap-secrets.xml").status_code == 404


def test_addresses_are_those_of_the_site_whatever_name_it_was_asked_by(client, movie, settings):
    settings.SITE_URL = "https://films.example.org"
    for path in ("/sitemap.xml", "/sitemap-films.xml"):
        found = addresses(client, path)
        assert found
        assert all(address.startswith("https://films.example.org/") for address in found)


def test_crawlers_are_told_where_it_is_and_what_to_leave_alone(client):
    answer = client.get("/robots.txt")
    assert answer["Content-Type"].startswith("text/plain")
    assert f"Sitemap: {SITE}/sitemap.xml" in answer.text
    assert "Disallow: /admin/" in answer.text
    assert "Disallow: /films" not in answer.text
