"""No page asks for more than 60 KiB of scripts and 40 KiB of styles, and none moves while it comes."""

import gzip
from urllib.parse import urlsplit

import pytest

from catalog import services
from tests.browser.test_journey import PASSWORD
from tests.factories import ReviewFactory, UserFactory

KIB = 1024
SCRIPTS, STYLES, SHIFT = 60 * KIB, 40 * KIB, 0.02
STRANGER = ["/", "/films/", "/films/5/", "/search/?q=film", "/charts/", "/for-you/", "/start/"]
STRANGER += [
    "/people/anouk/",
    "/people/anouk/diary/",
    "/people/anouk/reviews/",
    "/accounts/login/",
    "/no/such/page/",
]
MEMBER = [
    "/",
    "/films/5/",
    "/people/anouk/",
    "/people/anouk/diary/",
    "/films/watchlist/",
    "/films/queue/",
    "/log/",
]
MEMBER += ["/settings/", "/for-you/", "/taste/", "/together/"]

# Counts what moved without anybody having touched the page, as the Layout Instability draft defines it.
WATCH_SHIFTS = """
  window.shifted = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
  }).observe({type: "layout-shift", buffered: true});
"""


class Weight:
    """What a page brought along, packed as the site's server packs it."""

    def __init__(self, page):
        self.kinds = {"script": {}, "stylesheet": {}}
        page.on("response", self.add)

    def add(self, response):
        kind = self.kinds.get(response.request.resource_type)
        if kind is not None and response.ok:
            kind[urlsplit(response.url).path] = len(gzip.compress(response.body(), 9))

    def take(self):
        scripts, styles = (sum(kind.values()) for kind in self.kinds.values())
        for kind in self.kinds.values():
            kind.clear()
        return scripts, styles


@pytest.fixture
def anouk(transactional_db, films):
    member = UserFactory(username="anouk", password=PASSWORD)
    for film in range(1, 12):
        services.rate(user=member, movie=films[film], stars=4.5 if film % 2 else 2)
    services.log_watch(user=member, movie=films[1], watched_on="2026-05-04")
    ReviewFactory(user=member, movie=films[5], text="Slow, and worth every minute. " * 12)
    return member


def too_heavy(page, paths):
    weight, found = Weight(page), {}
    # Nothing from the last page's cache: each is weighed as if it were the first.
    page.route("**/*", lambda route: route.continue_())
    for path in paths:
        page.goto(path, wait_until="networkidle")
        scripts, styles = weight.take()
        assert styles > 0, f"{path} came without a style sheet"
        if scripts > SCRIPTS or styles > STYLES:
            found[path] = {"scripts": scripts, "styles": styles}
    return found


def shifts(page, paths):
    page.add_init_script(WATCH_SHIFTS)
    found = {}
    for path in paths:
        page.goto(path, wait_until="networkidle")
        page.mouse.wheel(0, 1200)
        page.wait_for_timeout(250)
        found[path] = page.evaluate("window.shifted")
    return {path: shift for path, shift in found.items() if shift >= SHIFT}


def log_in(page):
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill("anouk")
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log in").click()
    page.wait_for_url("**/")


def test_no_page_is_too_heavy_for_a_stranger(open_page, anouk):
    page = open_page()
    assert too_heavy(page, [path for path in STRANGER if "no/such" not in path]) == {}


def test_no_page_is_too_heavy_for_a_member(open_page, anouk):
    page = open_page()
    log_in(page)
    assert too_heavy(page, MEMBER) == {}


@pytest.mark.parametrize("width", [390, 1440])
def test_no_page_moves_under_a_stranger(open_page, anouk, width):
    page = open_page(width=width)
    assert shifts(page, STRANGER) == {}
    # A missing page is an error on the console, and was meant to be one here.
    open_page.complaints[:] = [said for said in open_page.complaints if "404" not in said]


@pytest.mark.parametrize("width", [390, 1440])
def test_no_page_moves_under_a_member(open_page, anouk, width):
    page = open_page(width=width)
    log_in(page)
    assert shifts(page, MEMBER) == {}


def test_the_measure_of_shifts_notices_a_shift(open_page):
    """A page that is pushed down on purpose: the tests above mean nothing if this one fails."""
    page = open_page("/films/")
    page.evaluate(WATCH_SHIFTS)
    page.evaluate("""
      const wedge = Object.assign(document.createElement("p"), {textContent: "x", className: "board"});
      document.querySelector("main").prepend(wedge);
    """)
    page.wait_for_timeout(300)
    assert page.evaluate("window.shifted") > SHIFT


def test_the_browser_takes_the_data_of_a_film_page_without_complaint(open_page, anouk):
    """The policy forbids inline scripts; data for search engines are none."""
    page = open_page("/films/5/")
    told = page.locator('script[type="application/ld+json"]')
    assert '"@type": "Movie"' in told.text_content()
    assert open_page.complaints == []
