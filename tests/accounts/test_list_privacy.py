"""Who sees whose lists, on every surface; what is hidden is as if it were not there."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse

from accounts import services as account_services
from accounts.models import User
from catalog import services
from catalog.models import FilmList
from catalog.sitemaps import ListSitemap
from tests.factories import MovieFactory, UserFactory

pytestmark = pytest.mark.django_db

VIEWERS = ("stranger", "member", "follower", "blocked", "blocking", "staff", "owner")
# What of rosa's is kept to herself.
HIDDEN = ("nothing", "profile", "diary", "ratings", "list")
TITLE = "Rainy Sundays"


@pytest.fixture
def rosa():
    return UserFactory(username="rosa")


@pytest.fixture
def sundays(rosa, movie):
    found = services.create_list(user=rosa, title=TITLE)
    services.add_to_list(film_list=found, movie=movie, note="With tea.")
    return found


def hide(rosa, what):
    if what == "list":
        FilmList.objects.update(visibility="private")
    elif what != "nothing":
        User.objects.filter(pk=rosa.pk).update(**{f"{what}_visibility": "private"})


def user_of(who, rosa):
    if who in ("stranger", "owner"):
        return rosa if who == "owner" else None
    viewer = UserFactory(username="viewer", is_staff=who == "staff")
    if who == "follower":
        account_services.follow(follower=viewer, followed=rosa)
    if who == "blocked":
        account_services.block(blocker=rosa, blocked=viewer)
    if who == "blocking":
        account_services.block(blocker=viewer, blocked=rosa)
    return viewer


def client_of(user):
    client = Client()
    if user:
        client.force_login(user)
    return client


def may_see(who, hidden):
    """The rule in words: one's own always, nothing across a block, a private list or profile is one's own."""
    return who == "owner" or (who not in ("blocked", "blocking") and hidden not in ("profile", "list"))


@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize("who", VIEWERS)
def test_a_list_is_seen_everywhere_or_nowhere(who, hidden, rosa, sundays, movie):
    viewer = user_of(who, rosa)
    hide(rosa, hidden)
    client, is_shown = client_of(viewer), may_see(who, hidden)
    assert client.get(sundays.get_absolute_url()).status_code == (200 if is_shown else 404)
    assert client.get(f"/lists/{sundays.pk}/").status_code == (302 if is_shown else 404)
    assert (TITLE in client.get(movie.get_absolute_url()).text) == is_shown
    assert (TITLE in client.get(f"/lists/film/{movie.pk}/").text) == is_shown
    # One's own private list is not among the latest of everybody.
    assert (TITLE in client.get("/lists/").text) == (is_shown and hidden != "list")
    assert (TITLE in client.get("/people/rosa/lists/").text) == is_shown
    assert FilmList.objects.visible_to(viewer or AnonymousUser()).exists() == is_shown


@pytest.mark.parametrize("who", [who for who in VIEWERS if who != "owner"])
def test_a_hidden_list_answers_like_one_that_never_was(who, rosa, sundays):
    viewer = user_of(who, rosa)
    hide(rosa, "list")
    client, never = client_of(viewer), f"/lists/{sundays.pk + 1}/rainy-sundays/"
    there = client.get(sundays.get_absolute_url()).text.replace(sundays.get_absolute_url(), never)
    assert _without_tokens(there) == _without_tokens(client.get(never).text)


def _without_tokens(text):
    return [line for line in text.splitlines() if "csrfmiddlewaretoken" not in line]


@pytest.mark.parametrize("hidden", HIDDEN)
def test_search_engines_are_told_of_what_strangers_may_see(hidden, client, rosa, sundays):
    hide(rosa, hidden)
    assert list(ListSitemap().items()) == ([sundays] if may_see("stranger", hidden) else [])
    services.remove_from_list(film_list=sundays, movie=sundays.entries.get().movie)
    assert list(ListSitemap().items()) == []


def test_an_address_of_the_sitemap_answers_at_once(client, sundays):
    assert (
        f"<loc>http://localhost:8000{sundays.get_absolute_url()}</loc>"
        in client.get("/sitemap-lists.xml").text
    )


# Who may change it


def changes(film_list, movie):
    """Every address that writes, and what is sent there."""
    key, film = film_list.pk, movie.pk
    return [
        (reverse("catalog:list-edit", args=[key]), {"title": "Mine", "visibility": "public"}),
        (reverse("catalog:list-delete", args=[key]), {}),
        (reverse("catalog:list-film", args=[key, film]), {"undo": "1"}),
        (reverse("catalog:list-film", args=[key, MovieFactory().pk]), {}),
        (reverse("catalog:list-entry", args=[key, film]), {"place": "1", "note": "Mine"}),
    ]


@pytest.mark.parametrize("who", [who for who in VIEWERS if who != "owner"])
def test_nobody_but_its_owner_changes_a_list_or_opens_its_forms(who, rosa, sundays, movie):
    client = client_of(user_of(who, rosa))
    before = services.list_standing(pk=sundays.pk)
    for address, sent in changes(sundays, movie):
        answer = client.post(address, sent)
        assert answer.status_code == (302 if who == "stranger" else 404)
        assert client.get(address).status_code in ((302, 405) if who == "stranger" else (404, 405))
    assert services.list_standing(pk=sundays.pk) == before


def test_the_owner_may_do_all_of_it(rosa, sundays, movie):
    client = client_of(rosa)
    edit, delete, *films = changes(sundays, movie)
    for address, sent in (*films[::-1], edit, delete):
        before = services.list_standing(pk=sundays.pk)
        assert client.post(address, sent).status_code == 302
        assert services.list_standing(pk=sundays.pk) != before, address


def test_an_undo_of_somebody_else_is_not_there(rosa, sundays, movie):
    owner = client_of(rosa)
    owner.post(reverse("catalog:list-film", args=[sundays.pk, movie.pk]), {"undo": "1"})
    address = reverse("catalog:undo", args=[next(iter(owner.session["undo"]))])
    for other in (Client(), client_of(UserFactory())):
        assert other.post(address).status_code == 404
    assert owner.get(address).status_code == 405
    assert owner.post(address).status_code == 302
    assert owner.post(address).status_code == 404
    assert sundays.entries.count() == 1


def test_only_one_s_own_lists_are_in_the_menu_and_the_file(rosa, sundays, movie, member):
    client = client_of(member)
    assert client.get(movie.get_absolute_url()).context["film_lists"].own == []
    assert TITLE not in client.get("/lists/mine.csv").text
    assert Client().get("/lists/mine.csv").status_code == 302


def test_a_list_of_an_account_that_was_closed_is_gone(client, rosa, sundays):
    User.objects.filter(pk=rosa.pk).update(is_active=False)
    assert client.get(sundays.get_absolute_url()).status_code == 404
