"""Addresses that take only what forms send: nobody ends on an empty page there, by hand or after a log-in."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from accounts.models import Block, Follow
from catalog import services
from catalog.models import FilmList
from recommender.models import Seat, WatchGroup
from tests.factories import MovieFactory, ReviewFactory, UserFactory, WatchFactory

pytestmark = pytest.mark.django_db
OURS = ("accounts", "catalog", "recommender", "moviesite")
NO_PAGES = {"admin", "api"}
# Everything numbered has this number.
PK = 7
GIVEN = {
    "pk": PK,
    "film": PK,
    "seat": PK,
    "username": "rosa",
    "section": "privacy",
    "token": "0" * 16,
    "link": "open-sesame",
    "slug": "drama",
    "digest": "abc",
    "name": f"{'0' * 24}-342.webp",
    "year": 2024,
    "month": 3,
    "decade": 1990,
}
THE_WAY = "To the page with the form"


def named(resolver, *spaces):
    """All of our own pages, with the parts that their addresses ask for."""
    for pattern in resolver.url_patterns:
        if not isinstance(pattern, URLPattern):
            if pattern.namespace not in NO_PAGES:
                yield from named(pattern, *spaces, *filter(None, [pattern.namespace]))
        elif pattern.name and pattern.callback.__module__.startswith(OURS):
            yield ":".join([*spaces, pattern.name]), list(pattern.pattern.regex.groupindex)


@pytest.fixture
def addresses(member):
    """Of a site where all of them lead somewhere, and what has an owner is the member's, but the review."""
    movie = MovieFactory(pk=PK, genres=["Drama"])
    ReviewFactory(pk=PK, user=UserFactory(username="rosa"), movie=movie)
    WatchFactory(pk=PK, user=member, movie=movie)
    Block.objects.create(pk=PK, blocker=member, blocked=UserFactory())
    Follow.objects.create(pk=PK, follower=member, followed=UserFactory())
    sundays = FilmList.objects.create(pk=PK, user=member, title="Sundays")
    services.add_to_list(film_list=sundays, movie=movie)
    group = WatchGroup.objects.create(pk=PK, owner=member, link="open-sesame")
    Seat.objects.create(pk=PK, group=group, user=member, position=1)
    return {name: reverse(name, kwargs={part: GIVEN[part] for part in parts}) for name, parts in SITE}


SITE = sorted(named(get_resolver()))


def test_whoever_visits_one_of_them_is_shown_to_the_page_of_its_form(client, member, addresses):
    client.force_login(member)
    visited = {name: client.get(address) for name, address in addresses.items()}
    refused = {name: answer for name, answer in visited.items() if answer.status_code == 405}
    assert {"catalog:movie-rate", "accounts:block", "theme"} <= refused.keys()
    assert [name for name, answer in refused.items() if THE_WAY not in answer.text] == []
    assert {answer["Allow"] for answer in refused.values()} == {"POST"}
    ways = {name: answer.context["address"] for name, answer in refused.items()}
    assert [name for name, way in ways.items() if client.get(way, follow=True).status_code != 200] == []


def test_whoever_has_to_log_in_first_comes_to_a_page(client, member, addresses):
    sent_away = {}
    for name, address in addresses.items():
        answer = Client().post(address)
        if answer.headers.get("Location", "").startswith(reverse("account_login")):
            sent_away[name] = parse_qs(urlsplit(answer["Location"]).query)["next"][0]
    assert {"catalog:list-film", "accounts:settings-change", "recommender:taste-findable"} <= sent_away.keys()
    client.force_login(member)
    assert [name for name, way in sent_away.items() if client.get(way, follow=True).status_code != 200] == []


def test_the_page_that_one_came_from_is_the_one_that_one_comes_back_to(client, db):
    there = "/films/watchlist/?longest=120"
    answer = client.post("/films/watchlist/tonight/", {"next": there})
    assert parse_qs(urlsplit(answer["Location"]).query)["next"] == [there]
    astray = client.post("/films/watchlist/tonight/", {"next": "https://example.org/"})
    assert parse_qs(urlsplit(astray["Location"]).query)["next"] == ["/films/watchlist/"]


def test_a_part_of_a_page_is_not_exchanged_for_the_log_in(client, movie):
    answer = client.post(f"/lists/edit/1/films/{movie.pk}/in/", headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == "/accounts/login/?next=/lists/edit/1/"
    assert answer.text == ""


def test_a_visit_tells_nothing_of_what_is_somebody_else_s(client, addresses):
    client.force_login(UserFactory())
    for name in ("catalog:watch-remove", "catalog:review-remove"):
        assert client.get(addresses[name]).status_code == 404
