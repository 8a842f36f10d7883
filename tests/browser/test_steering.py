"""Steering one's own list, predictions that are switched off, and a film that comes back."""

import pytest
from playwright.sync_api import expect

from tests.browser.stars import star

ENOUGH = 5
PAGES_WITH_PREDICTIONS = ["/", "/for-you/", "/films/20/", "/start/"]
LISTED = "[...document.querySelectorAll('.wall .card > a')].map(link => link.getAttribute('href'))"


def rate_some(page):
    """The first films offered; odd ones are westerns, even ones musicals."""
    page.goto("/for-you/")
    for place in range(ENOUGH):
        form = page.locator(".ballot .rate").nth(place)
        film = int(form.get_attribute("id").removeprefix("rate-"))
        rate(page, form, star(page, film, 10 if film % 2 else 3))
    page.goto("/for-you/")
    expect(page.locator(".ballot")).to_have_count(0)


def rate(page, form, radio):
    # In the middle, as the bar at the foot of a phone would take the click.
    radio.evaluate("radio => radio.scrollIntoView({block: 'center'})")
    radio.check(force=True)
    without_script = form.get_by_role("button", name="Rate", exact=True)
    if without_script.is_visible():
        with page.expect_navigation():
            without_script.click()
    else:
        expect(form.get_by_role("button", name="Take back")).to_be_visible()


def listed(page):
    return page.evaluate(LISTED)


def another_list_than(page, before):
    page.wait_for_function(f"before => JSON.stringify({LISTED}) !== JSON.stringify(before)", arg=before)
    return listed(page)


def open_steering(page):
    steer = page.locator(".steer")
    if steer.get_attribute("open") is None:
        steer.locator("summary").click()
    expect(page.get_by_label("popular")).to_be_visible()


def slide(page, label, key):
    page.get_by_label(label).focus()
    page.keyboard.press(key)


def pages_that_predict(page):
    found = []
    for path in PAGES_WITH_PREDICTIONS:
        page.goto(path)
        found += [path] * (page.locator(".guess-value").count() > 0)
    return found


def switch_predictions(page, *, on):
    page.goto("/for-you/settings/")
    page.get_by_label("Show me what I would rate a film").set_checked(on)
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_text("That is how it will be")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1440])
def test_a_visitor_steers_the_list_and_the_choice_is_kept(open_page, width):
    page = open_page("/", width=width)
    rate_some(page)
    page.evaluate("window.stillHere = true")
    as_it_comes = listed(page)
    open_steering(page)
    slide(page, "popular", "End")
    rare = another_list_than(page, as_it_comes)
    page.get_by_label("Chosen by").select_option(label="Highest rated")
    rated_highest = another_list_than(page, rare)
    assert page.evaluate("window.stillHere")

    page.reload()
    assert listed(page) == rated_highest
    expect(page.get_by_label("popular")).to_have_value("2")
    expect(page.get_by_label("Chosen by")).to_have_value("weighted-rating")
    page.get_by_role("button", name="As it comes").click()
    assert another_list_than(page, rated_highest) == as_it_comes

    page.locator(".wall .card").first.hover()
    page.get_by_role("button", name="Not interested in").first.click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    assert listed(page) == as_it_comes

    assert pages_that_predict(page) == PAGES_WITH_PREDICTIONS
    switch_predictions(page, on=False)
    assert pages_that_predict(page) == []
    switch_predictions(page, on=True)
    page.goto("/for-you/")
    assert page.locator(".guess-value").count() > 0


def test_while_one_rates_no_figure_tells_what_the_site_expects(open_page):
    page = open_page("/")
    rate_some(page)
    page.goto("/films/21/")
    figures = page.locator(".film-aside :is(.guess, .guess-without)")
    expect(figures).to_have_count(2)
    for figure in figures.all():
        expect(figure).to_be_visible()
    page.locator(".film-aside .star-row").hover()
    for figure in figures.all():
        expect(figure).not_to_be_visible()


def test_a_card_rated_by_key_keeps_its_prediction_and_says_what_moved(member_page, anouk):
    page = member_page("/for-you/")
    rate_some(page)
    card = page.locator(".wall .card").first
    film = int(card.get_attribute("id").removeprefix("card-"))
    told = card.locator(".guess-value").text_content().split()[-1].removeprefix("you:")
    card.locator("a").first.focus()
    page.keyboard.press("2")
    expect(page.locator("#messages")).to_contain_text("Your picks")
    assert f"{anouk.ratings.get(movie=film).predicted}" == told


def test_the_keyboard_stays_on_the_slider_that_was_moved(open_page):
    page = open_page("/for-you/")
    open_steering(page)
    before = listed(page)
    slide(page, "popular", "ArrowRight")
    between = another_list_than(page, before)
    expect(page.get_by_label("popular")).to_be_focused()
    page.keyboard.press("ArrowRight")
    another_list_than(page, between)
    expect(page.get_by_label("popular")).to_have_value("2")


def test_without_javascript_the_list_is_steered_and_a_film_is_taken_off_it(open_page):
    page = open_page("/", javascript=False, width=390)
    rate_some(page)
    as_it_comes = listed(page)
    open_steering(page)
    page.get_by_label("Chosen by").select_option(label="Highest rated")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_label("Chosen by")).to_have_value("weighted-rating")
    expect(page.locator(".wall .card > a").first).not_to_have_attribute("href", as_it_comes[0])
    page.get_by_role("button", name="As it comes").click()
    expect(page.locator(".wall .card > a").first).to_have_attribute("href", as_it_comes[0])

    page.get_by_role("button", name="Not interested in").first.click()
    expect(page.get_by_text("will not be suggested again")).to_be_visible()
    expect(page.locator(".wall .card > a").first).to_have_attribute("href", as_it_comes[1])
    page.goto("/films/hidden/")
    page.get_by_role("button", name="again").click()
    expect(page.get_by_text("Nothing is hidden")).to_be_visible()
    page.goto("/for-you/")
    expect(page.locator(".wall .card > a").first).to_have_attribute("href", as_it_comes[0])
    switch_predictions(page, on=False)
    assert pages_that_predict(page) == []
