"""Posters as a browser sees them, and the page that shows every component."""

from functools import partial
from io import BytesIO

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import expect

from catalog import services as films_services
from catalog.models import PosterPicture
from catalog.pictures import queue, services
from tests.browser.faults import violations
from tests.catalog.plots.server import Reply, RudeServer
from tests.factories import UserFactory

SHIFTS = """() => new Promise((resolve) => {
  let sum = 0;
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) sum += entry.value; })
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve(sum), 300);
})"""
IS_ON_TOP = """(image) => {
  const { x, y, width, height } = image.getBoundingClientRect();
  return document.elementFromPoint(x + width / 2, y + height / 2) === image;
}"""
REACHING_OUT = """() => document.documentElement.scrollWidth <= innerWidth ? []
  : [...document.querySelectorAll("main :not(svg *, .rail *, .filters *, .tabs *)")]
    .filter((part) => part.getBoundingClientRect().right > innerWidth)
    .map((part) => part.outerHTML.slice(0, 90))"""
SMALL_TARGETS = """() => [...document.querySelectorAll("main :is(.button, .chip, .link-button, .tabs a)")]
  .map((target) => target.getBoundingClientRect())
  .filter((box) => box.height > 0 && box.height < 44).length"""


def poster_file(number):
    """A poster that can be told from its neighbours."""
    image = Image.new("RGB", (600, 900), f"hsl({number * 47 % 360}, 60%, 35%)")
    ImageDraw.Draw(image).ellipse((100, 150, 500, 550), fill=f"hsl({number * 83 % 360}, 70%, 70%)")
    stream = BytesIO()
    image.save(stream, "JPEG")
    return stream.getvalue()


@pytest.fixture(scope="module")
def fetched(tmp_path_factory):
    """Rows of the posters that the first test fetched: resizing sixty takes longer than any test."""
    return tmp_path_factory.mktemp("media"), []


@pytest.fixture
def kept(site, films, settings, fetched):
    """Every film but each fifth has a poster from elsewhere, kept here."""
    settings.MEDIA_ROOT, rows = fetched
    if rows:
        PosterPicture.objects.bulk_create(rows)
    else:
        _fetch(films, settings)
        rows.extend(PosterPicture.objects.all())
    return PosterPicture.objects.all()


def _fetch(films, settings):
    settings.POSTER_HOSTS = settings.POSTER_PRIVATE_HOSTS = ["127.0.0.1"]
    settings.PLOT_REQUESTS_PER_SECOND = 10_000
    server = RudeServer()
    for pk in films:
        server.on(f"/{pk}.jpg", Reply(body=poster_file(pk)))
    queue.offer_posters({pk: f"{server.url}/{pk}.jpg" for pk in films if pk % 5})
    services.fetch_pictures()
    server.stop()


@pytest.fixture
def open_design(open_page):
    return partial(open_page, "/design/", member=UserFactory(is_staff=True))


def _comes_true(image, said):
    """A picture is decoded when the browser finds time for it."""
    image.page.wait_for_function(said, arg=image.element_handle())


@pytest.mark.parametrize("width", [390, 1440])
def test_kept_posters_come_from_this_site_in_the_small_format_and_move_nothing(open_page, kept, width):
    page = open_page("/ping/", width=width)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/films/", wait_until="networkidle")
    posters = [url for url in asked if "/media/posters/" in url]
    assert len(posters) > 5
    assert all(url.endswith(".avif") for url in posters)
    assert all(url.startswith((page.evaluate("location.origin"), "data:")) for url in asked)
    shown = page.locator(".picture picture img").first
    _comes_true(shown, "(image) => image.complete && image.naturalWidth >= image.clientWidth")
    assert shown.evaluate(IS_ON_TOP)
    assert page.evaluate(SHIFTS) < 0.01


def test_a_poster_that_is_late_shows_its_colours_in_its_place(open_page, kept):
    page = open_page("/ping/")
    page.route("**/media/posters/**", lambda route: None)
    page.goto("/films/", wait_until="domcontentloaded")
    blur = page.locator(".picture .blur").first
    _comes_true(blur, "(image) => image.naturalWidth == 16")
    box = page.locator(".poster:has(.picture)").first.bounding_box()
    assert box["height"] == pytest.approx(box["width"] * 1.5, abs=1)


def test_posters_are_shown_without_a_script(open_page, kept):
    page = open_page("/films/", javascript=False)
    expect(page.get_by_role("img", name="Film 1 (1960)", exact=True)).to_have_count(1)


@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1440, "light")])
def test_the_design_page_has_no_faults_in_any_theme(open_design, kept, theme, width):
    page = open_design(theme=theme, width=width)
    assert violations(page) == {}
    assert page.evaluate(REACHING_OUT) == []
    assert page.evaluate(SMALL_TARGETS) == 0


def test_the_design_page_shows_states_that_last_only_a_moment(open_design):
    page = open_design()
    colour = "(button) => getComputedStyle(button).backgroundColor"
    page.wait_for_function(
        "getComputedStyle(document.querySelector('.button.is-focused')).outlineWidth == '3px'"
    )
    at_rest, hovered = (
        page.locator(f"#buttons ~ .states .button{state}").first for state in ("", ".is-hovered")
    )
    expect(hovered).not_to_have_css("background-color", at_rest.evaluate(colour))


def test_a_night_page_is_printed_black_on_white(open_page, films):
    anouk = UserFactory(username="anouk")
    films_services.log_watch(user=anouk, movie=films[1], watched_on="2026-05-04")
    page = open_page("/people/anouk/diary/", theme="dark")
    page.emulate_media(media="print")
    look = page.evaluate(
        "() => [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"
    )
    assert look == ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]
    expect(page.locator(".site-footer")).to_be_hidden()
