"""Pictures of every page, in both themes at 390 and 1440 pixels, into docs/pictures/.

python -m tests.pictures [--only NAME ...]

Takes the site that `make run` prepared (VAR_DIR), copies its database into a temporary folder, and there lets
some invented members log, review and group; the site itself is not touched.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
PORT = 8799
SITE = f"http://localhost:{PORT}"
# By width: the height of the window, and how many windows of a page a picture shows.
SIZES = {390: (844, 1), 1440: (1000, 2)}
THEMES = ("light", "dark")
QUALITY = 62


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="*", help="names of pages, all where left out")
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moviesite.settings")
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with TemporaryDirectory(prefix="marquee-pictures-") as folder:
        prepare(Path(folder))
        from tests.picture_scenes import scenes

        pages = scenes()
        with served(), browser() as chromium:
            for name, (who, path) in pages.items():
                if not asked.only or name in asked.only:
                    take(chromium, name, who, path)


def prepare(folder: Path) -> None:
    """A copy of the database and of the static files; models and posters are read where they are."""
    import environ

    var = Path(os.environ.get("VAR_DIR", ROOT / "var")).resolve()
    shutil.copy(var / "marquee.sqlite3", folder)
    for name in ("models", "media"):
        (var / name).mkdir(exist_ok=True)
        (folder / name).symlink_to(var / name)
    environ.Env.read_env(var / "local.env")
    os.environ.update(VAR_DIR=str(folder), PORT=str(PORT), SITE_URL=SITE, WRITE_RATE="10000/min")
    for command in (["migrate", "-v0"], ["collectstatic", "--noinput", "-v0"]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, check=True)


@contextmanager
def served() -> Iterator[None]:
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "moviesite.wsgi",
        "-b",
        f"localhost:{PORT}",
        "--threads",
        "4",
    ]
    with subprocess.Popen([*command, "--log-level", "error"], cwd=ROOT) as server:
        try:
            for _ in range(100):
                try:
                    urlopen(f"{SITE}/ping/").close()  # noqa: S310 -- our own site
                    break
                except OSError:
                    time.sleep(0.2)
            yield
        finally:
            server.terminate()


@contextmanager
def browser():
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import QUIET

    with sync_playwright() as playwright:
        installed = shutil.which("chromium") or shutil.which("chromium-browser")
        chromium = playwright.chromium.launch(executable_path=installed, args=QUIET)
        yield chromium
        chromium.close()


def take(chromium, name: str, cookies: dict[str, str], path: str) -> None:
    from io import BytesIO

    from PIL import Image

    PICTURES.mkdir(parents=True, exist_ok=True)
    for width, (height, windows) in SIZES.items():
        context = chromium.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
        context.add_cookies([{"name": key, "value": value, "url": SITE} for key, value in cookies.items()])
        page = context.new_page()
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            page.goto(SITE + path)
            page.wait_for_load_state("networkidle")
            tall = page.evaluate("document.documentElement.scrollHeight")
            clip = {"x": 0, "y": 0, "width": width, "height": min(tall, windows * height)}
            shot = page.screenshot(full_page=True, clip=clip)
            Image.open(BytesIO(shot)).save(
                PICTURES / f"{name}-{width}-{theme}.webp", quality=QUALITY, method=6
            )
        context.close()
    print(name, flush=True)


if __name__ == "__main__":
    main()
