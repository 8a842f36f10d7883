"""The front page keeps its films apart: none stands on two cards, and what was seen or hidden on none."""

import re
from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from accounts.models import Follow
from catalog import services
from catalog.models import Movie, Watch
from tests.factories import MovieFactory, RatingFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("known_films")]

CARD = re.compile(r'(?:<div class="card"[^>]*>\s*<a|<a class="poster") href="/films/(\d+)/')
WATCHED = ("Seen any of these?", "Last in your diary", "From people you follow")
UNTRAINED = range(101, 131)
HIDDEN = (4, 15, 104, 105)


@pytest.fixture
def known_films(live_version, films):
    """Those that the models know, and as many that came after the training; the highest numbers are best."""
    for film in UNTRAINED:
        films[film] = MovieFactory(pk=film, title=f"Film {film}", year=1980)
    Movie.objects.update(ratings_count=150 - F("pk"), half_stars_sum=(150 - F("pk")) * (200 + F("pk")) / 50)


def rows_of(page):
    """Film ids of the cards by the headings above them."""
    sections = page.text.partition("<main")[2].split("<section")[1:]
    named = {re.search(r"<h[12][^>]*>(.*?)</h", part, re.DOTALL)[1]: CARD.findall(part) for part in sections}
    return {name: [int(film) for film in films] for name, films in named.items() if films}


def assert_apart(rows, seen):
    shown = [film for films in rows.values() for film in films]
    assert sorted(shown) == sorted(set(shown))
    assert not set(shown) & set(HIDDEN)
    assert not {film for name, films in rows.items() if name not in WATCHED for film in films} & set(seen)


@pytest.mark.parametrize("stars", [{}, {1: 5, 130: 5}, {1: 5, 3: 5, 5: 4, 2: 1, 7: 5, 130: 5, 129: 4}])
def test_a_stranger_sees_no_film_twice_and_none_that_was_rated_or_hidden(client, stars):
    for film, given in stars.items():
        client.post(f"/films/{film}/rate/", {"stars": given})
    for film in HIDDEN:
        client.post(f"/films/{film}/hide/")
    rows = rows_of(client.get("/"))
    assert rows["On the wall"]
    assert ("Top picks" in rows) == bool(stars)
    assert_apart(rows, stars)


def watch(member, *films):
    for days, film in enumerate(films):
        day = timezone.localdate() - timedelta(days)
        Watch.objects.create(user=member, movie_id=film, watched_on=day)


def hide_some(member):
    for movie in Movie.objects.filter(pk__in=HIDDEN):
        services.hide(user=member, movie=movie)


def test_a_newcomer_sees_no_film_twice(client, member, films):
    client.force_login(member)
    hide_some(member)
    for film in (1, 2):
        services.rate(user=member, movie=films[film], stars=4)
    watch(member, 1, 8, 8, 20)
    rows = rows_of(client.get("/"))
    assert set(rows) > {"Seen any of these?", "Last in your diary", "Top picks"}
    assert sorted(rows["Last in your diary"]) == [1, 8, 20]
    assert_apart(rows, [1, 2, 8, 20])


def test_what_friends_saw_is_neither_hidden_nor_in_another_row(client, member, films):
    client.force_login(member)
    hide_some(member)
    own = (1, 2, 3, 5, 7, 9)
    for film in own:
        services.rate(user=member, movie=films[film], stars=5 if film % 2 else 2)
    watch(member, 101)
    friend = UserFactory()
    Follow.objects.create(follower=member, followed=friend)
    for film in (*HIDDEN, 3, 11, 13, 17, 19, 21, 40, 60, 101, 110):
        RatingFactory(user=friend, movie=films[film], rated_at=timezone.now())
    rows = rows_of(client.get("/"))
    assert {3, 110} <= set(rows["From people you follow"])
    assert {11, 13, 17, 19, 21, 40, 60} <= {*rows["Top picks"], *rows["From people you follow"]}
    assert list(rows).index("From people you follow") == 1
    assert_apart(rows, [*own, 101])


@pytest.mark.parametrize("stars", [{}, {1: 5, 12: 5}])
def test_suggestions_and_the_first_films_to_rate_are_not_the_same(client, stars):
    for film, given in stars.items():
        client.post(f"/films/{film}/rate/", {"stars": given})
    shown = CARD.findall(client.get("/for-you/").text)
    assert len(shown) > 42
    assert len(shown) == len(set(shown))
