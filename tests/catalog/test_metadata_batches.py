"""Rows of one table that `manage.py load_metadata` reads together: what they share and where they differ."""

import pytest

from catalog.models import Genre, Movie
from catalog.services import merge_films
from tests.catalog.metadata_tables import load, written
from tests.factories import GenreFactory, MovieFactory

pytestmark = pytest.mark.django_db


def row(title="", year="", runtime="", **ids):
    """`ids` as the tables call them: id for TMDB's, imdb_id, movieId."""
    known = {"id": "", "imdb_id": "", "movieId": ""} | ids
    return {"title": title, "year": year, "runtime": runtime, **known}


def films(*columns):
    return set(Movie.objects.values_list(*columns))


def test_an_imdb_id_that_two_films_are_offered_goes_to_the_first(tmp_path):
    for number in (1, 2, 3):
        MovieFactory(tmdb_id=number)
    rows = [
        row(id=1, imdb_id="tt0000005", runtime=100),
        row(id=2, imdb_id="tt0000005", runtime=90),
        row(id=3, imdb_id="tt0000006", runtime=80),
    ]
    said = load(written(tmp_path, rows))
    assert films("tmdb_id", "imdb_id", "runtime") == {
        (1, "tt0000005", 100),
        (2, None, None),
        (3, "tt0000006", 80),
    }
    assert "1 rows skipped" in said
    assert "row 3 has the IMDb id tt0000005 of row 2, which is about another film" in said


def test_of_two_new_films_with_one_movielens_id_the_first_is_made(tmp_path):
    rows = [
        row("Heat", 1995, movieId=6, imdb_id="tt0113277"),
        row("Ronin", 1998, movieId=6, imdb_id="tt0122690"),
        row("Thief", 1981, movieId=7, imdb_id="tt0083190"),
    ]
    said = load(written(tmp_path, rows), add=True)
    assert films("title", "movielens_id") == {("Heat", 6), ("Thief", 7)}
    assert "2 known here, 2 of them added now" in said
    assert "row 3 has the MovieLens id 6 of row 2, which is about another film" in said


def test_a_new_film_does_not_take_the_id_that_an_earlier_row_gives_to_a_known_one(tmp_path):
    MovieFactory(title="Heat", year=1995, tmdb_id=949, movielens_id=None)
    rows = [
        row(id=949, imdb_id="tt0113277", runtime=170),
        row("Ronin", 1998, id=950, imdb_id="tt0113277", runtime=122),
    ]
    said = load(written(tmp_path, rows), add=True)
    assert films("title", "imdb_id", "runtime") == {("Heat", "tt0113277", 170)}
    assert "row 3 has the IMDb id tt0113277 of row 2" in said


def test_rows_that_name_one_film_with_more_ids_and_fewer_are_no_contradiction(tmp_path):
    rows = [
        row("Heat", 1995, imdb_id="tt0113277", id=949),
        row("Heat", 1995, imdb_id="tt0113277", movieId=6),
        row("Heat", 1995, id=949),
    ]
    said = load(written(tmp_path, rows), add=True)
    assert films("title", "imdb_id", "tmdb_id") == {("Heat", "tt0113277", 949)}
    assert "skipped" not in said


def test_both_ids_of_a_film_that_two_rows_became_mean_that_one(tmp_path):
    kept = MovieFactory(title="Heat", imdb_id="tt0113277", movielens_id=6)
    gone = MovieFactory(title="Heat", imdb_id="tt0000005", movielens_id=None)
    merge_films(kept=kept, removed=gone, by=None)
    rows = [row(imdb_id="tt0000005", movieId=6), row(imdb_id="tt0113277", movieId=6)]
    assert "skipped" not in load(written(tmp_path, rows))


def test_a_number_of_one_set_is_not_the_same_number_of_another(tmp_path):
    load(written(tmp_path, [row("Heat", 1995, id=5), row("Ronin", 1998, movieId=5)]), add=True)
    assert films("title", "tmdb_id", "movielens_id") == {("Heat", 5, None), ("Ronin", None, 5)}


def test_two_films_may_have_one_tmdb_id_as_they_may_in_the_catalogue(tmp_path):
    rows = [row("Heat", 1995, id=5, imdb_id="tt0000001"), row("Ronin", 1998, id=5, imdb_id="tt0000002")]
    said = load(written(tmp_path, rows), add=True)
    assert films("title", "tmdb_id") == {("Heat", 5), ("Ronin", 5)}
    assert "skipped" not in said


def test_films_that_are_not_here_may_disagree_as_they_like(tmp_path):
    rows = [row("Heat", 1995, movieId=6, imdb_id="tt0000001"), row("Ronin", 1998, movieId=6, imdb_id="tt2")]
    assert "2 rows are about films that are not here" in load(written(tmp_path, rows))


def test_a_namesake_with_another_movielens_id_is_another_film(tmp_path):
    here = MovieFactory(title="Heat", year=1995, movielens_id=6)
    load(written(tmp_path, [row("Heat", 1995, movieId=7, runtime=170)]))
    here.refresh_from_db()
    assert here.runtime is None


def test_genres_stay_where_the_new_names_are_none_that_an_address_can_have(tmp_path):
    film = MovieFactory(tmdb_id=949, genres=["Crime"])
    other = MovieFactory(tmdb_id=950, genres=["Crime"])
    rows = [
        row(id=949) | {"genres": "[{'id': 16, 'name': 'アニメ'}]"},
        row(id=950) | {"genres": "[{'id': 16, 'name': 'アニメ'}, {'id': 18, 'name': 'Drama'}]"},
    ]
    said = load(written(tmp_path, rows), overwrite=True)
    assert [genre.name for genre in film.genres.all()] == ["Crime"]
    assert [genre.name for genre in other.genres.all()] == ["Drama"]
    assert "genres   for 1 films" in said


def test_no_genre_is_made_for_a_film_whose_own_stay(tmp_path):
    MovieFactory(tmdb_id=949, genres=["Crime"])
    GenreFactory(name="Drama")
    load(written(tmp_path, [row(id=949) | {"genres": "[{'id': 16, 'name': 'Animation'}]"}]))
    assert set(Genre.objects.values_list("name", flat=True)) == {"Crime", "Drama"}
