"""Following, as it is done in a browser."""

from functools import partial

import pytest
from playwright.sync_api import expect

from accounts import services as account_services
from accounts.models import Follow
from catalog import services
from tests.browser.faults import faults
from tests.browser.visitors import log_in_by_form
from tests.factories import ReviewFactory, UserFactory

PAGES = ["/people/rosa/", "/people/rosa/following/", "/people/rosa/followers/", "/people/anouk/following/"]
PAGES += ["/people/anouk/followers/", "/", "/films/1/", "/taste/"]


@pytest.fixture
def rosa(transactional_db, films):
    """She loves the first film and wrote about it, and somebody with an endless name follows her.

    Her other films are more than a newcomer is asked to rate, who is not shown them a second time.
    """
    rosa = UserFactory(username="rosa", bio="Projectionist.")
    for film in (1, 3, *range(41, 51)):
        services.rate(user=rosa, movie=films[film], stars=4.5)
    services.like(user=rosa, movie=films[1])
    ReviewFactory(user=rosa, movie=films[1])
    fan = UserFactory(username="a_name_of_thirty_letters_long_")
    account_services.follow(follower=fan, followed=rosa)
    return rosa


@pytest.mark.parametrize(("width", "theme"), [(320, "light"), (390, "dark"), (1440, "light")])
def test_axe_finds_nothing_and_nothing_is_too_wide(member_page, anouk, rosa, width, theme):
    account_services.follow(follower=anouk, followed=rosa)
    account_services.follow(follower=rosa, followed=anouk)
    page = member_page("/ping/", width=width, theme=theme)
    found = {}
    for path in PAGES:
        page.goto(path)
        found[path] = faults(page)
    assert {path: what for path, what in found.items() if what} == {}


@pytest.mark.parametrize(("width", "javascript"), [(390, True), (1440, True), (1440, False)])
def test_somebody_is_followed_met_beside_a_film_and_left_again(
    member_page, anouk, rosa, films, width, javascript
):
    page = member_page("/people/rosa/", width=width, javascript=javascript)
    button = partial(page.get_by_role, "button")
    button(name="Follow rosa", exact=True).click()
    expect(page.get_by_text("You follow rosa.")).to_be_visible()
    expect(page.get_by_role("link", name="Followers 2")).to_be_visible()
    if javascript:
        expect(button(name="Following rosa: follow no more")).to_be_focused()

    page.goto("/")
    row = page.locator("#friends-lately")
    expect(row.get_by_role("link", name="rosa").first).to_be_visible()
    page.goto(films[1].get_absolute_url())
    friends = page.locator("#friends")
    expect(friends.get_by_role("link", name="rosa", exact=True)).to_be_visible()
    friends.get_by_role("link", name="Review by rosa").click()
    page.wait_for_url("**/reviews/*/")

    page.goto("/people/anouk/following/")
    button(name="Following rosa: follow no more").click()
    expect(page.get_by_text("You follow nobody yet.")).to_be_visible()
    assert not Follow.objects.filter(follower=anouk).exists()


def test_a_stranger_logs_in_on_the_way_and_comes_back(open_page, anouk, rosa):
    page = open_page("/people/rosa/", width=390)
    page.get_by_role("link", name="Follow rosa").click()
    log_in_by_form(page, "anouk")
    page.get_by_role("button", name="Follow rosa", exact=True).click()
    expect(page.get_by_text("You follow rosa.")).to_be_visible()
    assert Follow.objects.filter(follower=anouk, followed=rosa).exists()
