"""The first minutes of a stranger: the deck by keyboard, by pointer and without scripts."""

import re

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import expect

from tests.browser.visitors import fill_sign_up, sign_up

CARDS_THAT_ARE_ENOUGH = 30


def title(page):
    return page.locator("#deck-title").inner_text()


def film_of(page):
    action = page.locator(".deck-answer").get_attribute("action")
    return int(re.search(r"\d+", action)[0])


def listed(page):
    return page.locator(".start-places > li").evaluate_all(
        "places => places.map(place => place.dataset.film)"
    )


def musicals_among(listed):
    return sum(int(film) % 2 == 0 for film in listed)


def press(page, key):
    """The next card is there, and the keyboard with it, when this returns."""
    before = title(page)
    page.keyboard.press(key)
    expect(page.locator("#deck-title")).not_to_have_text(before)
    expect(page.locator("#deck")).to_be_focused()


def point(page, target):
    before = title(page)
    target.click(force=True)
    expect(page.locator("#deck-title")).not_to_have_text(before)


def answer_until_enough(page):
    """Westerns, which have odd numbers, are loved and musicals are not; how many cards that took."""
    for answered in range(CARDS_THAT_ARE_ENOUGH):
        if not page.locator(".deck-answer").count():
            return answered
        press(page, "0" if film_of(page) % 2 else "2")
    raise AssertionError("the cards never stopped")


def keep_them(page, name):
    page.get_by_role("link", name="Keep them: sign up").click()
    fill_sign_up(page, name)
    page.wait_for_url(re.compile(r"/(for-you/|start/)?$"))
    return get_user_model().objects.get(username=name).ratings


def rated_films(page):
    return int(re.search(r"(\d+) rated", page.locator(".start-progress").inner_text())[1])


@pytest.mark.parametrize("width", [390, 1440])
def test_a_stranger_answers_cards_until_it_is_enough_and_keeps_the_ratings(open_page, width):
    page = open_page("/start/", width=width)
    page.evaluate("window.stillHere = true")
    expect(page.locator("#deck")).to_be_focused()
    unseen, at_first = film_of(page), listed(page)
    press(page, "h")
    expect(page.locator(".start-progress")).to_contain_text("1 not seen")
    point(page, page.locator("#deck-9"))
    expect(page.locator(".start-progress")).to_contain_text("1 rated")
    answer_until_enough(page)
    assert page.evaluate("window.stillHere")
    assert musicals_among(listed(page)) < musicals_among(at_first)

    rated = rated_films(page)
    kept = keep_them(page, "nomad")
    assert kept.count() == rated >= 10
    assert not kept.filter(movie=unseen).exists()


def test_arrow_keys_only_choose_and_the_last_answer_can_be_taken_back(open_page):
    page = open_page("/start/")
    first = title(page)
    page.locator("#deck-5").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#deck-6")).to_be_checked()
    expect(page.locator("#deck-title")).to_have_text(first)
    press(page, "Enter")
    expect(page.locator(".start-progress")).to_contain_text("1 rated")
    press(page, "u")
    expect(page.locator("#deck-title")).to_have_text(first)
    expect(page.locator(".start-progress")).to_contain_text("Nothing is known")


def test_without_javascript_a_stranger_answers_cards_and_keeps_the_ratings(open_page):
    page = open_page("/start/", javascript=False, width=390)
    point(page, page.get_by_role("button", name="Haven’t seen it"))
    loved = film_of(page)
    page.locator("#deck-10").check(force=True)
    point(page, page.get_by_role("button", name="Rate it"))
    expect(page.locator(".start-progress")).to_contain_text("1 rated, 1 not seen")
    point(page, page.get_by_role("button", name="Undo the last answer"))
    assert film_of(page) == loved
    page.locator("#deck-8").check(force=True)
    point(page, page.get_by_role("button", name="Rate it"))
    sign_up(page, "rosa")
    kept = get_user_model().objects.get(username="rosa").ratings.get()
    assert (kept.movie_id, kept.stars) == (loved, 4)
