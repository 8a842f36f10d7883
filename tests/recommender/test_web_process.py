"""What a web process loads, seen in a process of its own, because the tests themselves import everything."""

import json
import subprocess
import sys

import pytest
from django.conf import settings

from tests.processes import environment

RENDER = """
import json, os, sys, django
django.setup()
from django.conf import settings
settings.MODELS_DIR = os.environ["BUNDLES"]
from django.test import Client
client = Client(headers={"host": "localhost"})
for film, stars in ((1, "5.0"), (3, "4.5"), (2, "1.0")):
    client.post(f"/films/{film}/rate/", {"stars": stars})
pages = [client.get("/for-you/"), client.get("/films/5/", follow=True), client.get("/")]
pages += [client.get(path) for path in ("/start/", "/taste/", "/for-you/how/")]
from recommender.steering import ENGINES
pages += [client.get("/for-you/", {"engine": engine, "rarity": 1}) for engine in ENGINES]
heavy = ["torch", "numba", "sklearn", "pandas"]
print(json.dumps({
    "status": [page.status_code for page in pages],
    "predictions": [page.text.count("predicted for you") for page in pages[:2]],
    "loaded": [name for name in heavy if name in sys.modules],
}))
"""


@pytest.fixture
def rendered(transactional_db, live_version, small_site_bundle):
    command = [sys.executable, "-W", "ignore", "-c", RENDER]
    done = subprocess.run(
        command,
        cwd=settings.BASE_DIR,
        env=environment(BUNDLES=str(small_site_bundle.parent)),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def test_recommendations_are_rendered_without_the_libraries_of_training(rendered):
    assert set(rendered["status"]) == {200}
    assert all(count > 0 for count in rendered["predictions"])
    assert rendered["loaded"] == []
