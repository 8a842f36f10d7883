"""A site as it runs, on a free port: its web processes alone, or all of a small one prepared for it."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from time import sleep

from tests.recommender.ml.real_data import REPOSITORY

START_SECONDS = 60


def web() -> AbstractContextManager[str]:
    """The web processes that `manage.py up` starts, with the environment of this process."""
    from moviesite.management.commands.up import _parts

    return _running(lambda port: _parts(f"127.0.0.1:{port}")["web"], dict(os.environ))


@contextmanager
def prepared(dataset: Path) -> Iterator[str]:
    """All that `make run` gives, with a model of `dataset`; it leaves nothing behind."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        environment = os.environ | {
            "DATABASE_URL": f"sqlite:///{folder}/site.sqlite3",
            "SECRET_KEY": "bench",
            "VAR_DIR": folder,
            "LOG_LEVEL": "ERROR",
        }
        environment.pop("REDIS_URL", None)  # so that it starts one of its own
        # The second fails where the first could not train: it finds nothing new, or says what is wrong.
        for command in (["prepare", "--data", str(dataset)], ["train"]):
            subprocess.run(
                [sys.executable, "manage.py", *command],
                cwd=REPOSITORY,
                env=environment,
                check=True,
                stdout=sys.stderr,
            )
        with _running(_everything, environment) as address:
            yield address


def _everything(port: int) -> str:
    from moviesite.management.commands.up import _command

    return _command(sys.executable, "manage.py", "up", "--host", "127.0.0.1", "--port", str(port))


@contextmanager
def _running(command_of: Callable[[int], str], environment: dict[str, str]) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(  # noqa: S602
        command_of(port),
        cwd=REPOSITORY,
        env=environment,
        shell=True,
        stdout=subprocess.DEVNULL,
    )
    try:
        _await(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def _await(port: int) -> None:
    for _ in range(10 * START_SECONDS):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/ping/")
            connection.getresponse()
        except OSError:
            sleep(0.1)
        else:
            return
    raise TimeoutError(f"No answer from port {port} within {START_SECONDS} seconds.")
