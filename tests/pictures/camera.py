"""A browser that opens a page, waits until all of it is there, and keeps what it sees as WebP."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.pictures.site import SITE

if TYPE_CHECKING:
    from tests.pictures.people import Cast
    from tests.pictures.scenes import Scene

# By width: the height of the window, and how many windows of a page a picture shows at most.
SIZES = {390: (844, 3), 820: (1180, 2), 1440: (1000, 2)}
KEPT = (390, 1440)
THEMES = ("light", "dark")
# The next lower one wherever a picture would weigh more than it may.
QUALITIES = (50, 40, 30, 20, 10)
MOST_BYTES = 120_000
# What is as high as the window must not grow with it.
STAY = """() => {
  const content = document.querySelector(".page");
  if (content) content.style.minHeight = `${content.offsetHeight}px`;
}"""
# Of the page, before the part at which a picture begins.
ABOVE = 24
# Posters below the fold are fetched too; one that fails or takes too long is as ready as it will be.
READY = """async () => {
  const ended = (picture) => new Promise((done) => { picture.onload = picture.onerror = done; });
  const loading = [...document.images].filter((picture) => !picture.complete);
  for (const picture of loading) picture.loading = "eager";
  const late = new Promise((done) => setTimeout(done, 10_000));
  await Promise.race([Promise.all([document.fonts.ready, ...loading.map(ended)]), late]);
}"""


class AnotherPage(Exception):
    """What was answered is not the page that the picture is named after."""


@contextmanager
def browser() -> Iterator[Browser]:
    from tests.browser.conftest import QUIET

    with sync_playwright() as playwright:
        installed = shutil.which("chromium") or shutil.which("chromium-browser")
        chromium = playwright.chromium.launch(executable_path=installed, args=QUIET)
        yield chromium
        chromium.close()


def take(chromium: Browser, file: Path, scene: Scene, cast: Cast, widths: Sequence[int] = KEPT) -> None:
    """One file for each width and theme, their names made of this one's."""
    cookies = [{"name": name, "value": value, "url": SITE} for name, value in cast.cookies(scene.who).items()]
    for width, theme in product(widths, THEMES):
        height, windows = SIZES[width]
        # Opened anew for each theme: the panel looks at it only while it loads.
        with chromium.new_context(
            viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion="reduce"
        ) as context:
            context.add_cookies(cookies)
            page = context.new_page()
            _open(page, scene, scene.path.format_map(cast))
            page.evaluate(READY)
            if not scene.is_window:
                _grow(page, scene.at, windows)
                page.evaluate(READY)
            # Whatever still moves is shown as it ends.
            shot = page.screenshot(animations="disabled")
            _keep(shot, file.with_name(f"{file.name}-{width}-{theme}.webp"))


def _open(page: Page, scene: Scene, path: str) -> None:
    answer = page.goto(SITE + path)
    if answer.status != scene.status or _route(page.url) != _route(path):
        raise AnotherPage(f"{path} for {scene.who}: {answer.status} at {page.url}")
    page.wait_for_load_state("networkidle")
    if scene.then:
        scene.then(page)
        page.wait_for_load_state("networkidle")


def _route(address: str) -> str:
    path = urlsplit(address).path
    try:
        # A film's address by number leads to the one with its title.
        return resolve(path).view_name.removesuffix("-by-id")
    except Resolver404:
        return path


def _grow(page: Page, part: str, windows: int) -> None:
    """A window as high as the page or as a picture may be, so that the bar at its foot stays at the foot."""
    size = page.viewport_size
    tall = page.evaluate("document.documentElement.scrollHeight")
    page.evaluate("window.scrollTo(0, 0)")
    top = page.locator(part).bounding_box()["y"] - ABOVE if part else 0
    page.evaluate(STAY)
    page.set_viewport_size({**size, "height": int(min(tall - top, windows * size["height"]))})
    page.evaluate("top => window.scrollTo({ top, behavior: 'instant' })", top)


def _keep(shot: bytes, file: Path) -> None:
    picture = Image.open(BytesIO(shot)).convert("RGB")
    for quality in QUALITIES:
        written = BytesIO()
        picture.save(written, "WEBP", quality=quality, method=4)
        if written.tell() <= MOST_BYTES:
            break
    file.write_bytes(written.getvalue())
