"""Together: a group's seats, its door, and the films it is offered."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog import services as catalog_services
from catalog.models import Movie
from recommender import together
from recommender.models import Seat, WatchGroup
from recommender.visitors import Visitor
from tests.factories import UserFactory, WatchFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def group(member):
    return together.start(owner=member, name="Friday films")


@pytest.fixture
def stranger():
    return Client()


@pytest.fixture
def pair(group, live_version, films, member):
    """Anouk loves the westerns and rosa the musicals, each of twelve films the other has not seen."""
    rosa = UserFactory(username="rosa")
    together.seat_member(group=group, user=rosa)
    for film in range(1, 13):
        catalog_services.rate(user=member, movie=films[film], stars=5 if film % 2 else 1.5)
        catalog_services.rate(user=rosa, movie=films[film + 12], stars=1.5 if film % 2 else 5)
    return group


def read(group):
    return WatchGroup.objects.with_vetoes().get(pk=group.pk)


def choose(group, **options):
    return together.choose(read(group), **options)


def offered(group, limit=60):
    return [film.movie.pk for film in choose(group, limit=limit).films]


def seat_of(group, name):
    return next(seat for seat in group.seats.all() if seat.name == name)


def join(client, group, name="Sam"):
    return client.post(f"/together/join/{group.link}/", {"name": name})


# Who sits where


def test_a_member_starts_a_group_and_sits_in_it(client, member):
    client.force_login(member)
    page = client.post("/together/", {"name": "Friday films"}, follow=True)
    assert "The films come as soon as there are two of you" in page.text
    assert WatchGroup.objects.get().link in page.text
    assert [seat.user for seat in Seat.objects.all()] == [member]


def test_whoever_has_no_account_is_asked_to_log_in_to_start_one(stranger):
    assert "Log in to start one" in stranger.get("/together/").text
    assert stranger.post("/together/", {"name": "Ours"}).url.startswith("/accounts/login/")
    assert not WatchGroup.objects.exists()


def test_a_member_owns_no_more_groups_than_anybody_uses(client, member):
    WatchGroup.objects.bulk_create(WatchGroup(owner=member) for _ in range(together.MOST_GROUPS))
    client.force_login(member)
    answer = client.post("/together/", {"name": "One more"})
    assert answer.status_code == 422
    assert "Delete one that you no longer use" in answer.text
    assert WatchGroup.objects.count() == together.MOST_GROUPS


def test_a_member_joins_by_the_link_and_sits_once(client, group):
    rosa = UserFactory(username="rosa")
    client.force_login(rosa)
    address = f"/together/join/{group.link}/"
    assert "Take a seat as rosa" in client.get(address).text
    assert client.post(address).url == group.get_absolute_url()
    assert client.post(address).url == group.get_absolute_url()
    assert Seat.objects.filter(user=rosa).count() == 1
    assert "Friday films" in client.get("/together/").text


def test_a_guest_says_a_name_and_answers_five_cards(stranger, group, films):
    people = get_user_model().objects.count()
    address = join(stranger, group).url
    for number in range(together.ENOUGH_CARDS):
        film = stranger.get(address).context["movie"]
        assert f"{5 - number} to go" in stranger.get(address).text
        answer = stranger.post(f"{address}{film.pk}/", {"stars": "4.5"})
    assert answer.url == group.get_absolute_url()
    assert "Sam" in stranger.get(answer.url).text
    assert list(Seat.objects.get(guest_name="Sam").half_stars.values()) == [9] * 5
    assert get_user_model().objects.count() == people


def test_a_film_the_guest_has_not_seen_makes_room_for_another_and_can_come_back(stranger, group, films):
    address = join(stranger, group).url
    first = stranger.get(address).context["movie"]
    stranger.post(f"{address}{first.pk}/", {"unseen": "1"})
    assert stranger.get(address).context["movie"] != first
    assert "5 to go" in stranger.get(address).text
    stranger.post(address)
    assert stranger.get(address).context["movie"] == first


@pytest.mark.parametrize("sent", [{}, {"stars": ""}, {"stars": "4.7"}, {"stars": "many"}])
def test_a_card_without_half_stars_is_asked_again(stranger, group, films, sent):
    address = join(stranger, group).url
    assert stranger.post(f"{address}1/", sent).status_code == 422
    assert Seat.objects.get(guest_name="Sam").cards == []


def test_what_a_stranger_rated_here_before_comes_along(stranger, group, films):
    for film in range(1, 7):
        stranger.post(f"/films/{film}/rate/", {"stars": "3.0"})
    assert "The 6 films you rated here come with you" in stranger.get(f"/together/join/{group.link}/").text
    assert join(stranger, group).url == group.get_absolute_url()
    assert Seat.objects.get(guest_name="Sam").half_stars == dict.fromkeys(range(1, 7), 6)


def test_a_guest_without_a_name_is_asked_for_it(stranger, group):
    answer = join(stranger, group, name="  ")
    assert answer.status_code == 422
    assert "Tell the others your first name" in answer.text


def test_the_seventh_finds_every_seat_taken_and_no_names(stranger, group):
    for number in range(together.MOST_SEATS - 1):
        together.seat_guest(group=group, name=f"Guest {number}")
    page = stranger.post(f"/together/join/{group.link}/", {"name": "Late"}, follow=True)
    assert "This group is full with six" in page.text
    assert not re.search("anouk|Guest|Friday", page.text)
    with pytest.raises(together.GroupIsFull):
        together.seat_guest(group=group, name="Late")


def test_a_seat_that_was_left_is_taken_again(group, member):
    together.seat_guest(group=group, name="Sam")
    together.unseat(seat=Seat.objects.get(user=member))
    assert together.seat_guest(group=group, name="Jo").position == 1


@pytest.mark.parametrize(
    "wrong", [{"position": 7, "guest_name": "Sam"}, {"position": 2}, {"position": 1, "guest_name": "Sam"}]
)
def test_the_database_refuses_a_seventh_seat_a_nameless_guest_and_two_on_one_seat(group, wrong):
    with pytest.raises(IntegrityError):
        Seat.objects.create(group=group, **wrong)


# Who may see and do what

PAGES = ["", "cards/"]
WRITES = ["wishes/", "veto/1/", "cards/", "cards/1/", "leave/", "seats/1/remove/", "link/", "delete/"]
OWNERS = ["link/", "delete/", "seats/{seat}/remove/"]


@pytest.mark.parametrize("who", ["stranger", "another member", "a guest who was removed"])
def test_nobody_else_learns_that_there_is_a_group(client, group, films, who):
    if who == "another member":
        client.force_login(UserFactory())
    elif who != "stranger":
        join(client, group)
        together.unseat(seat=Seat.objects.get(guest_name="Sam"))
    root = group.get_absolute_url()
    answers = [client.get(root + page) for page in PAGES] + [client.post(root + write) for write in WRITES]
    assert {answer.status_code for answer in answers} == {404}
    assert not any(re.search("Friday|anouk", answer.text) for answer in answers)
    assert WatchGroup.objects.filter(link=group.link).exists()


@pytest.mark.parametrize("write", OWNERS)
def test_only_the_owner_removes_people_remakes_the_link_and_deletes(stranger, group, member, write):
    join(stranger, group)
    address = group.get_absolute_url() + write.format(seat=seat_of(group, "anouk").pk)
    assert stranger.post(address).status_code == 404
    assert Seat.objects.filter(user=member, group__link=group.link).exists()


def test_the_owner_removes_a_seat(client, stranger, group, member):
    join(stranger, group)
    client.force_login(member)
    client.post(f"{group.get_absolute_url()}seats/{seat_of(group, 'Sam').pk}/remove/")
    assert stranger.get(group.get_absolute_url()).status_code == 404
    assert not Seat.objects.filter(guest_name="Sam").exists()


def test_no_seat_of_another_group_is_removed(client, group, member):
    other = together.start(owner=UserFactory())
    client.force_login(member)
    address = f"{group.get_absolute_url()}seats/{other.seats.get().pk}/remove/"
    assert client.post(address).status_code == 404
    assert other.seats.exists()


def test_a_new_link_makes_the_old_one_dead_and_keeps_the_seated(client, stranger, group, member):
    join(stranger, group)
    client.force_login(member)
    client.post(f"{group.get_absolute_url()}link/")
    dead = Client().get(f"/together/join/{group.link}/")
    assert dead.status_code == 404
    assert "This link opens nothing" in dead.text
    assert not re.search("Friday|anouk", dead.text)
    assert stranger.get(group.get_absolute_url()).status_code == 200


def test_anybody_leaves_and_an_owner_who_left_still_owns(client, stranger, group, member):
    join(stranger, group)
    stranger.post(f"{group.get_absolute_url()}leave/")
    assert stranger.get(group.get_absolute_url()).status_code == 404
    client.force_login(member)
    client.post(f"{group.get_absolute_url()}leave/")
    assert "Take a seat" in client.get(group.get_absolute_url()).text
    client.post(f"{group.get_absolute_url()}delete/")
    assert not WatchGroup.objects.exists()


def test_a_form_from_elsewhere_changes_nothing(member, group):
    client = Client(enforce_csrf_checks=True)
    client.force_login(member)
    assert client.post(f"{group.get_absolute_url()}delete/").status_code == 403
    assert WatchGroup.objects.exists()


# What is offered


def test_watchlists_are_told_and_a_group_may_choose_from_them_or_from_where_they_meet(client, pair, films):
    anouk, rosa = (seat_of(pair, name).user for name in ("anouk", "rosa"))
    for user, film in [(anouk, 40), (anouk, 41), (rosa, 41), (rosa, 42), (rosa, 5)]:
        catalog_services.add_to_watchlist(user=user, movie=films[film])
    assert len(offered(pair)) > 3
    together.wish(group=pair, way="average", wanted=1)
    assert sorted(offered(pair)) == [40, 41, 42]
    together.wish(group=pair, way="average", wanted=2)
    assert offered(pair) == [41]
    client.force_login(anouk)
    assert "Wanted by you and rosa" in client.get(pair.get_absolute_url()).text


@pytest.mark.parametrize("way", together.WAYS)
def test_no_film_that_one_of_them_has_seen_hidden_or_vetoed_is_offered(pair, films, member, way):
    WatchFactory(user=member, movie=films[30])
    catalog_services.hide(user=seat_of(pair, "rosa").user, movie=films[31])
    together.veto(seat=seat_of(pair, "rosa"), movie=films[32])
    together.wish(group=pair, way=way)
    assert offered(pair)
    assert not set(offered(pair)) & {*range(1, 25), 30, 31, 32}


def test_what_some_have_seen_comes_where_the_group_allows_it_but_not_what_all_have(pair, films):
    catalog_services.rate(user=seat_of(pair, "rosa").user, movie=films[1], stars=4)
    together.wish(group=pair, way="average", allows_seen=True)
    assert 3 in offered(pair)
    assert 1 not in offered(pair)


def test_everybody_s_prediction_stands_beside_a_film_and_what_somebody_gave_is_told_apart(pair, films):
    together.seat_guest(group=pair, name="Sam")
    together.wish(group=pair, way="average", allows_seen=True)
    told = {film.movie.pk: film.opinions for film in choose(pair, limit=60).films}
    anouk, rosa, sam = told[3]
    assert (anouk.stars, anouk.is_given) == (5, True)
    assert rosa.stars < 3
    assert not rosa.is_given
    assert sam.stars is None


def test_average_ranks_by_the_mean_and_least_misery_by_the_lowest_prediction(pair):
    found = {}
    for way in ("average", "least-misery"):
        together.wish(group=pair, way=way)
        found[way] = choose(pair).films
    for film in found["average"]:
        assert film.stars == pytest.approx(sum(one.stars for one in film.opinions) / 2, abs=1e-4)
    for film in found["least-misery"]:
        assert film.stars == pytest.approx(min(one.stars for one in film.opinions), abs=1e-4)
    assert all(films[0].stars >= films[-1].stars for films in found.values())


def test_in_turns_the_films_alternate_between_westerns_and_musicals(pair):
    together.wish(group=pair, way="turns")
    films = choose(pair, limit=6).films
    assert [film.turn.name for film in films] == ["anouk", "rosa"] * 3
    assert [film.movie.pk % 2 for film in films] == [1, 0] * 3


def test_a_guest_counts_as_a_member_with_the_same_ratings_does(pair, member):
    ratings = Visitor.of_member(member).half_stars
    guest = together.seat_guest(group=pair, name="Sam", ratings=ratings)
    for film in choose(pair).films:
        stars = {opinion.seat.name: opinion.stars for opinion in film.opinions}
        assert stars["Sam"] == pytest.approx(stars["anouk"], abs=0.1)
    assert guest.user is None


def test_only_films_that_are_known_to_be_short_enough_come(pair, films):
    Movie.objects.filter(pk__in=[40, 41]).update(runtime=88)
    Movie.objects.filter(pk=42).update(runtime=91)
    together.wish(group=pair, way="average", longest=90)
    assert sorted(offered(pair)) == [40, 41]


def test_a_group_that_rated_nothing_gets_the_chart_and_is_told(client, group, films, member):
    together.seat_guest(group=group, name="Sam")
    loved = films[7]
    catalog_services.rate(user=UserFactory(), movie=loved, stars=5)
    choice = choose(group)
    assert choice.is_chart
    assert [film.movie for film in choice.films] == [loved]
    client.force_login(member)
    assert "Nobody’s taste is known yet" in client.get(group.get_absolute_url()).text


# The group's page


def test_the_page_shows_every_guess_and_says_whose_turn_it_is(client, pair, member):
    client.force_login(member)
    page = client.post(f"{pair.get_absolute_url()}wishes/", {"way": "turns", "wanted": "0"}, follow=True).text
    assert page.count("predicted: ") == 24
    assert "Your turn" in page
    assert "rosa’s turn" in page


def test_a_wish_that_does_not_exist_is_refused_and_nothing_changes(client, pair, member):
    client.force_login(member)
    answer = client.post(f"{pair.get_absolute_url()}wishes/", {"way": "dice", "wanted": "0", "longest": "17"})
    assert answer.status_code == 422
    assert "There is no such way to choose" in answer.text
    assert "Choose one of the lengths in the list" in answer.text
    assert read(pair).way == "average"


def test_a_veto_is_named_and_only_its_own_seat_takes_it_back(client, stranger, pair, member):
    film = offered(pair)[0]
    address = f"{pair.get_absolute_url()}veto/{film}/"
    client.force_login(member)
    assert "by you" in client.post(address, follow=True).text
    assert film not in offered(pair)

    join(stranger, pair)
    page = stranger.post(address, {"undo": "1"}, follow=True).text
    assert "by anouk" in page
    assert film not in offered(pair)

    client.post(address, {"undo": "1"})
    assert film in offered(pair)


def queries_of(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_the_page_costs_one_query_a_member_however_many_films_there_are(client, pair, films, member):
    client.force_login(member)
    address = pair.get_absolute_url()
    few = queries_of(client, address)
    together.veto(seat=seat_of(pair, "anouk"), movie=films[60])
    with_veto = queries_of(client, address)
    for film in range(12, 50):
        catalog_services.rate(user=member, movie=films[film], stars=4)
        together.veto(seat=seat_of(pair, "rosa"), movie=films[film])
    assert queries_of(client, address) == with_veto
    together.seat_guest(group=pair, name="Sam", ratings={1: 8})
    assert queries_of(client, address) == with_veto
    together.seat_member(group=pair, user=UserFactory())
    assert queries_of(client, address) == with_veto + 1
    assert few <= 14
