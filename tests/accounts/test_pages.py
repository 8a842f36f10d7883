"""A person's pages, and who sees them."""

from datetime import date

import pytest

from tests.factories import ImportedUserFactory, MovieFactory, RatingFactory, ReviewFactory, WatchFactory

pytestmark = pytest.mark.django_db
PAGES = ("", "diary/", "ratings/", "reviews/")


@pytest.mark.parametrize("page", PAGES)
def test_anybody_may_read_the_pages_of_a_member(client, member, page):
    answer = client.get(f"/people/anouk/{page}")
    assert answer.status_code == 200
    assert "anouk" in answer.text


@pytest.mark.parametrize("page", PAGES)
def test_people_from_a_data_set_have_no_pages(client, page):
    assert client.get(f"/people/{ImportedUserFactory().username}/{page}").status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_nobody_of_that_name_is_not_found(client, db, page):
    assert client.get(f"/people/nobody/{page}").status_code == 404


def test_a_closed_account_has_no_page(client, member):
    member.is_active = False
    member.save()
    assert client.get("/people/anouk/").status_code == 404


def test_only_its_writer_can_remove_a_diary_entry(client, member):
    WatchFactory(user=member, watched_on=date(2024, 3, 9))
    assert "/remove/" not in client.get("/people/anouk/diary/").text
    client.force_login(member)
    assert "/remove/" in client.get("/people/anouk/diary/").text


def test_long_lists_go_on_on_further_pages(client, member):
    RatingFactory.create_batch(49, user=member)
    assert "?page=2" in client.get("/people/anouk/ratings/").text
    assert len(client.get("/people/anouk/ratings/?page=2").context["page"]) == 1
    assert client.get("/people/anouk/ratings/?page=3").status_code == 404


def test_a_review_on_a_profile_keeps_its_spoilers_folded(client, member):
    ReviewFactory(
        user=member, movie=MovieFactory(title="Psycho"), text="It was his mother.", has_spoilers=True
    )
    page = client.get("/people/anouk/reviews/").text
    assert page.index('<details class="spoiler">') < page.index("It was his mother.")


@pytest.mark.parametrize("page", PAGES)
def test_an_empty_page_says_what_to_do(client, member, page):
    client.force_login(member)
    assert '<a class="button" href="/films/">' in client.get(f"/people/anouk/{page}").text


def test_the_chosen_look_is_there_before_the_first_paint(client, db):
    answer = client.post("/theme/", {"theme": "dark", "next": "/films/"})
    assert answer["Location"] == "/films/"
    assert '<html lang="en" data-theme="dark">' in client.get("/films/").text


def test_the_look_can_be_left_to_the_system_again(client, db):
    client.cookies["theme"] = "dark"
    client.post("/theme/", {"theme": "system"})
    assert "data-theme" not in client.get("/films/").text


def test_an_unknown_look_is_refused(client, db):
    assert client.post("/theme/", {"theme": "sepia"}).status_code == 400


def test_a_made_up_cookie_is_not_written_into_the_page(client, db):
    client.cookies["theme"] = "<b>"
    assert "data-theme" not in client.get("/films/").text
