"""Following: who may follow whom, what the button does, and what the two lists show to whom."""

import csv

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client

from accounts import services
from accounts.models import Follow, User
from tests.factories import ImportedUserFactory, UserFactory

pytestmark = pytest.mark.django_db

BUTTON = 'action="/people/rosa/follow/"'


@pytest.fixture(autouse=True)
def nobody_has_clicked_yet():
    """Limits are counted by ids, which come again with another test's database."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def rosa():
    return UserFactory(username="rosa")


@pytest.fixture
def page_of(member):
    """What somebody reads at an address, without the head of the page."""

    def page_of(path, viewer=member):
        client = Client()
        if viewer:
            client.force_login(viewer)
        return " ".join(client.get(path).text.partition("<main")[2].split())

    return page_of


@pytest.fixture
def as_anouk(client, member):
    client.force_login(member)
    return client


def follow(follower, *followed):
    for person in followed:
        services.follow(follower=follower, followed=person)


def hide(person):
    User.objects.filter(pk=person.pk).update(profile_visibility="private")


def names_on(client, path):
    return [person.username for person, _follows_you in client.get(path).context["people"]]


# Services


def test_following_twice_is_following_once(member, rosa):
    first = services.follow(follower=member, followed=rosa)
    assert services.follow(follower=member, followed=rosa) == first
    assert Follow.objects.count() == 1


def test_unfollowing_says_whether_there_was_something_to_end(member, rosa):
    follow(member, rosa)
    follow(rosa, member)
    assert services.unfollow(follower=member, followed=rosa)
    assert not services.unfollow(follower=member, followed=rosa)
    assert Follow.objects.get().follower == rosa


def test_nobody_follows_themselves_and_no_pair_stands_twice_whoever_writes(member, rosa):
    with pytest.raises(services.CannotFollow):
        follow(member, member)
    follow(member, rosa)
    for pair in ((member, member), (member, rosa)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Follow.objects.create(follower=pair[0], followed=pair[1])


def test_one_follows_members_whose_profile_one_may_see_and_nobody_else(member, rosa):
    hidden, gone = UserFactory(profile_visibility="private"), UserFactory(is_active=False)
    services.block(blocker=rosa, blocked=member)
    for person in (hidden, gone, rosa, ImportedUserFactory()):
        with pytest.raises(services.CannotFollow):
            follow(member, person)
    assert not Follow.objects.exists()


@pytest.mark.parametrize("is_blocking", [True, False])
def test_a_block_ends_following_in_both_directions_and_for_good(member, rosa, is_blocking):
    third = UserFactory()
    follow(member, rosa, third)
    follow(rosa, member, third)
    pair = {"blocker": member, "blocked": rosa} if is_blocking else {"blocker": rosa, "blocked": member}
    block = services.block(**pair)
    assert set(Follow.objects.values_list("followed", flat=True)) == {third.pk}
    services.unblock(block=block)
    assert Follow.objects.count() == 2
    follow(member, rosa)


def test_an_account_that_is_deleted_follows_and_is_followed_no_more(member, rosa):
    follow(member, rosa)
    follow(rosa, member)
    services.delete_account(user=rosa)
    assert not Follow.objects.exists()


# The button


def test_the_button_follows_and_the_same_button_ends_it(as_anouk, rosa, page_of):
    answer = as_anouk.post("/people/rosa/follow/", follow=True)
    assert answer.redirect_chain == [("/people/rosa/", 302)]
    assert "You follow rosa." in answer.text
    assert 'name="undo"' in page_of("/people/rosa/")
    assert (
        "You no longer follow rosa." in as_anouk.post("/people/rosa/follow/", {"undo": 1}, follow=True).text
    )
    assert not Follow.objects.exists()
    assert 'name="undo"' not in page_of("/people/rosa/")


def test_the_button_leads_back_to_the_page_it_stands_on_and_to_no_other_site(as_anouk, rosa):
    there = {"next": "/people/rosa/followers/?page=1"}
    assert as_anouk.post("/people/rosa/follow/", there)["Location"] == there["next"]
    astray = as_anouk.post("/people/rosa/follow/", {"next": "https://example.org/"})
    assert astray["Location"] == "/people/rosa/"


def test_every_page_of_a_person_has_the_button_and_one_s_own_has_none(rosa, page_of):
    for tab in ("", "diary/", "ratings/", "reviews/", "following/", "followers/"):
        assert page_of(f"/people/rosa/{tab}").count(BUTTON) == 1
        assert "/follow/" not in page_of(f"/people/rosa/{tab}", viewer=rosa)


def test_strangers_are_sent_to_log_in_and_come_back(client, rosa, page_of):
    way = "/accounts/login/?next=/people/rosa/"
    assert f'href="{way}"' in page_of("/people/rosa/", viewer=None)
    assert client.post("/people/rosa/follow/")["Location"] == way
    assert not Follow.objects.exists()


def test_following_changes_something_so_it_takes_a_form_and_its_token(as_anouk, member, rosa):
    assert as_anouk.get("/people/rosa/follow/").status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(member)
    assert strict.post("/people/rosa/follow/").status_code == 403
    assert not Follow.objects.exists()


@pytest.mark.parametrize("who", [None, "anouk"])
def test_whoever_cannot_be_seen_is_like_nobody(client, member, rosa, who):
    hide(rosa)
    if who:
        client.force_login(member)
    for name in ("rosa", "nobody"):
        for page in ("following/", "followers/"):
            assert client.get(f"/people/{name}/{page}").status_code == 404
        assert client.post(f"/people/{name}/follow/").status_code == 404
        assert client.post(f"/people/{name}/follow/", {"undo": 1}).status_code == 404


def test_oneself_cannot_be_followed_by_a_form_either(as_anouk):
    assert as_anouk.post("/people/anouk/follow/").status_code == 404


def test_who_follows_without_end_is_asked_to_wait(as_anouk, rosa):
    answers = [as_anouk.post("/people/rosa/follow/").status_code for _ in range(61)]
    assert answers == [302] * 60 + [429]


# The mark and the counts


def test_a_profile_says_whether_its_person_follows_the_viewer(member, rosa, page_of):
    assert "follows you" not in page_of("/people/rosa/")
    follow(rosa, member)
    assert "follows you" in page_of("/people/rosa/")
    assert "follows you" not in page_of("/people/anouk/")
    assert "follows you" not in page_of("/people/rosa/", viewer=UserFactory())
    assert "follows you" not in page_of("/people/rosa/", viewer=None)


def test_counts_lead_to_the_lists_and_are_the_same_for_everybody(member, rosa, page_of):
    seen, apart, hidden = UserFactory(), UserFactory(), UserFactory()
    for person in (seen, apart, hidden):
        follow(person, rosa)
    follow(rosa, seen, hidden)
    hide(hidden)
    services.block(blocker=apart, blocked=member)
    for viewer in (None, member, rosa, seen, apart, hidden, UserFactory(is_staff=True)):
        page = page_of("/people/rosa/", viewer=viewer)
        assert '<a href="/people/rosa/following/">Following <b>1</b></a>' in page
        assert '<a href="/people/rosa/followers/">Followers <b>2</b></a>' in page


# The lists


def test_lists_show_the_latest_first_and_mark_who_follows_the_viewer(as_anouk, member, rosa, page_of):
    bela, cleo = UserFactory(username="bela", bio="Westerns, mostly."), UserFactory(username="cleo")
    for person in (bela, cleo):
        follow(person, rosa)
    follow(rosa, cleo, bela)
    follow(cleo, member)
    assert names_on(as_anouk, "/people/rosa/followers/") == ["cleo", "bela"]
    assert names_on(as_anouk, "/people/rosa/following/") == ["bela", "cleo"]
    page = page_of("/people/rosa/followers/")
    assert page.count("follows you") == 1
    assert "Westerns, mostly." in page
    assert 'action="/people/bela/follow/"' in page


@pytest.mark.parametrize("page", ["following", "followers"])
def test_lists_name_only_people_whom_the_viewer_may_see(member, rosa, page):
    bela = UserFactory(username="bela")
    services.follow(follower=rosa, followed=bela)
    services.follow(follower=bela, followed=rosa)
    viewers = {"stranger": None, "member": member, "staff": UserFactory(is_staff=True), "owner": rosa}
    blocked, blocking = UserFactory(), UserFactory()
    services.block(blocker=bela, blocked=blocked)
    services.block(blocker=blocking, blocked=bela)
    viewers |= {"herself": bela, "blocked": blocked, "blocking": blocking}

    def seeing():
        found = set()
        for who, viewer in viewers.items():
            client = Client()
            if viewer:
                client.force_login(viewer)
            answer = client.get(f"/people/rosa/{page}/")
            if [person.username for person, _ in answer.context["people"]] == ["bela"]:
                found.add(who)
            elif (who, page) == ("owner", "following"):
                # The name that she knew, and no way to the page.
                assert "/people/bela" not in answer.text.partition("<main")[2]
            else:
                assert "bela" not in answer.text.partition("<main")[2]
        return found

    assert seeing() == {"stranger", "member", "staff", "owner", "herself"}
    hide(bela)
    assert seeing() == {"herself"}
    User.objects.filter(pk=bela.pk).update(profile_visibility="public", is_active=False)
    del viewers["herself"]
    assert seeing() == set()


def test_lists_have_pages(as_anouk, rosa):
    Follow.objects.bulk_create(Follow(follower=UserFactory(), followed=rosa) for _ in range(31))
    assert len(names_on(as_anouk, "/people/rosa/followers/")) == 30
    assert len(names_on(as_anouk, "/people/rosa/followers/?page=2")) == 1
    assert as_anouk.get("/people/rosa/followers/?page=3").status_code == 404


def test_empty_lists_say_what_to_do_next(rosa, page_of):
    assert "You follow nobody yet." in page_of("/people/rosa/following/", viewer=rosa)
    assert 'href="/taste/#people"' in page_of("/people/rosa/following/", viewer=rosa)
    assert "Nobody follows you yet." in page_of("/people/rosa/followers/", viewer=rosa)
    assert "There is nobody to see here yet." in page_of("/people/rosa/followers/")


def test_search_engines_leave_the_lists_alone(client, rosa):
    assert '<meta name="robots" content="noindex">' in client.get("/people/rosa/following/").text


def test_whoever_hides_keeps_followers_who_see_them_again_later(as_anouk, member, rosa):
    follow(member, rosa)
    hide(rosa)
    assert names_on(as_anouk, "/people/anouk/following/") == []
    User.objects.update(profile_visibility="public")
    assert names_on(as_anouk, "/people/anouk/following/") == ["rosa"]


def test_whoever_hides_can_be_followed_no_more_from_ones_own_page(as_anouk, member, rosa, page_of):
    User.objects.filter(pk=rosa.pk).update(bio="Westerns, mostly.")
    follow(member, rosa)
    hide(rosa)
    page = page_of("/people/anouk/following/")
    assert "rosa" in page
    assert "You follow nobody yet." not in page
    assert ["/people/rosa" in page, "Westerns" in page] == [False, False]
    button = f"/settings/following/{Follow.objects.get().pk}/remove/"
    assert f'action="{button}"' in page
    answer = as_anouk.post(button, follow=True)
    assert answer.redirect_chain == [("/people/anouk/following/", 302)]
    assert "You no longer follow rosa." in answer.text
    assert not Follow.objects.exists()
    assert "Out of sight" not in page_of("/people/anouk/following/")


def test_nobody_else_learns_who_hides_or_ends_it(as_anouk, client, member, rosa, page_of):
    cleo = UserFactory(username="cleo")
    follow(cleo, rosa)
    hide(rosa)
    for viewer in (None, member, UserFactory(is_staff=True)):
        assert "rosa" not in page_of("/people/cleo/following/", viewer=viewer)
    button = f"/settings/following/{Follow.objects.get().pk}/remove/"
    assert as_anouk.post(button).status_code == 404
    assert Client().post(button)["Location"] == "/accounts/login/?next=/settings/"
    assert Follow.objects.get().follower == cleo


# One's own


def test_the_settings_lead_to_whom_one_follows(page_of):
    assert 'href="/people/anouk/following/"' in page_of("/settings/")


def test_whom_one_follows_can_be_taken_along_as_a_file(as_anouk, member, rosa, page_of):
    hidden, stranger = UserFactory(username="hidden"), UserFactory(username="other")
    follow(member, rosa, hidden)
    follow(stranger, member)
    hide(hidden)
    assert 'href="/settings/following.csv"' in page_of("/people/anouk/following/")
    assert "following.csv" not in page_of("/people/rosa/following/")
    answer = as_anouk.get("/settings/following.csv")
    assert answer["Content-Disposition"] == 'attachment; filename="following.csv"'
    rows = list(csv.DictReader(answer.text.splitlines()))
    day = Follow.objects.get(followed=rosa).created_at.date()
    assert rows == [{"username": "rosa", "followed_on": day.isoformat()}]


def test_the_file_is_for_members(client):
    assert client.get("/settings/following.csv")["Location"].startswith("/accounts/login/")


def test_a_profile_offers_its_diary_as_a_feed_as_far_as_it_is_open(rosa, page_of):
    assert 'href="/people/rosa/diary/feed/"' in page_of("/people/rosa/")
    User.objects.filter(pk=rosa.pk).update(diary_visibility="private")
    assert "/diary/feed/" not in page_of("/people/rosa/")
