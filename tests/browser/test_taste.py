"""The taste map in a real browser: what is drawn, the table that says the same, and the keyboard in it."""

import pytest
from playwright.sync_api import expect

from catalog import services
from tests.browser.faults import violations
from tests.browser.visitors import in_each_browser

pytestmark = pytest.mark.usefixtures("mapped")


@pytest.fixture
def lover_of_westerns(anouk, films):
    for film in range(1, 13):
        services.rate(user=anouk, movie=films[film], stars=5 if film % 2 else 1.5)
    return anouk


def outline_of(link):
    return link.evaluate(
        "element => [getComputedStyle(element).outlineStyle, element.matches(':focus-visible')]"
    )


def area_links(page):
    return page.get_by_role("table").get_by_role("link")


@in_each_browser
def test_a_member_finds_their_place_and_walks_the_areas_by_keyboard(
    open_page, lover_of_westerns, width, javascript
):
    page = open_page("/taste/", member=lover_of_westerns, width=width, javascript=javascript)
    expect(page.get_by_role("heading", name="Taste map")).to_be_visible()
    expect(page.get_by_text("You are here")).to_be_visible()
    expect(page.locator(".taste-map .dot.loved")).to_have_count(6)
    areas = page.locator(".taste-map .area-label").count()
    expect(area_links(page)).to_have_count(areas)

    other = page.locator(".taste-areas tr:not(.chosen) a").first
    name = other.inner_text()
    page.locator(".taste-areas tr a").first.focus()
    while not other.evaluate("link => link === document.activeElement"):
        page.keyboard.press("Tab")
    assert outline_of(other) == ["solid", True]
    page.keyboard.press("Enter")
    expect(page.locator(".taste-areas tr.chosen a")).to_have_text(name)
    expect(page.locator("#area h2")).to_contain_text(name)
    # axe is itself a script.
    if javascript:
        assert violations(page) == {}


def test_an_area_of_the_map_opens_its_films_under_it(open_page, lover_of_westerns):
    page = open_page("/taste/", member=lover_of_westerns, theme="dark")
    label = page.locator(".taste-map .area-label:not(.chosen)").first
    name, _, people = label.locator("title").text_content().partition(", ")
    label.click()
    expect(page.locator("#area h2")).to_have_text(f"{name} {people}")
    expect(page.locator("#area").get_by_role("link").first).to_be_attached()
    assert violations(page) == {}


def test_an_area_that_was_never_visited_has_no_bar(member_page, anouk, films):
    services.rate(user=anouk, movie=films[1], stars=5)
    page = member_page("/taste/")
    bars = {
        row.locator(".share b").inner_text(): row.locator(".mine").get_attribute("width")
        for row in page.locator(".taste-areas tbody tr").all()
    }
    assert bars == {"100%": "100", "0%": "0"}
