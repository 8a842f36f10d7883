"""Lists in a browser: from a film to a list of one's own, its order, and the same on paper."""

import re

import pytest
from playwright.sync_api import expect

from catalog import services
from catalog.models import FilmList
from tests.browser.faults import faults, too_wide
from tests.browser.visitors import in_each_browser
from tests.factories import UserFactory


@pytest.fixture
def sundays(anouk, films):
    """Four films, two of them seen; one with a long note, all under a long title."""
    title = "Films for Sundays on which it rains from breakfast to supper, Donaudampfschifffahrtsgesellschaft"
    found = services.create_list(user=anouk, title=title, is_ranked=True, description="> *With tea.*")
    for film in (5, 7, 9, 11):
        services.add_to_list(film_list=found, movie=films[film], note="Slow. " * 40 if film == 7 else "")
    services.rate(user=anouk, movie=films[5], stars=4)
    for number in range(7):
        other = services.create_list(user=UserFactory(), title=f"Other {number}")
        for film in range(5, 6 + number):
            services.add_to_list(film_list=other, movie=films[film])
    return found


def pages_of(film_list):
    return [
        "/lists/",
        film_list.get_absolute_url(),
        f"/lists/edit/{film_list.pk}/?q=film",
        f"/lists/delete/{film_list.pk}/",
        "/lists/new/?film=5",
        "/lists/film/5/",
        "/people/anouk/lists/",
        "/films/5/",
    ]


@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1440, "light")])
def test_axe_finds_nothing_and_nothing_is_too_wide(member_page, sundays, theme, width):
    page, found = member_page("/ping/", theme=theme, width=width), {}
    for path in pages_of(sundays):
        page.goto(path)
        found[path] = faults(page)
    assert {path: what for path, what in found.items() if what} == {}


def test_nothing_is_too_wide_for_a_small_phone(member_page, sundays):
    page, wide = member_page("/ping/", width=320), []
    for path in pages_of(sundays):
        page.goto(path)
        if too_wide(page):
            wide.append(path)
    assert wide == []


@pytest.mark.parametrize("width", [390, 1440])
def test_axe_finds_nothing_wrong_with_the_open_menu(member_page, sundays, width):
    page = member_page("/films/5/", width=width)
    page.locator(".film-lists > summary").click()
    expect(page.get_by_role("button", name=re.compile("^Films for Sundays"))).to_be_visible()
    assert faults(page) == {}


def order(page):
    return page.locator(".list-row-name")


@in_each_browser
def test_from_a_film_to_a_list_in_an_order_of_one_s_own_which_is_deleted_and_comes_back(
    member_page, width, javascript
):
    page = member_page("/films/5/", width=width, javascript=javascript)
    page.locator(".film-lists > summary").click()
    page.get_by_role("link", name="New list").click()
    page.get_by_label("Title", exact=True).fill("Noir")
    page.get_by_label("Ranked: the films are numbered").check()
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_role("heading", name="Noir")).to_be_visible()
    page.get_by_role("link", name="Add films").click()
    for film in ("Film 20", "Film 30"):
        page.get_by_label("Find a film to add").fill(film)
        page.get_by_role("button", name="Find", exact=True).click()
        page.get_by_role("button", name=f"Put {film} on the list").click()
        expect(page.get_by_role("button", name=f"Take {film} off the list").first).to_be_visible()
    expect(order(page)).to_have_text(["Film 5 1960", "Film 20 1960", "Film 30 1960"])
    page.get_by_role("button", name="Move Film 30 up").click()
    expect(order(page)).to_have_text(["Film 5 1960", "Film 30 1960", "Film 20 1960"])
    page.get_by_label("Place of Film 20").fill("1")
    page.get_by_label("Note on Film 20").fill("First of all.")
    page.get_by_role("button", name="Keep place and note of Film 20").click()
    expect(order(page)).to_have_text(["Film 20 1960", "Film 5 1960", "Film 30 1960"])
    page.locator(".list-row").last.get_by_role("button", name="Take Film 30 off the list").click()
    expect(order(page)).to_have_text(["Film 20 1960", "Film 5 1960"])
    page.locator("#messages").get_by_role("button", name="Undo").click()
    expect(order(page)).to_have_text(["Film 20 1960", "Film 5 1960", "Film 30 1960"])
    page.get_by_role("link", name="Done").click()
    expect(page.locator(".list-wall .rank")).to_have_text(["1", "2", "3"])
    expect(page.locator(".list-note")).to_have_text(["First of all."])

    page.get_by_role("link", name="Add films").click()
    page.get_by_role("link", name="Delete the list").click()
    page.get_by_role("button", name="Delete it").click()
    page.wait_for_url("**/people/anouk/lists/")
    expect(page.get_by_text("You have not put a list together yet.")).to_be_visible()
    page.locator("#messages").get_by_role("button", name="Undo").click()
    expect(page.get_by_role("link", name="Noir")).to_be_visible()
    entries = FilmList.objects.get(title="Noir").entries.order_by("position")
    assert list(entries.values_list("movie", "note")) == [(20, "First of all."), (5, ""), (30, "")]
    with page.expect_download() as file:
        page.get_by_role("link", name="Take them along as CSV").click()
    assert "Noir" in file.value.path().read_text()


def test_marks_are_set_one_after_the_other_while_the_menu_stays_open(member_page, anouk, films):
    for title in ("Noir", "Sundays"):
        services.create_list(user=anouk, title=title)
    page = member_page("/films/5/")
    page.locator(".film-lists > summary").click()
    for title in ("Sundays", "Noir"):
        button = page.get_by_role("button", name=title, exact=True)
        button.press("Enter")
        expect(button).to_have_attribute("aria-pressed", "true")
        expect(button).to_be_focused()
        expect(page.locator("#in-lists").get_by_role("link", name=title)).to_be_visible()
    expect(page.locator(".film-lists > summary")).to_contain_text("On 2 of your lists")
    page.get_by_role("button", name="Noir", exact=True).click()
    expect(page.locator("#in-lists").get_by_role("link", name="Noir")).to_have_count(0)
    page.locator("#messages").get_by_role("button", name="Undo").click()
    expect(page.locator("#in-lists").get_by_role("link", name="Noir")).to_be_visible()
    held = FilmList.objects.holding(films[5]).values_list("title", flat=True)
    assert set(held) == {"Noir", "Sundays"}


def test_on_paper_there_are_numbers_titles_and_notes_alone(member_page, sundays):
    page = member_page(sundays.get_absolute_url())
    expect(page.locator(".list-head-side")).to_be_visible()
    page.emulate_media(media="print")
    for chrome in (".site-header", ".site-footer", ".bottom-bar", ".list-head-side", ".card-line >> nth=0"):
        expect(page.locator(chrome)).to_be_hidden()
    expect(page.get_by_role("heading", name=re.compile("^Films for Sundays"))).to_be_visible()
    for film, number in ((5, 1), (7, 2), (9, 3), (11, 4)):
        row = page.locator(".list-wall > li").nth(number - 1)
        expect(row.locator(".rank")).to_have_text(str(number))
        expect(row.locator(".list-name")).to_be_visible()
        expect(row.locator(".list-name")).to_have_text(f"Film {film} 1960")
        assert row.locator(".poster").bounding_box()["width"] < 40
    expect(page.locator(".list-note")).to_be_visible()
