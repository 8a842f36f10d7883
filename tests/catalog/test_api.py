import pytest
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient
from rest_framework.throttling import SimpleRateThrottle

from catalog.models import Credit, Movie, OtherTitle, Person, Plot, Rating
from catalog.services import refresh_counts
from tests.factories import MovieFactory, RatingFactory, UserFactory

pytestmark = pytest.mark.django_db
FILMS, RATINGS = "/api/v1/films/", "/api/v1/ratings/"


@pytest.fixture
def api(member):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.create(user=member).key}")
    return client


def titles(client, **question):
    return [film["title"] for film in client.get(FILMS, question).json()["results"]]


def number_of_queries(captured, client, path):
    with captured(100) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


# Films


def test_anyone_may_list_films_and_sees_the_most_rated_first(client):
    MovieFactory(title="Heat"), RatingFactory(movie=MovieFactory(title="Stalker"), half_stars=9)
    refresh_counts()
    found = client.get(FILMS).json()
    assert found["count"] == 2
    assert [(film["title"], film["average_stars"]) for film in found["results"]] == [
        ("Stalker", 4.5),
        ("Heat", None),
    ]


def test_films_are_filtered_by_genre_years_and_words(client):
    MovieFactory(title="Amélie", year=2001, genres=["Comedy"])
    MovieFactory(title="Heat", year=1995, genres=["Crime"])
    MovieFactory(title="Ronin", year=1998, genres=["Crime"])
    assert set(titles(client, genre="crime")) == {"Heat", "Ronin"}
    assert titles(client, year=1998) == ["Ronin"]
    assert set(titles(client, year_min=1996, year_max=2001)) == {"Amélie", "Ronin"}
    assert titles(client, q="AMELIE") == ["Amélie"]
    assert titles(client, genre="crime", year_min=1996) == ["Ronin"]


def test_films_are_ordered_as_asked(client):
    MovieFactory(title="Heat", year=1995), MovieFactory(title="Alien", year=1979)
    assert titles(client, ordering="title") == ["Alien", "Heat"]
    assert titles(client, ordering="-year") == ["Heat", "Alien"]


@pytest.mark.parametrize("ordering", ["title", "year", "ratings_count", "average_stars"])
def test_two_pages_of_films_show_each_film_once(client, ordering):
    MovieFactory.create_batch(60, title="Same", year=1979)
    pages = [client.get(FILMS, {"ordering": ordering, "page": page}).json()["results"] for page in (1, 2)]
    assert len({film["id"] for page in pages for film in page}) == 60


@pytest.mark.parametrize(
    "question", [{"year": "soon"}, {"year": 10**30}, {"ordering": "mood"}, {"q": "x" * 200}, {"q": "\0"}]
)
def test_a_question_that_makes_no_sense_is_refused_with_a_sentence_per_field(client, question):
    answer = client.get(FILMS, question)
    assert answer.status_code == 400
    assert list(answer.json()) == list(question)


def test_a_film_comes_with_its_people_its_plot_and_its_other_titles(client):
    movie = MovieFactory(title="Happiness", genres=["Drama"])
    Credit.objects.create(
        movie=movie, person=Person.objects.create(name="Agnès Varda"), role=Credit.Role.DIRECTOR
    )
    OtherTitle.objects.create(movie=movie, title="Le bonheur")
    Plot.objects.create(movie=movie, text="A carpenter loves twice.", source="editor")
    film = client.get(f"{FILMS}{movie.pk}/").json()
    assert film["credits"] == [{"name": "Agnès Varda", "role": "director", "character": ""}]
    assert film["other_titles"] == ["Le bonheur"]
    assert film["plot"]["text"] == "A carpenter loves twice."
    assert film["url"] == movie.get_absolute_url()


def test_a_film_without_a_plot_has_none(client, movie):
    assert client.get(f"{FILMS}{movie.pk}/").json()["plot"] is None


def test_films_are_read_only(api, movie):
    assert api.post(FILMS, {"title": "Mine"}, format="json").status_code == 405
    assert api.delete(f"{FILMS}{movie.pk}/").status_code == 405


@pytest.mark.parametrize("path", ["films/999999/", "films/99999999999999999999/", "films/heat/", "no/such/"])
def test_what_is_not_there_is_a_404_in_json(client, path):
    answer = client.get(f"/api/v1/{path}")
    assert answer.status_code == 404
    assert answer.json()["detail"]


def test_a_list_of_films_takes_as_many_queries_for_forty_as_for_two(client, django_assert_max_num_queries):
    MovieFactory.create_batch(2, genres=["Drama"])
    few = number_of_queries(django_assert_max_num_queries, client, FILMS)
    MovieFactory.create_batch(38, genres=["Drama", "Crime"])
    assert number_of_queries(django_assert_max_num_queries, client, FILMS) == few


# Ratings


@pytest.mark.parametrize("method", ["get", "post"])
def test_ratings_ask_a_stranger_to_log_in(client, method):
    answer = getattr(client, method)(RATINGS, content_type="application/json")
    assert answer.status_code == 401
    assert answer.json()["detail"]


@pytest.mark.parametrize("stars", [3.5, "3.5"])
def test_a_first_rating_is_created_and_counts(api, movie, stars):
    answer = api.post(RATINGS, {"movie": movie.pk, "stars": stars}, format="json")
    assert (answer.status_code, answer.json()["stars"]) == (201, 3.5)
    movie.refresh_from_db()
    assert (movie.ratings_count, movie.half_stars_sum) == (1, 7)


def test_a_second_rating_of_the_same_film_changes_the_first(api, member, movie):
    RatingFactory(user=member, movie=movie, half_stars=2)
    answer = api.post(RATINGS, {"movie": movie.pk, "stars": 5}, format="json")
    assert (answer.status_code, answer.json()["stars"]) == (200, 5.0)
    assert Rating.objects.get().half_stars == 10


@pytest.mark.parametrize("stars", [3.25, 0, 5.5, -1, "many", "", None, True, [], {}, "NaN", "1e999999"])
def test_stars_that_are_no_half_stars_are_refused(api, movie, stars):
    answer = api.post(RATINGS, {"movie": movie.pk, "stars": stars}, format="json")
    assert answer.status_code == 400
    assert list(answer.json()) == ["stars"]
    assert Rating.objects.count() == 0


def test_the_refusal_says_what_to_give(api, movie):
    refused = api.post(RATINGS, {"movie": movie.pk, "stars": 3.25}, format="json").json()
    assert refused == {"stars": ["Give half a star to five stars, in steps of a half, such as 3.5."]}


@pytest.mark.parametrize("movie_id", [999999, 10**30, "heat", None, 1.5])
def test_a_film_that_is_not_there_cannot_be_rated(api, movie, movie_id):
    answer = api.post(RATINGS, {"movie": movie_id, "stars": 3}, format="json")
    assert (answer.status_code, list(answer.json())) == (400, ["movie"])


def test_a_rating_is_addressed_by_its_film(api, member, movie):
    RatingFactory(user=member, movie=movie, half_stars=8)
    path = f"{RATINGS}{movie.pk}/"
    assert api.get(path).json()["stars"] == 4.0
    assert api.put(path, {"stars": 1.5}, format="json").json()["stars"] == 1.5
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404
    assert Movie.objects.get().ratings_count == 0


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_the_rating_of_another_member_is_not_there(api, movie, method):
    RatingFactory(user=UserFactory(), movie=movie, half_stars=8)
    answer = getattr(api, method)(f"{RATINGS}{movie.pk}/", {"stars": 1}, format="json")
    assert answer.status_code == 404
    assert Rating.objects.get().half_stars == 8


def test_the_list_holds_only_ones_own_ratings_newest_first(api, member):
    first, second = RatingFactory(user=member), RatingFactory(user=member)
    RatingFactory()
    assert [rating["movie"] for rating in api.get(RATINGS).json()["results"]] == [
        second.movie_id,
        first.movie_id,
    ]


def test_a_list_of_ratings_takes_as_many_queries_for_forty_as_for_two(
    api, member, django_assert_max_num_queries
):
    RatingFactory.create_batch(2, user=member)
    few = number_of_queries(django_assert_max_num_queries, api, RATINGS)
    RatingFactory.create_batch(38, user=member)
    assert number_of_queries(django_assert_max_num_queries, api, RATINGS) == few


def test_a_member_logged_in_by_session_needs_the_csrf_token_to_write(member, movie):
    browser = APIClient(enforce_csrf_checks=True)
    browser.force_login(member)
    assert browser.get(RATINGS).status_code == 200
    answer = browser.post(RATINGS, {"movie": movie.pk, "stars": 3}, format="json")
    assert answer.status_code == 403
    assert "CSRF" in answer.json()["detail"]


def test_broken_json_is_refused_in_json(api):
    answer = api.post(RATINGS, "{", content_type="application/json")
    assert (answer.status_code, list(answer.json())) == (400, ["detail"])


def test_too_many_writes_are_told_to_wait_and_reading_goes_on(api, movie, monkeypatch):
    monkeypatch.setitem(SimpleRateThrottle.THROTTLE_RATES, "write", "2/min")
    answers = [api.post(RATINGS, {"movie": movie.pk, "stars": 3}, format="json") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 200, 429]
    assert "throttled" in answers[-1].json()["detail"]
    assert int(answers[-1]["Retry-After"]) > 0
    assert api.get(RATINGS).status_code == 200


# What nobody sends by accident


@pytest.mark.parametrize("stars", ["1E99999999999", "NaN", "-Infinity", [4], {"stars": 4}, True])
def test_stars_beyond_all_measure_are_refused_with_a_reason(api, movie, stars):
    answer = api.post(RATINGS, {"movie": movie.pk, "stars": stars}, format="json")
    assert answer.status_code == 400
    assert "stars" in answer.json()
    assert not Rating.objects.exists()


def test_a_film_id_longer_than_any_key_is_not_found(api):
    assert api.get(f"{RATINGS}99999999999999999999999/").status_code == 404
    assert api.get(f"{RATINGS}9223372036854775808/").status_code == 404


def test_json_that_nests_without_end_is_malformed_json(api):
    answer = api.post(RATINGS, "[" * 100_000, content_type="application/json")
    assert answer.status_code == 400
    assert "nested too deeply" in answer.json()["detail"]


def test_a_search_for_signs_alone_finds_nothing(client):
    MovieFactory()
    assert titles(client, q="?!") == []


def test_a_mistyped_address_answers_json_to_writes_too(movie):
    answer = APIClient(enforce_csrf_checks=True).post("/api/v1/nope/", {})
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/json")
