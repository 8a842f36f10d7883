"""What `manage.py load_metadata` takes of tables that go round, and what it leaves alone."""

import io
import zipfile
from datetime import date

import pyarrow
import pytest
from django.core.management import CommandError
from pyarrow import parquet

from catalog.imports.metadata_files import LONGEST_FIELD
from catalog.models import Credit, FilmMerge, Genre, Movie, Person, Plot, PosterPicture
from catalog.services import merge_films
from tests.catalog.metadata_tables import load, written
from tests.factories import MovieFactory

pytestmark = pytest.mark.django_db

HEAT = {
    "adult": "False",
    "budget": "60000000",
    "genres": "[{'id': 28, 'name': 'Action'}, {'id': 878, 'name': 'Science Fiction'}]",
    "id": "949",
    "imdb_id": "tt0113277",
    "original_language": "en",
    "overview": "Obsessive master thief, Neil McCauley\nleads a top-notch crew.",
    "poster_path": "/zMyfPUelumio3tiDKPffaUpsQTD.jpg",
    "release_date": "1995-12-15",
    "revenue": "187436818",
    "runtime": "170.0",
    "tagline": "A Los Angeles crime saga",
    "title": "Heat",
}
CREDITS = {
    "cast": "[{'cast_id': 2, 'character': 'Neil \"Mac\" McCauley', 'id': 380, 'name': 'Robert De Niro',"
    " 'order': 1},"
    " {'character': 'Lt. Vincent Hanna', 'id': 1158, 'name': 'Al Pacino', 'order': 0}]",
    "crew": "[{'department': 'Directing', 'id': 638, 'job': 'Director', 'name': 'Michael Mann'},"
    " {'id': 638, 'job': 'Writer', 'name': 'Michael Mann'}, {'id': 7, 'job': 'Gaffer', 'name': 'Nobody'}]",
    "id": "949",
}
KEYWORDS = {"id": "949", "keywords": '[{"id": 642, "name": "robbery"}, {"id": 703, "name": "detective"}]'}


@pytest.fixture
def heat(db):
    return MovieFactory(title="Heat", year=None, movielens_id=6, imdb_id="tt0113277")


@pytest.fixture
def table(tmp_path):
    return written(tmp_path, [HEAT])


def test_facts_that_are_missing_are_filled_in(heat, table):
    said = load(table)
    heat.refresh_from_db()
    assert (heat.language, heat.runtime, heat.budget, heat.revenue) == ("en", 170, 60_000_000, 187_436_818)
    assert (heat.released_on, heat.tagline) == (date(1995, 12, 15), "A Los Angeles crime saga")
    assert (heat.year, heat.slug, heat.tmdb_id) == (1995, "heat-1995", 949)
    assert "1 known here, 0 of them added now, 1 completed" in said


def test_genres_plot_and_poster_come_along(heat, table, settings):
    load(table)
    assert {genre.name for genre in heat.genres.all()} == {"Action", "Sci-Fi"}
    plot = Plot.objects.get(movie=heat)
    assert (plot.source, plot.licence) == ("tmdb", "TMDB API terms of use")
    assert plot.source_url == "https://www.themoviedb.org/movie/949"
    assert plot.text.startswith("Obsessive master thief")
    picture = PosterPicture.objects.get(movie=heat)
    assert picture.source_url == f"{settings.TMDB_IMAGE_URL}/zMyfPUelumio3tiDKPffaUpsQTD.jpg"
    assert picture.state == "due"


@pytest.mark.parametrize("column", ["budget", "revenue", "runtime"])
def test_zero_means_unknown(heat, tmp_path, column):
    load(written(tmp_path, [HEAT | {column: "0"}]))
    heat.refresh_from_db()
    assert getattr(heat, column) is None


def test_cast_comes_in_its_order_with_characters_and_crew_by_its_job(heat, table, tmp_path):
    load(table)
    load(written(tmp_path, [CREDITS], "credits.csv"))
    rows = [
        (credit.role, credit.person.name, credit.character)
        for credit in heat.credits.select_related("person")
    ]
    assert rows == [
        ("cast", "Al Pacino", "Lt. Vincent Hanna"),
        ("cast", "Robert De Niro", 'Neil "Mac" McCauley'),
        ("director", "Michael Mann", ""),
        ("writer", "Michael Mann", ""),
    ]


def test_people_known_by_name_are_not_made_a_second_time(heat, table, tmp_path):
    pacino = Person.objects.create(name="Al Pacino", imdb_id="nm0000199")
    load(table)
    load(written(tmp_path, [CREDITS], "credits.csv"))
    pacino.refresh_from_db()
    assert pacino.tmdb_id == 1158
    assert Person.objects.filter(name="Al Pacino").count() == 1


def test_namesakes_stay_apart(heat, table, tmp_path):
    for _ in range(2):
        Person.objects.create(name="Al Pacino")
    load(table)
    load(written(tmp_path, [CREDITS], "credits.csv"))
    assert Person.objects.filter(name="Al Pacino").count() == 3


def test_a_role_that_somebody_is_credited_for_stays_as_it_is(heat, table, tmp_path):
    Credit.objects.create(movie=heat, person=Person.objects.create(name="M. Mann"), role="director")
    load(table)
    load(written(tmp_path, [CREDITS], "credits.csv"))
    assert [credit.person.name for credit in heat.credits.filter(role="director")] == ["M. Mann"]
    assert heat.credits.filter(role="cast").count() == 2


def test_keywords_in_json_and_in_python_are_the_same(heat, table, tmp_path):
    load(table)
    load(written(tmp_path, [KEYWORDS], "keywords.csv"))
    assert {keyword.name for keyword in heat.keywords.all()} == {"robbery", "detective"}


def test_what_is_known_stays_unless_it_is_to_be_overwritten(heat, table):
    Movie.objects.filter(pk=heat.pk).update(runtime=171, language="fr")
    heat.genres.add(Genre.objects.create(name="Crime", slug="crime"))
    load(table)
    heat.refresh_from_db()
    assert (heat.runtime, heat.language) == (171, "fr")
    assert [genre.name for genre in heat.genres.all()] == ["Crime"]
    load(table, overwrite=True)
    heat.refresh_from_db()
    assert (heat.runtime, heat.language, heat.genres.count()) == (170, "en", 2)


@pytest.mark.parametrize(
    "kept", [{"locked": True, "source": "wikipedia"}, {"locked": False, "source": "editor"}]
)
def test_a_plot_written_or_locked_here_stays_even_then(heat, table, kept):
    Plot.objects.create(movie=heat, text="Ours.", **kept)
    load(table, overwrite=True)
    assert Plot.objects.get(movie=heat).text == "Ours."


def test_a_plot_from_another_source_stays(heat, table):
    Plot.objects.create(movie=heat, text="Theirs.", source="wikipedia")
    load(table)
    assert Plot.objects.get(movie=heat).text == "Theirs."


def test_a_film_is_found_by_its_tmdb_id_or_its_movielens_id(table, tmp_path):
    by_tmdb = MovieFactory(title="Heat!", tmdb_id=949, movielens_id=6)
    load(table)
    by_tmdb.refresh_from_db()
    assert (by_tmdb.runtime, by_tmdb.imdb_id) == (170, "tt0113277")


def test_links_lead_from_movielens_to_tmdb(tmp_path):
    film = MovieFactory(title="Heat!", movielens_id=6)
    archive = tmp_path / "the-movies-dataset.zip"
    with zipfile.ZipFile(archive, "w") as files:
        inner = io.BytesIO()
        with zipfile.ZipFile(inner, "w") as inside:
            inside.write(written(tmp_path, [KEYWORDS], "keywords.csv"), "keywords.csv")
        files.writestr("keywords.csv.zip", inner.getvalue())
        links = written(tmp_path, [{"movieId": 6, "imdbId": "0113277", "tmdbId": 949}], "links.csv")
        files.write(links, "links.csv")
    load(archive)
    film.refresh_from_db()
    assert (film.imdb_id, film.tmdb_id, film.keywords.count()) == ("tt0113277", 949, 2)


def test_a_film_without_ids_is_found_by_title_and_year_where_one_alone_has_them(tmp_path):
    film = MovieFactory(title="Heat", year=1995, movielens_id=None)
    load(written(tmp_path, [HEAT]))
    film.refresh_from_db()
    assert film.imdb_id == "tt0113277"


def test_a_namesake_with_another_id_is_another_film(tmp_path):
    other = MovieFactory(title="Heat", year=1995, imdb_id="tt9999999")
    load(written(tmp_path, [HEAT]))
    other.refresh_from_db()
    assert other.runtime is None


def test_films_that_are_not_here_are_told_and_made_only_when_asked_for(table):
    assert "1 rows are about films that are not here, such as Heat (1995); --add makes them" in load(table)
    assert Movie.objects.count() == 0
    load(table, add=True)
    film = Movie.objects.get()
    assert (film.title, film.year, film.runtime, film.slug) == ("Heat", 1995, 170, "heat-1995")


def test_a_film_that_stands_twice_in_the_file_is_made_once(tmp_path):
    load(written(tmp_path, [HEAT, HEAT]), add=True)
    assert Movie.objects.count() == 1


def test_the_same_file_twice_changes_nothing(table, tmp_path):
    credits = written(tmp_path, [CREDITS], "credits.csv")
    load(table, add=True), load(credits)
    before = Movie.objects.values().get(), list(Credit.objects.values()), list(Plot.objects.values())
    load(table, add=True), load(credits)
    assert (
        Movie.objects.values().get(),
        list(Credit.objects.values()),
        list(Plot.objects.values()),
    ) == before


def test_a_dry_run_tells_and_changes_nothing(table):
    said = load(table, add=True, dry_run=True)
    assert "1 of them added now" in said
    assert "nothing was changed" in said
    assert (Movie.objects.count(), Genre.objects.count()) == (0, 0)


def test_rows_whose_columns_slipped_are_named_and_the_rest_is_taken(heat, table):
    # Three rows of Kaggle's file break in the middle of a text, as these do.
    heading, row = table.read_text(encoding="utf-8").split("\n", 1)
    broken = 'False,0,"[]",862\n - Written by Ørnås,0.06,/ff9qC.jpg,1997-08-20,0,104.0,a,b,c,d,e,f,g\n'
    table.write_text(f"{heading}\n{broken}{row}", encoding="utf-8")
    said = load(table)
    heat.refresh_from_db()
    assert heat.runtime == 170
    assert "2 rows skipped" in said
    assert "movies_metadata.csv, row 2 has 4 columns instead of 13" in said
    assert "row 3 has “1997-08-20” where its id should be" in said


@pytest.mark.parametrize(
    "hostile",
    [
        "[{'id': 1, 'name': str('code')}]",
        "[" * 5000,
        "-" * 100_000 + "1",
        "[" + "9" * 10_000 + "]",
        "[{'id': 1}, 'a', None, {'name': 5}]",
        "{'name': 'Action'}",
    ],
)
def test_a_list_that_is_none_is_nothing_and_never_code(heat, tmp_path, hostile):
    load(written(tmp_path, [HEAT | {"genres": hostile}]))
    heat.refresh_from_db()
    assert (heat.genres.count(), heat.runtime) == (0, 170)


@pytest.mark.parametrize(
    "poster", ["https://intranet.example/a.jpg", "//evil.example/a.jpg", "/../a.jpg", "javascript:alert(1)"]
)
def test_a_poster_elsewhere_is_not_asked_for(heat, tmp_path, poster):
    load(written(tmp_path, [HEAT | {"poster_path": poster}]))
    assert PosterPicture.objects.count() == 0


def test_a_field_without_end_costs_its_row_alone(heat, tmp_path):
    path = written(tmp_path, [HEAT | {"id": "1", "imdb_id": "", "overview": "x" * (LONGEST_FIELD + 1)}, HEAT])
    said = load(path)
    heat.refresh_from_db()
    assert heat.runtime == 170
    assert "movies_metadata.csv, row 2 has" in said
    assert Plot.objects.get().text.startswith("Obsessive")


def test_nul_bytes_and_broken_letters_do_no_harm(heat, table):
    table.write_bytes(table.read_bytes().replace(b"top-notch", b"top\x00-\xffnotch"))
    load(table)
    assert "top-�notch" in Plot.objects.get(movie=heat).text


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("runtime", "1e400"),
        ("runtime", "nan"),
        ("budget", "-5"),
        ("release_date", "1995-13-45"),
        ("tagline", ""),
    ],
)
def test_a_value_that_makes_no_sense_is_left_out(heat, tmp_path, column, value):
    load(written(tmp_path, [HEAT | {column: value}]))
    field = "released_on" if column == "release_date" else column
    heat.refresh_from_db()
    assert not getattr(heat, field)
    assert heat.language == "en"


def test_an_id_of_a_film_that_was_merged_away_means_the_kept_one(table):
    kept, gone = MovieFactory(title="Heat", imdb_id="tt1"), MovieFactory(title="Heat", imdb_id="tt0113277")
    merge_films(kept=kept, removed=gone, by=None)
    load(table, add=True)
    kept.refresh_from_db()
    assert (Movie.objects.count(), kept.runtime, FilmMerge.objects.count()) == (1, 170, 1)


def test_a_parquet_file_is_read_in_its_own_columns(tmp_path):
    film = MovieFactory(title="Toy Story", year=1995, movielens_id=1)
    rows = [
        {
            "movieId": 1,
            "title": "Toy Story (1995)",
            "imdbId": 114709,
            "genres": "Adventure|Children",
            "runtime": 81.0,
            "budget": float("nan"),
            "original_language": "en",
            "overview": "Led by Woody, Andy's toys live happily.",
            "poster_path": "/uXDfjJbdP4ijW5hWSBrPrlKpxab.jpg",
            "release_date": "1995-11-22",
        }
    ]
    path = tmp_path / "enriched.parquet"
    parquet.write_table(pyarrow.Table.from_pylist(rows), path)
    load(path)
    film.refresh_from_db()
    assert (film.imdb_id, film.runtime, film.budget, film.language) == ("tt0114709", 81, None, "en")
    assert (film.genres.count(), film.plot.source, film.picture.state) == (2, "tmdb", "due")


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("a.parquet", b"PAR1 but not really", "not a whole Parquet file"),
        ("a.csv", b"colour,size\nred,5\n", "no column of film ids"),
        ("a.csv", b"", "no column of film ids"),
    ],
)
def test_a_file_of_something_else_is_refused_in_one_sentence(tmp_path, name, content, complaint):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(CommandError, match=complaint):
        load(path)


def test_a_missing_file_and_an_empty_zip_are_refused(tmp_path):
    with pytest.raises(CommandError, match="check the path"):
        load(tmp_path / "nowhere.csv")
    with zipfile.ZipFile(tmp_path / "empty.zip", "w") as archive:
        archive.writestr("readme.txt", "nothing")
    with pytest.raises(CommandError, match="holds no CSV file"):
        load(tmp_path / "empty.zip")
