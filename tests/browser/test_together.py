"""An evening for two: a member's group, a guest who comes in by its link, and the film they agree on."""

import pytest
from playwright.sync_api import expect

from catalog import services
from tests.browser.faults import violations

WAYS = {"Least misery": "at the least", "Taking turns": "turn", "Average": "on average"}


@pytest.fixture
def anouk(anouk, films):
    """A lover of westerns, the odd films."""
    for film in range(1, 9):
        services.rate(user=anouk, movie=films[film], stars=5 if film % 2 else 1.5)
    return anouk


def start_group(page):
    """The link for the others."""
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
    return page.locator(".bill-film h2")


def titled(page, title):
    return billed(page).filter(has=page.get_by_text(title, exact=True))


def agree_on(page, label, says):
    way = page.get_by_role("radio", name=label)
    if not way.is_checked():
        way.check()
    expect(page.locator(".lead .bill-words")).to_contain_text(says, ignore_case=True)


@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1440, "light")])
def test_a_member_and_a_guest_choose_a_film(member_page, open_page, width, theme):
    owner = member_page("/together/", width=width)
    link = start_group(owner)
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

    refused = billed(owner).first.inner_text()
    owner.get_by_role("button", name=f"Veto {refused}", exact=True).click()
    expect(owner.locator(".vetoes")).to_contain_text(refused)
    expect(titled(owner, refused)).to_have_count(0)
    guest.reload()
    expect(titled(guest, refused)).to_have_count(0)
    expect(guest.get_by_role("button", name="Take back")).to_have_count(0)
    owner.get_by_role("button", name=f"Take back the veto against {refused}", exact=True).click()
    expect(owner.locator(".vetoes")).to_have_count(0)
    expect(titled(owner, refused)).to_have_count(1)


def test_without_javascript_a_guest_joins_and_says_no(member_page, open_page):
    link = start_group(member_page("/together/", javascript=False))
    guest = open_page(link, javascript=False, width=390)
    take_seat(guest)
    rate_five_cards(guest)
    expect(guest.locator(".lead .opinions .guess-value")).to_have_count(2)
    guest.get_by_role("radio", name="Least misery").check()
    guest.get_by_role("button", name="Choose so").click()
    expect(guest.locator(".lead .bill-words")).to_contain_text("at the least")

    refused = billed(guest).first.inner_text()
    guest.get_by_role("button", name=f"Veto {refused}", exact=True).click()
    expect(guest.locator(".vetoes")).to_contain_text(refused)
    expect(titled(guest, refused)).to_have_count(0)


def test_enter_on_a_chosen_star_rates_the_card(member_page, open_page):
    """Enter presses the first button of a form, which must not be the one that says "never seen"."""
    link = start_group(member_page("/together/"))
    guest = open_page(link)
    take_seat(guest)
    film = guest.locator(".deck-card h2").inner_text()
    guest.locator(".deck-card input[id$='-7']").focus()
    guest.keyboard.press("ArrowRight")
    guest.keyboard.press("Enter")
    expect(guest.locator(".deck-card h2").filter(has_text=film)).to_have_count(0)
    expect(guest.get_by_text("4 to go")).to_be_visible()


def test_a_link_that_was_remade_opens_nothing(member_page, open_page):
    # The browser itself writes a page that is not there to its console.
    open_page.forgiven.append("404")
    owner = member_page("/together/", width=390)
    link = start_group(owner)
    owner.get_by_role("button", name="Make a new link").click()
    expect(owner.get_by_text("There is a new link")).to_be_visible()
    expect(owner.get_by_label("The link to this group")).not_to_have_value(link)
    stranger = open_page(link, width=390)
    expect(stranger.get_by_role("heading", name="This link opens nothing")).to_be_visible()
