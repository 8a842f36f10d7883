"""A copy of the prepared site, served for as long as its pictures are taken."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent.parent
PORT = 8799
SITE = f"http://localhost:{PORT}"
SETTINGS = "tests.pictures.settings"


def prepare(folder: Path) -> None:
    """A copy of the database and of the static files; models and posters are read where they are."""
    import environ

    var = Path(os.environ.get("VAR_DIR", ROOT / "var")).resolve()
    shutil.copy(var / "marquee.sqlite3", folder)
    for name in ("models", "media"):
        (var / name).mkdir(exist_ok=True)
        (folder / name).symlink_to(var / name)
    environ.Env.read_env(var / "local.env")
    os.environ.update(
        DJANGO_SETTINGS_MODULE=SETTINGS,
        DJANGO_ALLOW_ASYNC_UNSAFE="true",
        VAR_DIR=str(folder),
        PORT=str(PORT),
        SITE_URL=SITE,
        WRITE_RATE="10000/min",
    )
    for command in (["migrate", "-v0"], ["collectstatic", "--noinput", "-v0"]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, check=True)


@contextmanager
def served() -> Iterator[None]:
    address = f"localhost:{PORT}"
    _check_nobody_else_answers()
    command = [sys.executable, "-m", "gunicorn", "moviesite.wsgi", "-b", address, "--threads", "4"]
    with subprocess.Popen([*command, "--log-level", "error"], cwd=ROOT) as server:
        try:
            _wait_for(server)
            yield
        finally:
            server.terminate()


def _check_nobody_else_answers() -> None:
    with socket.socket() as door:
        if door.connect_ex(("localhost", PORT)) == 0:
            raise SystemExit(f"Port {PORT} is taken: the pictures would be of another site.")


def _wait_for(server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if server.poll() is not None:
            break
        try:
            urlopen(f"{SITE}/ping/").close()  # noqa: S310 -- our own site
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("The site did not start.")
