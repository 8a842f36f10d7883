"""One's own settings: what is kept, what is refused, and how to leave."""

import pytest
from django.contrib.messages import get_messages
from django.core.cache import cache

from accounts.models import Block, User
from catalog.models import Movie, Rating
from catalog.services import rate
from recommender.interactions import read_interactions
from recommender.models import WatchGroup
from recommender.together import start
from tests.factories import MovieFactory, RatingFactory, ReviewFactory, UserFactory, WatchFactory

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough password"
OPEN = {"profile_visibility": "public", "diary_visibility": "public", "ratings_visibility": "public"}


@pytest.fixture
def anouk(client, member):
    client.force_login(member)
    return member


def keep(client, section, **fields):
    return client.post(f"/settings/{section}/", fields, follow=True)


def test_a_bio_is_kept(client, anouk):
    assert "Kept." in keep(client, "profile", bio="Two lines.\n\nNo more.").text
    assert User.objects.get().bio.splitlines() == ["Two lines.", "", "No more."]


def test_a_bio_past_its_length_is_refused_and_not_lost(client, anouk):
    answer = keep(client, "profile", bio="x" * 1001)
    assert (answer.status_code, User.objects.get().bio) == (422, "")
    assert "Shorten it a little" in answer.text
    assert "x" * 1001 in answer.text


@pytest.mark.parametrize("part", ["profile", "diary", "ratings"])
def test_each_part_is_shown_to_everybody_or_kept_to_oneself(client, anouk, part):
    keep(client, "privacy", **OPEN | {f"{part}_visibility": "private"})
    hidden = [
        name
        for name in ("profile", "diary", "ratings")
        if getattr(User.objects.get(), f"{name}_visibility") == "private"
    ]
    assert hidden == [part]


def test_privacy_knows_no_third_way(client, anouk):
    assert keep(client, "privacy", **OPEN | {"profile_visibility": "friends"}).status_code == 422
    assert User.objects.get().profile_visibility == "public"


def test_one_part_of_the_settings_leaves_the_others_alone(client, anouk):
    keep(client, "region", time_zone="Europe/Berlin", language="de")
    keep(client, "privacy", **OPEN | {"diary_visibility": "private"}, lends_ratings="on")
    keep(client, "profile", bio="Me.")
    kept = User.objects.get()
    assert (kept.time_zone, kept.language, kept.diary_visibility, kept.bio) == (
        "Europe/Berlin",
        "de",
        "private",
        "Me.",
    )


def test_an_unknown_zone_is_refused(client, anouk):
    assert keep(client, "region", time_zone="Mars/Olympus").status_code == 422
    assert User.objects.get().time_zone == ""


def test_no_other_field_of_an_account_can_be_changed(client, anouk):
    keep(client, "profile", bio="Me.", is_staff="on", username="root")
    assert (User.objects.get().is_staff, User.objects.get().username) == (False, "anouk")
    assert client.post("/settings/account/").status_code == 404


@pytest.mark.parametrize("path", ["", "favourites/", "delete/"])
def test_settings_ask_who_one_is(client, member, path):
    assert client.get(f"/settings/{path}")["Location"] == f"/accounts/login/?next=/settings/{path}"


def test_the_page_leads_to_everything_about_the_account(client, anouk):
    page = client.get("/settings/").text
    for path in ("/accounts/email/", "/accounts/password/change/", "/settings/delete/", "/for-you/settings/"):
        assert f'href="{path}"' in page
    assert "Nobody is blocked." in page


def test_the_owner_of_something_private_is_told_that_nobody_else_sees_it(client, anouk):
    anouk.diary_visibility = "private"
    anouk.save()
    assert "Only you see your diary." in client.get("/people/anouk/").text


# Lending


def test_whoever_lends_no_ratings_is_left_out_of_what_models_learn_from(member):
    rosa, seen = UserFactory(lends_ratings=False), MovieFactory()
    for person in (member, rosa):
        RatingFactory(user=person)
        WatchFactory(user=person, movie=seen)
    learned = read_interactions()
    assert learned.users.ids.tolist() == [member.pk]
    assert len(learned) == 2


def test_lending_is_switched_off_and_on(client, anouk):
    keep(client, "privacy", **OPEN)
    assert not User.objects.get().lends_ratings
    keep(client, "privacy", **OPEN, lends_ratings="on")
    assert User.objects.get().lends_ratings


# Leaving


@pytest.fixture
def left_behind(anouk, movie):
    rate(user=anouk, movie=movie, stars=5)
    rate(user=UserFactory(username="rosa"), movie=movie, stars=2)
    ReviewFactory(user=anouk, movie=movie)
    start(owner=anouk, name="Friday films")
    Block.objects.create(blocker=anouk, blocked=User.objects.get(username="rosa"))


def test_the_right_password_deletes_the_account_and_all_that_is_its_own(client, left_behind, movie):
    answer = client.post("/settings/delete/", {"password": PASSWORD}, follow=True)
    assert "Your account is deleted" in answer.text
    assert not answer.context["user"].is_authenticated
    assert list(User.objects.values_list("username", flat=True)) == ["rosa"]
    assert (Rating.objects.count(), WatchGroup.objects.count(), movie.reviews.count()) == (1, 0, 0)
    kept = Movie.objects.get()
    assert (kept.ratings_count, kept.half_stars_sum) == (1, 4)


def test_a_wrong_password_deletes_nothing_and_says_so(client, left_behind):
    answer = client.post("/settings/delete/", {"password": "wrong"})
    assert (answer.status_code, User.objects.count()) == (422, 2)
    assert "That is not your password. Nothing is deleted." in answer.text


def test_guessing_the_password_is_slowed_down(client, anouk):
    cache.clear()
    answers = [client.post("/settings/delete/", {"password": "wrong"}).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]
    assert client.post("/settings/delete/", {"password": PASSWORD}).status_code == 429
    assert User.objects.exists()


def test_looking_at_the_page_deletes_nothing(client, anouk):
    page = client.get("/settings/delete/")
    assert "This cannot be taken back" in page.text
    assert User.objects.exists()
    assert list(get_messages(page.wsgi_request)) == []
