"""Pages of lists as members and strangers use them."""

import csv
from io import StringIO

import pytest
from django.core.cache import cache
from django.urls import reverse

from catalog import services
from catalog.models import FilmList, ListEntry, Movie
from catalog.services import lists as list_services
from tests.factories import MovieFactory, RatingFactory, UserFactory, WatchFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def rate_limits_begin_anew():
    cache.clear()


@pytest.fixture
def noir(member):
    found = services.create_list(user=member, title="Noir", is_ranked=True, description="*Rain* on glass.")
    for title in ("Laura", "Detour", "Gilda"):
        services.add_to_list(film_list=found, movie=MovieFactory(title=title, year=1945))
    return found


@pytest.fixture
def anouk(client, member):
    client.force_login(member)
    return client


def titles(film_list):
    return list(film_list.entries.in_order().values_list("movie__title", flat=True))


def film(title):
    return Movie.objects.get(title=title)


def entry_address(film_list, title):
    return reverse("catalog:list-entry", args=[film_list.pk, film(title).pk])


def film_address(film_list, movie):
    return reverse("catalog:list-film", args=[film_list.pk, movie.pk])


def undo_last(client, **more):
    token = next(reversed(client.session["undo"]))
    return client.post(reverse("catalog:undo", args=[token]), **more)


# Reading


def test_a_list_shows_its_films_in_order_with_numbers_words_and_notes(client, noir):
    services.change_note(entry=noir.entries.get(movie=film("Detour")), note="Ninety minutes of bad luck.")
    page = client.get(noir.get_absolute_url())
    assert page.text.index("Laura") < page.text.index("Detour") < page.text.index("Gilda")
    assert "<em>Rain</em> on glass." in page.text
    assert "Ninety minutes of bad luck." in page.text
    assert [f'<span class="rank">{place}</span>' in page.text for place in (1, 2, 3, 4)] == [True] * 3 + [
        False
    ]


def test_an_unranked_list_has_no_numbers(client, noir):
    FilmList.objects.update(is_ranked=False)
    assert 'class="rank"' not in client.get(noir.get_absolute_url()).text


def test_what_a_title_a_description_or_a_note_holds_is_shown_as_words(client, noir):
    evil = "<script>alert(1)</script>"
    FilmList.objects.update(title=evil, description=evil)
    ListEntry.objects.update(note=evil)
    page = client.get(FilmList.objects.get().get_absolute_url()).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_numbers_go_on_where_films_are_gone_from_between(client, noir):
    """A merge leaves a gap in the positions."""
    noir.entries.filter(movie=film("Gilda")).update(position=9)
    assert '<span class="rank">3</span>' in client.get(noir.get_absolute_url()).text


def test_a_long_list_comes_in_pages_that_count_on(client, noir, monkeypatch):
    monkeypatch.setattr("catalog.views.lists.FILMS_ON_PAGE", 2)
    second = client.get(noir.get_absolute_url(), {"page": 2})
    assert '<span class="rank">3</span>' in second.text
    assert 'ol start="3"' in second.text
    assert "Laura" not in second.text
    assert client.get(noir.get_absolute_url(), {"page": 3}).status_code == 404


def test_an_old_address_leads_to_the_new_title_and_is_not_remembered_for_good(client, noir):
    old = noir.get_absolute_url()
    services.change_list(
        film_list=noir, title="Dark rooms", description="", is_ranked=False, visibility="public"
    )
    answer = client.get(old)
    assert (answer.status_code, answer.url) == (302, f"/lists/{noir.pk}/dark-rooms/")
    page = client.get(answer.url)
    assert f'<link rel="canonical" href="http://localhost:8000/lists/{noir.pk}/dark-rooms/">' in page.text
    assert client.get(f"/lists/{noir.pk}/").status_code == 302


@pytest.mark.parametrize("title", ["Edit", "Delete", "New", "Film", "List", "七人の侍"])
def test_every_title_has_an_address_of_its_own(client, member, title):
    found = services.create_list(user=member, title=title)
    assert client.get(found.get_absolute_url()).context["list"] == found


def test_a_member_sees_how_many_of_them_they_have_seen(anouk, member, noir):
    RatingFactory(user=member, movie=film("Laura"))
    WatchFactory(user=member, movie=film("Gilda"))
    page = anouk.get(noir.get_absolute_url())
    assert page.context["seen"] == {film("Laura").pk, film("Gilda").pk}
    assert "You have seen 2 of these 3" in page.text


def test_a_stranger_s_stars_of_the_session_count_as_seen(client, noir):
    client.post(reverse("catalog:movie-rate", args=[film("Laura").pk]), {"stars": "4"})
    client.post(reverse("catalog:movie-rate", args=[MovieFactory().pk]), {"stars": "4"})
    assert "You have seen 1 of these 3" in client.get(noir.get_absolute_url()).text


def test_the_page_of_lists_shows_the_latest_public_ones_that_hold_a_film(anouk, member, noir):
    services.create_list(user=member, title="Empty")
    secret = services.create_list(user=member, title="Secret", visibility="private")
    services.add_to_list(film_list=secret, movie=film("Laura"))
    later = services.create_list(user=UserFactory(), title="Later")
    services.add_to_list(film_list=later, movie=film("Laura"))
    assert list(anouk.get("/lists/").context["page"]) == [later, noir]


def test_where_there_is_no_list_the_page_says_how_to_begin(client):
    assert "Yours would be the first" in client.get("/lists/").text


def test_one_s_own_page_has_the_empty_and_the_private_ones_too(anouk, member, noir):
    empty = services.create_list(user=member, title="Empty", visibility="private")
    assert list(anouk.get("/people/anouk/lists/").context["page"]) == [empty, noir]
    anouk.logout()
    assert list(anouk.get("/people/anouk/lists/").context["page"]) == [noir]


@pytest.mark.parametrize(("visibility", "is_hidden"), [("public", False), ("private", True)])
def test_search_engines_are_kept_from_a_private_list(anouk, noir, visibility, is_hidden):
    FilmList.objects.update(visibility=visibility)
    assert ('content="noindex"' in anouk.get(noir.get_absolute_url()).text) == is_hidden


# Making and changing


def details(**more):
    return {"title": "Noir", "description": "", "visibility": "public"} | more


def test_a_list_is_made_with_the_film_one_came_from(anouk, member, movie):
    assert "will be the first film on it" in anouk.get("/lists/new/", {"film": movie.pk}).text
    answer = anouk.post("/lists/new/", details(title="  Rainy \n Sundays ", is_ranked="on", film=movie.pk))
    made = FilmList.objects.get()
    assert answer.url == made.get_absolute_url()
    assert (made.title, made.is_ranked, made.user) == ("Rainy Sundays", True, member)
    assert list(made.entries.values_list("movie", flat=True)) == [movie.pk]


@pytest.mark.parametrize("sent", ["", "nonsense", "999999", "9" * 40])
def test_a_list_is_made_empty_where_there_is_no_such_film(anouk, sent):
    answer = anouk.post("/lists/new/", details(film=sent))
    assert answer.url == f"/lists/edit/{FilmList.objects.get().pk}/"


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"title": " \u200b "}, "Give the list a title."),
        ({"title": "x" * 101}, "That is longer than 100 characters."),
        ({"description": "x" * 5_001}, "That is longer than 5000 characters."),
        ({"visibility": "friends"}, "Select a valid choice."),
    ],
)
def test_what_makes_no_list_comes_back_with_what_is_wrong(anouk, noir, sent, sentence):
    for address in ("/lists/new/", f"/lists/edit/{noir.pk}/"):
        answer = anouk.post(address, details(**sent))
        assert answer.status_code == 422
        assert sentence in answer.text
    noir.refresh_from_db()
    assert (noir.title, FilmList.objects.count()) == ("Noir", 1)


def test_a_person_with_two_hundred_lists_is_told_so(anouk, noir, monkeypatch):
    monkeypatch.setattr(list_services, "MOST_LISTS", 1)
    answer = anouk.post("/lists/new/", details())
    assert answer.status_code == 422
    assert "Delete one to make room." in answer.text


def test_lists_are_not_made_by_the_dozen(anouk):
    answers = [anouk.post("/lists/new/", details()).status_code for _ in range(11)]
    assert answers == [302] * 10 + [429]


def test_details_are_changed_and_put_back(anouk, noir):
    answer = anouk.post(f"/lists/edit/{noir.pk}/", details(title="Dark", visibility="private"), follow=True)
    assert "“Dark” is changed." in answer.text
    noir.refresh_from_db()
    assert (noir.title, noir.visibility, noir.is_ranked) == ("Dark", "private", False)
    assert "“Noir” is as it was before." in undo_last(anouk, follow=True).text
    noir.refresh_from_db()
    assert (noir.title, noir.visibility, noir.is_ranked) == ("Noir", "public", True)


def test_deleting_asks_first_and_can_be_taken_back(anouk, noir):
    address = f"/lists/delete/{noir.pk}/"
    assert "its 3 films" in anouk.get(address).text
    assert FilmList.objects.exists()
    answer = anouk.post(address, {"next": "/people/anouk/lists/"}, follow=True)
    assert "“Noir” is deleted." in answer.text
    assert (FilmList.objects.count(), ListEntry.objects.count(), Movie.objects.count()) == (0, 0, 3)
    undo_last(anouk)
    assert titles(FilmList.objects.get(pk=noir.pk)) == ["Laura", "Detour", "Gilda"]


# Films in it


@pytest.mark.parametrize(
    ("sent", "order"),
    [
        ({"up": "1", "place": "2"}, ["Detour", "Laura", "Gilda"]),
        ({"down": "1", "place": "2"}, ["Laura", "Gilda", "Detour"]),
        ({"place": "1"}, ["Detour", "Laura", "Gilda"]),
        ({"place": "99"}, ["Laura", "Gilda", "Detour"]),
    ],
)
def test_a_film_moves_up_down_or_to_a_place_and_back(anouk, noir, sent, order):
    address = entry_address(noir, "Detour")
    answer = anouk.post(address, sent | {"note": "", "next": f"/lists/edit/{noir.pk}/"}, follow=True)
    assert titles(noir) == order
    assert f"Detour is number {order.index('Detour') + 1}." in answer.text
    undo_last(anouk)
    assert titles(noir) == ["Laura", "Detour", "Gilda"]


def test_words_that_were_typed_are_kept_whichever_button_is_pressed(anouk, noir):
    anouk.post(entry_address(noir, "Gilda"), {"up": "1", "place": "3", "note": "  One   glove. "})
    assert noir.entries.get(movie=film("Gilda")).note == "One glove."
    assert titles(noir) == ["Laura", "Gilda", "Detour"]


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"place": ""}, "A place is a whole number, from one on."),
        ({"place": "first"}, "A place is a whole number, from one on."),
        ({"place": "0"}, "A place is a whole number, from one on."),
        ({"place": "1", "note": "x" * 301}, "A note has 300 characters at most."),
    ],
)
def test_what_is_no_place_or_note_is_said_and_changes_nothing(anouk, noir, sent, sentence):
    answer = anouk.post(entry_address(noir, "Gilda"), sent, follow=True)
    assert sentence in answer.text
    assert titles(noir) == ["Laura", "Detour", "Gilda"]


def test_a_film_is_found_by_its_title_added_and_taken_off(anouk, noir):
    heat = MovieFactory(title="Heat", year=1995)
    page = anouk.get(f"/lists/edit/{noir.pk}/", {"q": "heat"})
    assert page.context["offered"] == [heat]
    anouk.post(film_address(noir, heat))
    assert titles(noir)[-1] == "Heat"
    assert anouk.get(f"/lists/edit/{noir.pk}/", {"q": "heat"}).context["held"] == {heat.pk}
    anouk.post(film_address(noir, heat), {"undo": "1"})
    assert "Heat" not in titles(noir)
    undo_last(anouk)
    assert titles(noir)[-1] == "Heat"


def test_a_full_list_takes_no_film_and_says_so(anouk, noir, movie, monkeypatch):
    monkeypatch.setattr(list_services, "MOST_FILMS", 3)
    answer = anouk.post(film_address(noir, movie), follow=True)
    assert "“Noir” is full" in answer.text
    assert len(titles(noir)) == 3


def test_a_change_of_another_tab_is_not_undone(anouk, noir):
    anouk.post(entry_address(noir, "Gilda"), {"place": "1", "note": ""})
    services.remove_from_list(film_list=noir, movie=film("Laura"))
    assert "“Noir” has changed again since" in undo_last(anouk, follow=True).text
    assert titles(noir) == ["Gilda", "Detour"]


def test_undoing_in_place_renews_the_page(anouk, noir):
    anouk.post(entry_address(noir, "Gilda"), {"place": "1", "note": ""})
    answer = undo_last(anouk, headers=HTMX)
    assert answer["HX-Refresh"] == "true"
    assert "“Noir” is as it was before." in anouk.get("/lists/").text


# On the page of a film


def test_the_menu_of_a_film_has_a_mark_for_each_list_that_holds_it(anouk, member, noir):
    services.create_list(user=member, title="Others")
    page = anouk.get(film("Laura").get_absolute_url())
    assert {one.title: one.holds for one in page.context["film_lists"].own} == {"Noir": True, "Others": False}
    assert "On one of your lists" in page.text
    assert "Add to a list" in anouk.get(MovieFactory().get_absolute_url()).text


def test_a_mark_is_set_in_place_and_the_lists_below_follow(anouk, member, noir, movie):
    answer = anouk.post(film_address(noir, movie), headers=HTMX | {"HX-Target": "film-lists"})
    assert 'id="film-lists" open' in answer.text
    assert 'id="in-lists" hx-swap-oob="true"' in answer.text
    assert "is on “Noir”." in answer.text
    assert titles(noir)[-1] == movie.title


def test_without_a_script_the_mark_leads_back_to_the_film(anouk, noir, movie):
    answer = anouk.post(film_address(noir, movie), {"next": movie.get_absolute_url()}, follow=True)
    assert answer.redirect_chain[-1][0] == movie.get_absolute_url()
    assert "is on “Noir”." in answer.text


def test_a_film_s_page_shows_six_lists_one_s_own_first_and_leads_to_the_others(anouk, member, noir):
    laura = film("Laura")
    for number in range(7):
        other = services.create_list(user=UserFactory(), title=f"Other {number}")
        services.add_to_list(film_list=other, movie=laura)
    page = anouk.get(laura.get_absolute_url())
    shown = page.context["film_lists"].shown
    assert [one.title for one in shown] == ["Noir", *[f"Other {number}" for number in (6, 5, 4, 3, 2)]]
    address = f"/lists/film/{laura.pk}/"
    assert f'href="{address}"' in page.text
    assert anouk.get(address).context["page"].paginator.count == 8


def test_a_film_on_no_list_says_nothing_of_lists_to_a_stranger(client, movie):
    page = client.get(movie.get_absolute_url()).text
    assert "In lists" not in page
    assert "Add to a list" not in page
    assert "It is on no list that you may see." in client.get(f"/lists/film/{movie.pk}/").text


# To take along


def test_one_s_lists_come_as_a_file_with_a_row_for_each_film(anouk, member, noir):
    services.change_note(entry=noir.entries.get(movie=film("Gilda")), note='"Put the blame", she sang.')
    services.create_list(user=member, title="Empty", visibility="private")
    services.create_list(user=UserFactory(), title="Of another")
    answer = anouk.get("/lists/mine.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(StringIO(answer.text)))
    assert [(row["list"], row["place"], row["title"]) for row in rows] == [
        ("Noir", "1", "Laura"),
        ("Noir", "2", "Detour"),
        ("Noir", "3", "Gilda"),
        ("Empty", "", ""),
    ]
    assert (rows[2]["note"], rows[0]["ranked"]) == ('"Put the blame", she sang.', "yes")
    assert (rows[3]["visibility"], rows[0]["description"]) == ("private", "*Rain* on glass.")
