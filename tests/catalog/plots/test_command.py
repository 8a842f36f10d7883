"""`manage.py fetch_plots`, also as a process that is stopped by Ctrl-C."""

import os
import signal
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.catalog.plots.conftest import SPARQL, wikidata
from tests.catalog.plots.server import Reply
from tests.catalog.plots.workers import database_url
from tests.factories import MovieFactory

ROOT = Path(__file__).resolve().parents[3]


def run(*args, **options):
    out = StringIO()
    call_command("fetch_plots", *args, stdout=out, **options)
    return out.getvalue()


def test_it_sums_up_what_each_provider_answered(film, story, settings):
    settings.TMDB_KEY = ""
    MovieFactory(imdb_id="no id")
    assert run("--limit", "5").splitlines() == [
        "cinemagoer: The IMDb data set database does not exist; `manage.py load_imdb DIR` makes it.",
        "wikipedia: 1 found, 1 not found, 0 refused, 0 to be tried again",
        "tmdb: TMDB_KEY is not set; a key is free at themoviedb.org.",
        "omdb: 0 found, 1 not found, 0 refused, 0 to be tried again",
        "2 films were asked about.",
    ]


def test_one_provider_can_be_asked_alone(film, story, server):
    assert run("--provider", "omdb").startswith("omdb: 0 found, 1 not found")
    assert SPARQL not in server.paths()


def test_it_shows_how_far_it_is(film, story, capfd):
    run("--provider", "wikipedia")
    assert "1/1" in capfd.readouterr().err


def test_a_provider_that_does_not_exist_is_refused(db, settings):
    with pytest.raises(CommandError, match="invalid choice"):
        run("--provider", "imdb")
    settings.PLOT_PROVIDERS = ["imdb"]
    with pytest.raises(CommandError, match="No plot provider is called imdb"):
        run()


@pytest.mark.django_db(transaction=True)
def test_ctrl_c_leaves_a_queue_that_goes_on_where_it_was(server, tmp_path, settings):
    for n in range(1, 4):
        MovieFactory(imdb_id=f"tt000000{n}")
    server.on(SPARQL, wikidata(), Reply(never=True), wikidata())
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": database_url(tmp_path),
        "WIKIDATA_URL": settings.WIKIDATA_URL,
        "PLOT_TIMEOUT_SECONDS": "50",
        "PLOT_REQUESTS_PER_SECOND": "1000",
    }
    command = [sys.executable, "manage.py", "fetch_plots", "--provider", "wikipedia"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=ROOT, env=environment, **pipes) as stopped:
        assert server.asked_to_wait.wait(120)
        stopped.send_signal(signal.SIGINT)
        _, error = stopped.communicate(timeout=60)
    assert stopped.returncode == 130
    assert "wikipedia: 0 found, 1 not found" in error
    assert error.rstrip().endswith("Stopped; run it again to go on.")
    resumed = subprocess.run(command, cwd=ROOT, env=environment, check=True, timeout=120, **pipes)
    assert resumed.stdout.endswith("2 films were asked about.\n")
    asked = [request.query["query"].split('"')[1] for request in server.seen]
    assert asked == ["tt0000001", "tt0000002", "tt0000002", "tt0000003"]
