"""Members among what a search finds: by a part of their name, and nobody who keeps to themselves."""

import pytest

from tests.factories import ImportedUserFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_members_are_found_by_a_part_of_their_name(client):
    anouk = UserFactory(username="anouk")
    page = client.get("/search/", {"q": "@anou"})
    assert list(page.context["members"]) == [anouk]
    assert f'href="{anouk.get_absolute_url()}"' in page.text


@pytest.mark.parametrize(
    "fields", [{"profile_visibility": "private"}, {"is_active": False}, {"username": "somebody"}]
)
def test_members_who_left_or_keep_to_themselves_are_not_found(client, fields):
    UserFactory(**{"username": "anouk"} | fields)
    assert not client.get("/search/", {"q": "anouk"}).context["members"]


@pytest.mark.parametrize("viewer", ["anouk", "bea"])
def test_a_private_profile_is_found_by_nobody_not_even_its_owner(client, viewer):
    people = {
        "anouk": UserFactory(username="anouk", profile_visibility="private"),
        "bea": UserFactory(username="bea"),
    }
    client.force_login(people[viewer])
    assert list(client.get("/search/", {"q": "@anouk"}).context["members"]) == []
    assert list(client.get("/search/", {"q": "@bea"}).context["members"]) == [people["bea"]]


def test_people_who_came_with_a_data_set_are_no_members(client):
    ImportedUserFactory(username="anouk")
    assert not client.get("/search/", {"q": "anouk"}).context["members"]


@pytest.mark.parametrize("pair", [("anouk", "bea"), ("bea", "anouk")])
def test_whoever_blocked_somebody_is_not_found_by_them_nor_finds_them(client, pair):
    people = {name: UserFactory(username=name) for name in ("anouk", "bea")}
    people[pair[0]].blocks.create(blocked=people[pair[1]])
    client.force_login(people["bea"])
    assert not client.get("/search/", {"q": "anouk"}).context["members"]
