import pytest
from axe_playwright_python.sync_playwright import Axe

from catalog import services
from tests.browser.test_journey import PASSWORD
from tests.factories import ReviewFactory, UserFactory

STRANGER = [
    "/",
    "/films/",
    "/search/?q=film",
    "/films/5/",
    "/for-you/",
    "/for-you/settings/",
    "/together/",
    "/start/",
    "/taste/",
    "/for-you/how/",
    "/accounts/login/",
    "/accounts/signup/",
]
STRANGER += ["/accounts/password/reset/", "/search/?q=nothing-like-it"]
MEMBER = ["/", "/films/5/", "/for-you/", "/people/anouk/", "/people/anouk/diary/", "/people/anouk/ratings/"]
MEMBER += [
    "/films/hidden/",
    "/films/watchlist/",
    "/for-you/settings/",
    "/together/",
    "/start/",
    "/taste/",
    "/people/anouk/reviews/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/logout/",
]


@pytest.fixture
def anouk(transactional_db, films):
    member = UserFactory(username="anouk", password=PASSWORD)
    for film in range(1, 8):
        services.rate(user=member, movie=films[film], stars=4.5 if film % 2 else 2)
    services.log_watch(user=member, movie=films[1], watched_on="2026-05-04")
    services.hide(user=member, movie=films[9])
    ReviewFactory(user=member, movie=films[5], has_spoilers=True)
    return member


def violations(page):
    return {rule["id"]: rule["help"] for rule in Axe().run(page).response["violations"]}


@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1440, "light")])
def test_axe_finds_nothing_on_the_pages_of_strangers(open_page, anouk, theme, width):
    page = open_page("/", theme=theme, width=width)
    found = {}
    for path in STRANGER:
        page.goto(path)
        found[path] = violations(page)
    assert {path: rules for path, rules in found.items() if rules} == {}


@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1440, "light")])
def test_axe_finds_nothing_on_the_pages_of_members(open_page, anouk, theme, width):
    page = open_page("/accounts/login/", theme=theme, width=width)
    page.locator("input[name=login]").fill("anouk")
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log in").click()
    page.wait_for_url("**/")
    found = {}
    for path in MEMBER:
        page.goto(path)
        found[path] = violations(page)
    assert {path: rules for path, rules in found.items() if rules} == {}
