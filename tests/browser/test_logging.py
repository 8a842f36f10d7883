"""Logging a film from anywhere, by keyboard, pointer and without scripts; what a lost connection leaves."""

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from catalog import services
from catalog.models import HiddenFilm, LikedFilm, Rating, Review, Watch, WatchlistEntry
from tests.browser.faults import too_wide, violations
from tests.browser.log_dialog import dialog, review_in, said, tab_to, undo

WIDTHS = [390, 1440]
ADDRESSES = "links => links.map(link => link.getAttribute('href'))"


# By keyboard alone


@pytest.mark.parametrize("width", WIDTHS)
def test_a_film_is_logged_from_the_front_page_by_keyboard_alone(member_page, anouk, width):
    page = member_page(width=width)
    page.evaluate("window.scrollTo(0, 300)")
    page.keyboard.press("d")
    page.keyboard.type("film 17")
    expect(page.locator(".found a").first).to_contain_text("Film 17")
    page.keyboard.press("Enter")
    page.keyboard.press("9")
    expect(page.locator("#log-stars-9")).to_be_checked()
    page.keyboard.press("Control+Enter")
    said(page, "Film 17: four and a half stars. In your diary.")
    assert Rating.objects.get(user=anouk).half_stars == 9
    assert Watch.objects.get(user=anouk).movie_id == 17
    assert page.evaluate("scrollY") == 300
    expect(dialog(page)).to_be_hidden()


def test_keys_pressed_faster_than_the_site_answers_are_not_lost(member_page, anouk):
    page = member_page()
    for key in ["d", *"film 23", "Enter", "7"]:
        page.keyboard.press(key)
    expect(page.locator("#log-stars-7")).to_be_checked()
    expect(page.locator("#over-title")).to_have_text("Film 23")


def test_stars_given_by_key_while_the_page_is_being_renewed_are_kept(member_page, anouk):
    page = member_page("/films/5/")
    renewal = []
    page.route(
        "**/films/5/**",
        lambda route: renewal.append(route) if "x-renews" in route.request.headers else route.continue_(),
    )
    page.keyboard.press("d")
    expect(page.locator(".log-form")).to_be_visible()
    page.keyboard.press("Control+Enter")
    said(page, "is in your diary")
    page.wait_for_function("document.getElementById('content').inert")
    page.keyboard.press("7")
    renewal.pop().continue_()
    expect(page.locator("#rate-5-7")).to_be_checked()
    said(page, "three and a half stars")
    assert Rating.objects.get(user=anouk).half_stars == 7


def test_the_dialog_closed_and_opened_at_once_is_not_empty(member_page):
    page = member_page()
    page.keyboard.press("/")
    expect(page.locator("#log-q")).to_be_focused()
    page.evaluate("""() => {
        const over = document.getElementById("over");
        over.close();
        document.dispatchEvent(new CustomEvent("over:open", { detail: { address: over.dataset.log } }));
    }""")
    page.evaluate("() => new Promise((done) => setTimeout(done, 50))")
    expect(page.locator("#log-q")).to_be_visible()


def test_the_search_field_logs_its_first_film_too(member_page):
    page = member_page()
    page.keyboard.press("s")
    expect(page.get_by_role("combobox", name="Find a film")).to_be_focused()
    page.keyboard.type("film 31")
    page.keyboard.press("Control+Enter")
    expect(dialog(page).locator("#over-title")).to_have_text("Film 31")


def test_arrows_walk_through_the_films_found(member_page):
    page = member_page()
    page.keyboard.press("/")
    page.keyboard.type("film 1")
    titles = page.locator(".found b")
    expect(titles.nth(2)).to_be_visible()
    # What was found for the first letters has gone.
    expect(titles.filter(has_not_text="Film 1")).to_have_count(0)
    second = titles.nth(1).inner_text()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#over-title")).to_have_text(second)


def test_every_mark_of_a_film_page_has_its_key_and_the_page_keeps_its_place(member_page, anouk):
    page = member_page("/films/5/")
    page.evaluate("window.scrollTo(0, 120); window.stillHere = true")
    for key, sentence in [
        ("w", "Film 5 is among the films you saw."),
        ("f", "Film 5 has your heart."),
        ("l", "Film 5 is on your watchlist."),
        ("7", "Film 5: three and a half stars."),
        ("n", "Film 5 will not be suggested again."),
    ]:
        page.keyboard.press(key)
        said(page, sentence)
    for model in (Watch, LikedFilm, WatchlistEntry, HiddenFilm, Rating):
        assert model.objects.filter(user=anouk, movie=5).count() == 1
    assert page.evaluate("[scrollY, window.stillHere]") == [120, True]


def test_keys_mark_the_card_that_has_the_focus_and_it_stays_where_it_is(member_page, anouk):
    page = member_page("/films/")
    card = page.locator(".wall .card").nth(3)
    link = card.locator("> a")
    film = int(re.search(r"\d+", link.get_attribute("href"))[0])
    order = page.locator(".wall .card > a").evaluate_all(ADDRESSES)
    before = card.locator(".card-line").inner_text()
    link.focus()
    page.keyboard.press("8")
    expect(card.get_by_label("four stars")).to_be_visible()
    expect(link).to_be_focused()
    assert page.locator(".wall .card > a").evaluate_all(ADDRESSES) == order
    assert Rating.objects.get(user=anouk).movie_id == film
    page.keyboard.press("u")
    said(page, "is as it was before")
    expect(card.locator(".card-line")).to_have_text(before)
    page.keyboard.press("l")
    said(page, "is on your watchlist")
    assert WatchlistEntry.objects.get(user=anouk).movie_id == film


def test_keys_wait_while_one_types_or_holds_ctrl_and_can_be_switched_off(member_page, anouk):
    page = member_page("/films/5/")
    page.locator("textarea").press_sequentially("wfln 9?")
    page.locator("h1").click()
    page.keyboard.press("Alt+w")
    page.keyboard.press("?")
    expect(dialog(page).get_by_role("heading", name="Keys")).to_be_visible()
    dialog(page).get_by_label("Single keys").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("w")
    page.keyboard.press("d")
    expect(dialog(page)).to_be_hidden()
    assert not Watch.objects.exists()
    expect(page.locator("textarea")).to_have_value("wfln 9?")


def test_the_focus_returns_to_where_it_was(member_page):
    page = member_page("/films/5/")
    button = page.get_by_role("main").get_by_role("link", name="Log it")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".log-form .star-row input").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".log-form .star-row input").first).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_label("When you saw it")).to_be_visible()
    expect(button).to_be_focused()


# By pointer


@pytest.mark.parametrize("width", WIDTHS)
def test_everything_is_in_reach_of_a_pointer(member_page, anouk, films, width):
    services.add_to_watchlist(user=anouk, movie=films[5])
    services.log_watch(user=anouk, movie=films[7], watched_on=date(2024, 3, 9), tags=["cinema"])
    page = member_page("/films/5/", width=width)
    page.get_by_text("Log it").click()
    page.locator("label", has=page.locator("#log-stars-7")).click()
    page.locator("label.heart").click()
    page.get_by_label("Seen on").fill("2024-03-10")
    page.locator(".log-form").get_by_text("Seen before").click()
    page.get_by_label("Tags").fill("cinema, with Sam")
    review_in(page).fill("Dust, and a duel in it.")
    page.get_by_role("button", name="Into the diary").click()
    said(page, "Film 5: three and a half stars. In your diary.")
    expect(page.get_by_label("When you saw it")).to_be_visible()
    watch = Watch.objects.get(user=anouk, movie=5)
    assert (watch.watched_on, watch.rewatch) == (date(2024, 3, 10), True)
    assert {tag.name for tag in watch.tags.all()} == {"cinema", "with Sam"}
    assert Review.objects.get(user=anouk).text == "Dust, and a duel in it."
    assert LikedFilm.objects.filter(user=anouk).exists()
    assert not WatchlistEntry.objects.exists()

    undo(page)
    assert not Watch.objects.filter(user=anouk, movie=5).exists()
    assert not Review.objects.exists()
    assert WatchlistEntry.objects.filter(user=anouk, movie=5).exists()
    expect(page.get_by_label("When you saw it")).to_be_hidden()


def test_a_viewing_is_changed_from_the_film_page(member_page, anouk, films):
    services.log_watch(user=anouk, movie=films[5], watched_on=date(2024, 3, 9))
    page = member_page("/films/5/")
    page.get_by_label("When you saw it").get_by_role("link").click()
    page.get_by_label("Seen on").fill("2024-03-10")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_label("When you saw it")).to_contain_text("10 Mar 2024")
    assert Watch.objects.get().watched_on == date(2024, 3, 10)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("by_key", [True, False])
def test_from_the_dialog_a_film_goes_onto_the_watchlist_instead(member_page, anouk, width, by_key):
    page = member_page(width=width)
    page.keyboard.press("/")
    page.keyboard.type("film 17")
    # What was found for the first letters may still stand there.
    page.locator(".found").get_by_role("link", name="Film 17").click()
    expect(page.locator(".log-form .star-row input").first).to_be_focused()
    if by_key:
        page.keyboard.press("l")
    else:
        page.get_by_role("button", name="Watchlist instead").click()
    said(page, "Film 17 is on your watchlist.")
    expect(dialog(page)).to_be_hidden()
    assert WatchlistEntry.objects.get(user=anouk).movie_id == 17
    assert not Watch.objects.exists()
    undo(page)
    assert not WatchlistEntry.objects.exists()


def test_a_letter_in_a_review_is_no_key(member_page):
    page = member_page("/films/5/")
    page.keyboard.press("d")
    expect(page.locator(".log-form .star-row input").first).to_be_focused()
    review_in(page).press_sequentially("a small hotel")
    expect(review_in(page)).to_have_value("a small hotel")
    expect(dialog(page)).to_be_visible()
    assert not WatchlistEntry.objects.exists()


# Without scripts


def go_on_from(page, target):
    tab_to(page, target)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_without_scripts_the_same_is_done_on_pages_by_keyboard_alone(member_page, anouk):
    page = member_page("/", javascript=False)
    go_on_from(page, page.locator(".site-header").get_by_role("link", name="Log", exact=True))
    typed = page.get_by_label("Which film did you see?")
    if not typed.evaluate("field => field === document.activeElement"):
        tab_to(page, typed)
    page.keyboard.type("film 17")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    go_on_from(page, page.locator(".found").get_by_role("link", name="Film 17"))
    tab_to(page, page.locator("#log-stars-0"))
    for _press in range(5):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#log-stars-5")).to_be_checked()
    for box in ("Like", "Seen before"):
        tab_to(page, page.locator(".log-form").get_by_label(box, exact=True))
        page.keyboard.press("Space")
    for field, words in ((page.get_by_label("Tags"), "cinema"), (review_in(page), "Rain.")):
        tab_to(page, field)
        page.keyboard.type(words)
    go_on_from(page, page.get_by_role("button", name="Into the diary"))
    said(page, "Film 17: two and a half stars. In your diary.")
    watch = Watch.objects.get(user=anouk, movie=17)
    assert (watch.rewatch, watch.tags.get().name) == (True, "cinema")
    assert Review.objects.get(user=anouk).text == "Rain."
    assert LikedFilm.objects.filter(user=anouk, movie=17).exists()
    go_on_from(page, page.locator("#messages").get_by_role("button", name="Undo"))
    said(page, "is as it was before")
    assert not Watch.objects.filter(user=anouk).exists()
    assert not Review.objects.exists()


# Everybody


@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1440, "light")])
def test_axe_finds_nothing_in_the_dialog(member_page, anouk, films, theme, width):
    services.add_to_watchlist(user=anouk, movie=films[5])
    page = member_page("/", theme=theme, width=width)
    page.keyboard.press("d")
    expect(page.locator(".found a").first).to_be_visible()
    assert violations(page) == {}
    page.locator(".found a").first.click()
    expect(page.locator(".log-form .star-row input").first).to_be_visible()
    assert violations(page) == {}
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keys")).to_be_visible()
    assert violations(page) == {}
    assert not too_wide(page)
