"""The page of suggestions."""

import pytest

from catalog.services import rate
from recommender.steering import ENGINES
from tests.factories import MovieFactory, RatingFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def rated_films():
    """Films with a rating each, the least that the chart needs when no model is trained."""
    return [
        MovieFactory(title=f"Rated {n}", ratings_count=5 + n, half_stars_sum=40 + 8 * n) for n in range(3)
    ]


def test_a_newcomer_is_invited_to_rate(client, rated_films):
    unrated = MovieFactory()  # the chart suggests the others, and no film stands on a page twice
    page = client.get("/for-you/").text
    assert "Give five of them stars" in page
    assert f"/films/{unrated.pk}/rate/" in page


def test_whoever_rated_enough_sees_suggestions_only(client, member, rated_films):
    RatingFactory.create_batch(5, user=member)
    client.force_login(member)
    page = client.get("/for-you/").text
    assert "Worked out from the 5 films" in page
    assert "Seen any of these?" not in page


def test_suggestions_leave_out_what_was_seen(client, member, rated_films):
    RatingFactory(user=member, movie=rated_films[0])
    RatingFactory.create_batch(4, user=member)
    client.force_login(member)
    picks = [pick.movie for pick in client.get("/for-you/").context["picks"]]
    assert rated_films[0] not in picks
    assert rated_films[1] in picks


def test_a_film_that_is_offered_for_rating_is_not_suggested_too(client, rated_films):
    page = client.get("/for-you/")
    assert {film for film, _ in page.context["to_rate"]} == set(rated_films)
    assert page.context["picks"] == []
    assert "you have seen it all" not in page.text


def test_a_stranger_s_ratings_count_on_the_next_page(client, rated_films):
    client.post(f"/films/{rated_films[0].pk}/rate/", {"stars": "5.0"})
    page = client.get("/for-you/")
    assert rated_films[0] not in [pick.movie for pick in page.context["picks"]]
    assert "Worked out from the 1 film you" in page.text


@pytest.mark.parametrize("engine", list(ENGINES))
def test_every_engine_can_be_chosen(client, rated_films, engine):
    page = client.get("/for-you/", {"engine": engine})
    assert page.status_code == 200
    assert f'<option value="{engine}" selected>' in page.text


@pytest.mark.usefixtures("live_version")
@pytest.mark.parametrize(("engine", "many", "few"), [("hybrid", 8, 2), ("list-blend", 7, 3)])
def test_a_rating_changes_the_very_next_page_with_worker_and_redis_stopped(client, member, engine, many, few):
    client.force_login(member)
    for film in (1, 3, 5, 7, 9):
        client.post(f"/films/{film}/rate/", {"stars": "5.0"})
    before = [pick.movie.pk for pick in client.get("/for-you/", {"engine": engine}).context["picks"]]
    assert sum(film % 2 for film in before[:10]) >= many
    for film in (1, 3, 5, 7, 9):
        client.post(f"/films/{film}/rate/", {"stars": "0.5"})
        client.post(f"/films/{film + 1}/rate/", {"stars": "5.0"})
    after = [pick.movie.pk for pick in client.get("/for-you/", {"engine": engine}).context["picks"]]
    assert sum(film % 2 for film in after[:10]) <= few


def test_an_unknown_engine_is_explained_and_the_usual_one_answers(client, member, rated_films):
    RatingFactory.create_batch(5, user=member)
    client.force_login(member)
    page = client.get("/for-you/", {"engine": "crystal-ball"})
    assert page.status_code == 400
    assert "There is no such engine here" in page.text
    assert page.context["picks"]


def test_the_front_page_of_a_member_has_rows(client, member, rated_films):
    client.force_login(member)
    assert rated_films[2].get_absolute_url() in client.get("/").text


@pytest.mark.usefixtures("live_version")
@pytest.mark.parametrize("path", ["/", "/for-you/", "/films/50/film-50-1960/"])
def test_recommendations_cost_the_same_queries_for_a_short_and_a_long_history(
    client, member, films, path, django_assert_max_num_queries
):
    client.force_login(member)
    client.get(path)  # what is kept of the films themselves is read once
    counts = []
    for seen in (6, 30):
        for film in range(1, seen + 1):
            rate(user=member, movie=films[film], stars=5 if film % 2 else 2)
        with django_assert_max_num_queries(25) as queries:
            assert "predicted for you" in client.get(path).text
        counts.append(len(queries))
    assert counts[1] <= counts[0]
