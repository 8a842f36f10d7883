"""Cinemagoer on a database that its own importer made from tiny files in IMDb's format."""

import os
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from catalog.models import Credit, Person
from catalog.plots.cinemagoer import CinemagoerProvider
from catalog.plots.contract import NotFound, Retry
from catalog.plots.facts import fill_missing
from tests.catalog.plots.dataset import write_file
from tests.factories import MovieFactory

PLOTS = ("title.plots.tsv.gz", ["tconst", "plot", "source_url", "licence"])
OWN = ["tt0041959", "Holly comes to Vienna.", "https://example.org/third-man", "CC BY 4.0"]


def load(directory):
    call_command("load_imdb", str(directory), stdout=StringIO())


@pytest.fixture
def provider():
    provider = CinemagoerProvider()
    yield provider
    provider.close()


@pytest.fixture
def loaded(dataset):
    load(dataset)


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """An empty working directory."""
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    return tmp_path / "elsewhere"


def facts(provider, imdb_id="tt0041959"):
    with pytest.raises(NotFound) as caught:
        provider.fetch(imdb_id)
    return caught.value.facts


def test_imdbs_files_hold_no_plot_but_all_the_facts(provider, loaded):
    known = facts(provider)
    assert [(person.imdb_id, person.name) for person in known.directors] == [("nm0715346", "Carol Reed")]
    assert [person.name for person in known.writers] == ["Graham Greene"]
    assert [person.name for person in known.cast] == ["Joseph Cotten", "Alida Valli"]
    assert known.runtime == 104
    assert "Le troisième homme" in known.other_titles


def test_a_file_of_own_plots_comes_through_cinemagoer(provider, dataset):
    write_file(dataset / PLOTS[0], PLOTS[1], OWN)
    load(dataset)
    plot = provider.fetch("0041959")
    assert plot.text == "Holly comes to Vienna."
    assert (plot.source, plot.url, plot.licence) == ("cinemagoer", OWN[2], OWN[3])
    assert plot.facts.runtime == 104


def test_an_own_plot_may_name_no_source(provider, dataset):
    write_file(dataset / PLOTS[0], ["tconst", "plot"], OWN[:2])
    load(dataset)
    plot = provider.fetch("tt0041959")
    assert (plot.text, plot.url, plot.licence) == ("Holly comes to Vienna.", "", "")


def test_a_column_of_plot_outlines_comes_through_cinemagoer(provider, dataset):
    columns = ["tconst", "titleType", "primaryTitle", "startYear", "runtimeMinutes", "plot outline"]
    row = ["tt0041959", "movie", "The Third Man", "1949", "104", "Holly comes to Vienna."]
    write_file(dataset / "title.basics.tsv.gz", columns, row)
    load(dataset)
    assert provider.fetch("tt0041959").text == "Holly comes to Vienna."


def test_a_film_that_the_data_set_does_not_know_is_not_found(provider, loaded):
    assert facts(provider, "tt7654321").directors == ()
    assert facts(provider, "no id").directors == ()


def test_without_a_database_it_says_so_and_makes_none(provider, tmp_path, elsewhere, settings):
    assert (
        provider.lacks() == "The IMDb data set database does not exist; `manage.py load_imdb DIR` makes it."
    )
    settings.CINEMAGOER_URI = "sqlite:///imdb.sqlite3"
    assert "does not exist" in provider.lacks()
    with pytest.raises(Retry):
        provider.fetch("tt0041959")
    assert list(elsewhere.iterdir()) == []
    assert not (tmp_path / "imdb.sqlite3").exists()


def test_a_database_without_titles_is_not_asked(provider, tmp_path):
    (tmp_path / "imdb.sqlite3").touch()
    assert "is empty" in provider.lacks()


@pytest.mark.parametrize(
    "uri", ["sqlite:imdb", "postgresql+psycopg://127.0.0.1:1/imdb", "oracle+none://x", "nonsense"]
)
def test_a_database_that_cannot_be_opened_is_one_clear_sentence(provider, settings, uri, caplog, capfd):
    settings.CINEMAGOER_URI = uri
    assert provider.lacks().startswith("The IMDb data set database cannot be opened (")
    assert "CRITICAL" not in caplog.text + capfd.readouterr().err


def test_a_damaged_database_is_tried_again(provider, loaded, tmp_path):
    assert provider.lacks() == ""
    (tmp_path / "imdb.sqlite3").write_bytes(b"nonsense" * 1000)
    with pytest.raises(Retry):
        provider.fetch("tt0041959")


def test_loading_creates_nothing_in_the_working_directory(provider, dataset, elsewhere):
    load(dataset)
    assert facts(provider).runtime == 104
    assert os.listdir(elsewhere) == []


def test_loading_names_the_files_that_are_missing(dataset):
    (dataset / "title.crew.tsv.gz").unlink()
    with pytest.raises(CommandError, match=r"lacks title\.crew\.tsv\.gz\."):
        load(dataset)


def test_a_broken_file_leaves_the_database_of_before(provider, dataset, loaded, tmp_path):
    names = Path(dataset / "title.ratings.tsv.gz")
    names.write_bytes(names.read_bytes()[:-9])
    with pytest.raises(CommandError, match="could not be imported"):
        load(dataset)
    assert facts(provider).runtime == 104
    assert sorted(path.name for path in tmp_path.glob("imdb*")) == ["imdb.sqlite3"]


@pytest.mark.django_db
class TestFillingIn:
    def test_an_empty_film_gets_people_runtime_and_titles(self, provider, loaded, film):
        fill_missing(movie=film, facts=facts(provider))
        film.refresh_from_db()
        credited = [(credit.role, credit.person.name, credit.position) for credit in film.credits.all()]
        assert credited == [
            ("cast", "Joseph Cotten", 0),
            ("cast", "Alida Valli", 1),
            ("director", "Carol Reed", 0),
            ("writer", "Graham Greene", 0),
        ]
        assert film.runtime == 104
        assert [title.title for title in film.other_titles.all()] == ["Der dritte Mann", "Le troisième homme"]
        assert film.other_titles.filter(search_title="le troisieme homme").exists()

    def test_filling_in_twice_changes_nothing(self, provider, loaded, film):
        fill_missing(movie=film, facts=facts(provider))
        fill_missing(movie=film, facts=facts(provider))
        assert (film.credits.count(), film.other_titles.count(), Person.objects.count()) == (4, 2, 4)

    def test_what_is_known_already_stays(self, provider, loaded):
        film = MovieFactory(runtime=93, tagline="Ours")
        orson = Person.objects.create(name="Orson Welles")
        Credit.objects.create(movie=film, person=orson, role=Credit.Role.CAST)
        film.other_titles.create(title="Our title")
        fill_missing(movie=film, facts=facts(provider))
        film.refresh_from_db()
        assert (film.runtime, film.tagline) == (93, "Ours")
        assert [credit.person for credit in film.credits.filter(role=Credit.Role.CAST)] == [orson]
        assert film.credits.filter(role=Credit.Role.DIRECTOR).exists()
        assert film.other_titles.count() == 1

    def test_people_are_the_same_in_every_film(self, provider, loaded, film):
        fill_missing(movie=film, facts=facts(provider))
        fill_missing(movie=MovieFactory(), facts=facts(provider))
        assert Person.objects.count() == 4
