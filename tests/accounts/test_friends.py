"""What those one follows did: beside a film, among its reviews, and on the front page."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import services as account_services
from accounts.friends import FriendsOfFilm, lately
from accounts.models import Follow, User
from catalog import services
from catalog.models import LikedFilm, Rating, Review, Watch
from tests.factories import MovieFactory, RatingFactory, ReviewFactory, UserFactory, WatchFactory

pytestmark = pytest.mark.django_db

SETTINGS = ("nothing", "profile", "diary", "ratings")
DAY = date(2026, 5, 4)


@pytest.fixture
def rosa():
    return UserFactory(username="rosa")


@pytest.fixture
def as_anouk(client, member):
    client.force_login(member)
    return client


def follow(follower, *followed):
    Follow.objects.bulk_create(Follow(follower=follower, followed=person) for person in followed)


def friends(movie, viewer):
    return FriendsOfFilm.of(movie, viewer)


def section(client, movie):
    page = " ".join(client.get(movie.get_absolute_url()).text.split())
    return page.partition('id="friends"')[2].partition("</section>")[0]


def do_everything(person, movie):
    RatingFactory(user=person, movie=movie, half_stars=9)
    WatchFactory(user=person, movie=movie, watched_on=DAY)
    LikedFilm.objects.create(user=person, movie=movie)
    return ReviewFactory(user=person, movie=movie)


# Beside a film


def test_a_friend_is_shown_with_stars_heart_and_review(as_anouk, member, rosa, movie):
    follow(member, rosa)
    review = do_everything(rosa, movie)
    shown = section(as_anouk, movie)
    assert 'href="/people/rosa/"' in shown
    assert "four and a half stars" in shown
    assert "liked" in shown
    assert f'href="{review.get_absolute_url()}"' in shown


def test_stars_a_viewing_or_a_review_each_bring_a_friend_in_and_a_heart_alone_does_not(member, movie):
    rated, saw, wrote, loved, idle = people = [UserFactory() for _ in range(5)]
    follow(member, *people)
    RatingFactory(user=rated, movie=movie)
    WatchFactory(user=saw, movie=movie)
    ReviewFactory(user=wrote, movie=movie)
    LikedFilm.objects.create(user=loved, movie=movie)
    do_everything(idle, MovieFactory())
    assert set(friends(movie, member).people) == {rated, saw, wrote}


def test_without_anybody_there_is_no_empty_box(as_anouk, client, member, rosa, movie):
    do_everything(rosa, movie)
    follow(rosa, member)
    assert section(as_anouk, movie) == ""
    assert section(Client(), movie) == ""


def test_strangers_are_not_asked_about(movie, rosa):
    do_everything(rosa, movie)
    with CaptureQueriesContext(connection) as queries:
        Client().get(movie.get_absolute_url())
    assert not [query for query in queries if "accounts_follow" in query["sql"]]


def test_who_wrote_comes_first_then_who_gave_most(member, movie):
    low, high, wrote, saw = people = [UserFactory(username=name) for name in ("low", "high", "wrote", "saw")]
    follow(member, *people)
    for person, half_stars in ((low, 2), (high, 10)):
        RatingFactory(user=person, movie=movie, half_stars=half_stars)
    ReviewFactory(user=wrote, movie=movie)
    WatchFactory(user=saw, movie=movie)
    assert friends(movie, member).people == [wrote, high, low, saw]


def test_twelve_are_named_and_the_others_counted(as_anouk, member, movie):
    people = [UserFactory() for _ in range(17)]
    follow(member, *people)
    for person in people:
        RatingFactory(user=person, movie=movie)
    shown = section(as_anouk, movie)
    assert shown.count('href="/people/') == 12
    assert "and 5 more" in shown


def test_an_average_takes_three(as_anouk, member, movie):
    people = [UserFactory() for _ in range(4)]
    follow(member, *people)
    WatchFactory(user=people[3], movie=movie)
    for person, half_stars in zip(people[:2], (10, 7), strict=True):
        RatingFactory(user=person, movie=movie, half_stars=half_stars)
    assert friends(movie, member).average is None
    assert "big-number" not in section(as_anouk, movie)
    RatingFactory(user=people[2], movie=movie, half_stars=8)
    assert friends(movie, member).average == pytest.approx((5 + 3.5 + 4) / 3)
    assert "4.17" in section(as_anouk, movie)


def test_friends_stay_when_the_rating_is_renewed_in_place(as_anouk, member, rosa, movie):
    follow(member, rosa)
    do_everything(rosa, movie)
    headers = {"HX-Request": "true", "HX-Target": "film-aside"}
    answer = as_anouk.post(f"/films/{movie.pk}/rate/", {"stars": "4"}, headers=headers)
    assert 'href="/people/rosa/"' in answer.text


@pytest.mark.parametrize("hidden", SETTINGS)
def test_a_friend_shows_what_everybody_may_see(as_anouk, member, rosa, movie, hidden):
    follow(member, rosa)
    do_everything(rosa, movie)
    if hidden != "nothing":
        User.objects.filter(pk=rosa.pk).update(**{f"{hidden}_visibility": "private"})
    shown, found = section(as_anouk, movie), friends(movie, member).people
    if hidden == "profile":
        assert (shown, found) == ("", [])
        return
    marks = [(one.half_stars, one.is_liked, one.has_seen, bool(one.review_id)) for one in found]
    stars = hidden != "ratings"
    assert marks == [(9 if stars else None, stars, hidden != "diary", True)]
    assert ("four and a half stars" in shown) == stars


@pytest.mark.parametrize("part", ["diary", "ratings"])
def test_nothing_is_left_of_a_friend_who_hides_the_only_thing_they_did(member, rosa, movie, part):
    follow(member, rosa)
    (RatingFactory if part == "ratings" else WatchFactory)(user=rosa, movie=movie)
    assert friends(movie, member).people == [rosa]
    User.objects.filter(pk=rosa.pk).update(**{f"{part}_visibility": "private"})
    assert friends(movie, member).people == []


@pytest.mark.parametrize("is_blocking", [True, False])
def test_friends_across_a_block_are_not_there_even_if_a_row_were_left(member, rosa, movie, is_blocking):
    pair = (member, rosa) if is_blocking else (rosa, member)
    account_services.block(blocker=pair[0], blocked=pair[1])
    follow(member, rosa)
    do_everything(rosa, movie)
    assert friends(movie, member).people == []
    assert lately(member) == []


def test_a_review_that_was_taken_down_is_not_linked_for_staff_either(rosa, movie):
    staff = UserFactory(is_staff=True)
    follow(staff, rosa)
    do_everything(rosa, movie)
    Review.objects.update(is_taken_down=True)
    assert [one.review_id for one in friends(movie, staff).people] == [None]


# Among the reviews


def _reviewed(movie, *people):
    """By each of them, the last one the newest."""
    for number, person in enumerate(people):
        review = ReviewFactory(user=person, movie=movie)
        Review.objects.filter(pk=review.pk).update(created_at=datetime(2026, 1, 1 + number, tzinfo=UTC))


def test_reviews_of_followed_people_come_first_and_the_page_says_so(as_anouk, client, member, rosa, movie):
    bela, cleo = UserFactory(username="bela"), UserFactory(username="cleo")
    _reviewed(movie, rosa, bela, cleo)
    follow(member, rosa)
    page = as_anouk.get(movie.get_absolute_url())
    assert [review.user for review in page.context["reviews"]] == [rosa, cleo, bela]
    assert "Those by people you follow first" in page.text
    assert page.text.count("you follow</small>") == 1
    for_strangers = Client().get(movie.get_absolute_url())
    assert [review.user for review in for_strangers.context["reviews"]] == [cleo, bela, rosa]
    assert "you follow" not in for_strangers.text


def test_by_likes_friends_have_no_place_of_their_own(as_anouk, member, rosa, movie):
    bela = UserFactory()
    _reviewed(movie, rosa, bela)
    follow(member, rosa)
    services.like_review(user=UserFactory(), review=Review.objects.get(user=bela))
    page = as_anouk.get(movie.get_absolute_url(), {"reviews": "liked"})
    assert [review.user for review in page.context["reviews"]] == [bela, rosa]
    assert "people you follow first" not in page.text


def test_a_review_stands_once_however_many_follow_its_writer(as_anouk, member, rosa, movie):
    _reviewed(movie, rosa)
    for person in (member, *UserFactory.create_batch(3)):
        follow(person, rosa)
    assert as_anouk.get(movie.get_absolute_url()).context["reviews"].paginator.count == 1


# On the front page


def told(viewer):
    return [(film.title, sighting.name, sighting.half_stars) for film, sighting in lately(viewer)]


def test_the_front_page_shows_what_friends_saw_and_rated_the_latest_first(as_anouk, member, rosa):
    bela, now = UserFactory(username="bela"), timezone.now()
    follow(member, rosa, bela)
    heat, alien = MovieFactory(title="Heat"), MovieFactory(title="Alien")
    RatingFactory(user=rosa, movie=heat, half_stars=9, rated_at=now - timedelta(days=2))
    WatchFactory(user=bela, movie=alien, watched_on=timezone.localdate())
    RatingFactory(movie=MovieFactory(title="Not a friend's"), rated_at=now)
    RatingFactory.create_batch(5, user=member)  # or the first films to rate would be these
    assert told(member) == [("Alien", "bela", None), ("Heat", "rosa", 9)]
    page = as_anouk.get("/").text
    assert "From people you follow" in page
    assert "four and a half stars" in page.partition('id="friends-lately"')[2]


def test_a_film_stands_once_with_who_came_last(member, rosa, movie):
    bela, now = UserFactory(username="bela"), timezone.now()
    follow(member, rosa, bela)
    RatingFactory(user=rosa, movie=movie, half_stars=4, rated_at=now - timedelta(days=1))
    WatchFactory(user=rosa, movie=movie, watched_on=timezone.localdate() - timedelta(days=1))
    RatingFactory(user=bela, movie=movie, half_stars=8, rated_at=now)
    assert told(member) == [(movie.title, "bela", 8)]


def test_a_viewing_has_the_stars_of_its_person(member, rosa, movie):
    follow(member, rosa)
    RatingFactory(user=rosa, movie=movie, half_stars=7, rated_at=timezone.now() - timedelta(days=30))
    WatchFactory(user=rosa, movie=movie, watched_on=timezone.localdate())
    assert told(member) == [(movie.title, "rosa", 7)]


def test_an_old_diary_that_is_copied_in_today_is_no_news(member, rosa):
    follow(member, rosa)
    WatchFactory(user=rosa, movie=MovieFactory(title="Long ago"), watched_on=date(2001, 1, 1))
    lately_rated = MovieFactory(title="Last week")
    RatingFactory(user=rosa, movie=lately_rated, rated_at=timezone.now() - timedelta(days=7))
    assert [title for title, *_ in told(member)] == ["Last week", "Long ago"]


def test_twelve_films_at_most(member, rosa):
    follow(member, rosa)
    for _ in range(14):
        RatingFactory(user=rosa)
    assert len(lately(member)) == 12


def test_a_friend_who_rates_a_hundred_films_leaves_room_for_the_others(member, rosa):
    bela, now = UserFactory(username="bela"), timezone.now()
    follow(member, rosa, bela)
    for number in range(20):
        RatingFactory(user=rosa, rated_at=now - timedelta(seconds=number))
    RatingFactory(user=bela, rated_at=now - timedelta(days=20))
    assert [name for _title, name, _stars in told(member)] == ["rosa"] * 3 + ["bela"] + ["rosa"] * 8


def test_undated_viewings_and_ratings_without_a_time_are_no_news(member, rosa):
    follow(member, rosa)
    WatchFactory(user=rosa)
    RatingFactory(user=rosa, rated_at=None)
    assert lately(member) == []


@pytest.mark.parametrize("hidden", SETTINGS)
def test_the_front_page_shows_of_friends_what_everybody_may_see(member, rosa, hidden):
    follow(member, rosa)
    seen, rated = MovieFactory(title="Seen"), MovieFactory(title="Rated")
    WatchFactory(user=rosa, movie=seen, watched_on=timezone.localdate() - timedelta(days=3))
    RatingFactory(user=rosa, movie=rated, half_stars=8)
    RatingFactory(user=rosa, movie=seen, half_stars=6, rated_at=timezone.now() - timedelta(days=9))
    if hidden != "nothing":
        User.objects.filter(pk=rosa.pk).update(**{f"{hidden}_visibility": "private"})
    assert (
        told(member)
        == {
            "nothing": [("Rated", "rosa", 8), ("Seen", "rosa", 6)],
            "diary": [("Rated", "rosa", 8), ("Seen", "rosa", 6)],
            "ratings": [("Seen", "rosa", None)],
            "profile": [],
        }[hidden]
    )


def test_who_follows_nobody_and_who_has_no_account_get_no_empty_row(as_anouk, rosa):
    RatingFactory(user=rosa)
    assert "friends-lately" not in as_anouk.get("/").text
    assert "friends-lately" not in Client().get("/").text


# However many


@pytest.mark.parametrize("page", ["home", "film", "following", "followers"])
def test_pages_cost_the_same_with_three_friends_and_with_thirty(as_anouk, member, movie, page):
    address = {"home": "/", "film": movie.get_absolute_url()}.get(page, f"/people/anouk/{page}/")
    RatingFactory.create_batch(5, user=member)  # or the first films to rate would be those of friends

    def queries_with(count):
        while Follow.objects.filter(follower=member).count() < count:
            person = UserFactory()
            follow(member, person)
            follow(person, member)
            do_everything(person, movie)
            do_everything(person, MovieFactory(genres=["Drama"]))
        as_anouk.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert as_anouk.get(address).status_code == 200
        return len(queries)

    none, few, many = (queries_with(count) for count in (0, 3, 30))
    assert few == many
    assert none <= few <= 22
    assert Rating.objects.exclude(user=member).count() == Watch.objects.count() == 60
