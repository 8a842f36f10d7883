"""The wall, its filters and the pages behind it, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from catalog import services
from catalog.models import Credit, Keyword, Movie, Person, Plot
from tests.browser.faults import faults
from tests.browser.visitors import log_in

STORY = "A rider comes out of the dust and asks for water, which nobody gives him. " * 20
PAGE = 12


@pytest.fixture(autouse=True)
def short_pages(settings):
    settings.MOVIES_PER_PAGE = PAGE


@pytest.fixture
def rich_film(transactional_db, films):
    """One film of which everything is known, by people who made others too."""
    film = films[1]
    Movie.objects.filter(pk=film.pk).update(
        title="Once upon a Time in the Quiet Valley beyond the Last of the Great Plains",
        tagline="Water is dear.", runtime=166, language="it", budget=5_000_000, revenue=20_500_000,
    )  # fmt: skip
    Plot.objects.create(movie=film, text=STORY, source="wikipedia", licence="CC BY-SA 4.0")
    film.keywords.add(Keyword.objects.create(name="dust"))
    for place in range(12):
        rider = Person.objects.create(name=f"Rider {place:02}")
        Credit.objects.create(movie=film, person=rider, role="cast", position=place, character="A rider")
    sergio = Person.objects.create(name="Sergio Valli")
    for other in (1, 3, 5):
        Credit.objects.create(movie=films[other], person=sergio, role="director")
    return film


@pytest.fixture
def rated(anouk, rich_film, films):
    for film in range(1, 15):
        services.rate(user=anouk, movie=films[film], stars=4.5 if film % 2 else 2)
    return anouk


def cards(page):
    return page.locator("#wall .card > a")


def addresses(links):
    return links.evaluate_all("links => links.map(link => link.getAttribute('href'))")


def test_filters_and_chips_renew_wall_count_and_address_in_place(open_page):
    page = open_page("/films/")
    page.evaluate("window.stillHere = true")
    page.get_by_label("Genre").select_option(label="Western")
    expect(page.get_by_role("status").filter(has_text="films")).to_have_text("30 films")
    page.get_by_label("Decade").select_option(label="1960s")
    expect(page.get_by_label("Year", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile(r"/films/\?genre=western&decade=1960$"))

    page.get_by_role("link", name="Remove the filter Western").click()
    expect(page).to_have_url(re.compile(r"/films/\?decade=1960$"))
    expect(page.get_by_label("Genre")).to_have_value("")
    page.go_back()
    expect(page.get_by_role("link", name="Remove the filter Western")).to_be_visible()
    assert page.evaluate("window.stillHere")


def test_more_films_come_below_and_the_keyboard_goes_on_from_the_first_of_them(open_page):
    page = open_page("/films/?sort=title")
    first = addresses(cards(page))
    page.get_by_role("link", name="More films").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#wall > li")).to_have_count(2 * PAGE)
    both = addresses(cards(page))
    assert both[:PAGE] == first
    assert len(set(both)) == 2 * PAGE
    expect(page).to_have_url(re.compile(r"sort=title&page=2$"))
    expect(page.locator("#wall > li").nth(PAGE).get_by_role("link").first).to_be_focused()
    expect(page.get_by_role("link", name="More films")).to_have_attribute("href", "?sort=title&page=3")
    expect(page.locator(".pages [aria-current]")).to_have_text("2")


def test_the_wall_goes_on_by_itself_three_times_and_then_waits_for_a_press(open_page):
    page = open_page("/films/", width=390)
    entries = page.evaluate("history.length")
    films, status = page.locator("#wall > li"), page.locator("#count")
    expect(films).to_have_count(PAGE)
    said = status.text_content()
    cards(page).first.focus()
    for pages in (2, 3, 4):
        page.mouse.wheel(0, 20_000)
        expect(films).to_have_count(pages * PAGE)
    assert len(set(addresses(cards(page)))) == 4 * PAGE
    expect(cards(page).first).to_be_focused()
    assert (status.text_content(), page.evaluate("history.length")) == (said, entries)

    page.mouse.wheel(0, 20_000)
    expect(page.get_by_role("contentinfo")).to_be_in_viewport()
    page.wait_for_timeout(300)
    expect(films).to_have_count(4 * PAGE)
    expect(page).to_have_url(re.compile(r"page=4$"))
    page.get_by_role("link", name="More films").click()
    expect(films).to_have_count(5 * PAGE)


def test_whoever_saves_data_is_sent_no_films_unasked(open_page):
    page = open_page("/ping/", width=390)
    page.add_init_script("Object.defineProperty(navigator, 'connection', {value: {saveData: true}})")
    page.goto("/films/")
    page.mouse.wheel(0, 20_000)
    expect(page.get_by_role("contentinfo")).to_be_in_viewport()
    page.wait_for_timeout(300)
    expect(page.locator("#wall > li")).to_have_count(PAGE)


@pytest.mark.parametrize("width", [390, 1440])
def test_no_filter_leaves_a_gap_where_a_year_is_not_to_be_chosen(open_page, width):
    page = open_page("/films/", width=width)
    expect(page.locator("#year-choice")).to_have_css("display", "none")
    if width < 860:
        page.get_by_role("button", name="Filter and sort").click()
    page.get_by_label("Decade").select_option(label="1960s")
    expect(page.get_by_label("Year", exact=True)).to_be_visible()


def test_on_a_phone_filters_open_in_a_sheet_and_the_sheet_says_how_many_are_left(open_page):
    page = open_page("/films/", width=390)
    genre = page.get_by_label("Genre")
    expect(genre).to_be_hidden()
    page.get_by_role("button", name="Filter and sort").click()
    genre.select_option(label="Musical")
    expect(page.get_by_role("button", name="Show 30 films")).to_be_visible()
    page.get_by_role("button", name="Show 30 films").click()
    expect(genre).to_be_hidden()
    expect(page.get_by_role("link", name="Remove the filter Musical")).to_be_visible()
    page.get_by_role("button", name="Filter and sort").click()
    expect(genre).to_be_visible()


@pytest.mark.parametrize("width", [390, 1440])
def test_without_javascript_one_filters_drops_a_filter_and_turns_the_page(open_page, width):
    page = open_page("/films/", width=width, javascript=False)
    if width < 860:
        page.get_by_role("button", name="Filter and sort").click()
    page.get_by_label("Genre").select_option(label="Western")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page).to_have_url(re.compile(r"/films/\?genre=western$"))
    page.get_by_role("link", name="More films").click()
    expect(page).to_have_url(re.compile(r"page=2$"))
    page.get_by_role("link", name="Remove the filter Western").click()
    expect(page).not_to_have_url(re.compile("genre="))
    expect(cards(page)).to_have_count(PAGE)


def test_where_nothing_fits_one_press_drops_what_costs_most(open_page):
    page = open_page("/films/?genre=western&decade=1950")
    page.get_by_role("link", name="Drop “1950s”").click()
    expect(page.locator("#wall > li")).to_have_count(PAGE)


@pytest.mark.parametrize("javascript", [True, False])
def test_a_long_story_and_a_long_cast_unfold(open_page, rich_film, javascript):
    page = open_page(f"/films/{rich_film.pk}/", javascript=javascript)
    expect(page.get_by_role("link", name="Rider 07")).to_be_visible()
    expect(page.get_by_role("link", name="Rider 11")).to_be_hidden()
    page.get_by_text("and 4 more").click()
    expect(page.get_by_role("link", name="Rider 11")).to_be_visible()
    page.get_by_text("Read on, to the end").click()
    expect(page.get_by_text("Fold it up again")).to_be_visible()


def test_from_a_film_to_its_director_and_on_to_the_charts(open_page, rated):
    page = open_page("/films/1/", member=rated)
    page.get_by_role("link", name="Sergio Valli").click()
    expect(page.get_by_text("your average")).to_be_visible()
    expect(cards(page)).to_have_count(3)
    page.get_by_role("link", name="Charts").first.click()
    expect(page.get_by_text("You have seen 14 of these 14")).to_be_visible()


PAGES = ["/", "/films/", "/films/?genre=western&decade=1960&sort=best", "/films/?decade=1950", "/films/1/"]
PAGES += ["/charts/", "/charts/decade/1960/", "/charts/genre/musical/", "/charts/year/1921/", "{person}"]
PAGES += ["/films/2/"]


@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1440, "light")])
def test_axe_finds_nothing_and_no_page_is_wider_than_its_window(open_page, site, rated, theme, width):
    page = open_page("/ping/", theme=theme, width=width)
    found = {path: _faults_of(page, path, width) for path in PAGES}
    log_in(page.context, rated, site)
    found |= {f"member: {path}": _faults_of(page, path, width) for path in PAGES}
    assert {path: what for path, what in found.items() if what} == {}


def _faults_of(page, path, width):
    page.goto(path.format(person=Person.objects.get(name="Sergio Valli").get_absolute_url()))
    _open_everything(page, width)
    return faults(page)


def _open_everything(page, width):
    page.evaluate("document.querySelectorAll('main details').forEach(fold => fold.open = true)")
    sheet = page.get_by_role("button", name="Filter and sort")
    if width < 860 and sheet.count():
        sheet.click()
        expect(page.get_by_label("Genre")).to_be_visible()
