"""Suggestions under the search field, by keyboard, and the search without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from catalog.models import Credit, Person
from tests.browser.faults import violations
from tests.factories import MovieFactory

WIDTHS = pytest.mark.parametrize("width", [390, 1440])


@pytest.fixture
def shelf(site):
    for title, year, ratings in (
        ("The Matrix", 1999, 200),
        ("The Matrix Reloaded", 2003, 90),
        ("Pulp Fiction", 1994, 300),
    ):
        film = MovieFactory(title=title, year=year, ratings_count=ratings, half_stars_sum=7 * ratings)
    person = Person.objects.create(name="Quentin Tarantino")
    Credit.objects.create(movie=film, person=person, role=Credit.Role.DIRECTOR)


def typed(page, words):
    """What is suggested is for all that was typed: shorter words are answered on the way, and replaced."""
    field = page.get_by_role("combobox", name="Find a film")
    field.press_sequentially(words)
    suggestions = page.get_by_role("listbox", name="Suggestions")
    expect(suggestions.get_by_text(f"Everything for “{words}”", exact=True)).to_be_visible()
    return field


@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1440, "light")])
def test_suggestions_come_while_somebody_types(open_page, shelf, width, theme):
    page = open_page("/films/", width=width, theme=theme)
    typed(page, "matr")
    expect(page.get_by_role("search").get_by_role("option").first).to_contain_text("The Matrix")
    box = page.get_by_role("listbox").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert violations(page, "form.search") == {}


@WIDTHS
def test_arrows_choose_a_suggestion_and_enter_opens_it(open_page, shelf, width):
    page = open_page("/films/", width=width)
    field = typed(page, "matrx")
    field.press("ArrowDown")
    field.press("ArrowDown")
    chosen = page.get_by_role("search").get_by_role("option", selected=True)
    expect(chosen).to_contain_text("Reloaded")
    expect(field).to_have_attribute("aria-activedescendant", chosen.get_attribute("id"))
    field.press("ArrowUp")
    field.press("Enter")
    expect(page).to_have_url(re.compile(r"/films/\d+/the-matrix-1999/$"))


def test_escape_closes_the_list_and_keeps_the_words(open_page, shelf):
    page = open_page("/films/")
    field = typed(page, "matr")
    field.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(field).to_have_value("matr")
    expect(field).to_have_attribute("aria-expanded", "false")


def test_enter_without_a_choice_searches(open_page, shelf):
    page = open_page("/films/")
    typed(page, "matrx").press("Enter")
    expect(page.get_by_text("Nothing is called “matrx”: showing the nearest.")).to_be_visible()


def test_an_answer_that_comes_late_does_not_replace_a_newer_one(open_page, shelf):
    page = open_page("/films/")
    waiting = []
    page.route("**/search/suggestions/?q=pulp", lambda route: waiting.append(route))
    field = page.get_by_role("combobox", name="Find a film")
    with page.expect_request("**/search/suggestions/?q=pulp"):
        field.fill("pulp")
    field.fill("matr")
    expect(page.get_by_role("search").get_by_role("option").first).to_contain_text("The Matrix")
    expect(page.get_by_role("search").get_by_role("option").filter(has_text="Pulp Fiction")).to_have_count(0)


@WIDTHS
def test_the_search_works_without_javascript(open_page, shelf, width):
    page = open_page("/films/", width=width, javascript=False)
    page.get_by_label("Find a film").fill("tarantino 1994")
    page.get_by_label("Find a film").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Films with Quentin Tarantino of 1994")
    expect(page.get_by_role("link", name="Quentin Tarantino")).to_be_visible()
    page.locator("#wall .card > a").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pulp Fiction")
