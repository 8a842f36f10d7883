from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.models import Plot, PlotFetch
from tests.catalog.plots.dataset import write_dataset
from tests.catalog.plots.server import RudeServer, says
from tests.factories import MovieFactory

ARTICLE = "https://en.wikipedia.org/wiki/The_Third_Man"
PAGE = "/wikipedia/w/rest.php/v1/page/The_Third_Man/html"
SPARQL = "/wikidata/sparql"
STORY = "Holly Martins comes to Vienna."


@pytest.fixture
def server():
    server = RudeServer()
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def own_addresses(settings, server, tmp_path):
    """Every provider is asked here, with keys, and without a data set until a test makes one."""
    settings.WIKIDATA_URL = f"{server.url}/wikidata"
    settings.WIKIPEDIA_URL = f"{server.url}/wikipedia"
    settings.TMDB_URL, settings.TMDB_KEY = f"{server.url}/tmdb", "short-key"
    settings.OMDB_URL, settings.OMDB_KEY = f"{server.url}/omdb", "omdb-key"
    settings.CINEMAGOER_URI = f"sqlite:///{tmp_path / 'imdb.sqlite3'}"
    settings.PLOT_REQUESTS_PER_SECOND = 10_000
    settings.PLOT_REFUSALS = 3
    settings.PLOT_STALE_DAYS, settings.PLOT_NOT_FOUND_DAYS = 365, 30


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def film(db):
    return MovieFactory(title="The Third Man", year=1949, imdb_id="tt0041959")


@pytest.fixture
def story(server):
    """Wikidata and Wikipedia know the film."""
    server.on(SPARQL, wikidata(ARTICLE))
    server.on(PAGE, says(f"<p>A film.</p><h2>Plot</h2><p>{STORY}</p>"))
    return STORY


@pytest.fixture
def dataset(tmp_path):
    """A directory with IMDb's files about The Third Man."""
    return write_dataset(tmp_path / "tsv")


def wikidata(*articles):
    rows = [{"article": {"type": "uri", "value": article}} for article in articles]
    return says({"head": {"vars": ["article"]}, "results": {"bindings": rows}})


def old_plot(movie, *, days=400, **values):
    values = {"text": "An old text.", "source": "wikipedia", **values}
    return Plot.objects.create(movie=movie, fetched_at=timezone.now() - timedelta(days=days), **values)


def fetch_of(movie, provider="wikipedia"):
    return PlotFetch.objects.get(movie=movie, provider=provider)


def make_due(movie=None):
    """The time at which all that waits may be asked again has come."""
    fetches = PlotFetch.objects.filter(movie=movie) if movie else PlotFetch.objects.all()
    fetches.update(due_at=timezone.now() - timedelta(seconds=1))
