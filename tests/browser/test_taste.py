"""The taste map in a real browser: what is drawn, the table that says the same, and the keyboard in it."""

import pytest
from django.core.cache import caches
from playwright.sync_api import expect

from catalog import services
from recommender import live
from recommender.ml import artefact
from recommender.ml.taste_map import TABLE, draw
from tests.browser.test_accessibility import violations
from tests.browser.test_journey import PASSWORD
from tests.factories import UserFactory
from tests.small_site import VERSION


@pytest.fixture(scope="session")
def bundle_with_map(small_site_bundle, small_site_interactions, tmp_path_factory):
    folder = tmp_path_factory.mktemp("browsed-map") / VERSION
    models, data = artefact.open_bundle(small_site_bundle).models, small_site_interactions
    drawn = draw(models["svdpp"], data, seed=0)
    artefact.write(folder, models=models, items=data.items, seed=0, tables={TABLE: drawn.arrays()})
    return folder


@pytest.fixture
def mapped(live_version, bundle_with_map, settings):
    settings.MODELS_DIR = bundle_with_map.parent
    caches["scores"].clear()
    live.forget()


@pytest.fixture
def lover_of_westerns(transactional_db, films):
    member = UserFactory(username="anouk", password=PASSWORD)
    for film in range(1, 13):
        services.rate(user=member, movie=films[film], stars=5 if film % 2 else 1.5)
    return member


def open_own_map(open_page, width, theme="light"):
    page = open_page("/accounts/login/?next=/taste/", width=width, theme=theme)
    page.locator("input[name=login]").fill("anouk")
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Taste map")).to_be_visible()
    return page


def outline_of(link):
    return link.evaluate(
        "element => [getComputedStyle(element).outlineStyle, element.matches(':focus-visible')]"
    )


def area_links(page):
    return page.get_by_role("table").get_by_role("link")


@pytest.mark.parametrize("width", [390, 1440])
def test_a_member_finds_their_place_and_walks_the_areas_by_keyboard(
    open_page, take_picture, mapped, lover_of_westerns, width
):
    page = open_own_map(open_page, width)
    expect(page.get_by_text("You are here")).to_be_visible()
    assert page.locator(".taste-map .dot.loved").count() == 6
    areas = page.locator(".taste-map .area-label").count()
    expect(area_links(page)).to_have_count(areas)
    take_picture(page, f"taste-{width}")

    other = page.locator(".taste-areas tr:not(.chosen) a").first
    name = other.inner_text()
    page.locator(".taste-areas tr a").first.focus()
    while not other.evaluate("link => link === document.activeElement"):
        page.keyboard.press("Tab")
    assert outline_of(other) == ["solid", True]
    page.keyboard.press("Enter")
    expect(page.locator(".taste-areas tr.chosen a")).to_have_text(name)
    expect(page.locator("#area h2")).to_contain_text(name)
    assert violations(page) == {}


def test_an_area_of_the_map_opens_its_films_under_it(open_page, mapped, lover_of_westerns):
    page = open_own_map(open_page, 1440, theme="dark")
    label = page.locator(".taste-map .area-label:not(.chosen)").first
    name, _, people = label.locator("title").text_content().partition(", ")
    label.click()
    expect(page.locator("#area h2")).to_have_text(f"{name} {people}")
    assert page.locator("#area").get_by_role("link").count() > 0
    assert violations(page) == {}


def test_an_area_that_was_never_visited_has_no_bar(open_page, mapped, transactional_db, films):
    member = UserFactory(username="anouk", password=PASSWORD)
    services.rate(user=member, movie=films[1], stars=5)
    page = open_own_map(open_page, 1440)
    bars = {
        row.locator(".share b").inner_text(): row.locator(".mine").get_attribute("width")
        for row in page.locator(".taste-areas tbody tr").all()
    }
    assert bars == {"100\xa0%": "100", "0\xa0%": "0"}
