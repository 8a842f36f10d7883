"""No page asks for more than 60 KiB of scripts and 40 KiB of styles, and none moves while it comes."""

import gzip
from urllib.parse import urlsplit

import pytest

from catalog import services
from tests.factories import ReviewFactory

KIB = 1024
SCRIPTS, STYLES, SHIFT = 60 * KIB, 40 * KIB, 0.02
STRANGER = ["/", "/films/", "/films/5/", "/search/?q=film", "/charts/", "/for-you/", "/start/"]
STRANGER += [
    "/people/anouk/",
    "/people/anouk/diary/",
    "/people/anouk/reviews/",
    "/lists/",
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
        self.came, self.packed = [], {}
        page.on("response", lambda response: self.came.append(response))

    def take(self):
        kinds = {"script": {}, "stylesheet": {}}
        for response in self.came:
            kind = kinds.get(response.request.resource_type)
            if kind is not None and response.ok:
                path = urlsplit(response.url).path
                kind[path] = self.packed.get(path) or self.pack(path, response)
        self.came.clear()
        return [sum(kind.values()) for kind in kinds.values()]

    def pack(self, path, response):
        self.packed[path] = len(gzip.compress(response.body(), 9))
        return self.packed[path]


@pytest.fixture
def anouk(anouk, films):
    for film in range(1, 12):
        services.rate(user=anouk, movie=films[film], stars=4.5 if film % 2 else 2)
    services.log_watch(user=anouk, movie=films[1], watched_on="2026-05-04")
    sundays = services.create_list(user=anouk, title="Sundays")
    for film in range(1, 12):
        services.add_to_list(film_list=sundays, movie=films[film])
    ReviewFactory(user=anouk, movie=films[5], text="Slow, and worth every minute. " * 12)
    return anouk


def faults(page, paths):
    """Pages that bring too much, or move while they come and while somebody scrolls down."""
    weight, found = Weight(page), {}
    page.add_init_script(WATCH_SHIFTS)
    # Nothing from the last page's cache: each is weighed as if it were the first.
    page.context.new_cdp_session(page).send("Network.setCacheDisabled", {"cacheDisabled": True})
    for path in paths:
        page.goto(path)
        page.evaluate("document.fonts.ready")
        scripts, styles = weight.take()
        assert styles > 0, f"{path} came without a style sheet"
        page.mouse.wheel(0, 1200)
        page.wait_for_timeout(250)
        shift = page.evaluate("window.shifted")
        if scripts > SCRIPTS or styles > STYLES or shift >= SHIFT:
            found[path] = {"scripts": scripts, "styles": styles, "shift": shift}
    return found


def moved_by_late_fonts(page, paths):
    """How far pages move when the faces take their place only after the page was painted without them."""
    held, moved = [], {}
    page.add_init_script(WATCH_SHIFTS)
    page.route("**/*.woff2", lambda route: held.append(route))
    for path in paths:
        page.goto(path, wait_until="commit")
        page.wait_for_function("() => performance.getEntriesByName('first-contentful-paint').length > 0")
        page.wait_for_function("() => document.fonts.status === 'loading'")
        while page.evaluate("document.fonts.status") == "loading":
            while held:
                held.pop().continue_()
            page.wait_for_timeout(100)
        page.wait_for_timeout(100)
        moved[path] = page.evaluate("window.shifted")
    return {path: shift for path, shift in moved.items() if shift >= SHIFT}


@pytest.mark.parametrize("width", [390, 1440])
def test_no_page_moves_when_its_faces_come_late(open_page, anouk, width):
    open_page.forgiven.append("404")
    assert moved_by_late_fonts(open_page("/ping/", width=width), STRANGER) == {}


@pytest.mark.parametrize("width", [390, 1440])
def test_no_page_is_too_heavy_for_a_stranger_or_moves_under_them(open_page, anouk, width):
    # A missing page is an error on the console, and is meant to be one here.
    open_page.forgiven.append("404")
    assert faults(open_page("/ping/", width=width), STRANGER) == {}


@pytest.mark.parametrize("width", [390, 1440])
def test_no_page_is_too_heavy_for_a_member_or_moves_under_them(member_page, width):
    assert faults(member_page("/ping/", width=width), MEMBER) == {}


def place_of(page, part, upto=""):
    """Where a part of a short page stands, of which only the beginning has come when `upto` says how much."""

    def cut(route):
        came = route.fetch()
        beginning, found, _ = came.text().partition(upto)
        assert found
        route.fulfill(response=came, body=beginning + found)

    if upto:
        page.route("**/lists/", cut)
    page.goto("/lists/")
    page.evaluate("document.fonts.ready")
    return page.locator(part).first.bounding_box()


@pytest.mark.parametrize(
    ("part", "upto", "width"),
    [
        (".site-footer button", '<button class="button quiet" name="theme" value="dark"', 390),
        (".site-footer button", '<button class="button quiet" name="theme" value="dark"', 1440),
        (".bottom-bar li", 'icons.svg#films"></use></svg>', 390),
    ],
)
def test_the_foot_of_a_page_stands_still_while_the_rest_of_it_comes(open_page, part, upto, width):
    so_far = place_of(open_page("/ping/", width=width, javascript=False), part, upto)
    assert so_far == place_of(open_page("/ping/", width=width), part)


def test_the_measure_of_shifts_notices_a_shift(open_page):
    """A page that is pushed down on purpose: the tests above mean nothing if this one fails."""
    page = open_page("/films/")
    page.evaluate(WATCH_SHIFTS)
    page.evaluate("""
      const wedge = Object.assign(document.createElement("p"), {textContent: "x", className: "board"});
      document.querySelector("main").prepend(wedge);
    """)
    page.wait_for_function("limit => window.shifted > limit", arg=SHIFT)
    assert page.evaluate("window.shifted") > SHIFT


def test_the_browser_takes_the_data_of_a_film_page_without_complaint(open_page, anouk):
    """The policy forbids inline scripts; data for search engines are none."""
    page = open_page("/films/5/")
    told = page.locator('script[type="application/ld+json"]')
    assert '"@type": "Movie"' in told.text_content()
    assert open_page.complaints == []
