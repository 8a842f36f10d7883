"""TMDB and OMDb, which want a key."""

import pytest

from catalog.plots.contract import Blocked, NotFound, Retry
from catalog.plots.omdb import OmdbProvider
from catalog.plots.tmdb import TmdbProvider
from tests.catalog.plots.server import says

pytestmark = pytest.mark.django_db
FIND, MOVIE, OMDB = "/tmdb/find/tt0041959", "/tmdb/movie/1092", "/omdb/"


@pytest.fixture
def tmdb(server):
    server.on(FIND, says({"movie_results": [{"id": 1092, "overview": "Short."}], "tv_results": []}))
    overview = {
        "overview": "A writer in Vienna.",
        "tagline": "Hunted by men!",
        "poster_path": "/a.jpg",
        "runtime": 104,
    }
    server.on(MOVIE, says(overview))
    provider = TmdbProvider()
    yield provider
    provider.close()


@pytest.fixture
def omdb():
    provider = OmdbProvider()
    yield provider
    provider.close()


def test_tmdb_gives_overview_tagline_and_poster_with_their_source(tmdb, settings):
    plot = tmdb.fetch("tt0041959")
    assert (plot.text, plot.source) == ("A writer in Vienna.", "tmdb")
    assert plot.url == "https://www.themoviedb.org/movie/1092"
    assert plot.licence
    assert (plot.facts.tagline, plot.facts.runtime) == ("Hunted by men!", 104)
    assert plot.facts.poster_url == f"{settings.TMDB_IMAGE_URL}/a.jpg"


def test_a_short_key_goes_into_the_address(tmdb, server):
    tmdb.fetch("tt0041959")
    assert server.seen[0].query == {"external_source": "imdb_id", "api_key": "short-key"}
    assert "Authorization" not in server.seen[0].headers


def test_an_access_token_goes_into_a_header(tmdb, server, settings):
    settings.TMDB_KEY = "eyJ" + "x" * 200
    tmdb.fetch("tt0041959")
    assert server.seen[0].headers["Authorization"] == f"Bearer {settings.TMDB_KEY}"
    assert "api_key" not in server.seen[0].query


def test_tmdb_finds_films_that_it_files_under_television(tmdb, server):
    server.on(FIND, says({"movie_results": [], "tv_results": [{"id": 7}]}))
    server.on("/tmdb/tv/7", says({"overview": "A series."}))
    assert tmdb.fetch("tt0041959").url == "https://www.themoviedb.org/tv/7"


@pytest.mark.parametrize("answer", [{}, {"movie_results": []}, {"movie_results": None}])
def test_a_film_that_tmdb_does_not_know_is_not_found(tmdb, server, answer):
    server.on(FIND, says(answer))
    with pytest.raises(NotFound):
        tmdb.fetch("tt0041959")


@pytest.mark.parametrize("overview", ["", "  \n ", None, 7])
def test_without_an_overview_the_other_facts_are_kept(tmdb, server, overview):
    server.on(MOVIE, says({"overview": overview, "tagline": "Hunted by men!"}))
    with pytest.raises(NotFound) as caught:
        tmdb.fetch("tt0041959")
    assert caught.value.facts.tagline == "Hunted by men!"


def test_omdb_gives_the_plot_with_its_licence(omdb, server):
    server.on(OMDB, says({"Response": "True", "Plot": "A writer in Vienna."}))
    plot = omdb.fetch("0041959")
    assert (plot.text, plot.source, plot.licence) == ("A writer in Vienna.", "omdb", "CC BY-NC 4.0")
    assert server.seen[0].query == {"i": "tt0041959", "plot": "full", "apikey": "omdb-key"}


@pytest.mark.parametrize("plot", ["N/A", "", None])
def test_omdb_without_a_plot_is_not_found(omdb, server, plot):
    server.on(OMDB, says({"Response": "True", "Plot": plot}))
    with pytest.raises(NotFound):
        omdb.fetch("tt0041959")


@pytest.mark.parametrize(
    ("words", "ending"),
    [
        ("Movie not found!", NotFound),
        ("Incorrect IMDb ID.", NotFound),
        ("Error getting data.", NotFound),
        ("Request limit reached!", Blocked),
        ("Invalid API key!", Blocked),
        ("Something went wrong.", Retry),
        (None, Retry),
    ],
)
def test_omdb_says_in_words_what_went_wrong(omdb, server, words, ending):
    server.on(OMDB, says({"Response": "False", "Error": words}))
    with pytest.raises(ending):
        omdb.fetch("tt0041959")


@pytest.mark.parametrize(("made", "key"), [(TmdbProvider, "TMDB_KEY"), (OmdbProvider, "OMDB_KEY")])
def test_without_a_key_the_provider_says_what_it_lacks(made, key, settings):
    provider = made()
    assert provider.lacks() == ""
    setattr(settings, key, "")
    assert provider.lacks().startswith(f"{key} is not set")
    provider.close()
