"""The page of somebody who made films."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.models import Credit, Person
from tests.factories import MovieFactory, RatingFactory, WatchFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def agnes():
    return Person.objects.create(name="Agnès Varda")


def credited(person, title, role="director", character="", **facts):
    film = MovieFactory(title=title, **facts)
    Credit.objects.create(movie=film, person=person, role=role, character=character)
    return film


def titles(client, person, **query):
    return [film.title for film in client.get(person.get_absolute_url(), query).context["page"]]


def test_a_person_has_one_address(client, agnes):
    assert agnes.get_absolute_url() == f"/cast/{agnes.pk}/agnes-varda/"
    for address in (f"/cast/{agnes.pk}/", f"/cast/{agnes.pk}/somebody-else/"):
        answer = client.get(address)
        assert (answer.status_code, answer["Location"]) == (301, agnes.get_absolute_url())


def test_a_person_who_does_not_exist_is_not_found(client, db):
    assert client.get("/cast/987654/anybody/").status_code == 404


def test_the_films_one_is_known_for_come_first_or_the_latest(client, agnes):
    credited(agnes, "Vagabond", year=1985, ratings_count=5, half_stars_sum=40)
    credited(agnes, "Cléo from 5 to 7", year=1962, ratings_count=50, half_stars_sum=400)
    credited(agnes, "Faces Places", year=2017)
    assert titles(client, agnes) == ["Cléo from 5 to 7", "Vagabond", "Faces Places"]
    assert titles(client, agnes, sort="year") == ["Faces Places", "Vagabond", "Cléo from 5 to 7"]


def test_the_job_done_most_often_opens_the_page_and_the_others_are_a_link_away(client, agnes):
    credited(agnes, "Vagabond")
    credited(agnes, "Cléo from 5 to 7")
    credited(agnes, "Faces Places", role="cast", character="Herself")
    page = client.get(agnes.get_absolute_url())
    assert [(job.name, job.films) for job in page.context["jobs"]] == [("Director", 2), ("Actor", 1)]
    assert '<a href="?as=cast">Actor <small>1</small></a>' in page.text
    assert titles(client, agnes, **{"as": "cast"}) == ["Faces Places"]
    assert "Herself" in client.get(agnes.get_absolute_url(), {"as": "cast"}).text


@pytest.mark.parametrize("query", [{"as": "writer"}, {"as": "nonsense"}, {"sort": "nonsense"}, {"page": "9"}])
def test_what_the_page_does_not_have_is_not_found(client, agnes, query):
    credited(agnes, "Vagabond")
    assert client.get(agnes.get_absolute_url(), query).status_code == 404


def test_a_film_somebody_wrote_and_directed_is_one_film(client, agnes):
    film = credited(agnes, "Vagabond", year=1985)
    Credit.objects.create(movie=film, person=agnes, role="writer")
    context = client.get(agnes.get_absolute_url()).context
    assert (context["films"], context["first_year"], context["last_year"]) == (1, 1985, 1985)


def test_a_member_sees_how_many_were_seen_and_the_average_given(client, member, agnes):
    client.force_login(member)
    film = credited(agnes, "Vagabond")
    Credit.objects.create(movie=film, person=agnes, role="writer")
    RatingFactory(user=member, movie=film, half_stars=9)
    RatingFactory(user=member, movie=credited(agnes, "Cléo from 5 to 7"), half_stars=8)
    WatchFactory(user=member, movie=credited(agnes, "Faces Places"))
    RatingFactory(user=member, movie=MovieFactory(title="Not hers"), half_stars=1)
    RatingFactory(movie=film, half_stars=1)
    page = client.get(agnes.get_absolute_url())
    assert (page.context["seen"], page.context["own_average"]) == (3, 4.25)
    assert "your average" in page.text


def test_a_stranger_sees_the_average_of_this_browser(client, agnes):
    film = credited(agnes, "Vagabond")
    credited(agnes, "Cléo from 5 to 7")
    assert "You have not rated a film of Agnès Varda yet" in client.get(agnes.get_absolute_url()).text
    client.post(reverse("catalog:movie-rate", args=[film.pk]), {"stars": "4.5"})
    context = client.get(agnes.get_absolute_url()).context
    assert (context["seen"], context["own_average"]) == (1, 4.5)


def test_a_person_whose_films_are_gone_is_told_so(client, agnes):
    page = client.get(agnes.get_absolute_url())
    assert page.status_code == 200
    assert "No film here names Agnès Varda any more." in page.text


def test_a_long_career_goes_on_behind_a_link_that_keeps_job_and_order(client, agnes, settings):
    settings.MOVIES_PER_PAGE = 2
    for number in range(3):
        credited(agnes, f"Film {number}")
    page = client.get(agnes.get_absolute_url(), {"as": "director", "sort": "year"}).text
    assert 'href="?as=director&amp;sort=year&amp;page=2"' in page


def test_a_person_page_costs_the_same_with_forty_films_as_with_three(client, member, agnes):
    client.force_login(member)
    few = _cost_with(client, member, agnes, range(3))
    assert _cost_with(client, member, agnes, range(3, 40)) == few
    assert few <= 14


def _cost_with(client, member, person, numbers):
    for number in numbers:
        RatingFactory(user=member, movie=credited(person, f"Film {number}", genres=[f"Genre {number}"]))
    client.get(person.get_absolute_url())
    with CaptureQueriesContext(connection) as queries:
        client.get(person.get_absolute_url())
    return len(queries)
