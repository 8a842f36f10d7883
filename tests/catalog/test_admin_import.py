"""Tables go out of the panel as files and come in again: first as a trial, which says what is wrong."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.html import escape

from catalog.models import (
    Movie,
    Person,
    Rating,
    Review,
    Watch,
)
from tests.factories import (
    GenreFactory,
    ImportedUserFactory,
    MovieFactory,
    RatingFactory,
    ReviewFactory,
    WatchFactory,
)
from tests.panel import address, confirm, counts, credit, staff_with, upload

pytestmark = pytest.mark.django_db


def test_an_import_shows_what_it_would_do_before_it_does_it(panel):
    trial = upload(panel, Movie, "title,year,genres,imdb_id\nHeat,1995,,\nStalker,1979,,\n")
    assert "Stalker" in trial.content.decode()
    assert Movie.objects.count() == 0
    confirm(panel, Movie, trial)
    assert set(Movie.objects.values_list("slug", "imdb_id")) == {("heat-1995", None), ("stalker-1979", None)}


def test_a_film_in_a_file_is_the_one_with_its_imdb_id(panel):
    movie = MovieFactory(title="Old", imdb_id="tt0113277", genres=["Drama"])
    GenreFactory(name="Crime")
    rows = "title,year,genres,imdb_id\nHeat,1995,Drama|Crime,tt0113277\n"
    confirm(panel, Movie, upload(panel, Movie, rows))
    movie.refresh_from_db()
    assert (movie.title, Movie.objects.count()) == ("Heat", 1)
    assert set(movie.genres.values_list("name", flat=True)) == {"Drama", "Crime"}


@pytest.mark.parametrize("columns", ["title,year,runtime", "title,year,runtime,imdb_id"])
def test_a_title_and_year_of_two_films_is_a_bad_row_and_makes_no_third(panel, columns):
    MovieFactory(title="Heat", year=1995), MovieFactory(title="Heat", year=1995)
    trial = upload(panel, Movie, f"{columns}\nHeat,1995,170{',' * (columns.count(',') - 2)}\n")
    assert "More than one movie has title “Heat”, year “1995”" in trial.content.decode()
    assert "confirm_form" not in trial.context
    assert Movie.objects.count() == 2


def namesakes():
    first = Person.objects.create(name="Steve McQueen", imdb_id="nm0000537")
    return first, Person.objects.create(name="Steve McQueen", imdb_id="nm2588606", tmdb_id=72983)


@pytest.mark.parametrize("columns", ["name", "name,imdb_id,tmdb_id"])
def test_a_name_of_several_people_is_a_bad_row_that_asks_for_an_id(panel, columns):
    namesakes()
    trial = upload(panel, Person, f"{columns}\nSteve McQueen{',' * columns.count(',')}\n")
    told = "Line 2: Several people are called “Steve McQueen”: fill in the column imdb_id or tmdb_id."
    assert trial.context["result"].complaints == [told]
    assert "confirm_form" not in trial.context
    assert Person.objects.count() == 2


@pytest.mark.parametrize("ids", [" nm2588606 ,", ",72983", "nm9999999,72983"])
def test_one_of_several_people_is_found_by_whichever_id_the_row_has(panel, ids):
    first, second = namesakes()
    confirm(panel, Person, upload(panel, Person, f"name,imdb_id,tmdb_id\nSir Steve McQueen,{ids}\n"))
    first.refresh_from_db(), second.refresh_from_db()
    assert (first.name, second.name) == ("Steve McQueen", "Sir Steve McQueen")
    assert Person.objects.count() == 2


def test_a_person_with_an_id_of_their_own_is_added_beside_their_namesakes(panel):
    namesakes()
    confirm(panel, Person, upload(panel, Person, "name,imdb_id\nSteve McQueen,nm1111111\n"))
    assert Person.objects.filter(name="Steve McQueen").count() == 3


def test_imported_ratings_count(panel, member):
    movie = MovieFactory(title="Heat", year=1995)
    rows = "user,title,year,stars,rated_at\nanouk,Heat,1995,3.5,2020-02-01 20:15:00\n"
    confirm(panel, Rating, upload(panel, Rating, rows))
    assert counts(movie) == (1, 7)
    assert Rating.objects.get().rated_at.year == 2020


@pytest.mark.parametrize(
    ("bad_row", "complaint"),
    [
        ("anouk,Heat,1995,3.25", "in steps of a half"),
        ("anouk,Heat,1995,many", "is not a number of stars"),
        ("nobody,Heat,1995,3", "There is no user with username “nobody”"),
        ("anouk,Ronin,1998,3", "There is no movie with title “Ronin”, year “1998”"),
    ],
)
def test_one_bad_row_is_shown_and_nothing_is_written(panel, member, bad_row, complaint):
    MovieFactory(title="Heat", year=1995), MovieFactory(title="Stalker", year=1979)
    trial = upload(panel, Rating, f"user,title,year,stars\nanouk,Stalker,1979,5\n{bad_row}\n")
    assert complaint in trial.content.decode()
    assert "confirm_form" not in trial.context
    assert Rating.objects.count() == 0


def test_an_unknown_genre_is_a_bad_row(panel):
    trial = upload(panel, Movie, "title,year,genres\nHeat,1995,Heist\n")
    assert "There is no genre with name “Heist”" in trial.content.decode()
    assert Movie.objects.count() == 0


def wrong_rows(panel, model, text):
    """What the trial run says of a file; nothing can be confirmed and the page shows every sentence."""
    trial = upload(panel, model, text)
    complaints = trial.context["result"].complaints
    assert "confirm_form" not in trial.context
    assert [one for one in complaints if escape(one) not in trial.content.decode()] == []
    return complaints


@pytest.mark.parametrize(
    ("column", "value", "complaint"),
    [
        ("runtime", "abc", "“abc” is no whole number of minutes."),
        ("runtime", "95.5", "“95.5” is no whole number of minutes."),
        ("runtime", "-1", "“-1” is no whole number of minutes."),
        ("runtime", "1e999999", "“1e999999” is no whole number of minutes."),
        ("runtime", "nan", "“nan” is no whole number of minutes."),
        ("budget", "$3", "“$3” is not a whole number."),
        ("movielens_id", "x", "“x” is not a whole number."),
        ("released_on", "1995-13-40", "“1995-13-40” is not a date such as 1995-12-31."),
        ("year", "MCMXCV", "“MCMXCV” is not a year from 1870 to 2100."),
        ("year", "99999", "“99999” is not a year from 1870 to 2100."),
        ("title", "", "This field cannot be blank."),
        ("genres", "Heist", "There is no genre with name “Heist”."),
    ],
)
def test_a_wrong_cell_is_told_with_its_line_and_column(panel, column, value, complaint):
    film = {"title": "Heat", "year": "1995", column: value}
    rows = f"{','.join(film)}\n{','.join(film.values())}\n"
    assert wrong_rows(panel, Movie, rows) == [f"Line 2, {column}: {complaint}"]
    assert Movie.objects.count() == 0


def test_every_wrong_cell_of_every_row_is_told_and_what_the_others_would_do(panel):
    GenreFactory(name="Crime")
    rows = "title,year,runtime,genres\nHeat,1995,170,Crime\nRonin,1998,abc,Heist\n\n,2001,90,\n"
    assert wrong_rows(panel, Movie, rows) == [
        "Line 3, runtime: “abc” is no whole number of minutes.",
        "Line 3, genres: There is no genre with name “Heist”.",
        "Line 5, title: This field cannot be blank.",
    ]
    preview = upload(panel, Movie, rows).content.decode().partition('id="good-rows"')[2]
    assert "Heat" in preview
    assert "2001" not in preview


def test_what_rows_would_do_is_shown_in_the_columns_of_the_file_alone(panel):
    MovieFactory(title="Heat", year=1995, tagline="A Los Angeles crime saga")
    trial = upload(panel, Movie, "year,runtime,title\n1995,170,Heat\n")
    assert trial.context["result"].diff_headers == ["title", "year", "runtime"]
    [row] = trial.context["result"].valid_rows()
    assert len(row.diff) == 3
    assert "A Los Angeles crime saga" not in trial.text


def test_a_text_of_several_lines_does_not_shift_the_lines_after_it(panel, member):
    MovieFactory(title="Heat", year=1995)
    rows = 'user,title,year,text\nanouk,Heat,1995,"Slow,\nand\nlong"\nnobody,Heat,1995,Fine\n'
    assert wrong_rows(panel, Review, rows) == ["Line 5, user: There is no user with username “nobody”."]


def test_a_file_without_lines_is_told_of_by_its_rows(panel):
    file = SimpleUploadedFile("rows.json", b'[{"title": "Heat", "year": 1995, "runtime": "abc"}]')
    fields = {"import_file": file, "format": "2", "resource": ""}
    trial = panel.post(address(Movie, "import"), fields)
    told = "Row 1, runtime: “abc” is no whole number of minutes."
    assert trial.context["result"].complaints == [told]


@pytest.mark.parametrize(
    ("model", "row", "complaints"),
    [
        (Rating, {"user": "nobody", "stars": "many"}, ["user: There is no user", "stars: “many” is not a"]),
        (Rating, {"year": "soon"}, ["title: “soon” is not a year from 1870 to 2100."]),
        (Rating, {"rated_at": "lately"}, ["rated_at: “lately” is not a time such as 1995-12-31 20:15:00."]),
        (Watch, {"watched_on": "lately"}, ["watched_on: “lately” is not a date such as 1995-12-31."]),
        (Watch, {"rewatch": "maybe"}, ["rewatch: “maybe” is neither 1 for yes nor 0 for no."]),
        (Person, {"name": "Varda", "tmdb_id": "x"}, ["tmdb_id: “x” is not a whole number."]),
    ],
)
def test_wrong_cells_of_other_tables_are_told_too(panel, member, model, row, complaints):
    MovieFactory(title="Heat", year=1995)
    usual = {"user": "anouk", "title": "Heat", "year": "1995", "stars": "3", "watched_on": "2026-05-04"}
    cells = row if model is Person else usual | row
    told = wrong_rows(panel, model, f"{','.join(cells)}\n{','.join(cells.values())}\n")
    assert len(told) == len(complaints)
    assert all(one.startswith(f"Line 2, {words}") for one, words in zip(told, complaints, strict=True))
    assert model.objects.count() == 0


def test_a_file_that_lacks_a_column_is_told_which(panel):
    trial = upload(panel, Movie, "name,runtime\nHeat,170\n")
    assert "These columns are missing: title, year." in trial.content.decode()
    assert "Traceback" not in trial.content.decode()


def test_a_row_with_more_cells_than_columns_is_told_without_the_name_of_an_exception(panel):
    page = upload(panel, Movie, "title,year\nHeat,1995,170\n").content.decode()
    assert "one of its rows has more cells than the first line." in page
    assert "InvalidDimensions" not in page


def test_the_import_form_names_the_columns_in_the_panel_s_own_colours(panel):
    page = panel.get(address(Movie, "import")).content.decode()
    assert '<p class="file-columns">' in page
    assert "bg-blue-100" not in page


def test_an_import_that_went_wrong_after_its_trial_writes_nothing_and_says_so(panel):
    genre = GenreFactory(name="Crime")
    trial = upload(panel, Movie, "title,year,genres\nRonin,1998,\nHeat,1995,Crime\n")
    genre.delete()
    page = confirm(panel, Movie, trial).content.decode()
    assert "Line 3, genres: There is no genre with name “Crime”." in page
    assert Movie.objects.count() == 0


@pytest.mark.parametrize("factory", [MovieFactory, RatingFactory, ReviewFactory, WatchFactory, credit])
def test_what_is_exported_can_be_imported_again_and_changes_nothing(panel, factory):
    rows = [factory() for _ in range(1 if factory is credit else 2)]
    model = type(rows[0])
    fields = dict.fromkeys(panel.get(address(model, "export")).context["form"].fields, "on")
    del fields["export_items"]
    exported = panel.post(address(model, "export"), fields | {"format": "0", "resource": ""})
    trial = upload(panel, model, exported.content.decode())
    assert trial.context["result"].totals["skip"] == len(rows)


def test_a_rating_without_a_time_stays_without_one_on_its_way_through_a_file(panel):
    rating = RatingFactory(user=ImportedUserFactory(username="u1"), rated_at=None)
    film = rating.movie
    rows = f"user,title,year,stars,rated_at\nu1,{film.title},{film.year},1,\n"
    confirm(panel, Rating, upload(panel, Rating, rows))
    rating.refresh_from_db()
    assert (rating.half_stars, rating.rated_at) == (2, None)


def test_who_may_only_look_may_not_import(client):
    client.force_login(staff_with("view_rating"))
    assert client.get(address(Rating, "changelist")).status_code == 200
    assert client.get(address(Rating, "import")).status_code == 403
