"""What was foretold to somebody stays with the rating given after it, and nothing else does."""

import pytest
from django.urls import reverse

from catalog import services
from catalog.models import Rating
from recommender.models import Preferences
from recommender.services import predict
from recommender.visitors import Visitor

pytestmark = pytest.mark.usefixtures("live_version")
LOVER_OF_WESTERNS = {film: 10 if film % 2 else 2 for film in range(1, 9)}
ON_FILM_PAGE = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "film-aside"}
ON_CARD = {"HTTP_HX_REQUEST": "true"}
NEW = {"username": "chantal", "email": "chantal@example.org", "password1": "Jeanne Dielman 1975"}


@pytest.fixture
def western_fan(client, member, films):
    for film, half_stars in LOVER_OF_WESTERNS.items():
        services.rate(user=member, movie=films[film], stars=half_stars / 2)
    client.force_login(member)
    return member


def rate(client, film, stars, headers=ON_CARD, **sent):
    return client.post(f"/films/{film.pk}/rate/", {"stars": stars, **sent}, **headers)


def log(client, film, stars):
    version = client.get(f"/log/{film.pk}/").context["form"]["version"].value()
    sent = {"stars": stars, "version": version, "watched_on": "2024-03-09"}
    return client.post(f"/log/{film.pk}/", sent)


def foretold(film, visitor):
    return round(predict(visitor, film).stars, 1)


def kept_with(film):
    found = Rating.objects.get(movie=film).predicted
    return None if found is None else float(found)


@pytest.mark.parametrize(
    "give",
    [
        lambda client, film: rate(client, film, "4.5", ON_FILM_PAGE, predicted=1),
        lambda client, film: rate(client, film, "4.5", predicted=1, **{"as": "card"}),
        lambda client, film: rate(client, film, "4.5", {}, predicted=1),
        lambda client, film: log(client, film, "4.5"),
    ],
    ids=["film page", "card by key", "without a script", "log"],
)
def test_a_rating_keeps_what_was_foretold_before_it(client, western_fan, films, give):
    told = foretold(films[21], Visitor.of_member(western_fan))
    give(client, films[21])
    assert kept_with(films[21]) == told


def test_the_site_says_what_it_foretold_whatever_a_form_claims(client, western_fan, films):
    told = foretold(films[21], Visitor.of_member(western_fan))
    rate(client, films[21], "4.5", predicted="0.7")
    assert kept_with(films[21]) == told


def test_a_page_that_foretold_nothing_leaves_nothing_with_the_rating(client, western_fan, films):
    rate(client, films[21], "4.5")
    assert kept_with(films[21]) is None


def test_nothing_is_kept_for_whoever_switched_predictions_off(client, western_fan, films):
    Preferences.objects.create(user=western_fan, shows_predictions=False)
    rate(client, films[21], "4.5", predicted=1)
    log(client, films[23], "4.5")
    assert [kept_with(films[film]) for film in (21, 23)] == [None, None]


def test_choices_of_an_old_session_that_are_gone_by_now_break_nothing(client, films):
    session = client.session
    session["preferences"] = {"shows_predictions": False, "mood": "sombre"}
    session.save()
    assert client.get(reverse("recommender:for-you")).status_code == 200
    assert client.post(reverse("recommender:settings"), {"shows_predictions": ""}).status_code == 302
    assert client.post(reverse("account_signup"), NEW).status_code == 302
    assert not Preferences.objects.get().shows_predictions


def test_a_later_rating_neither_forgets_nor_invents_a_prediction(client, western_fan, films):
    rate(client, films[21], "4.5", predicted=1)
    first = kept_with(films[21])
    rate(client, films[21], "2", predicted=1)
    rate(client, films[1], "2", predicted=1)
    log(client, films[3], "2")
    assert (kept_with(films[21]), kept_with(films[1]), kept_with(films[3])) == (first, None, None)


def test_without_a_model_the_rating_is_kept_alone(client, western_fan, films, live_version):
    live_version.delete()
    rate(client, films[21], "4.5", predicted=1)
    assert kept_with(films[21]) is None


def test_the_answer_to_a_rating_goes_by_the_history_with_it(client, western_fan, films):
    answer = rate(client, films[21], "4.5", ON_FILM_PAGE, predicted=1)
    aside = answer.text.partition("<main")[0]
    assert "predicted for you" not in aside
    assert "Your picks" in aside


def test_the_film_page_says_that_it_foretold(client, western_fan, films):
    assert 'name="predicted" value="1"' in client.get(films[21].get_absolute_url()).text


def test_a_stranger_s_prediction_comes_along_at_sign_up(client, films):
    for film, half_stars in LOVER_OF_WESTERNS.items():
        rate(client, films[film], half_stars / 2)
    told = foretold(films[21], Visitor.of_session(LOVER_OF_WESTERNS))
    rate(client, films[21], "4.5", predicted=1)
    rate(client, films[23], "4.5", predicted=1)
    rate(client, films[23], "", predicted=1)
    rate(client, films[23], "4.0")
    client.post("/accounts/signup/", NEW)
    assert kept_with(films[21]) == told
    assert [kept_with(films[film]) for film in (1, 23)] == [None, None]
