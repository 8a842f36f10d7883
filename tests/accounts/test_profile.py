"""A profile: favourites, counters, what was seen and written lately; ratings and reviews behind it."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import services
from accounts.adapter import AccountAdapter
from accounts.models import FavouriteFilm
from accounts.profiles import by_stars
from catalog.models import LikedFilm
from tests.factories import (
    ImportedUserFactory,
    MovieFactory,
    RatingFactory,
    ReviewFactory,
    UserFactory,
    WatchFactory,
)
from tests.test_query_counts import queries_of

pytestmark = pytest.mark.django_db


def titles(page):
    return [rating.movie.title for rating in page.context["page"]]


# Addresses


@pytest.mark.parametrize("page", ["", "diary/", "diary/2024/3/", "ratings/?stars=9", "reviews/"])
def test_a_name_in_other_capitals_leads_to_the_right_address(client, member, page):
    answer = client.get(f"/people/Anouk/{page}")
    assert (answer.status_code, answer["Location"]) == (301, f"/people/anouk/{page}")


def test_of_two_names_that_differ_by_capitals_each_has_its_page(client, member):
    UserFactory(username="Anouk")
    assert [client.get(f"/people/{name}/").context["person"].username for name in ("anouk", "Anouk")] == [
        "anouk",
        "Anouk",
    ]


@pytest.mark.parametrize("taken", ["ANOUK", "Anouk", "anouk"])
def test_nobody_signs_up_with_a_taken_name_in_other_capitals(client, member, taken):
    form = {"username": taken, "email": "new@example.org", "password1": "Jeanne Dielman 1975"}
    assert "already exists" in client.post("/accounts/signup/", form).text
    with pytest.raises(ValidationError):
        AccountAdapter().clean_username(taken)


def test_imported_people_have_no_page_in_any_spelling(client):
    imported = ImportedUserFactory(username="imported7")
    assert client.get(f"/people/{imported.username}/").status_code == 404
    assert client.get("/people/IMPORTED7/").status_code == 404


# What stands there


def test_a_bio_keeps_its_paragraphs_and_no_markup(client, member):
    member.bio = "First.\n\nSecond <b>loud</b>."
    member.save()
    page = client.get("/people/anouk/").text
    assert "<p>First.</p>\n\n<p>Second &lt;b&gt;loud&lt;/b&gt;.</p>" in page


def test_counters_tell_films_this_year_reviews_and_the_average(client, member):
    seen, rated = MovieFactory(), MovieFactory()
    today = timezone.localdate()
    WatchFactory(user=member, movie=seen, watched_on=today)
    WatchFactory(user=member, movie=seen, watched_on=today - timedelta(days=500))
    WatchFactory(user=member, movie=MovieFactory(), watched_on=None)
    RatingFactory(user=member, movie=seen, half_stars=10)
    RatingFactory(user=member, movie=rated, half_stars=7)
    ReviewFactory(user=member, movie=seen)
    RatingFactory(movie=rated), WatchFactory(movie=rated, watched_on=today), ReviewFactory(movie=rated)
    figures = client.get("/people/anouk/").context["figures"]
    assert (figures.films, figures.this_year, figures.reviews, figures.average) == (3, 1, 1, 4.25)


def test_lately_come_the_latest_viewings_with_stars_and_hearts(client, member):
    films = [MovieFactory(title=f"Film {number}") for number in range(9)]
    for number, film in enumerate(films):
        WatchFactory(user=member, movie=film, watched_on=date(2024, 3, 1) + timedelta(days=number))
    RatingFactory(user=member, movie=films[8], half_stars=7)
    LikedFilm.objects.create(user=member, movie=films[7])
    latest = list(client.get("/people/anouk/").context["latest"])
    assert [watch.movie for watch in latest] == films[:1:-1]
    assert [watch.half_stars for watch in latest[:2]] == [7, None]
    assert [watch.is_liked for watch in latest[:2]] == [False, True]


def test_an_empty_profile_invites_its_owner_and_tells_others_so(client, member):
    assert "There is nothing of anouk to see here yet." in client.get("/people/anouk/").text
    client.force_login(member)
    page = client.get("/people/anouk/").text
    assert "Nothing here yet." in page
    assert page.count('class="free-place"') == 4


# Favourites


@pytest.fixture
def five(member):
    return [MovieFactory(title=f"Film {letter}") for letter in "ABCDE"]


def favourites(user):
    return [chosen.movie.title[-1] for chosen in FavouriteFilm.objects.filter(user=user)]


def press(client, film, action="choose"):
    return client.post(f"/settings/favourites/{film.pk}/", {action: "1"}, follow=True)


def test_four_films_are_chosen_ordered_and_taken_away_with_buttons(client, member, five):
    client.force_login(member)
    for film in five[:4]:
        press(client, film)
    assert favourites(member) == list("ABCD")
    press(client, five[3], "earlier")
    press(client, five[0], "later")
    assert favourites(member) == list("BADC")
    press(client, five[1], "remove")
    assert favourites(member) == list("ADC")
    assert [film.title for film in client.get("/people/anouk/").context["favourites"]] == [
        "Film A",
        "Film D",
        "Film C",
    ]


def test_a_fifth_favourite_is_refused_with_words(client, member, five):
    client.force_login(member)
    services.choose_favourites(user=member, movies=five[:4])
    assert "Take one away to make room" in press(client, five[4]).text
    assert favourites(member) == list("ABCD")
    with pytest.raises(services.TooManyFavourites):
        services.choose_favourites(user=member, movies=five)


@pytest.mark.parametrize(
    ("place", "action", "order"),
    [
        (0, "earlier", "ABC"),
        (2, "later", "ABC"),
        (1, "choose", "ABC"),
        (4, "earlier", "ABC"),
        (4, "remove", "ABC"),
    ],
)
def test_what_cannot_move_stays(client, member, five, place, action, order):
    client.force_login(member)
    services.choose_favourites(user=member, movies=five[:3])
    press(client, five[place], action)
    assert favourites(member) == list(order)


def test_favourites_are_found_by_title_and_offered_from_the_highest_rated(client, member, five):
    client.force_login(member)
    RatingFactory(user=member, movie=five[1], half_stars=10)
    assert [film.title for film in client.get("/settings/favourites/").context["offered"]] == ["Film B"]
    found = client.get("/settings/favourites/?q=film+d")
    assert [film.title for film in found.context["offered"]] == ["Film D"]
    assert "No film is called “zardoz”" in client.get("/settings/favourites/?q=zardoz").text


def test_a_favourite_is_found_in_spite_of_a_typing_error(client, member):
    client.force_login(member)
    matrix = MovieFactory(title="The Matrix", year=1999)
    MovieFactory(title="Alien")
    assert client.get("/settings/favourites/?q=matrx").context["offered"] == [matrix]


def test_finding_favourites_costs_the_same_at_two_sizes(client, member):
    client.force_login(member)
    MovieFactory.create_batch(2, title="The Matrix", genres=["Drama"])
    few = queries_of(client, "/settings/favourites/?q=matrx")
    MovieFactory.create_batch(30, title="The Matrix", genres=["Drama", "Action"])
    many = queries_of(client, "/settings/favourites/?q=matrx")
    assert len(many) == len(few), "\n".join(many)


def test_the_database_holds_four_places_and_no_film_twice(member, five):
    FavouriteFilm.objects.create(user=member, movie=five[0], position=1)
    with pytest.raises(IntegrityError):
        FavouriteFilm.objects.create(user=member, movie=five[1], position=5)


# Ratings and reviews


@pytest.fixture
def rated(member):
    for title, year, half_stars, day in [
        ("Beta", 1990, 4, 1),
        ("Alpha", 1950, 10, 2),
        ("Gamma", 1970, 10, 3),
    ]:
        moment = timezone.now() - timedelta(days=10 - day)
        RatingFactory(
            user=member, movie=MovieFactory(title=title, year=year), half_stars=half_stars, rated_at=moment
        )


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("", ["Gamma", "Alpha", "Beta"]),
        ("highest", ["Gamma", "Alpha", "Beta"]),
        ("lowest", ["Beta", "Gamma", "Alpha"]),
        ("title", ["Alpha", "Beta", "Gamma"]),
        ("year", ["Beta", "Gamma", "Alpha"]),
        ("nonsense", ["Gamma", "Alpha", "Beta"]),
    ],
)
def test_ratings_come_in_the_wanted_order(client, rated, order, expected):
    assert titles(client.get(f"/people/anouk/ratings/?order={order}")) == expected


@pytest.mark.parametrize(
    ("stars", "expected"),
    [(4, ["Beta"]), (10, ["Gamma", "Alpha"]), (5, []), (99, ["Gamma", "Alpha", "Beta"])],
)
def test_ratings_are_filtered_by_stars(client, rated, stars, expected):
    assert titles(client.get(f"/people/anouk/ratings/?stars={stars}")) == expected


def test_stars_are_written_as_people_write_them():
    assert [step.figure for step in by_stars(range(10))] == [
        "5",
        "4½",
        "4",
        "3½",
        "3",
        "2½",
        "2",
        "1½",
        "1",
        "½",
    ]


def test_times_are_those_of_the_member_who_reads(client, member):
    late = timezone.datetime(2024, 3, 9, 23, 30, tzinfo=timezone.get_default_timezone())
    review = ReviewFactory(user=member)
    type(review).objects.update(created_at=late)
    assert "9 Mar 2024" in client.get("/people/anouk/reviews/").text
    client.force_login(UserFactory(time_zone="Asia/Tokyo"))
    assert "10 Mar 2024" in client.get("/people/anouk/reviews/").text


# Costs


@pytest.mark.parametrize("page", ["", "ratings/?stars=8", "reviews/"])
def test_pages_of_a_person_cost_the_same_at_two_sizes(client, member, page):
    client.force_login(UserFactory())
    costs = []
    for size in (3, 12):
        for _ in range(size):
            film = MovieFactory(genres=["Drama"])
            RatingFactory(user=member, movie=film)
            ReviewFactory(user=member, movie=film)
            WatchFactory(user=member, movie=film, watched_on=date(2024, 3, 9))
        services.choose_favourites(user=member, movies=[film])
        client.get("/people/anouk/")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/people/anouk/{page}")
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 20
