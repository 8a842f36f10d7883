"""A form of the film's page that is not taken is answered by that page, whole and no dearer than before."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.models import Keyword, Movie
from tests.factories import UserFactory
from tests.test_query_counts import grow

pytestmark = pytest.mark.django_db
REFUSED = {
    "stars off the scale": ("movie-rate", {"stars": "11"}, 422),
    "a day still to come": ("movie-log", {"watched_on": "2999-01-01"}, 422),
    "no words": ("movie-review", {"text": " "}, 422),
    "no words to try out": ("review-preview", {"text": " "}, 422),
    "words over newer ones": ("movie-review", {"text": "Mine."}, 409),
}


@pytest.fixture
def anouk(client):
    member = UserFactory(username="anouk")
    client.force_login(member)
    return member


def answered(client, refused):
    """The answer to a form about the first film, and what it asked of the database."""
    name, fields, status = REFUSED[refused]
    address = reverse(f"catalog:{name}", args=[Movie.objects.earliest("pk").pk])
    client.post(address, fields)  # what is kept for every visitor is read once
    with CaptureQueriesContext(connection) as queries:
        answer = client.post(address, fields)
    assert answer.status_code == status
    return answer, [query["sql"] for query in queries]


@pytest.mark.parametrize("refused", REFUSED)
def test_a_refused_form_costs_the_same_at_two_sizes(client, anouk, refused):
    grow(anouk, 0, 3)
    few = answered(client, refused)[1]
    grow(anouk, 3, 15)
    many = answered(client, refused)[1]
    assert len(many) == len(few), "\n".join(many)
    assert len(few) <= 30


@pytest.mark.parametrize("refused", REFUSED)
def test_the_page_of_a_refused_form_lacks_nothing(client, anouk, refused):
    grow(anouk, 0, 1)
    Movie.objects.get(title="Film 0").keywords.add(Keyword.objects.create(name="bank robbery"))
    page = answered(client, refused)[0].text
    for part in ("?keyword=bank%20robbery", "Movie 0", "A director", "?genre=genre-0"):
        assert part in page


def test_a_film_is_read_for_its_page_in_as_many_questions_as_it_has_kinds_of_facts(
    anouk, django_assert_num_queries
):
    grow(anouk, 0, 2)
    with django_assert_num_queries(5):
        film = Movie.objects.for_page().earliest("pk")
    with django_assert_num_queries(0):
        list(film.genres.all()), list(film.keywords.all()), list(film.other_titles.all())
        assert [credit.person.name for credit in film.credits.all()]
