import pytest
from django.urls import reverse

from catalog.models import Movie
from recommender import services
from recommender.models import Preferences
from recommender.steering import AS_IT_COMES, DEFAULT_ENGINE, Steering
from recommender.visitors import Visitor
from tests.small_site import genre_of

pytestmark = pytest.mark.usefixtures("live_version")
FOR_YOU, STEER = reverse("recommender:for-you"), reverse("recommender:steer")


def lover_of_westerns():
    return Visitor.of_session({film: 10 if film % 2 else 3 for film in range(1, 13)})


def films_for(**steering):
    picks = services.recommend(lover_of_westerns(), steering=Steering(**steering), limit=10)
    return [pick.movie for pick in picks]


def mean(values):
    return sum(values) / len(values)


def test_towards_rare_the_films_have_fewer_ratings_and_towards_popular_more(films):
    for film in films.values():
        film.ratings_count, film.half_stars_sum = 100 - film.pk, 5 * (100 - film.pk)
    Movie.objects.bulk_update(films.values(), ["ratings_count", "half_stars_sum"])
    known = [mean([film.ratings_count for film in films_for(rarity=step)]) for step in (-2, 0, 2)]
    assert known[0] > known[1] > known[2]


def test_towards_new_the_films_are_newer_and_towards_old_older(films):
    for film in films.values():
        Movie.objects.filter(pk=film.pk).update(year=1930 + film.pk)
    years = [mean([film.year for film in films_for(newness=step)]) for step in (-2, 0, 2)]
    assert years[0] < years[1] < years[2]


def test_surprise_brings_the_other_kind_of_film_forward():
    places = [[film.pk % 2 for film in films_for(surprise=step)].index(0) for step in (-2, 2)]
    assert places[0] > places[1]


def test_a_genre_leaves_only_its_films_and_a_length_only_films_known_to_be_short(films):
    assert {genre_of(film.pk) for film in films_for(genre="musical")} == {"Musical"}
    Movie.objects.filter(pk__in=range(20, 24)).update(runtime=85)
    Movie.objects.filter(pk=24).update(runtime=130)
    assert {film.pk for film in films_for(longest=90)} == {20, 21, 22, 23}


def test_a_language_leaves_only_its_films(films):
    Movie.objects.filter(pk__in=(30, 31)).update(language="sv")
    assert {film.pk for film in films_for(language="sv")} == {30, 31}


@pytest.mark.parametrize("engine", ["svdpp", "list-blend", "user-cf"])
def test_every_engine_can_be_steered(engine):
    assert films_for(engine=engine, rarity=2) != films_for(engine=engine, rarity=-2)


def test_what_was_kept_by_a_former_version_of_the_site_does_no_harm():
    assert Steering.of({"engine": "gone", "mood": 3, "rarity": 1}) == Steering(rarity=1)


def test_the_choice_is_kept_for_a_member(client, member):
    client.force_login(member)
    client.post(STEER, {"engine": "svdpp", "rarity": 1, "newness": 0, "surprise": 2, "genre": "western"})
    kept = Steering(engine="svdpp", rarity=1, surprise=2, genre="western")
    assert Steering.of(Preferences.objects.get(user=member).steering) == kept
    form = client.get(FOR_YOU).context["form"]
    assert form.steering == kept
    assert 'value="svdpp" selected' in client.get(FOR_YOU).content.decode()


def test_the_choice_is_kept_for_a_stranger_and_forgotten_on_request(client):
    client.post(STEER, {"engine": "ease", "rarity": -2})
    assert client.get(FOR_YOU).context["steering"] == Steering(engine="ease", rarity=-2)
    client.post(STEER, {"reset": 1, "engine": "ease"})
    assert client.get(FOR_YOU).context["steering"] == AS_IT_COMES


def test_an_engine_in_the_address_is_tried_without_being_kept(client):
    assert client.get(FOR_YOU, {"engine": "content"}).context["steering"].engine == "content"
    assert client.get(FOR_YOU).context["steering"].engine == DEFAULT_ENGINE


@pytest.mark.parametrize("wrong", [{"engine": "nonsense"}, {"rarity": 9}, {"genre": "no-such"}])
def test_what_makes_no_sense_is_said_and_not_kept(client, wrong):
    answer = client.get(FOR_YOU, wrong)
    assert answer.status_code == 400
    assert answer.context["picks"]
    client.post(STEER, {"engine": "ease"} | wrong)
    assert client.get(FOR_YOU).context["steering"] == AS_IT_COMES


def test_steering_needs_a_post(client):
    assert client.get(STEER).status_code == 405


def test_a_member_who_switched_predictions_off_sees_none_and_still_gets_picks(client, member, films):
    client.force_login(member)
    for film in range(1, 9):
        client.post(reverse("catalog:movie-rate", args=[film]), {"stars": 5 if film % 2 else 1})
    assert "predicted for you" in client.get(FOR_YOU).content.decode()
    client.post(reverse("recommender:settings"), {"is_findable": ""})
    for page in (FOR_YOU, reverse("catalog:home"), films[21].get_absolute_url()):
        assert "predicted for you" not in client.get(page).content.decode()
    assert len(client.get(FOR_YOU).context["picks"]) > 10


def test_reasons_stay_without_figures_where_predictions_are_switched_off(client, member, films):
    client.force_login(member)
    for film in range(1, 9):
        client.post(reverse("catalog:movie-rate", args=[film]), {"stars": 5 if film % 2 else 1})
    assert "it would be" in client.get(films[21].get_absolute_url()).content.decode()
    client.post(reverse("recommender:settings"), {"is_findable": ""})
    assert "because of Film" in client.get(FOR_YOU).content.decode()
    page = client.get(films[21].get_absolute_url()).content.decode()
    assert "<h2>Why</h2>" in page
    assert "Your 5 for <em>Film" in page
    for figure in ("predicted for you", "it would be", 'class="guess'):
        assert figure not in page


@pytest.mark.parametrize(
    ("engine", "line"),
    [
        ("list-blend", "Worked out from the 1 film you rated or saw"),
        ("weighted-rating", "The highest rated films that you have not seen"),
        ("content", "Close in story, genre and people to what you liked"),
        ("user-cf", "Seen by those whose shelves look most like yours"),
        ("ease", "Seen by many who saw what you saw"),
    ],
)
def test_the_page_says_what_the_chosen_engine_goes_by(client, engine, line):
    client.post(reverse("catalog:movie-rate", args=[1]), {"stars": 5})
    client.post(STEER, {"engine": engine})
    head = client.get(FOR_YOU).content.decode().partition('class="page-head"')[2].partition("</div>")[0]
    assert line in head
    assert ("Worked out" in head) == (engine == "list-blend")


def test_a_stranger_can_switch_predictions_off_too(client):
    for film in range(1, 7):
        client.post(reverse("catalog:movie-rate", args=[film]), {"stars": 5 if film % 2 else 1})
    assert "predicted for you" in client.get(FOR_YOU).content.decode()
    client.post(reverse("recommender:settings"), {})
    assert "predicted for you" not in client.get(FOR_YOU).content.decode()
