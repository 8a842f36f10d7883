import re

import pytest
from playwright.sync_api import expect

from catalog.models import Rating
from tests.browser.faults import too_wide
from tests.browser.stars import star
from tests.browser.visitors import in_each_browser, log_in_by_form, sign_up
from tests.factories import ReviewFactory


def suggested(page):
    page.goto("/for-you/")
    return page.locator(".wall .card > a").evaluate_all(
        "links => links.map(link => link.getAttribute('href'))"
    )


def rate(page, film, half_stars):
    page.goto(f"/films/{film}/")
    star(page, film, half_stars).check(force=True)
    without_script = page.get_by_role("button", name="Rate", exact=True)
    if without_script.is_visible():
        without_script.click()
    expect(page.get_by_role("button", name="Take back")).to_be_visible()
    expect(star(page, film, half_stars)).to_be_checked()


def ratings_of_anouk():
    return list(
        Rating.objects.filter(user__username="anouk").order_by("pk").values_list("movie", "half_stars")
    )


@in_each_browser
def test_a_member_logs_in_by_the_form_goes_on_where_they_were_going_and_logs_out(
    open_page, anouk, width, javascript
):
    page = open_page("/accounts/login/?next=/taste/", width=width, javascript=javascript)
    log_in_by_form(page, "anouk")
    expect(page).to_have_url(re.compile("/taste/$"))
    expect(page.locator("#over")).to_have_attribute("data-user", "anouk")
    page.get_by_label("Your pages").click()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("link", name="Log in").first).to_be_visible()
    expect(page.locator("#over")).not_to_have_attribute("data-user", "anouk")


@in_each_browser
def test_a_strangers_rating_comes_along_at_sign_up_and_more_of_them_change_the_list(
    open_page, width, javascript
):
    page = open_page("/", width=width, javascript=javascript)
    rate(page, 1, 9)
    sign_up(page, "anouk")
    assert ratings_of_anouk() == [(1, 9)]
    before = suggested(page)

    for film in (3, 5, 7, 9):
        rate(page, film, 10)
    assert ratings_of_anouk() == [(1, 9), (3, 10), (5, 10), (7, 10), (9, 10)]

    after = suggested(page)
    assert after
    assert after != before
    assert sum(int(re.search(r"/films/(\d+)/", href)[1]) % 2 for href in after[:8]) >= 6

    page.goto("/films/9/")
    page.get_by_role("button", name="Take back").click()
    expect(page.get_by_role("button", name="Take back")).to_have_count(0)
    assert ratings_of_anouk() == [(1, 9), (3, 10), (5, 10), (7, 10)]

    page.goto("/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Log out").click()
    expect(page.get_by_role("link", name="Log in").first).to_be_visible()


@pytest.mark.parametrize("width", [390, 1440])
def test_a_film_of_no_interest_leaves_the_list_by_keyboard_and_comes_back(open_page, width):
    page = open_page("/for-you/", width=width)
    before = suggested(page)
    first = page.locator(".wall .card").first
    hide = first.get_by_role("button", name="Not interested in")
    hide.focus()
    page.keyboard.press("Enter")
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    assert before[0] not in suggested(page)
    page.goto("/films/hidden/")
    page.get_by_role("button", name="again").click()
    expect(page.get_by_text("Nothing is hidden")).to_be_visible()
    assert suggested(page) == before


def test_a_hidden_card_is_taken_back_in_place(open_page):
    page = open_page("/for-you/")
    address = suggested(page)[0]
    page.locator(".wall .card").first.hover()
    page.get_by_role("button", name="Not interested in").first.click()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".wall .card > a").first).to_have_attribute("href", address)


def test_nothing_reloads_when_a_film_is_rated_logged_reviewed_and_all_of_it_removed(member_page, anouk):
    page = member_page("/films/5/")
    page.evaluate("window.stillHere = true")
    star(page, 5, 9).check(force=True)
    expect(page.get_by_role("button", name="Take back")).to_be_visible()
    page.get_by_text("Log it").click()
    page.get_by_role("button", name="Into the diary").click()
    expect(page.get_by_text("is in your diary")).to_be_visible()
    expect(page.get_by_label("When you saw it")).to_be_visible()
    page.locator("#id_text").fill("Dust, and a duel in it.")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Your review of Film 5 is up")).to_be_visible()

    page.get_by_role("button", name="Remove your review").click()
    expect(page.get_by_text("Your review of Film 5 is gone")).to_be_visible()
    page.get_by_label("When you saw it").get_by_role("button").click()
    expect(page.get_by_text("is out of your diary")).to_be_visible()
    page.get_by_role("button", name="Take back").click()
    expect(page.get_by_role("button", name="Take back")).to_be_hidden()
    assert page.evaluate("window.stillHere")
    assert (anouk.ratings.count(), anouk.watches.count(), anouk.reviews.count()) == (0, 0, 0)


def test_a_review_that_could_not_be_sent_keeps_its_words(member_page, open_page):
    # The browser itself writes a lost connection to its console.
    open_page.forgiven += ["htmx", "DISCONNECTED"]
    page = member_page("/films/5/")
    page.locator("textarea").fill("Dust, and a duel in it.")
    page.context.set_offline(True)
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("The site did not answer")).to_be_visible()
    expect(page.locator("textarea")).to_have_value("Dust, and a duel in it.")


def test_filters_renew_the_wall_in_place_and_keep_their_address(open_page):
    page = open_page("/films/")
    page.evaluate("window.stillHere = true")
    page.get_by_label("Genre").select_option(label="Western")
    page.wait_for_url("**/films/?*genre=western*")
    expect(page.get_by_role("heading", name="Films")).to_be_visible()
    assert page.evaluate("window.stillHere")


@pytest.mark.parametrize("width", [390, 1440])
def test_one_endless_word_does_not_widen_the_page(open_page, films, width):
    ReviewFactory(movie=films[5], text="A" * 5000)
    page = open_page("/films/5/", width=width)
    assert not too_wide(page)
