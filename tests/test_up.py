"""The real thing: processes are started on a free port, asked, and stopped."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.worker

LONGEST_START = 90


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The environment of a site that is migrated and has no films."""
    folder = tmp_path_factory.mktemp("site")
    environment = os.environ | {
        "VAR_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'site.sqlite3'}",
        "SECRET_KEY": "only-for-tests",
    }
    environment.pop("REDIS_URL", None)
    run = [sys.executable, "manage.py"]
    for command in (["migrate", "--verbosity=0"], ["createcachetable"]):
        subprocess.run([*run, *command], cwd=settings.BASE_DIR, env=environment, check=True)
    return environment


class Up:
    """One `manage.py up`, with its log and the processes that it says it started."""

    def __init__(self, environment, log):
        self.port, self.log = free_port(), log
        with log.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up"],
                cwd=settings.BASE_DIR,
                env=environment | {"PORT": str(self.port)},
                stdout=output,
                stderr=output,
            )

    @property
    def parts(self):
        return {
            name: int(pid) for name, pid in re.findall(r"(\w+) started \(pid=(\d+)\)", self.log.read_text())
        }

    def wait_for(self, sentence):
        deadline = time.monotonic() + LONGEST_START
        while sentence not in self.log.read_text():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.1)

    def get(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return answer.read().decode()


@pytest.fixture
def up(tmp_path):
    """Starts a site and sees to it that nothing outlives the test."""
    started = []

    def start(environment):
        started.append(Up(environment, tmp_path / "up.log"))
        return started[-1]

    yield start
    for each in started:
        for process in each.parts.values():
            if is_running(process):
                os.killpg(process, signal.SIGKILL)
        each.process.kill()
        each.process.wait()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_running(group):
    """Whether the process or any child in its group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_everything_starts_answers_and_stops_on_ctrl_c(site, up):
    running = up(site)
    running.wait_for(f"at http://localhost:{running.port}/")
    assert running.get("/ping/") == "pong"
    assert json.loads(running.get("/health/"))["broker"] == "ok"
    assert running.parts.keys() == {"redis", "web", "worker", "beat"}

    running.process.send_signal(signal.SIGINT)

    assert running.process.wait(timeout=30) == 0
    assert [name for name, group in running.parts.items() if is_running(group)] == []


def test_when_one_part_dies_it_is_named_and_the_rest_stops(site, up):
    nobody = f"redis://127.0.0.1:{free_port()}/0"
    running = up(site | {"REDIS_URL": nobody})
    # Not at "Listening at": a web worker that is still being born misses the signal for half a minute.
    running.wait_for(f"at http://localhost:{running.port}/")
    parts = running.parts
    assert "redis" not in parts

    os.kill(parts["web"], signal.SIGTERM)

    assert running.process.wait(timeout=30) == 1
    assert "CommandError: web stopped" in running.log.read_text()
    assert [name for name, group in parts.items() if is_running(group)] == []


def test_a_port_that_is_taken_is_said_before_anything_starts():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(CommandError, match=rf"Port {port} .* make run PORT={port + 1}"):
            call_command("up", port=port)
