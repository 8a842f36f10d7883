"""After a rating the site says what it moved in the list that this visitor sees, and whether it did."""

import pytest

from catalog import services
from recommender.models import Preferences
from recommender.movement import movement
from recommender.steering import ENGINES, Steering
from recommender.visitors import Visitor

pytestmark = pytest.mark.usefixtures("live_version")
ON_FILM_PAGE = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "film-aside"}
ON_CARD = {"HTTP_HX_REQUEST": "true"}
UNMOVED = "Your picks stay in their order."


@pytest.fixture
def western_fan(client, member, films):
    for film in range(1, 9):
        services.rate(user=member, movie=films[film], stars=5 if film % 2 else 1)
    client.force_login(member)
    return member


def rate(client, film, stars="0.5", headers=ON_CARD, **sent):
    return client.post(f"/films/{film.pk}/rate/", {"stars": stars, **sent}, **headers)


def listed(client):
    return [pick.movie.pk for pick in client.get("/for-you/").context["picks"]]


def test_in_a_list_that_no_rating_moves_none_is_said_to(client, western_fan, films):
    Preferences.objects.create(user=western_fan, steering=Steering(engine="weighted-rating").kept())
    before = [film for film in listed(client) if film != 30]
    answer = rate(client, films[30], headers=ON_FILM_PAGE)
    assert listed(client)[: len(before)] == before
    assert UNMOVED in answer.text
    assert "See them" not in answer.text


def test_what_is_said_to_move_is_the_list_as_steered(films):
    was = {film: 10 if film % 2 else 2 for film in range(1, 13)}
    now = Visitor.of_session({**was, 30: 10})
    assert movement(now, films[30], None, Steering(engine="svdpp"))
    assert not movement(now, films[30], None, Steering(engine="weighted-rating"))
    only = movement(now, films[30], None, Steering(genre="western"))
    assert only.up + only.down + only.entered <= 24


@pytest.mark.parametrize("engine", list(ENGINES))
def test_it_tells_the_places_of_the_page_itself(client, western_fan, films, engine):
    """The rated film is far down, so that it is on neither list."""
    steering = Steering(engine=engine, genre="western")
    Preferences.objects.create(user=western_fan, steering=steering.kept())
    before = listed(client)
    services.rate(user=western_fan, movie=films[30], stars=5)
    after = listed(client)
    told = movement(Visitor.of_member(western_fan), films[30], None, steering)
    places = [before.index(film) - place for place, film in enumerate(after) if film in before]
    assert (told.up, told.down) == (sum(by > 0 for by in places), sum(by < 0 for by in places))
    assert told.entered == len(set(after) - set(before))


def test_a_card_that_was_rated_by_key_says_it_too(client, western_fan, films):
    answer = rate(client, films[30], "5", **{"as": "card"})
    assert "Film 30: five stars." in answer.text
    assert "Your picks: " in answer.text


def test_stars_given_among_the_first_cards_say_it_too(client, films):
    for film in (1, 3):
        answer = rate(client, films[film], "5", next="/for-you/")
    assert "Your picks: " in answer.text
    assert "Your picks: " not in rate(client, films[5], "17").text


def test_without_a_script_the_list_itself_says_it_once(client, western_fan, films):
    client.post("/films/30/rate/", {"stars": "5", "next": "/for-you/"})
    assert "Your picks: " in client.get("/for-you/").text
    assert "Your picks: " not in client.get("/for-you/").text


def test_without_a_model_nothing_is_said(client, western_fan, films, live_version):
    live_version.delete()
    assert "Your picks" not in rate(client, films[30], "5").text
