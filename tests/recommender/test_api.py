import pytest
from django.core.cache import caches
from rest_framework.test import APIClient

from tests.factories import MovieFactory, RatingFactory
from tests.small_site import genre_of

pytestmark = pytest.mark.django_db
PATH = "/api/v1/recommendations/"


@pytest.fixture
def api(member):
    client = APIClient()
    client.force_authenticate(member)
    return client


def test_a_stranger_is_asked_to_log_in(client):
    answer = client.get(PATH)
    assert (answer.status_code, list(answer.json())) == (401, ["detail"])


def test_a_member_gets_unseen_films_with_predicted_stars_and_reasons(api, member, live_version, films):
    seen = [1, 3, 5, 7]
    for film in seen:
        RatingFactory(user=member, movie=films[film], half_stars=10)
    answer = api.get(PATH, {"n": 5, "engine": "hybrid"}).json()
    assert (answer["engine"], answer["model_version"], answer["detail"]) == (
        "hybrid",
        live_version.name,
        "",
    )
    assert len(answer["results"]) == 5
    assert not {pick["movie"]["id"] for pick in answer["results"]} & set(seen)
    assert {genre_of(pick["movie"]["id"]) for pick in answer["results"]} == {"Western"}
    assert all(0.5 <= pick["stars"] <= 5 for pick in answer["results"])
    assert any(pick["reason"] for pick in answer["results"])


def test_what_is_not_asked_for_is_as_it_comes(api, live_version):
    answer = api.get(PATH, {"n": 5}).json()
    assert (answer["engine"], len(answer["results"])) == ("list-blend", 5)


def test_before_the_first_training_the_chart_answers_and_the_answer_says_so(api):
    RatingFactory(movie=MovieFactory(title="Heat"))
    from catalog.services import refresh_counts

    refresh_counts()
    answer = api.get(PATH).json()
    assert [pick["movie"]["title"] for pick in answer["results"]] == ["Heat"]
    assert answer["model_version"] is None
    assert "No model" in answer["detail"]


@pytest.mark.parametrize("question", [{"engine": "magic"}, {"n": 0}, {"n": 1000}, {"n": "many"}])
def test_a_question_that_makes_no_sense_is_refused(api, question):
    answer = api.get(PATH, question)
    assert (answer.status_code, list(answer.json())) == (400, list(question))


def test_more_films_take_no_more_queries(api, member, live_version, films, django_assert_max_num_queries):
    RatingFactory(user=member, movie=films[1], half_stars=10)
    api.get(PATH, {"n": 2})

    def queries(n):
        caches["scores"].clear()
        with django_assert_max_num_queries(50) as captured:
            api.get(PATH, {"n": n})
        return len(captured)

    assert queries(2) == queries(40)
