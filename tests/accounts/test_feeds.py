"""The diary of a member as an Atom feed."""

import xml.etree.ElementTree as ET
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Block
from tests.factories import MovieFactory, RatingFactory, ReviewFactory, UserFactory, WatchFactory

pytestmark = pytest.mark.django_db
FEED = "/people/anouk/diary/feed/"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def heat(member):
    film = MovieFactory(title="Heat", year=1995)
    WatchFactory(user=member, movie=film, watched_on=date(2026, 5, 4))
    return film


def feed(client):
    answer = client.get(FEED)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("application/atom+xml")
    return ET.fromstring(answer.content)  # noqa: S314 -- our own feed


def entries(client):
    return feed(client).findall(f"{ATOM}entry")


def said(entry, name):
    return entry.find(f"{ATOM}{name}").text


def test_a_viewing_is_an_entry_with_its_stars(client, member, heat):
    RatingFactory(user=member, movie=heat, half_stars=9)
    (entry,) = entries(client)
    assert said(entry, "title") == "Heat (1995), ★★★★½"
    assert said(entry, "summary") == "Seen on 2026-05-04. Four and a half stars."
    assert entry.find(f"{ATOM}link").get("href") == f"http://localhost:8000{heat.get_absolute_url()}"


def test_an_entry_leads_to_the_review_that_was_written(client, member, heat):
    review = ReviewFactory(user=member, movie=heat, text="Slow, <b>and</b> worth every minute.")
    (entry,) = entries(client)
    assert entry.find(f"{ATOM}link").get("href") == f"http://localhost:8000{review.get_absolute_url()}"
    assert "&lt;b&gt;and&lt;/b&gt; worth every minute." in said(entry, "summary")


@pytest.mark.parametrize(("text", "whole"), [("He dies.", True), ("Fine. ||He dies.||", False)])
def test_a_feed_gives_no_story_away(client, member, heat, text, whole):
    ReviewFactory(user=member, movie=heat, text=text, has_spoilers=whole)
    assert "dies" not in client.get(FEED).text


def test_an_entry_keeps_its_id_when_the_film_is_renamed(client, heat):
    before = said(entries(client)[0], "id")
    heat.title = "Heat: The Cut"
    heat.save()
    (entry,) = entries(client)
    assert said(entry, "title") == "Heat: The Cut (1995)"
    assert said(entry, "id") == before


def test_the_last_seen_comes_first_and_undated_viewings_stay_out(client, member, heat):
    WatchFactory(user=member, movie=MovieFactory(title="Ran", year=1985), watched_on=date(2026, 6, 1))
    WatchFactory(user=member, movie=MovieFactory(title="Undated"), watched_on=None)
    assert [said(entry, "title") for entry in entries(client)] == ["Ran (1985)", "Heat (1995)"]


@pytest.mark.parametrize("part", ["profile", "diary"])
def test_what_is_private_has_no_feed_for_anybody(client, member, heat, part):
    setattr(member, f"{part}_visibility", "private")
    member.save()
    assert client.get(FEED).status_code == 404
    client.force_login(member)
    assert client.get(FEED).status_code == 404
    assert client.get("/people/nobody/diary/feed/").status_code == 404


def test_hidden_ratings_and_reviews_that_were_taken_down_stay_out(client, member, heat):
    RatingFactory(user=member, movie=heat, half_stars=9)
    ReviewFactory(user=member, movie=heat, text="Rude words.", is_taken_down=True)
    member.ratings_visibility = "private"
    member.save()
    client.force_login(member)
    (entry,) = entries(client)
    assert said(entry, "title") == "Heat (1995)"
    assert "Rude" not in said(entry, "summary")


def test_text_that_xml_cannot_hold_does_not_break_the_feed(client, member, heat):
    heat.title = "He\x08at"
    heat.save()
    ReviewFactory(user=member, movie=heat, text="Fine\x0b & slow.")
    (entry,) = entries(client)
    assert said(entry, "title") == "Heat (1995)"
    assert "slow" in said(entry, "summary")


def test_a_feed_asks_as_much_for_many_viewings_as_for_few(client, member):
    counts = []
    for start in (0, 20):
        for number in range(start, start + 20):
            film = MovieFactory()
            WatchFactory(user=member, movie=film, watched_on=date(2026, 1, 1 + number % 28))
            ReviewFactory(user=member, movie=film)
        with CaptureQueriesContext(connection) as queries:
            client.get(FEED)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8


def test_the_diary_page_names_its_feed_unless_it_is_private(client, member, heat):
    link = f'href="{FEED}"'
    assert link in client.get("/people/anouk/diary/").text
    member.diary_visibility = "private"
    member.save()
    client.force_login(member)
    assert link not in client.get("/people/anouk/diary/").text


def test_somebody_who_is_blocked_gets_no_feed_while_logged_in(client, member, heat):
    other = UserFactory(username="other")
    Block.objects.create(blocker=member, blocked=other)
    client.force_login(other)
    assert client.get(FEED).status_code == 404
