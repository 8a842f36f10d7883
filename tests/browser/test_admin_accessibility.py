import pytest
from playwright.sync_api import expect

from catalog.models import ReviewReport
from tests.browser.faults import faults
from tests.factories import ReviewFactory, UserFactory

WIDTHS = (390, 1440)
PAGES = [
    "/admin/",
    "/admin/catalog/movie/",
    "/admin/catalog/movie/5/change/",
    "/admin/catalog/reviewreport/queue/",
    "/admin/catalog/movie/import/",
]


@pytest.fixture
def owner(films):
    ReviewReport.objects.create(review=ReviewFactory(movie=films[5]), reporter=UserFactory(), reason="spam")
    return UserFactory(is_staff=True, is_superuser=True)


def upload(page, text):
    file = {"name": "films.csv", "mimeType": "text/csv", "buffer": text.encode()}
    page.locator("input[type=file]").set_input_files(file)
    page.locator("select[name=format]").select_option("0")
    page.get_by_role("main").get_by_role("button", name="Submit").click()


def at_each_width(page):
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        yield page.url, width, faults(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_the_pages_of_the_panel(open_page, owner, theme):
    page, found = open_page("/ping/", member=owner, theme=theme), []
    for path in PAGES:
        page.goto(path)
        found += at_each_width(page)
    upload(page, "title,year,runtime\nHeat,1995,abc\nRonin,1998,122\nFilm 5,2005,90\n")
    expect(page.get_by_role("main")).to_contain_text("Line 2, runtime: “abc”")
    found += at_each_width(page)
    assert [one for one in found if one[2]] == []


def test_a_search_within_a_form_has_the_name_of_its_field(open_page, owner):
    page = open_page("/admin/catalog/movie/5/change/", member=owner)
    expect(page.get_by_role("searchbox", name="Genres")).to_be_visible()


def test_a_narrow_list_of_films_keeps_what_tells_them_apart(open_page, owner):
    page = open_page("/admin/catalog/movie/", member=owner)
    row = page.locator("#result_list .data-row").first
    page.set_viewport_size({"width": 390, "height": 900})
    for name in ("title", "year", "ratings_count", "poster_state"):
        expect(row.locator(f".field-{name}")).to_be_visible()
    for name in ("genre_names", "language", "stars", "plot_source", "imdb_id"):
        expect(row.locator(f".field-{name}")).to_be_hidden()
    expect(row.locator(".field-ratings_count")).to_have_attribute("data-label", "Number of ratings")
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(row.locator(".field-genre_names")).to_be_visible()
