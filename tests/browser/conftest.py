"""A real Chromium on a real server. The pages of a test that fails are pictured under var/screenshots."""

import os
import re
import shutil
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser.visitors import log_in
from tests.factories import UserFactory

ROOT = Path(__file__).resolve().parent.parent.parent
SCREENSHOTS = ROOT / "var" / "screenshots"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# Playwright keeps an event loop running, which Django would otherwise take for an asynchronous view.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
# Milliseconds: a busy machine answers late, and only a test that fails waits this long.
expect.set_options(timeout=15_000)


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(item.fspath).parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.when == "call" and report.failed and "open_page" in item.funcargs:
        _keep_pictures(item.funcargs["open_page"].contexts, re.sub(r"\W+", "-", item.name).strip("-"))
    return report


def _keep_pictures(contexts, name):
    pages = [page for context in contexts for page in context.pages]
    for number, page in enumerate(pages, start=1):
        page.screenshot(path=SCREENSHOTS / f"{name}-{number}.png", full_page=True)


@pytest.fixture(scope="module")
def chromium():
    """For one module: the event loop that Playwright keeps running must not meet the tests of others."""
    installed = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def site(transactional_db, live_version, live_server):
    return live_server.url


@pytest.fixture
def open_page(chromium, site):
    """A page in a fresh browser; an error on its console fails the test, unless it has a forgiven part."""
    contexts, complaints, forgiven = [], [], []

    def open_page(path="/", *, member=None, width=1440, theme="light", javascript=True):
        context = chromium.new_context(
            base_url=site,
            viewport={"width": width, "height": 900},
            color_scheme=theme,
            java_script_enabled=javascript,
        )
        contexts.append(context)
        if member is not None:
            log_in(context, member, site)
        page = context.new_page()
        page.on(
            "console", lambda message: complaints.append(message.text) if message.type == "error" else None
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    open_page.contexts, open_page.complaints, open_page.forgiven = contexts, complaints, forgiven
    yield open_page
    for context in contexts:
        context.close()
    assert [line for line in complaints if not any(part in line for part in forgiven)] == []


@pytest.fixture
def anouk(transactional_db, films):
    return UserFactory(username="anouk")


@pytest.fixture
def member_page(open_page, anouk):
    return partial(open_page, member=anouk)
