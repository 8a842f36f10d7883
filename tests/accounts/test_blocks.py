"""Blocking: two people see nothing of each other, until one takes it back."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts import services
from accounts.models import Block
from catalog import services as catalog_services
from recommender import together
from recommender.models import WatchGroup
from tests.factories import ReviewFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def rosa():
    return UserFactory(username="rosa")


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def test_a_profile_s_menu_blocks_and_the_settings_take_it_back(client, member, rosa):
    client.force_login(member)
    assert 'action="/people/rosa/block/"' in client.get("/people/rosa/").text
    settings = client.post("/people/rosa/block/", follow=True)
    assert "rosa and you see nothing of each other any more" in settings.text
    assert client.get("/people/rosa/").status_code == 404
    client.post(f"/settings/blocked/{Block.objects.get().pk}/remove/")
    assert client.get("/people/rosa/").status_code == 200


def test_a_block_holds_in_both_directions(member, rosa):
    services.block(blocker=member, blocked=rosa)
    assert client_of(rosa).get("/people/anouk/").status_code == 404
    assert client_of(member).get("/people/rosa/").status_code == 404


def test_the_blocked_person_is_not_told(member, rosa):
    services.block(blocker=member, blocked=rosa)
    assert "anouk" not in client_of(rosa).get("/settings/").text


def test_a_third_person_still_sees_both(member, rosa):
    services.block(blocker=member, blocked=rosa)
    bela = client_of(UserFactory(username="bela"))
    assert [bela.get(f"/people/{name}/").status_code for name in ("anouk", "rosa")] == [200, 200]


def test_one_s_own_profile_has_no_block_and_nobody_blocks_themselves(client, member):
    client.force_login(member)
    assert "/block/" not in client.get("/people/anouk/").text
    assert client.post("/people/anouk/block/").status_code == 404
    with pytest.raises(IntegrityError), transaction.atomic():
        Block.objects.create(blocker=member, blocked=member)


def test_blocking_twice_is_blocking_once(member, rosa):
    assert services.block(blocker=member, blocked=rosa) == services.block(blocker=member, blocked=rosa)


def test_whoever_cannot_be_seen_cannot_be_blocked(client, member, rosa):
    """Another answer for a hidden person than for nobody would tell that there is one."""
    client.force_login(member)
    rosa.profile_visibility = "private"
    rosa.save()
    assert (
        client.post("/people/rosa/block/").status_code
        == client.post("/people/nobody/block/").status_code
        == 404
    )


def test_strangers_are_asked_to_log_in_before_they_block(client, rosa):
    assert client.post("/people/rosa/block/")["Location"].startswith("/accounts/login/")
    assert "/block/" not in client.get("/people/rosa/").text


def test_somebody_else_s_block_cannot_be_taken_back(client, member, rosa):
    block = services.block(blocker=rosa, blocked=member)
    client.force_login(member)
    assert client.post(f"/settings/blocked/{block.pk}/remove/").status_code == 404
    assert Block.objects.exists()


def test_reviews_vanish_from_each_other_s_film_pages(member, rosa, movie):
    for person in (member, rosa):
        ReviewFactory(user=person, movie=movie)
    services.block(blocker=member, blocked=rosa)
    writers = {
        person.username: [
            review.user.username
            for review in client_of(person).get(movie.get_absolute_url()).context["reviews"]
        ]
        for person in (member, rosa)
    }
    assert writers == {"anouk": ["anouk"], "rosa": ["rosa"]}


# Together


@pytest.fixture
def group(member):
    return together.start(owner=member, name="Friday films")


def test_a_blocked_person_cannot_join_and_the_link_opens_nothing(group, member, rosa):
    services.block(blocker=member, blocked=rosa)
    guest = client_of(rosa)
    door = f"/together/join/{group.link}/"
    answers = [guest.get(door), guest.post(door)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert "anouk" not in answers[0].text
    assert [seat.user for seat in group.seats.all()] == [member]


@pytest.mark.parametrize("is_blocking", [True, False])
def test_who_sat_in_the_other_s_group_loses_sight_of_it(group, member, rosa, is_blocking):
    together.seat_member(group=group, user=rosa)
    pair = (member, rosa) if is_blocking else (rosa, member)
    services.block(blocker=pair[0], blocked=pair[1])
    guest = client_of(rosa)
    assert guest.get(f"/together/{group.pk}/").status_code == 404
    assert "Friday films" not in guest.get("/together/").text
    assert "rosa" not in client_of(member).get(f"/together/{group.pk}/").text


def test_at_a_third_person_s_table_the_two_do_not_see_each_other(group, member, rosa):
    bela = UserFactory(username="bela")
    for person in (rosa, bela):
        together.seat_member(group=group, user=person)
    services.block(blocker=rosa, blocked=bela)
    seats = {
        person.username: [
            seat.name for seat in client_of(person).get(f"/together/{group.pk}/").context["place"].seats
        ]
        for person in (member, rosa, bela)
    }
    assert seats == {"anouk": ["anouk", "rosa", "bela"], "rosa": ["anouk", "rosa"], "bela": ["anouk", "bela"]}


def test_a_group_tells_no_stars_of_whoever_hides_their_ratings(group, member, rosa, films, live_version):
    together.seat_member(group=group, user=rosa)
    for film in range(1, 13):
        catalog_services.rate(user=member, movie=films[film], stars=5 if film % 2 else 1.5)
        catalog_services.rate(user=rosa, movie=films[film + 6], stars=5 if film % 2 else 1.5)
    WatchGroup.objects.update(allows_seen=True)

    def told():
        choice = together.choose(WatchGroup.objects.with_vetoes().get(), limit=60)
        opinions = [opinion for film in choice.films for opinion in film.opinions]
        return {opinion.seat.name for opinion in opinions if opinion.is_given}

    assert told() == {"anouk", "rosa"}
    rosa.ratings_visibility = "private"
    rosa.save()
    assert told() == {"anouk"}
