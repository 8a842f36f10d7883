import pytest

from catalog import services
from tests.browser.faults import violations
from tests.factories import ReviewFactory

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
    "/lists/",
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
    "/people/anouk/lists/",
    "/lists/",
    "/lists/new/",
    "/people/anouk/following/",
    "/people/anouk/followers/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/logout/",
]
LOOKS = pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1440, "light")])


@pytest.fixture
def anouk(anouk, films):
    for film in range(1, 8):
        services.rate(user=anouk, movie=films[film], stars=4.5 if film % 2 else 2)
    services.log_watch(user=anouk, movie=films[1], watched_on="2026-05-04")
    services.hide(user=anouk, movie=films[9])
    services.add_to_list(film_list=services.create_list(user=anouk, title="Noir"), movie=films[5])
    ReviewFactory(user=anouk, movie=films[5], has_spoilers=True)
    return anouk


def pages_with_violations(page, paths):
    found = {}
    for path in paths:
        page.goto(path)
        found[path] = violations(page)
    return {path: rules for path, rules in found.items() if rules}


@LOOKS
def test_axe_finds_nothing_on_the_pages_of_strangers(open_page, anouk, theme, width):
    assert pages_with_violations(open_page("/ping/", theme=theme, width=width), STRANGER) == {}


@LOOKS
def test_axe_finds_nothing_on_the_pages_of_members(member_page, theme, width):
    assert pages_with_violations(member_page("/ping/", theme=theme, width=width), MEMBER) == {}
