"""The way in, the way back in, and what comes along."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache

from accounts.models import User
from catalog.models import Rating
from recommender.models import Preferences
from tests.factories import ImportedUserFactory, MovieFactory, RatingFactory

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough password"
NEW = {"username": "chantal", "email": "chantal@example.org", "password1": "Jeanne Dielman 1975"}


@pytest.fixture(autouse=True)
def rate_limits_begin_anew():
    cache.clear()


def rate(client, movie, stars):
    return client.post(f"/films/{movie.pk}/rate/", {"stars": stars})


def log_in(client, **kwargs):
    return client.post("/accounts/login/", {"login": "anouk", "password": PASSWORD} | kwargs, follow=True)


def test_somebody_new_signs_up_and_is_logged_in(client):
    answer = client.post("/accounts/signup/", NEW, follow=True)
    assert answer.status_code == 200
    assert answer.context["user"].username == "chantal"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"username": "anouk"}, "already exists"),
        ({"username": "a/b"}, "Use 2 to 30 letters"),
        ({"username": "admin"}, "Username can not be used"),
        ({"email": "nowhere"}, "Enter a valid email address"),
        ({"password1": "1234"}, "This password is too short"),
    ],
)
def test_a_sign_up_that_cannot_be_is_explained_and_keeps_what_was_typed(client, member, change, sentence):
    answer = client.post("/accounts/signup/", NEW | change)
    assert sentence in answer.text
    kept = (NEW | change)["username"]
    assert f'value="{kept}"' in answer.text
    assert not User.objects.filter(email=NEW["email"]).exists()


def test_what_a_visitor_rated_comes_along_on_sign_up(client, movie):
    rate(client, movie, "4.5")
    answer = client.post("/accounts/signup/", NEW, follow=True)
    rating = Rating.objects.get()
    assert (rating.user.username, rating.movie, rating.stars) == ("chantal", movie, 4.5)
    assert "The film you rated is now yours to keep." in answer.text
    movie.refresh_from_db()
    assert movie.ratings_count == 1


def steer_and_switch_off(client):
    client.post("/for-you/settings/", {})
    client.post("/for-you/steer/", {"engine": "svdpp", "rarity": 1, "genre": "western"})


def test_how_a_visitor_wants_suggestions_comes_along_on_sign_up(client):
    MovieFactory(genres=["Western"])
    steer_and_switch_off(client)
    client.post("/accounts/signup/", NEW)
    kept = Preferences.objects.get(user__username="chantal")
    assert not kept.shows_predictions
    assert kept.steering == {"engine": "svdpp", "rarity": 1, "genre": "western"}
    assert 'value="svdpp" selected' in client.get("/for-you/").text


@pytest.mark.parametrize("has_own", [True, False])
def test_a_member_s_own_choices_win_over_those_made_before_the_log_in(client, member, has_own):
    if has_own:
        Preferences.objects.create(user=member, steering={"engine": "ease"})
    MovieFactory(genres=["Western"])
    steer_and_switch_off(client)
    log_in(client)
    kept = Preferences.objects.get(user=member)
    assert (kept.shows_predictions, kept.steering["engine"]) == (
        (True, "ease") if has_own else (False, "svdpp")
    )
    client.post("/accounts/logout/")
    assert 'value="svdpp" selected' not in client.get("/for-you/").text


def test_whoever_chose_nothing_keeps_nothing(client, member):
    log_in(client)
    assert not Preferences.objects.exists()


def test_what_a_member_rated_before_stays_as_it_was(client, member, movie):
    RatingFactory(user=member, movie=movie, half_stars=2)
    other = MovieFactory()
    rate(client, movie, "5.0")
    rate(client, other, "4.0")
    log_in(client)
    assert dict(member.ratings.values_list("movie", "half_stars")) == {movie.pk: 2, other.pk: 8}


def test_adopted_ratings_are_not_left_behind_for_the_next_person(client, member, movie):
    rate(client, movie, "4.5")
    log_in(client)
    client.post("/accounts/logout/")
    assert " checked" not in client.get(movie.get_absolute_url()).text


def test_a_film_deleted_meanwhile_does_not_stop_the_log_in(client, member, movie):
    rate(client, movie, "4.5")
    movie.delete()
    assert log_in(client).context["user"] == member


def test_logging_in_leads_back_to_the_film(client, member, movie):
    answer = log_in(client, next=movie.get_absolute_url())
    assert answer.redirect_chain[-1][0] == movie.get_absolute_url()


def test_a_wrong_password_is_told_and_nothing_more(client, member):
    wrong, unknown = log_in(client, password="wrong"), log_in(client, login="nobody")
    for answer in (wrong, unknown):
        assert "are not correct" in answer.text
        assert not answer.context["user"].is_authenticated


def test_guessing_a_password_is_slowed_down(client, member):
    for _ in range(11):
        answer = log_in(client, password="wrong")
    assert "Too many failed login attempts" in answer.text
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert "It works again within" in answer.text
    assert not log_in(client).context["user"].is_authenticated


def test_a_flood_of_tries_gets_the_site_s_own_page(client, member):
    for _ in range(31):
        answer = log_in(client, login="nobody")
    assert answer.status_code == 429
    assert "Slow motion, please" in answer.text


def test_a_password_that_was_mistyped_a_few_times_still_opens(client, member):
    for _ in range(4):
        assert log_in(client, password="wrong").status_code == 200
    assert log_in(client).context["user"] == member


def test_people_from_a_data_set_cannot_log_in(client):
    imported = ImportedUserFactory()
    answer = log_in(client, login=imported.username)
    assert not answer.context["user"].is_authenticated


def test_logging_out_asks_first(client, member):
    client.force_login(member)
    assert "Leaving already?" in client.get("/accounts/logout/").text
    client.post("/accounts/logout/")
    assert not client.get("/").context["user"].is_authenticated


def test_a_lost_password_is_replaced_through_a_letter(client, member):
    EmailAddress.objects.create(user=member, email=member.email, verified=True, primary=True)
    assert (
        "Look into your mail"
        in client.post("/accounts/password/reset/", {"email": member.email}, follow=True).text
    )
    link = re.search(r"/accounts/password/reset/key/\S+", mail.outbox[-1].body).group()
    step = client.get(link, follow=True)
    assert "A new password" in step.text
    done = client.post(
        step.redirect_chain[-1][0],
        {"password1": "Cleo from 5 to 7", "password2": "Cleo from 5 to 7"},
        follow=True,
    )
    assert "The new password works" in done.text
    assert log_in(client, password="Cleo from 5 to 7").context["user"] == member


def test_asking_about_an_unknown_address_gives_nothing_away(client):
    answer = client.post("/accounts/password/reset/", {"email": "stranger@example.org"}, follow=True)
    assert "Look into your mail" in answer.text


def test_a_used_link_to_a_new_password_is_explained(client):
    assert "This link is used up" in client.get("/accounts/password/reset/key/1-used/").text


def test_an_address_is_confirmed_by_its_letter(client):
    client.post("/accounts/signup/", NEW)
    link = re.search(r"/accounts/confirm-email/\S+", mail.outbox[-1].body).group()
    assert "Yes, it is" in client.get(link).text
    client.post(link)
    assert EmailAddress.objects.get(email=NEW["email"]).verified


def test_a_cut_off_confirmation_link_is_explained(client):
    assert "too old or was cut off" in client.get("/accounts/confirm-email/abc/").text


def test_a_password_is_changed(client, member):
    client.force_login(member)
    form = {"oldpassword": PASSWORD, "password1": "Cleo from 5 to 7", "password2": "Cleo from 5 to 7"}
    client.post("/accounts/password/change/", form)
    member.refresh_from_db()
    assert member.check_password("Cleo from 5 to 7")


def test_another_address_can_be_added_and_made_the_main_one(client, member):
    client.force_login(member)
    client.post("/accounts/email/", {"email": "second@example.org", "action_add": ""})
    EmailAddress.objects.update(verified=True)
    client.post("/accounts/email/", {"email": "second@example.org", "action_primary": ""})
    assert EmailAddress.objects.get(primary=True).email == "second@example.org"


@pytest.mark.parametrize(
    "page",
    [
        "login",
        "signup",
        "password/reset",
        "password/reset/done",
        "password/reset/key/done",
        "confirm-email",
        "inactive",
    ],
)
def test_every_page_at_the_entrance_wears_the_site_s_look(client, page):
    answer = client.get(f"/accounts/{page}/")
    assert answer.status_code == 200
    assert 'class="site-header"' in answer.text


@pytest.mark.parametrize("page", ["email", "password/change", "logout", "reauthenticate"])
def test_every_page_of_an_account_wears_the_site_s_look(client, member, page):
    log_in(client)
    answer = client.get(f"/accounts/{page}/")
    assert answer.status_code == 200
    assert 'class="site-header"' in answer.text


def test_letters_are_signed_with_the_name_of_the_site(client, settings):
    settings.SITE_NAME = "Cinema Paradiso"
    client.post("/accounts/signup/", NEW)
    assert mail.outbox[-1].body.startswith("Hello from Cinema Paradiso,")
    assert mail.outbox[-1].body.rstrip().endswith(f"Cinema Paradiso\n{settings.SITE_URL}")


@pytest.mark.parametrize("page", ["login", "signup", "password/reset"])
def test_fields_do_not_say_their_labels_again(client, page):
    assert "placeholder" not in client.get(f"/accounts/{page}/").text.split("<h1>")[1].split("</form>")[0]


def test_an_address_is_an_e_mail_everywhere_and_passwords_are_asked_for_in_sentence_case(client, member):
    client.force_login(member)
    labels = re.findall(r"<label[^>]*>([^<]+)</label>", client.get("/accounts/password/change/").text)
    assert {"Current password", "New password", "New password (again)"} <= set(labels)
    pages = [client.get("/accounts/email/").text]
    client.logout()
    pages += [client.get(f"/accounts/{page}/").text for page in ("signup", "password/reset")]
    for page in pages:
        assert ">E-mail</label>" in page
        assert not re.search(r">[^<]*Email", page)
