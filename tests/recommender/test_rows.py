from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from django.urls import reverse

from catalog import services as catalog_services
from catalog.models import Movie, Watch
from recommender.evenings import Evening, evening_of
from recommender.rows import rows_for
from recommender.visitors import Visitor
from tests.factories import MovieFactory, UserFactory

MEMORY = "django.core.cache.backends.locmem.LocMemCache"
FRIDAY = datetime(2026, 5, 15, 21, tzinfo=UTC)


def lover_of_westerns(n=12):
    return Visitor.of_session({film: 10 if film % 2 else 3 for film in range(1, n + 1)})


def titles(rows):
    return [row.title for row in rows]


def row(rows, title):
    return next((one for one in rows if one.title == title), None)


def ids(row):
    return [pick.movie.pk for pick in row.picks]


@pytest.mark.usefixtures("live_version")
def test_every_row_says_why_it_is_there_and_no_film_is_on_two():
    rows = rows_for(lover_of_westerns(), limit=5)
    assert len(rows) >= 5
    assert all(row.why for row in rows)
    assert len({(row.title, row.about) for row in rows}) == len(rows)
    shown = [film for row in rows for film in ids(row)]
    assert len(shown) == len(set(shown))
    assert not set(shown) & lover_of_westerns().seen


@pytest.mark.usefixtures("live_version")
def test_hidden_films_are_in_no_row_and_rows_stay_full():
    before = rows_for(lover_of_westerns(), limit=5)
    hidden = ids(before[0])[:3]
    after = rows_for(Visitor.of_session(lover_of_westerns().half_stars, hidden), limit=5)
    assert not set(hidden) & {film for row in after for film in ids(row)}
    assert len(after[0].picks) == 5


@pytest.mark.usefixtures("live_version")
def test_a_film_that_is_not_to_be_used_gives_no_row_its_name_and_never_comes_back():
    half_stars = {**lover_of_westerns().half_stars, 13: 10}
    visitor = Visitor.of_session(half_stars, (), [13])
    rows = rows_for(visitor, limit=5)
    assert 13 not in {row.about.pk for row in rows if row.about}
    assert 13 not in {film for row in rows for film in ids(row)}


@pytest.mark.usefixtures("live_version")
def test_the_watchlist_comes_back_with_the_best_bet_first(member, films):
    for film, half_stars in lover_of_westerns().half_stars.items():
        catalog_services.rate(user=member, movie=films[film], stars=half_stars / 2)
    for film in (40, 41, 50, 51, 52):
        catalog_services.add_to_watchlist(user=member, movie=films[film])
    found = row(rows_for(Visitor.of_member(member), limit=5), "Back to your watchlist")
    assert found is not None
    assert set(ids(found)) <= {40, 41, 50, 51, 52}
    assert [film % 2 for film in ids(found)] == sorted((film % 2 for film in ids(found)), reverse=True)


@pytest.mark.usefixtures("live_version")
def test_hidden_gems_are_films_that_few_rated(films):
    for film in films.values():
        Movie.objects.filter(pk=film.pk).update(
            ratings_count=100 - film.pk, half_stars_sum=5 * (100 - film.pk)
        )
    gems = row(rows_for(lover_of_westerns(), limit=5), "Hidden gems")
    assert gems is not None
    assert min(ids(gems)) > 20


@pytest.mark.usefixtures("live_version")
def test_new_here_holds_the_newest_films(films):
    for film in films.values():
        Movie.objects.filter(pk=film.pk).update(year=2020 if film.pk > 40 else 1960)
    new = row(rows_for(lover_of_westerns(), limit=5), "New here")
    assert new is not None
    assert min(ids(new)) > 40


@pytest.mark.usefixtures("live_version")
def test_tonight_keeps_to_the_length_of_such_evenings(films):
    for film in films.values():
        Movie.objects.filter(pk=film.pk).update(runtime=90 if film.pk % 3 else 170)
    evening = Evening(shortest=80, typical=90, longest=100)
    tonight = row(rows_for(lover_of_westerns(), limit=5, evening=evening, now=FRIDAY), "Tonight")
    assert tonight is not None
    assert all(film % 3 for film in ids(tonight))
    assert tonight.why == "Your Fridays have room for about 90 minutes"


def diary_of(user, day, minutes, n):
    for week in range(n):
        film = MovieFactory(runtime=minutes)
        Watch.objects.create(user=user, movie=film, watched_on=day - timedelta(weeks=week))


def test_the_diary_tells_how_long_the_films_of_a_weekday_are(member):
    diary_of(member, date(2026, 5, 8), 150, 6)  # Fridays
    diary_of(member, date(2026, 5, 11), 80, 6)  # Mondays
    friday, monday = evening_of(member, FRIDAY), evening_of(member, FRIDAY + timedelta(days=3))
    assert (friday.shortest, friday.typical) == (150, 150)
    assert (monday.typical, monday.longest) == (80, 80)


def test_a_short_diary_tells_nothing_nor_does_that_of_another(member):
    diary_of(member, date(2026, 5, 8), 150, 3)
    diary_of(UserFactory(), date(2026, 5, 8), 150, 9)
    assert evening_of(member, FRIDAY) is None


def test_without_a_model_the_chart_is_the_only_row(films):
    for film in films.values():
        Movie.objects.filter(pk=film.pk).update(ratings_count=5, half_stars_sum=40)
    assert titles(rows_for(lover_of_westerns())) == ["Well loved here"]


@pytest.mark.usefixtures("live_version")
def test_something_else_is_safe_and_away_from_what_was_liked(films):
    for film in films.values():
        Movie.objects.filter(pk=film.pk).update(ratings_count=50, half_stars_sum=300)
    found = row(rows_for(Visitor.of_session({1: 10, 2: 9, 3: 10}), limit=4), "Something else")
    assert found is None or np.mean([pick.stars for pick in found.picks]) >= 3


@pytest.mark.usefixtures("live_version")
def test_the_front_page_shows_rows_with_their_reasons(client, member, films):
    for film, half_stars in lover_of_westerns().half_stars.items():
        catalog_services.rate(user=member, movie=films[film], stars=half_stars / 2)
    client.force_login(member)
    page = client.get(reverse("catalog:home")).content.decode()
    assert "What everything you rated and watched points to" in page
    assert "From people like you" in page


@pytest.mark.usefixtures("live_version")
@pytest.mark.parametrize("kept", [1, 5, 1000])
def test_neighbours_that_were_seen_make_way_for_the_next_however_many_are_kept(kept, settings, monkeypatch):
    monkeypatch.setattr("recommender.row_plans.NEAREST", kept)
    settings.CACHES = {name: {"BACKEND": MEMORY, "LOCATION": f"{name}-{kept}"} for name in settings.CACHES}
    seen = lover_of_westerns(30)
    shown = ids(row(rows_for(seen, limit=5), "Because you liked"))
    assert len(shown) == 5
    assert not set(shown) & seen.seen
    assert sum(film % 2 for film in shown) >= 3
