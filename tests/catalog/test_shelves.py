"""A member's shelves: the watchlist and tonight's draw from it, and films that wait for their stars."""

from collections import Counter
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog import services, tonight
from catalog.models import WatchlistEntry
from tests.factories import MovieFactory, RatingFactory, UserFactory, WatchFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def anouk(client, member):
    client.force_login(member)
    return member


@pytest.fixture
def wishes(anouk):
    """Added in this order."""
    films = [("Alpha", 1990, 150), ("Beta", 1950, None), ("Gamma", None, 80), ("Delta", 1970, 110)]
    for number, (title, year, runtime) in enumerate(films):
        film = MovieFactory(title=title, year=year, runtime=runtime)
        services.add_to_watchlist(user=anouk, movie=film)
        for _ in range(number % 3):
            RatingFactory(movie=film)
    services.refresh_counts()
    services.add_to_watchlist(user=UserFactory(), movie=MovieFactory(title="Somebody else's"))


def listed(client, query=""):
    return [film.title for film in client.get(f"/films/watchlist/{query}").context["page"]]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("added", ["Delta", "Gamma", "Beta", "Alpha"]),
        ("popular", ["Gamma", "Beta", "Alpha", "Delta"]),
        ("newest", ["Alpha", "Delta", "Beta", "Gamma"]),
        ("oldest", ["Beta", "Delta", "Alpha", "Gamma"]),
        ("shortest", ["Gamma", "Delta", "Alpha", "Beta"]),
        ("longest", ["Alpha", "Delta", "Gamma", "Beta"]),
        ("nonsense", ["Delta", "Gamma", "Beta", "Alpha"]),
    ],
)
def test_the_watchlist_comes_in_the_wanted_order(client, wishes, sort, expected):
    assert listed(client, f"?sort={sort}") == expected


ALL = ["Delta", "Gamma", "Beta", "Alpha"]


@pytest.mark.parametrize(
    ("minutes", "expected"), [(90, ["Gamma"]), (120, ["Delta", "Gamma"]), (7, ALL), (0, ALL)]
)
def test_the_watchlist_is_cut_to_a_length_and_unknown_lengths_may_be_too_long(
    client, wishes, minutes, expected
):
    assert listed(client, f"?longest={minutes}") == expected


@pytest.fixture
def western_fan(anouk, films, live_version):
    """Odd films are westerns, which she loves."""
    for film in range(1, 13):
        services.rate(user=anouk, movie=films[film], stars=5 if film % 2 else 1)
    for film in range(31, 43):
        services.add_to_watchlist(user=anouk, movie=films[film])


def test_what_is_predicted_highest_comes_first(client, western_fan):
    order = [film.pk % 2 for film in client.get("/films/watchlist/?sort=predicted").context["page"]]
    assert order == [1] * 6 + [0] * 6


def test_without_a_model_the_most_rated_come_first(client, wishes):
    assert listed(client, "?sort=predicted") == ["Gamma", "Beta", "Alpha", "Delta"]


def test_a_film_is_taken_off_in_place_and_put_back(client, wishes):
    film = WatchlistEntry.objects.first().movie
    htmx = {"HX-Request": "true", "HX-Target": f"card-{film.pk}"}
    off = client.post(f"/films/{film.pk}/watchlist/", {"undo": "1"}, headers=htmx)
    assert "is off your watchlist" in off.text
    assert "<html" not in off.text
    assert film.title not in listed(client)
    again = client.post(f"/films/{film.pk}/watchlist/", headers=htmx)
    assert "Take off" in again.text
    assert film.title in listed(client)


def test_the_watchlist_is_its_owner_s_alone(client, member):
    assert client.get("/films/watchlist/")["Location"].startswith("/accounts/login/")


# Tonight


def draw(client, **form):
    return client.post("/films/watchlist/tonight/", form, follow=True)


def drawn(answer):
    return answer.context["draw"] and answer.context["draw"]["movie"].title


def test_one_press_draws_a_film_and_says_why(client, wishes):
    answer = draw(client)
    assert drawn(answer) in ("Alpha", "Beta", "Gamma", "Delta")
    assert "Drawn by lot from 4 films, each with the same chance." in answer.text


def test_a_draw_keeps_to_the_wanted_length(client, wishes):
    answer = draw(client, longest=90)
    assert drawn(answer) == "Gamma"
    assert "The only film left to draw from." in answer.text


def test_another_draw_brings_another_film_and_undo_the_one_before(client, wishes):
    films = [drawn(draw(client)) for _ in range(4)]
    assert sorted(films) == ["Alpha", "Beta", "Delta", "Gamma"]
    assert drawn(draw(client, undo="1")) == films[2]
    for _ in range(3):
        answer = draw(client, undo="1")
    assert answer.context["draw"] is None


def test_nothing_can_be_drawn_from_nothing(client, anouk):
    assert "No film on your watchlist is that short" in draw(client).text


def test_a_film_that_left_the_watchlist_is_not_for_tonight(client, wishes):
    draw(client)
    WatchlistEntry.objects.all().delete()
    assert client.get("/films/watchlist/").context["draw"] is None


def test_tomorrow_is_another_night(client, wishes):
    draw(client)
    session = client.session
    yesterday = timezone.localdate() - timedelta(days=1)
    session["tonight"] = [kept | {"day": yesterday.isoformat()} for kept in session["tonight"]]
    session.save()
    assert client.get("/films/watchlist/").context["draw"] is None


def test_half_a_star_more_doubles_the_chance():
    stars = {1: 4.0, 2: 3.5, 3: 2.0}
    chances = {}
    for _ in range(400):
        lot = tonight.Draw.of([1, 2, 3], stars)
        chances[lot.movie] = lot.chance
    assert chances[1] == pytest.approx(2 * chances[2])
    assert chances[1] == pytest.approx(16 / 25)


def test_likely_films_are_drawn_more_often():
    counts = Counter(tonight.Draw.of([1, 2], {1: 4.5, 2: 2.5}).movie for _ in range(300))
    assert counts[1] > counts[2] > 0


def test_a_film_without_a_prediction_has_the_middle_chance():
    chances = {
        lot.movie: lot.chance for lot in (tonight.Draw.of([1, 2, 3], {1: 4.0, 2: 3.0}) for _ in range(400))
    }
    assert chances[2] < chances[3] < chances[1]


def test_predictions_weigh_and_the_page_says_how_much(client, western_fan):
    answer = draw(client)
    assert "Half a predicted star more doubles a film’s chance" in answer.text
    assert answer.context["draw"]["told"].is_weighted


# Seen, not rated


def test_the_queue_holds_what_was_seen_without_stars_the_latest_first(client, anouk):
    days = {
        "Long ago": None,
        "Later": date(2024, 3, 9),
        "Sooner": date(2023, 1, 1),
        "Rated": date(2024, 4, 1),
    }
    for title, day in days.items():
        WatchFactory(user=anouk, movie=MovieFactory(title=title), watched_on=day)
    WatchFactory(user=anouk, movie__title="Twice", watched_on=date(2024, 1, 1))
    twice = anouk.watches.get(movie__title="Twice").movie
    WatchFactory(user=anouk, movie=twice, watched_on=date(2022, 1, 1))
    RatingFactory(user=anouk, movie=anouk.watches.get(movie__title="Rated").movie)
    RatingFactory(movie=twice)
    WatchFactory(movie__title="Somebody else's", watched_on=date(2024, 3, 9))
    page = client.get("/films/queue/")
    assert [film.title for film in page.context["page"]] == ["Later", "Twice", "Sooner", "Long ago"]
    assert "4 films you saw wait for their stars" in page.text


def test_a_film_is_rated_in_place_and_leaves_the_queue(client, anouk, movie):
    WatchFactory(user=anouk, movie=movie)
    answer = client.post(f"/films/{movie.pk}/rate/", {"stars": "4.0", "next": "/films/queue/"}, follow=True)
    assert answer.redirect_chain[-1][0] == "/films/queue/"
    assert "Every film you saw has its stars." in answer.text


@pytest.mark.parametrize("path", ["/films/watchlist/", "/films/watchlist/?sort=predicted", "/films/queue/"])
def test_shelves_cost_the_same_at_two_sizes(client, anouk, path, settings):
    settings.MOVIES_PER_PAGE = 100
    costs = []
    for size in (3, 30):
        for _ in range(size):
            film = MovieFactory(genres=["Drama"])
            services.add_to_watchlist(user=anouk, movie=film)
            WatchFactory(user=anouk, movie=film)
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 12
