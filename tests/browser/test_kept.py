"""What was written survives: a closed tab, a lost connection, a log-in that ran out, a second tab."""

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import expect

from catalog import services
from catalog.models import Rating, Review, Watch
from tests.browser.faults import violations
from tests.browser.log_dialog import dialog, open_form, review_in, said
from tests.browser.visitors import log_in_by_form, sign_up

WIDTHS = [390, 1440]


@pytest.fixture
def lost_connections(open_page):
    """The browser itself writes a lost connection to its console."""
    open_page.forgiven += ["htmx", "ERR_INTERNET"]


@pytest.fixture
def refusals(open_page):
    """And every answer that is no success."""
    open_page.forgiven += ["status of 4", "Status"]


# Drafts


@pytest.mark.parametrize("width", WIDTHS)
def test_a_review_survives_a_closed_tab_until_it_is_saved(member_page, anouk, width):
    page = member_page("/films/5/", width=width)
    open_form(page)
    review_in(page).fill("Half a thought")
    context = page.context
    page.close()
    page = context.new_page()
    page.goto("/films/5/")
    expect(page.locator("textarea")).to_have_value("Half a thought")
    page.goto("/films/7/")
    expect(page.locator("textarea")).to_have_value("")
    page.goto("/")
    page.goto("/log/5/")
    expect(page.get_by_text("Your draft is back.")).to_be_visible()
    page.get_by_role("button", name="Into the diary").click()
    page.wait_for_url("**/films/5/**")
    assert Review.objects.get().text == "Half a thought"
    page.goto("/log/5/")
    expect(page.get_by_text("Your draft is back.")).to_be_hidden()


def test_a_draft_can_be_thrown_away_and_never_covers_newer_words(member_page, anouk, films):
    page = member_page("/log/5/")
    review_in(page).fill("Half a thought")
    services.write_review(user=anouk, movie=films[5], text="Written elsewhere.")
    page.reload()
    expect(review_in(page)).to_have_value("Written elsewhere.")
    page.get_by_role("button", name="Use it").click()
    expect(review_in(page)).to_have_value("Half a thought")
    page.reload()
    page.get_by_role("button", name="Throw it away").click()
    expect(review_in(page)).to_have_value("Written elsewhere.")


# A lost connection


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.usefixtures("lost_connections")
def test_what_was_logged_without_a_connection_is_kept_and_goes_out_later(member_page, anouk, width):
    page = member_page("/films/5/", width=width)
    open_form(page)
    page.keyboard.press("8")
    review_in(page).fill("Written in a tunnel.")
    page.context.set_offline(True)
    page.keyboard.press("Control+Enter")
    said(page, "No connection. It is kept here")
    notice = page.locator("#messages .notice")
    words, button = notice.locator("p").bounding_box(), notice.get_by_role("button").first.bounding_box()
    assert words["y"] + words["height"] <= button["y"]
    assert not Watch.objects.exists()
    page.context.set_offline(False)
    said(page, "Film 5: four stars. In your diary.")
    expect(page.get_by_label("When you saw it")).to_be_visible()
    assert Review.objects.get(user=anouk).text == "Written in a tunnel."
    assert page.evaluate("localStorage['marquee.kept']") == "[]"


@pytest.mark.usefixtures("lost_connections")
def test_stars_given_without_a_connection_stay_and_outlive_the_tab(member_page, anouk):
    page = member_page("/films/5/")
    page.context.set_offline(True)
    page.keyboard.press("6")
    said(page, "No connection. It is kept here")
    expect(page.locator("#rate-5-6")).to_be_checked()
    context = page.context
    page.close()
    context.set_offline(False)
    page = context.new_page()
    page.goto("/films/")
    said(page, "Film 5: three stars.")
    assert Rating.objects.get(user=anouk).half_stars == 6


@pytest.mark.usefixtures("refusals")
def test_whoever_was_logged_out_finds_what_was_written_saved_after_the_log_in(member_page, anouk):
    page = member_page("/films/5/")
    open_form(page)
    review_in(page).fill("An hour of work.")
    page.context.clear_cookies(name="sessionid")
    page.keyboard.press("Control+Enter")
    said(page, "You are logged out. What you wrote is kept here")
    page.locator("#messages").get_by_role("button", name="Log in").click()
    log_in_by_form(page, "anouk")
    said(page, "Film 5 is in your diary.")
    assert Review.objects.get(user=anouk).text == "An hour of work."


@pytest.mark.usefixtures("lost_connections")
def test_what_one_person_left_is_not_sent_by_the_next(member_page, anouk):
    page = member_page("/films/5/")
    page.context.set_offline(True)
    page.keyboard.press("6")
    said(page, "No connection. It is kept here")
    page.context.set_offline(False)
    said(page, "Film 5: three stars.")
    page.evaluate("""localStorage["marquee.kept"] = JSON.stringify(
        [{user: "anouk", path: "/films/7/rate/", values: [["stars", "1"]]}])""")
    page.context.clear_cookies(name="sessionid")
    sign_up(page, "rosa")
    page.goto("/films/7/")
    expect(page.locator("#rate-7-2")).not_to_be_checked()
    assert not Rating.objects.filter(movie=7).exists()
    assert get_user_model().objects.filter(username="rosa").exists()


# Two tabs


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.usefixtures("refusals")
def test_two_tabs_do_not_overwrite_each_other(member_page, anouk, width):
    first = member_page("/films/5/", width=width)
    second = first.context.new_page()
    second.goto("/films/5/")
    for page in (first, second):
        open_form(page)
    second.keyboard.press("9")
    review_in(second).fill("From the second tab.")
    second.keyboard.press("Control+Enter")
    said(second, "Film 5: four and a half stars.")
    expect(first.get_by_label("When you saw it")).to_be_visible()
    first.keyboard.press("4")
    review_in(first).fill("From the first tab.")
    first.keyboard.press("Control+Enter")
    conflict = dialog(first).locator(".conflict")
    expect(conflict).to_contain_text("This changed somewhere else")
    expect(conflict).to_contain_text("two stars")
    expect(conflict).to_contain_text("From the second tab.")
    assert violations(first) == {}
    assert Rating.objects.get(user=anouk).half_stars == 9
    first.get_by_role("button", name="Save mine").click()
    expect(dialog(first)).to_be_hidden()
    assert (Rating.objects.get(user=anouk).half_stars, Review.objects.get().text) == (
        4,
        "From the first tab.",
    )


def test_another_tab_on_the_same_film_shows_what_was_logged(member_page):
    first = member_page("/films/5/")
    second = first.context.new_page()
    second.goto("/films/5/")
    open_form(first)
    first.keyboard.press("Control+Enter")
    expect(second.get_by_label("When you saw it")).to_be_visible()
