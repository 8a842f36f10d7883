"""A page asks as many questions of the database with fifty films as with five."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Follow
from catalog import services
from catalog.models import Credit, FilmList, Genre, Movie, OtherTitle, Person, Plot, PosterPicture, Review
from recommender import together
from tests.factories import MovieFactory, RatingFactory, ReviewFactory, UserFactory, WatchFactory

pytestmark = pytest.mark.django_db
FIRST_DAY = date(2020, 1, 1)

PAGES = {
    "front page": "/",
    "browse": "/films/",
    "browse, filtered and ordered": "/films/?genre=drama&decade=1970&sort=best",
    "search": "/search/?q=film",
    "search suggestions": "/search/suggestions/?q=film",
    "browse, not seen yet": "/films/?mine=unseen",
    "charts": "/charts/",
    "chart of a genre": "/charts/genre/drama/",
    "chart of a decade": "/charts/decade/1970/",
    "chart of a year": "/charts/year/1970/",
    "film": "{film}",
    "somebody who made films": "{person}",
    "review": "/reviews/{review}/",
    "profile": "/people/anouk/",
    "diary": "/people/anouk/diary/",
    "ratings": "/people/anouk/ratings/",
    "reviews": "/people/anouk/reviews/",
    "whom somebody follows": "/people/anouk/following/",
    "who follows somebody": "/people/anouk/followers/",
    "for you": "/for-you/",
    "how suggestions are": "/for-you/settings/",
    "together": "/together/",
    "group": "{group}",
    "lists": "/lists/",
    "lists with a film": "/lists/film/{pk}/",
    "list": "/lists/{list}/films/",
    "change of a list": "/lists/edit/{list}/",
    "lists of a person": "/people/anouk/lists/",
    "watchlist": "/films/watchlist/",
    "hidden films": "/films/hidden/",
    "films without stars": "/films/queue/",
    "log": "/log/",
    "log a film": "/log/{pk}/",
    "year of a diary": "/people/anouk/diary/2020/",
    "month of a diary": "/people/anouk/diary/2020/1/",
    "feed of a diary": "/people/anouk/diary/feed/",
    "whom I follow, as a file": "/settings/following.csv",
    "my lists, as a file": "/lists/mine.csv",
    "settings": "/settings/",
    "favourites": "/settings/favourites/",
    "keys": "/keys/",
    "first cards": "/start/",
    "taste map": "/taste/",
    "how suggestions are made": "/for-you/how/",
}


def grow(anouk, start, size):
    """Films from number `start` on, each seen, rated and reviewed by anouk; the first film by everybody."""
    first = Movie.objects.order_by("pk").first()
    for number in range(start, size):
        film = MovieFactory(title=f"Film {number}", genres=["Drama", f"Genre-{number}"])
        RatingFactory(user=anouk, movie=film)
        WatchFactory(user=anouk, movie=film, watched_on=FIRST_DAY + timedelta(days=9 * number))
        ReviewFactory(user=anouk, movie=film)
        services.add_to_watchlist(user=anouk, movie=film)
        services.hide(user=anouk, movie=MovieFactory(title=f"Hidden {number}"))
        WatchFactory(user=anouk, movie=MovieFactory(title=f"Unrated {number}"))
        follow_each_other(anouk, film)
        if number % 2:
            PosterPicture.objects.create(movie=film, state="kept", digest="0" * 24, width=500, height=750)
        add_to_first_film(first or film, number)
        add_to_lists(anouk, first or film, film)
    services.refresh_counts()


def follow_each_other(anouk, film):
    """Anouk and somebody new, who did as much with the film."""
    friend = UserFactory()
    Follow.objects.create(follower=anouk, followed=friend)
    Follow.objects.create(follower=friend, followed=anouk)
    RatingFactory(user=friend, movie=film)
    WatchFactory(user=friend, movie=film, watched_on=FIRST_DAY)
    ReviewFactory(user=friend, movie=film)
    # What anouk has in her diary too is not told as news of friends.
    WatchFactory(user=friend, movie__title="Of a friend", watched_on=FIRST_DAY)


def add_to_first_film(film, number):
    somebody = UserFactory()
    RatingFactory(user=somebody, movie=film, half_stars=number % 10 + 1)
    ReviewFactory(user=somebody, movie=film)
    OtherTitle.objects.create(movie=film, title=f"Movie {number}")
    film.genres.add(Genre.objects.get(slug=f"genre-{number}"))
    Credit.objects.create(movie=film, person=Person.objects.create(name=f"Actor {number}"), role="cast")
    maker, _ = Person.objects.get_or_create(name="A director")
    newest = Movie.objects.filter(title=f"Film {number}").get()
    Credit.objects.create(movie=newest, person=maker, role="director")


def add_to_lists(anouk, first, newest):
    """The oldest list of anouk gets the newest film; the first film gets onto another new list."""
    longest = FilmList.objects.filter(user=anouk).order_by("pk").first()
    longest = longest or services.create_list(user=anouk, title="Films")
    services.add_to_list(film_list=longest, movie=newest)
    for owner in (anouk, UserFactory()):
        another = services.create_list(user=owner, title=f"Films like {newest}")
        services.add_to_list(film_list=another, movie=first)
        services.add_to_list(film_list=another, movie=newest)


def queries_of(client, address):
    client.get(address)  # what is kept for every visitor, such as content types, is read once
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code < 400
    return [query["sql"] for query in queries]


def addresses(anouk):
    film = Movie.objects.earliest("pk")
    parts = {
        "film": film.get_absolute_url(),
        "pk": film.pk,
        "person": Person.objects.get(name="A director").get_absolute_url(),
        "list": FilmList.objects.filter(user=anouk).earliest("pk").pk,
        "review": Review.objects.filter(user=anouk).earliest("pk").pk,
        "group": together.start(owner=anouk, name="Fridays").get_absolute_url(),
    }
    return {page: address.format(**parts) for page, address in PAGES.items()}


@pytest.mark.parametrize("who", ["stranger", "member"])
def test_every_page_costs_the_same_at_two_sizes(client, who, settings):
    settings.MOVIES_PER_PAGE = 200
    anouk = UserFactory(username="anouk")
    grow(anouk, 0, 12)
    Plot.objects.create(movie=Movie.objects.earliest("pk"), text="It begins.", source="editor")
    if who == "member":
        client.force_login(anouk)
    asked = addresses(anouk)
    if who == "stranger":
        del asked["group"]  # which is its members' alone
    few = {page: queries_of(client, address) for page, address in asked.items()}
    grow(anouk, 12, 50)
    many = {page: queries_of(client, address) for page, address in asked.items()}
    assert {page: sql for page, sql in many.items() if len(sql) != len(few[page])} == {}
    assert {page: len(sql) for page, sql in few.items() if len(sql) > 21} == {}
