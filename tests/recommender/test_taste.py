"""The taste map page, and the switch that lets people be found."""

import json
import re
import subprocess
import sys

import numpy as np
import pytest
from django.conf import settings as django_settings

from catalog.models import Rating
from catalog.services import hide, rate
from recommender import live, taste, training
from recommender.area_names import area_in_words
from recommender.film_facts import facts_of
from recommender.ml import artefact
from recommender.ml.taste_map import TABLE, TasteMap
from recommender.models import Preferences
from recommender.taste import HEIGHT, WIDTH, Place, chart_for
from recommender.taste_labels import beside, name_labels, number_labels
from recommender.visitors import Visitor
from tests.factories import ImportedUserFactory, MovieFactory, UserFactory
from tests.processes import environment

pytestmark = pytest.mark.django_db


@pytest.fixture
def lover_of_westerns(member, films):
    for film in range(1, 13):
        rate(user=member, movie=films[film], stars=5 if film % 2 else 1.5)
    return member


def cells(page):
    """The text of the table's rows, in the order of the page."""
    rows = re.findall(r"<tr.*?</tr>", page, re.DOTALL)[1:]
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]


# The map


@pytest.mark.usefixtures("mapped")
def test_a_stranger_sees_the_map_of_the_site(client):
    page = client.get("/taste/").text
    assert "Rate a few films" in page
    assert "You are here" not in page
    assert page.count('class="dot') >= 50
    assert len(cells(page)) == 8


@pytest.mark.usefixtures("mapped")
def test_every_dot_is_a_link_with_the_title_of_its_film(client):
    page = client.get("/taste/").text
    assert re.search(r'href="/films/7/film-7-1960/"[^>]*><title>Film 7 \(1960\)</title><circle', page)


@pytest.mark.usefixtures("mapped")
def test_my_films_are_lit_by_how_i_rated_them(client, lover_of_westerns):
    client.force_login(lover_of_westerns)
    page = client.get("/taste/").text
    assert re.search(r'class="dot loved[^>]*><title>Film 3 \(1960\): you gave it 5</title>', page)
    assert re.search(r'class="dot disliked[^>]*><title>Film 4 \(1960\): you gave it 1.5</title>', page)
    assert "You are here" in page


@pytest.mark.usefixtures("mapped")
def test_a_stranger_who_rates_is_on_the_map_at_once(client):
    client.post("/films/3/rate/", {"stars": "5.0"})
    assert "You are here" in client.get("/taste/").text


@pytest.mark.usefixtures("mapped")
def test_here_is_the_middle_of_what_i_love(films):
    alone = chart_for(Visitor.of_session({3: 10}))
    (dot,) = [dot for dot in alone.dots if dot.film == films[3]]
    assert (alone.here.x, alone.here.y) == (dot.x, dot.y)
    with_dislike = chart_for(Visitor.of_session({3: 10, 4: 1}))
    assert with_dislike.here == alone.here
    assert chart_for(Visitor.of_session({4: 1})).here is None


@pytest.mark.usefixtures("mapped")
def test_films_i_rated_are_drawn_above_the_others(lover_of_westerns):
    states = [bool(dot.state) for dot in chart_for(Visitor.of_member(lover_of_westerns)).dots]
    assert states == sorted(states)
    assert any(states)


# The table


@pytest.mark.usefixtures("mapped")
def test_the_table_tells_my_stars_and_how_much_of_each_area_i_watch(lover_of_westerns):
    chart = chart_for(Visitor.of_member(lover_of_westerns))
    assert sum(area.mine for area in chart.areas) == pytest.approx(1)
    assert sum(area.seen for area in chart.areas) == 12
    assert sum(area.films for area in chart.areas) == 60
    for area in chart.areas:
        mine = [dot.stars for dot in chart.dots if dot.area == area.number and dot.stars]
        assert area.stars == (pytest.approx(np.mean(mine)) if mine else None)


@pytest.mark.usefixtures("mapped")
def test_the_page_says_it_in_words(client, lover_of_westerns):
    client.force_login(lover_of_westerns)
    rows = cells(client.get("/taste/").text)
    assert all(re.search(r"\d+ film", row) for row in rows)
    assert any("of what you saw" in row and "5.0" in row for row in rows)


@pytest.mark.usefixtures("mapped")
def test_an_area_opens_on_the_films_in_it_that_i_have_not_seen(client, lover_of_westerns):
    client.force_login(lover_of_westerns)
    for number in range(1, 9):
        chart = client.get("/taste/", {"area": number}).context["chart"]
        assert chart.chosen.number == number
        inside = {dot.film.pk for dot in chart.dots if dot.area == number}
        picked = {pick.movie.pk for pick in chart.row.picks}
        assert picked <= inside
        assert not picked & set(range(1, 13))


@pytest.mark.usefixtures("mapped")
def test_an_area_shows_films_of_the_genres_that_it_is_named_by(films):
    stored = live.live_models().taste_map.names
    (number,) = [place + 1 for place, name in enumerate(stored) if name.startswith("Westerns")][:1]
    picks = chart_for(Visitor.of_session({}), number).row.picks
    assert picks
    for pick in picks:
        assert "Western" in pick.movie.genres.values_list("name", flat=True)


@pytest.mark.usefixtures("mapped")
def test_an_area_shows_its_best_known_films(films, monkeypatch):
    monkeypatch.setattr(taste, "BEST_KNOWN", 2)
    chart = chart_for(Visitor.of_session({}), 1)
    known = facts_of(live.live_models()).popularity
    rows = live.live_models().items.rows([pick.movie.pk for pick in chart.row.picks])
    inside = [dot.film.pk for dot in chart.dots if dot.area == 1]
    assert len(rows) == 2
    assert known[rows].min() >= np.sort(known[live.live_models().items.rows(inside)])[-2]


@pytest.mark.usefixtures("mapped")
def test_hidden_films_are_not_offered(member, films):
    first = chart_for(Visitor.of_member(member), 1).row.picks[0].movie
    hide(user=member, movie=first)
    assert first not in [pick.movie for pick in chart_for(Visitor.of_member(member), 1).row.picks]


@pytest.mark.usefixtures("mapped")
@pytest.mark.parametrize("area", ["99", "0", "-1", "west", "1" * 5000, ""])
def test_an_area_that_is_not_there_opens_the_one_most_at_home_in(client, area):
    page = client.get("/taste/", {"area": area})
    assert page.status_code == 200
    assert page.context["chart"].chosen in page.context["chart"].areas


@pytest.mark.usefixtures("mapped")
def test_an_area_of_which_i_have_seen_all_says_so(client):
    areas = chart_for(Visitor.of_session({})).dots
    for film in [dot.film.pk for dot in areas if dot.area == 1]:
        client.post(f"/films/{film}/rate/", {"stars": "4.0"})
    assert "You have seen all of it" in client.get("/taste/?area=1").text


# Labels


def overlapping(placed, sizes):
    return [
        (one, other)
        for one in range(len(placed))
        for other in range(one)
        if (np.abs(placed[one] - placed[other]) < (sizes[one] + sizes[other]) / 2 - 1).all()
    ]


NO_DOTS = np.empty((0, 2))


def test_labels_in_one_heap_stand_apart_and_on_the_paper():
    middles, sizes = np.full((24, 2), 10.0) + np.arange(24)[:, None], np.full((24, 2), (150.0, 44.0))
    placed = beside(middles, sizes, NO_DOTS)
    assert overlapping(placed, sizes) == []
    assert (placed - sizes / 2 >= 0).all()
    assert (placed + sizes / 2 <= (WIDTH, HEIGHT)).all()


def test_labels_leave_room_for_where_the_visitor_is():
    middles, sizes = np.array([[500.0, 400.0]]), np.array([[150.0, 44.0]])
    (label,) = beside(middles, sizes, NO_DOTS, Place(500, 400))
    assert np.abs(label - (500, 400)).max() > 44


def test_labels_that_have_room_stay_where_their_areas_are():
    middles, sizes = np.array([[200.0, 200.0], [700.0, 600.0]]), np.full((2, 2), (150.0, 44.0))
    np.testing.assert_array_equal(beside(middles, sizes, NO_DOTS), middles)


def test_a_label_goes_aside_for_the_films_of_its_area():
    middle, size = np.array([[500.0, 500.0]]), np.array([[150.0, 44.0]])
    films = np.array([(x, y) for x in range(440, 561, 12) for y in range(470, 531, 12)], float)
    (label,) = beside(middle, size, films)
    assert not (np.abs(films - label) < size / 2).all(axis=1).any()
    assert np.linalg.norm(label - middle) < 150


def test_a_label_that_stands_aside_has_a_line_that_begins_at_it():
    middle = np.array([[500.0, 500.0]])
    (alone,) = number_labels(middle, NO_DOTS, None)
    (aside,) = number_labels(middle, NO_DOTS, Place(500, 500))
    assert (alone.middle, alone.leader) == (Place(500, 500), None)
    assert np.abs(np.subtract(aside.leader, aside.middle)).max() <= 30
    assert np.hypot(*np.subtract(aside.leader, middle[0])) > 16


def test_areas_of_the_same_kind_are_told_apart_on_the_map():
    names = [area_in_words(name) for name in ("Drama, Jane Doe, affair", "Drama, John Roe", "Horror, A Bee")]
    labels = name_labels(names, np.array([[200.0, 200], [500, 500], [800, 800]]), NO_DOTS, None)
    assert [[line for _, line in label.lines] for label in labels] == [
        ["Drama", "Jane Doe"],
        ["Drama", "John Roe"],
        ["Horror"],
    ]


# Without a map


@pytest.mark.usefixtures("live_version")
def test_a_version_without_a_map_says_when_it_comes(client):
    assert "drawn with the next training" in client.get("/taste/").text


def test_a_site_without_models_says_so_too(client):
    assert "drawn with the next training" in client.get("/taste/").text


def test_a_film_deleted_since_the_training_is_off_the_map(mapped, films):
    films[7].delete()
    assert films[7] not in [dot.film for dot in chart_for(Visitor.of_session({})).dots]


def test_a_film_newer_than_the_training_does_no_harm(mapped):
    new = MovieFactory(title="Brand new")
    assert chart_for(Visitor.of_session({new.pk: 10})).here is None


def test_a_training_draws_the_map(films, settings, tmp_path):
    settings.MODELS_DIR = tmp_path
    live.forget()
    for number in range(12):
        person = ImportedUserFactory(source_key=f"test:{number}")
        Rating.objects.bulk_create(
            Rating(user=person, movie=film, half_stars=9 if (pk + number) % 2 else 3)
            for pk, film in list(films.items())[:12]
        )
    training.run(force=True)
    drawn = live.live_models().taste_map
    assert (drawn.cluster >= 0).sum() == 12
    assert all(drawn.names)
    live.forget()


def test_the_map_is_opened_as_it_was_drawn(mapped, bundle_with_map):
    stored = TasteMap.of(artefact.open_bundle(bundle_with_map).tables[TABLE])
    assert live.live_models().taste_map.names == stored.names
    assert isinstance(live.live_models().taste_map.place.base, np.memmap)


# To be found


def test_only_members_have_the_switch(client, member):
    assert "Let people with a similar taste find me" not in client.get("/taste/").text
    client.force_login(member)
    page = client.get("/taste/").text
    assert 'aria-checked="false"' in page
    assert not Preferences.objects.filter(user=member, is_findable=True).exists()


def test_the_switch_lets_me_be_found_and_back(client, member):
    client.force_login(member)
    page = client.post("/taste/findable/", {"findable": "1"}, follow=True)
    assert page.redirect_chain == [("/taste/#people", 302)]
    assert 'aria-checked="true"' in page.text
    assert Preferences.objects.get(user=member).is_findable
    assert 'aria-checked="false"' in client.post("/taste/findable/", follow=True).text
    assert not Preferences.objects.get(user=member).is_findable


def test_a_stranger_cannot_be_found_and_a_link_switches_nothing(client, member):
    assert client.post("/taste/findable/", {"findable": "1"}).url.startswith("/accounts/login/")
    client.force_login(member)
    assert client.get("/taste/findable/", {"findable": "1"}).status_code == 405


def test_the_page_names_people_who_agreed_and_nobody_else(client, films):
    for name, findable in (("anouk", True), ("jt", True), ("shy", False)):
        person = UserFactory(username=name)
        Preferences.objects.create(user=person, is_findable=findable)
        for film in range(1, 11):
            rate(user=person, movie=films[film], stars=5 if film % 2 else 1)
    client.force_login(Preferences.objects.get(user__username="anouk").user)
    # The three of them alone would be what is usual.
    films[1].__class__.objects.update(ratings_count=20, half_stars_sum=120)
    page = client.get("/taste/").text
    assert "You agree on 10 of 10 films" in page
    assert 'href="/people/jt/"' in page
    assert "shy" not in page


# What it costs


@pytest.mark.usefixtures("mapped")
def test_the_page_costs_the_same_queries_for_a_short_and_a_long_history(
    client, member, films, django_assert_max_num_queries
):
    client.force_login(member)
    Preferences.objects.create(user=member, is_findable=True)
    (unseen,) = [dot.area for dot in chart_for(Visitor.of_session({})).dots if dot.film == films[60]]
    address = f"/taste/?area={unseen}"
    counts = []
    for size in (range(1, 7), range(7, 41)):
        for film in size:
            rate(user=member, movie=films[film], stars=5 if film % 2 else 2)
            for number in range(film % 3 + 1):
                rate(user=neighbour(number), movie=films[film], stars=5 if film % 2 else 2)
        client.get(address)
        with django_assert_max_num_queries(16) as queries:
            assert "You agree on" in client.get(address).text
        counts.append(len(queries))
    assert counts[0] == counts[1]


def neighbour(number):
    name = f"neighbour{number}"
    found = Preferences.objects.filter(user__username=name).select_related("user").first()
    return (found or Preferences.objects.create(user=UserFactory(username=name), is_findable=True)).user


RENDER = """
import json, os, sys, django
django.setup()
from django.conf import settings
settings.MODELS_DIR = os.environ["BUNDLES"]
from django.test import Client
client = Client(headers={"host": "localhost"})
client.post("/films/1/rate/", {"stars": "5.0"})
page = client.get("/taste/").text
heavy = [name for name in ("torch", "numba", "sklearn", "pandas") if name in sys.modules]
print(json.dumps({"dots": page.count('class="dot'), "loaded": heavy}))
"""


@pytest.mark.django_db(transaction=True)
def test_the_map_is_drawn_without_the_libraries_of_training(mapped, bundle_with_map):
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", RENDER],
        cwd=django_settings.BASE_DIR,
        env=environment(BUNDLES=str(bundle_with_map.parent)),
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["dots"] >= 50
    assert told["loaded"] == []
