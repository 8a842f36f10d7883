"""The diary: a table a month, years and months to go to, filters."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import LikedFilm, Tag
from tests.factories import MovieFactory, RatingFactory, ReviewFactory, UserFactory, WatchFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def viewings(member):
    """Four films in three months of two years."""
    days = {
        "Alpha": date(2023, 11, 5),
        "Beta": date(2024, 3, 9),
        "Gamma": date(2024, 3, 30),
        "Delta": date(2024, 7, 1),
    }
    return {
        title: WatchFactory(user=member, movie=MovieFactory(title=title), watched_on=day)
        for title, day in days.items()
    }


def shown(answer):
    return [watch.movie.title for watch in answer.context["page"]]


def test_every_month_has_a_table_of_its_own_the_newest_first(client, viewings):
    answer = client.get("/people/anouk/diary/")
    assert shown(answer) == ["Delta", "Gamma", "Beta", "Alpha"]
    months = [(f"{month.first:%Y-%m}", month.count) for month, _ in answer.context["months"]]
    assert months == [("2024-07", 1), ("2024-03", 2), ("2023-11", 1)]
    assert answer.text.count('<table class="diary">') == 3


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("2024/", ["Delta", "Gamma", "Beta"]),
        ("2023/", ["Alpha"]),
        ("2024/3/", ["Gamma", "Beta"]),
        ("2024/4/", []),
        ("1999/", []),
    ],
)
def test_a_year_and_a_month_have_addresses(client, viewings, path, expected):
    assert shown(client.get(f"/people/anouk/diary/{path}")) == expected


@pytest.mark.parametrize("path", ["2024/13/", "2024/0/", "0/", "10000/"])
def test_there_is_no_thirteenth_month(client, viewings, path):
    assert client.get(f"/people/anouk/diary/{path}").status_code == 404


def test_a_month_leads_to_its_neighbours_with_entries(client, viewings):
    page = client.get("/people/anouk/diary/2024/3/").text
    assert 'rel="prev" href="/people/anouk/diary/2023/11/"' in page
    assert 'rel="next" href="/people/anouk/diary/2024/7/"' in page
    assert 'rel="next"' not in client.get("/people/anouk/diary/2024/7/").text


def test_a_year_offers_its_months_and_those_without_an_entry_are_no_links(client, viewings):
    page = client.get("/people/anouk/diary/2024/").text
    assert "/people/anouk/diary/2024/3/" in page
    assert "/people/anouk/diary/2024/4/" not in page


def test_a_row_tells_stars_heart_rewatch_tags_and_review(client, member, viewings):
    watch = viewings["Beta"]
    watch.rewatch = True
    watch.save()
    watch.tags.add(Tag.objects.create(user=member, name="with Jo"))
    LikedFilm.objects.create(user=member, movie=watch.movie)
    RatingFactory(user=member, movie=watch.movie, half_stars=7)
    review = ReviewFactory(user=member, movie=watch.movie)
    page = client.get("/people/anouk/diary/2024/3/").text
    row = page[page.index(">Beta</a>") :]
    for words in ("three and a half stars", "liked", "seen again", "with Jo", f"#review-{review.pk}"):
        assert words in row
    other = page[page.index(">Gamma</a>") : page.index(">Beta</a>")]
    assert "stars" not in other
    assert "liked" not in other


@pytest.fixture
def told(member, viewings):
    viewings["Alpha"].tags.add(Tag.objects.create(user=member, name="35 mm"))
    type(viewings["Beta"]).objects.filter(pk=viewings["Beta"].pk).update(rewatch=True)
    RatingFactory(user=member, movie=viewings["Gamma"].movie, half_stars=9)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("tag=35+mm", ["Alpha"]),
        ("seen=again", ["Beta"]),
        ("seen=first", ["Delta", "Gamma", "Alpha"]),
        ("stars=9", ["Gamma"]),
        ("stars=9&seen=again", []),
        ("tag=nobody's", ["Delta", "Gamma", "Beta", "Alpha"]),
    ],
)
def test_a_diary_is_filtered_by_tag_rewatch_and_stars(client, told, asked, expected):
    assert shown(client.get(f"/people/anouk/diary/?{asked}")) == expected


def test_links_to_other_months_carry_the_filter_on(client, told):
    page = client.get("/people/anouk/diary/2024/?seen=first").text
    assert "/people/anouk/diary/2024/7/?seen=first" in page
    assert client.get("/people/anouk/diary/2024/?seen=first").context["archive"].total == 3


def test_a_filter_that_fits_nothing_offers_the_whole_diary(client, told):
    page = client.get("/people/anouk/diary/?stars=1").text
    assert "Nothing in this diary fits all of that." in page
    assert 'class="button" href="/people/anouk/diary/"' in page


def test_only_tags_of_this_diary_are_offered(client, told):
    Tag.objects.create(user=UserFactory(), name="secret")
    assert "secret" not in client.get("/people/anouk/diary/").text


def test_only_its_writer_can_remove_an_entry(client, member, viewings):
    assert "/remove/" not in client.get("/people/anouk/diary/").text
    client.force_login(member)
    assert "/remove/" in client.get("/people/anouk/diary/").text


@pytest.mark.parametrize(
    ("zone", "today"), [("Pacific/Kiritimati", "2024-03-10"), ("America/Los_Angeles", "2024-03-09")]
)
def test_a_diary_s_today_is_the_member_s_own(client, member, movie, zone, today, monkeypatch):
    noon = datetime(2024, 3, 9, 12, tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: noon)
    member.time_zone = zone
    member.save()
    client.force_login(member)
    assert f'max="{today}"' in client.get(f"/log/{movie.pk}/").text


def test_an_unknown_zone_is_the_site_s_own(client, member):
    member.time_zone = "Mars/Olympus"
    member.save()
    client.force_login(member)
    assert client.get("/people/anouk/diary/").status_code == 200


@pytest.mark.parametrize("path", ["", "2024/", "2024/3/", "?tag=sofa&seen=first&stars=8"])
def test_a_diary_costs_the_same_at_two_sizes(client, member, path):
    client.force_login(member)
    tag, costs = Tag.objects.create(user=member, name="sofa"), []
    for size in (3, 20):
        for _ in range(size):
            film = MovieFactory(genres=["Drama"])
            RatingFactory(user=member, movie=film)
            ReviewFactory(user=member, movie=film)
            WatchFactory(user=member, movie=film, watched_on=date(2024, 3, 9)).tags.add(tag)
        client.get("/people/anouk/diary/")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/people/anouk/diary/{path}")
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 14
