import pytest
from django.urls import reverse

from catalog import services
from catalog.models import Rating, UnusedFilm, WatchlistEntry
from recommender import services as recommendations
from recommender.movement import movement
from recommender.visitors import Visitor
from tests.factories import MovieFactory, UserFactory

pytestmark = pytest.mark.django_db


def use(client, film, **sent):
    return client.post(reverse("catalog:movie-use", args=[film.pk]), sent)


def test_a_film_that_is_not_to_be_used_stays_rated_and_seen_and_is_not_learned_from(client, member, movie):
    client.force_login(member)
    services.rate(user=member, movie=movie, stars=5)
    use(client, movie)
    visitor = Visitor.of_member(member)
    assert Rating.objects.filter(user=member, movie=movie).exists()
    assert visitor.seen == {movie.pk}
    assert visitor.ordered == []
    assert not visitor
    assert visitor.stars(movie.pk) == 5


def test_leaving_a_film_out_can_be_undone(client, member, movie):
    client.force_login(member)
    services.rate(user=member, movie=movie, stars=5)
    use(client, movie)
    assert "does not count for your suggestions" in client.get(movie.get_absolute_url()).content.decode()
    use(client, movie, undo=1)
    assert Visitor.of_member(member).ordered == [movie.pk]
    assert not UnusedFilm.objects.exists()


@pytest.mark.usefixtures("live_version")
def test_leaving_films_out_changes_the_next_answer(member, films):
    for film in range(1, 9):
        services.rate(user=member, movie=films[film], stars=5 if film % 2 else 1)
    before = recommendations.predict(Visitor.of_member(member), films[21]).stars
    for film in (1, 3, 5):
        services.leave_out(user=member, movie=films[film])
    assert recommendations.predict(Visitor.of_member(member), films[21]).stars < before - 0.1


def test_what_a_stranger_leaves_out_comes_along_at_sign_up(client):
    film = MovieFactory()
    client.post(reverse("catalog:movie-rate", args=[film.pk]), {"stars": 4})
    use(client, film)
    client.post(
        reverse("account_signup"),
        {
            "username": "anouk",
            "email": "a@b.nl",
            "password1": "kijken-naar-films",
            "password2": "kijken-naar-films",
        },
    )
    assert UnusedFilm.objects.filter(user__username="anouk", movie=film).exists()


@pytest.mark.usefixtures("live_version")
def test_after_a_rating_the_page_says_once_what_moved(client, member, films):
    for film in range(1, 9):
        services.rate(user=member, movie=films[film], stars=5 if film % 2 else 1)
    client.force_login(member)
    rate = reverse("catalog:movie-rate", args=[30])
    client.post(rate, {"stars": "5", "next": films[30].get_absolute_url()})
    page = films[30].get_absolute_url()
    assert "Your picks" in client.get(page).content.decode()
    assert "Your picks" not in client.get(page).content.decode()


@pytest.mark.usefixtures("live_version")
def test_the_movement_is_between_the_list_with_the_former_stars_and_the_list_now(films):
    now = Visitor.of_session({film: 10 if film % 2 else 2 for film in range(1, 13)})
    turned = movement(now, films[1], 0.5)
    assert turned.up + turned.down + turned.entered > 0
    assert turned.entered == turned.left
    assert not movement(now, films[1], 5)


def test_without_a_model_nothing_is_said_to_move(client, member, movie):
    client.force_login(member)
    client.post(reverse("catalog:movie-rate", args=[movie.pk]), {"stars": "5"})
    assert "moved" not in client.get(movie.get_absolute_url()).content.decode()


def watchlist(client, film, **sent):
    return client.post(reverse("catalog:movie-watchlist", args=[film.pk]), sent)


def test_a_film_goes_on_the_watchlist_once_and_off_again(client, member, movie):
    client.force_login(member)
    watchlist(client, movie)
    watchlist(client, movie)
    assert WatchlistEntry.objects.filter(user=member, movie=movie).count() == 1
    assert Visitor.of_member(member).watchlist == {movie.pk}
    assert "On your watchlist" in client.get(movie.get_absolute_url()).content.decode()
    watchlist(client, movie, undo=1)
    assert not WatchlistEntry.objects.exists()


def test_a_watchlist_needs_an_account(client, movie):
    assert reverse("account_login") in watchlist(client, movie).url
    assert not WatchlistEntry.objects.exists()


def test_the_watchlist_page_shows_ones_own_films_the_newest_wish_first(client, member):
    mine, other = [MovieFactory() for _ in range(3)], MovieFactory()
    for film in mine:
        services.add_to_watchlist(user=member, movie=film)
    services.add_to_watchlist(user=UserFactory(), movie=other)
    assert reverse("account_login") in client.get(reverse("catalog:watchlist")).url
    client.force_login(member)
    assert list(client.get(reverse("catalog:watchlist")).context["page"]) == mine[::-1]
