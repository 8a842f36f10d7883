"""An evening for two: a member's group, a guest who comes in by its link, and the film they agree on."""

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import expect

from catalog import services
from tests.browser.test_accessibility import violations
from tests.browser.test_journey import sign_up

WAYS = {"Least misery": "at the least", "Taking turns": "turn", "Average": "on average"}


def start_group(page, films):
    """A lover of westerns, the odd films, starts it; the link for the others."""
    sign_up(page, "anouk")
    member = get_user_model().objects.get(username="anouk")
    for film in range(1, 9):
        services.rate(user=member, movie=films[film], stars=5 if film % 2 else 1.5)
    page.goto("/together/")
    page.get_by_label("A name for the group").fill("Friday films")
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_text("as soon as there are two of you")).to_be_visible()
    return page.get_by_label("The link to this group").input_value()


def take_seat(page):
    page.get_by_label("Your first name").fill("Sam")
    page.get_by_role("button", name="Take a seat").click()
    expect(page.get_by_role("heading", name="Five films, Sam")).to_be_visible()


def answer_card(page, half_stars):
    before = page.locator(".deck-card h2").inner_text()
    if half_stars:
        page.locator(f".deck-card input[id$='-{half_stars}']").first.check(force=True)
    page.get_by_role("button", name="Rate it" if half_stars else "Haven’t seen it").click()
    expect(page.locator(".deck-card h2").filter(has_text=before)).to_have_count(0)


def rate_five_cards(page):
    answer_card(page, None)
    for half_stars in (9, 3, 9, 3, 9):
        answer_card(page, half_stars)
    expect(page.locator(".bill")).to_be_visible()


def billed(page):
    return page.locator(".bill-film h2").all_inner_texts()


def agree_on(page, label, says):
    way = page.get_by_role("radio", name=label)
    if not way.is_checked():
        way.check()
    expect(page.locator(".lead .bill-words")).to_contain_text(says, ignore_case=True)


@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1440, "light")])
def test_a_member_and_a_guest_choose_a_film(open_page, take_picture, films, width, theme):
    owner = open_page("/", width=width)
    link = start_group(owner, films)
    take_picture(owner, f"together-alone-{width}")
    guest = open_page(link, width=width, theme=theme)
    assert violations(guest) == {}
    take_seat(guest)
    assert violations(guest) == {}
    rate_five_cards(guest)

    opinions = guest.locator(".lead .opinions > div")
    expect(opinions).to_have_count(2)
    for opinion, name in zip(opinions.all(), ("anouk", "Sam"), strict=True):
        expect(opinion).to_contain_text(name)
        expect(opinion.locator(".guess-value")).to_be_visible()

    for label, says in WAYS.items():
        agree_on(guest, label, says)
    agree_on(guest, "Least misery", "at the least")
    owner.reload()
    expect(owner.get_by_role("radio", name="Least misery")).to_be_checked()

    assert violations(owner) == {}

    refused = billed(owner)[0]
    owner.get_by_role("button", name=f"Veto {refused}", exact=True).click()
    expect(owner.locator(".vetoes")).to_contain_text(refused)
    assert refused not in billed(owner)
    guest.reload()
    assert refused not in billed(guest)
    expect(guest.get_by_role("button", name="Take back")).to_have_count(0)
    take_picture(guest, f"together-{width}")
    owner.get_by_role("button", name=f"Take back the veto against {refused}", exact=True).click()
    expect(owner.locator(".vetoes")).to_have_count(0)
    assert refused in billed(owner)


def test_without_javascript_a_guest_joins_and_says_no(open_page, take_picture, films):
    owner = open_page("/", javascript=False)
    link = start_group(owner, films)
    guest = open_page(link, javascript=False, width=390)
    take_seat(guest)
    rate_five_cards(guest)
    expect(guest.locator(".lead .opinions .guess-value")).to_have_count(2)
    guest.get_by_role("radio", name="Least misery").check()
    guest.get_by_role("button", name="Choose so").click()
    expect(guest.locator(".lead .bill-words")).to_contain_text("at the least")
    take_picture(guest, "together-without-javascript")

    refused = billed(guest)[0]
    guest.get_by_role("button", name=f"Veto {refused}", exact=True).click()
    expect(guest.locator(".vetoes")).to_contain_text(refused)
    assert refused not in billed(guest)


def test_enter_on_a_chosen_star_rates_the_card(open_page, films):
    """Enter presses the first button of a form, which must not be the one that says "never seen"."""
    link = start_group(open_page("/"), films)
    guest = open_page(link)
    take_seat(guest)
    film = guest.locator(".deck-card h2").inner_text()
    guest.locator(".deck-card input[id$='-7']").focus()
    guest.keyboard.press("ArrowRight")
    guest.keyboard.press("Enter")
    expect(guest.locator(".deck-card h2").filter(has_text=film)).to_have_count(0)
    expect(guest.get_by_text("4 to go")).to_be_visible()


def test_a_link_that_was_remade_opens_nothing(open_page, take_picture, films):
    owner = open_page("/", width=390)
    link = start_group(owner, films)
    owner.get_by_role("button", name="Make a new link").click()
    expect(owner.get_by_text("There is a new link")).to_be_visible()
    expect(owner.get_by_label("The link to this group")).not_to_have_value(link)
    stranger = open_page(link, width=390)
    expect(stranger.get_by_role("heading", name="This link opens nothing")).to_be_visible()
    take_picture(stranger, "together-gone")
    # The browser itself writes a page that is not there to its console.
    assert all("404" in line for line in open_page.complaints)
    open_page.complaints.clear()
