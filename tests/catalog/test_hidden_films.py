"""Not interested: hidden films, with undo and a page of their own."""

import re

import pytest
from django.urls import reverse

from catalog.models import HiddenFilm
from recommender.rows import rows_for
from recommender.similar import similar_to
from recommender.visitors import Visitor
from tests.factories import MovieFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["member", "stranger"])
def visitor_client(request, client, member):
    if request.param == "member":
        client.force_login(member)
    return client


@pytest.fixture
def charted():
    """Rated films, which the chart recommends when no model is trained."""
    return [MovieFactory(title=f"Charted {n}", ratings_count=9, half_stars_sum=60 + n) for n in range(4)]


def hide(client, film, **data):
    return client.post(reverse("catalog:movie-hide", args=[film.pk]), data, follow=True)


def suggested(client):
    """To see or, at the beginning, to rate: no film stands twice on the page."""
    page = client.get("/for-you/").context
    return {pick.movie for pick in page["picks"]} | {film for film, _ in page["to_rate"]}


def test_a_hidden_film_is_not_suggested_and_the_list_stays_full(visitor_client, charted, monkeypatch):
    monkeypatch.setattr("recommender.views.picks.PICKS", 3)
    best = max(charted, key=lambda film: film.half_stars_sum)
    assert best in suggested(visitor_client)
    hide(visitor_client, best)
    assert suggested(visitor_client) == set(charted) - {best}


def test_hiding_can_be_undone(visitor_client, charted):
    hide(visitor_client, charted[0])
    hide(visitor_client, charted[0], undo="1")
    assert charted[0] in suggested(visitor_client)


def test_the_page_says_what_was_done(visitor_client, charted):
    assert "Charted 0 will not be suggested again." in hide(visitor_client, charted[0]).text
    assert "Charted 0 may be suggested again." in hide(visitor_client, charted[0], undo="1").text


def test_hidden_films_have_a_page_to_take_them_back_from(visitor_client, charted):
    hide(visitor_client, charted[1])
    page = visitor_client.get("/films/hidden/")
    assert [film.title for film in page.context["page"]] == ["Charted 1"]
    assert 'aria-label="Suggest Charted 1 again"' in page.text


def test_an_empty_page_of_hidden_films_points_to_the_suggestions(visitor_client):
    page = visitor_client.get("/films/hidden/").text
    assert "Nothing is hidden" in page
    assert reverse("recommender:for-you") in page


def test_a_film_page_offers_to_hide_and_to_take_back(visitor_client, movie):
    assert "Not interested" in visitor_client.get(movie.get_absolute_url()).text
    hide(visitor_client, movie)
    assert "Suggest it again" in visitor_client.get(movie.get_absolute_url()).text


def test_a_hidden_film_is_not_among_the_first_to_rate(visitor_client, charted):
    hide(visitor_client, charted[2])
    offered = {film for film, _ in visitor_client.get("/").context["to_rate"]}
    assert offered == set(charted) - {charted[2]}


def test_a_card_alone_is_exchanged_for_one_with_undo_and_back(visitor_client, charted):
    film = charted[0]
    headers = {"HX-Request": "true", "HX-Target": f"card-{film.pk}"}
    address = reverse("catalog:movie-hide", args=[film.pk])
    hidden = visitor_client.post(address, headers=headers).text
    assert "<html" not in hidden
    assert 'name="undo"' in hidden
    again = visitor_client.post(address, {"undo": "1"}, headers=headers).text
    assert f'id="card-{film.pk}"' in again
    assert "Not interested in Charted 0" in again


def test_hiding_twice_is_hiding_once(client, member, movie):
    client.force_login(member)
    hide(client, movie)
    hide(client, movie)
    assert HiddenFilm.objects.filter(user=member, movie=movie).count() == 1


def test_nobody_hides_films_for_somebody_else(client, member, movie):
    client.force_login(UserFactory())
    hide(client, movie)
    assert not HiddenFilm.objects.filter(user=member).exists()


def test_what_a_stranger_hid_comes_along_at_log_in(client, movie):
    UserFactory(username="anouk", password="long enough 7")
    hide(client, movie)
    client.post("/accounts/login/", {"login": "anouk", "password": "long enough 7"})
    assert HiddenFilm.objects.filter(user__username="anouk", movie=movie).exists()


def test_hiding_needs_a_form_of_this_site(movie):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    assert strict.post(reverse("catalog:movie-hide", args=[movie.pk])).status_code == 403


def test_an_unknown_film_cannot_be_hidden(visitor_client):
    assert visitor_client.post("/films/404404/hide/").status_code == 404


def test_a_history_with_hidden_films_is_still_one_query(member, django_assert_num_queries):
    HiddenFilm.objects.create(user=member, movie=MovieFactory())
    with django_assert_num_queries(1):
        assert len(Visitor.of_member(member).hidden) == 1


def test_hiding_leaves_the_taste_as_it_was(member, movie):
    before = Visitor.of_member(member).key
    HiddenFilm.objects.create(user=member, movie=movie)
    after = Visitor.of_member(member)
    assert after.key == before
    assert not after.seen
    assert not after


@pytest.mark.usefixtures("live_version")
def test_a_hidden_film_is_in_no_row_and_not_near_another_film(films):
    visitor = Visitor.of_session({film: 10 if film % 2 else 3 for film in range(1, 13)})
    shown = {pick.movie.pk for row in rows_for(visitor) for pick in row.picks}
    near = [pick.movie.pk for pick in similar_to(films[1], visitor).picks]
    hidden = {next(iter(shown)), near[0]}
    without = Visitor.of_session(visitor.half_stars, hidden)
    still = {pick.movie.pk for row in rows_for(without) for pick in row.picks}
    assert not still & hidden
    assert near[0] not in {pick.movie.pk for pick in similar_to(films[1], without).picks}


def cards(text):
    return [int(film) for film in re.findall(r'class="card" id="card-(\d+)"', text)]


def sent_along(text):
    return re.findall(r'name="shown" value="([\d,]+)"', text)


def take_off(client, film, target, **data):
    headers = {"HX-Request": "true", "HX-Target": f"card-{target}"}
    return client.post(reverse("catalog:movie-hide", args=[film]), data, headers=headers).text


@pytest.mark.usefixtures("live_version")
@pytest.mark.parametrize(("path", "row"), [("/for-you/", "top"), ("/", "top"), ("/", "because-5")])
def test_the_next_film_of_a_row_comes_to_the_place_of_a_hidden_one_with_undo(visitor_client, path, row):
    for film in range(1, 6):
        visitor_client.post(f"/films/{film}/rate/", {"stars": 5 if film % 2 else 1})
    page = visitor_client.get(path).text
    in_row = cards(page.partition(f'{{"row": "{row}"}}')[2].partition("</ul>")[0])
    assert {int(film) for film in sent_along(page)[0].split(",")} == set(cards(page))
    # Of the front page only this row: all its rows together show all films of this small site.
    shown = sent_along(page) if path == "/for-you/" else [",".join(map(str, in_row))]
    came = []
    for gone in in_row[:2]:
        answer = take_off(visitor_client, gone, gone, row=row, shown=shown)
        (comes,) = cards(answer)
        assert comes not in [*in_row, *came, *range(1, 6)]
        assert f"/films/{gone}/hide/" in answer
        assert 'name="undo"' in answer
        shown += sent_along(answer)
        came.append(comes)
    assert cards(take_off(visitor_client, gone, comes, undo="1", row=row, shown=shown)) == [gone]


@pytest.mark.usefixtures("live_version")
def test_on_a_film_s_page_the_next_film_near_it_comes_to_the_place_of_a_hidden_one(visitor_client):
    page = visitor_client.get("/films/5/", follow=True).text
    near = cards(page.partition('{"row": "near-5"}')[2].partition("</ul>")[0])
    assert near
    assert {int(film) for film in sent_along(page)[0].split(",")} == set(near)
    answer = take_off(visitor_client, near[0], near[0], row="near-5", shown=sent_along(page))
    (comes,) = cards(answer)
    assert comes not in [5, *near]
    assert f"/films/{near[0]}/hide/" in answer
    assert 'name="undo"' in answer
    shown = sent_along(page) + sent_along(answer)
    assert cards(take_off(visitor_client, near[1], near[1], row="near-5", shown=shown)) != [comes]
    assert cards(take_off(visitor_client, near[0], comes, undo="1", row="near-5", shown=shown)) == [near[0]]


@pytest.mark.usefixtures("live_version")
@pytest.mark.parametrize("row", ["near-", "near-five", "near-987654", "near-" + "9" * 40])
def test_the_key_of_a_film_that_is_not_there_brings_no_other(visitor_client, row):
    answer = take_off(visitor_client, 7, 7, row=row)
    assert "hidden-card" in answer
    assert cards(answer) == []


@pytest.mark.usefixtures("live_version")
def test_where_a_row_has_no_further_film_undo_takes_the_place_alone(visitor_client, films):
    everything = ",".join(map(str, films))
    for sent in ({"row": "top", "shown": everything}, {"row": "no-such", "shown": "x,-1," + "9" * 40}):
        answer = take_off(visitor_client, 7, 7, **sent)
        assert "hidden-card" in answer
        assert cards(answer) == []
