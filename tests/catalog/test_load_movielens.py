import zipfile

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command

from catalog.models import Movie, Rating
from tests.factories import GenreFactory, MovieFactory, RatingFactory, UserFactory

pytestmark = pytest.mark.django_db

MOVIES = """movieId,title,genres
1,Toy Story (1995),Adventure|Children
6,"Heat (1995)",Action|Crime
32,"Twelve Monkeys (a.k.a. 12 Monkeys) (1995)",Sci-Fi
"""
LINKS = "movieId,imdbId,tmdbId\n1,0114709,862\n6,0113277,949\n32,0114746,63\n"
RATINGS = """userId,movieId,rating,timestamp
1,1,4.0,964982703
1,6,4.5,964981247
2,6,5.0,1445714835
2,32,0.5,1445714836
"""


@pytest.fixture
def dataset(tmp_path):
    folder = tmp_path / "ml-tiny"
    folder.mkdir()
    (folder / "movies.csv").write_text(MOVIES)
    (folder / "links.csv").write_text(LINKS)
    (folder / "ratings.csv").write_text(RATINGS)
    return folder


@pytest.fixture
def old_dataset(tmp_path):
    """In the form of 100K, whose film 1 is another than the 1 of every later set."""
    folder = tmp_path / "ml-100k"
    folder.mkdir()
    drama = "|".join(["0"] * 8 + ["1"] + ["0"] * 10)
    films = ["1|Heat (1995)", "2|Brief Encounter (1945)", "3|Brief Encounter (1945)"]
    (folder / "u.item").write_text("".join(f"{film}||||{drama}\n" for film in films))
    (folder / "u.data").write_text("7\t1\t4\t881250949\n7\t2\t3\t881250949\n7\t3\t5\t881250950\n")
    return folder


def load(capsys, path, **options):
    call_command("load_movielens", path, **options)
    return capsys.readouterr().out


def everything():
    """All that an import writes, as it lies in the tables."""
    return {
        "films": list(Movie.objects.order_by("pk").values()),
        "genres": sorted(Movie.genres.through.objects.values_list("movie_id", "genre__name")),
        "people": list(get_user_model().objects.order_by("pk").values()),
        "ratings": list(Rating.objects.order_by("pk").values()),
    }


def test_films_people_and_ratings_arrive_whole(dataset, capsys):
    said = load(capsys, dataset)

    film = Movie.objects.get(movielens_id=32)
    assert (film.title, film.year, film.imdb_id, film.tmdb_id) == ("Twelve Monkeys", 1995, "tt0114746", 63)
    assert [other.title for other in film.other_titles.all()] == ["12 Monkeys"]
    assert [genre.name for genre in film.genres.all()] == ["Sci-Fi"]
    rating = Rating.objects.get(movie__movielens_id=6, user__source_key="ml-tiny:1")
    assert (rating.half_stars, rating.source, int(rating.rated_at.timestamp())) == (9, "import", 964981247)
    assert "3 added" in said
    assert "4 added" in said


def test_the_counts_of_films_follow_the_import(dataset, capsys):
    load(capsys, dataset)
    heat = Movie.objects.get(movielens_id=6)
    assert (heat.ratings_count, heat.half_stars_sum) == (2, 19)


def test_imported_people_cannot_log_in(dataset, capsys):
    load(capsys, dataset)
    person = get_user_model().objects.get(source_key="ml-tiny:2")
    assert (person.username, person.source, person.is_active) == ("movielens-tiny-2", "import", False)
    assert not person.has_usable_password()


def test_a_member_who_took_the_name_of_an_imported_person_keeps_it(dataset, capsys):
    member = UserFactory(username="movielens-tiny-2")
    load(capsys, dataset)
    member.refresh_from_db()
    assert (member.source, member.ratings.count()) == ("site", 0)
    assert get_user_model().objects.get(source_key="ml-tiny:2").ratings.count() == 2


def test_the_same_data_set_twice_changes_nothing(dataset, capsys):
    load(capsys, dataset)
    before = everything()
    said = load(capsys, dataset)
    assert everything() == before
    assert "0 added, 0 completed, 3 as before" in said
    assert "0 added, 0 changed, 4 as before" in said


def test_a_newer_rating_in_a_newer_release_replaces_the_older(dataset, capsys):
    load(capsys, dataset)
    (dataset / "ratings.csv").write_text(RATINGS.replace("1,1,4.0,964982703", "1,1,2.0,964982704"))
    assert "0 added, 1 changed, 3 as before" in load(capsys, dataset)
    assert Movie.objects.get(movielens_id=1).half_stars_sum == 4


def test_ratings_without_a_time_are_taken_without_one(dataset, capsys):
    rows = [line.rpartition(",")[0] for line in RATINGS.splitlines()]
    (dataset / "ratings.csv").write_text("\n".join(rows))
    load(capsys, dataset)
    assert set(Rating.objects.values_list("rated_at", flat=True)) == {None}
    assert "0 added, 0 changed, 4 as before" in load(capsys, dataset)


def test_what_members_rated_and_editors_wrote_stays(dataset, capsys):
    film = MovieFactory(title="Toy Story, restored", year=1996, movielens_id=1, imdb_id=None, tmdb_id=5)
    film.genres.add(GenreFactory(name="Classic"))
    rating = RatingFactory(movie=film, half_stars=3)

    load(capsys, dataset)

    film.refresh_from_db()
    rating.refresh_from_db()
    assert (film.title, film.year, film.tmdb_id, film.imdb_id) == (
        "Toy Story, restored",
        1996,
        5,
        "tt0114709",
    )
    assert [genre.name for genre in film.genres.all()] == ["Classic"]
    assert (rating.half_stars, rating.source) == (3, "site")
    assert (film.ratings_count, film.half_stars_sum) == (2, 11)


def test_a_film_known_by_its_imdb_id_is_completed_not_doubled(dataset, capsys):
    film = MovieFactory(title="Heat", year=1995, movielens_id=None, imdb_id="tt0113277")
    load(capsys, dataset)
    film.refresh_from_db()
    assert (film.movielens_id, Movie.objects.filter(title="Heat").count()) == (6, 1)


def test_two_films_of_one_name_and_year_stay_two(dataset, capsys):
    (dataset / "movies.csv").write_text(MOVIES + "838,Emma (1996),Comedy\n26958,Emma (1996),Comedy\n")
    (dataset / "links.csv").write_text(LINKS + "838,0116191,3573\n26958,0118308,12254\n")
    load(capsys, dataset)
    assert set(Movie.objects.filter(title="Emma").values_list("imdb_id", flat=True)) == {
        "tt0116191",
        "tt0118308",
    }


def test_films_of_100k_are_found_by_title_and_year_because_their_ids_mean_other_films(
    dataset, old_dataset, capsys
):
    load(capsys, dataset)
    load(capsys, old_dataset)
    rated = Rating.objects.filter(user__source_key="ml-100k:7")
    assert set(rated.values_list("movie__title", "movie__movielens_id", "half_stars")) == {
        ("Heat", 6, 8),
        ("Brief Encounter", None, 10),  # listed twice there: the newest rating counts
    }
    before = everything()
    load(capsys, old_dataset)
    assert everything() == before


def test_a_later_set_gives_the_films_of_100k_their_ids(dataset, old_dataset, capsys):
    load(capsys, old_dataset)
    load(capsys, dataset)
    assert Movie.objects.get(title="Heat").movielens_id == 6


def test_bad_rows_are_listed_and_the_others_taken(dataset, capsys):
    bad = "1,32,9.5,964982703\n1,999,4.0,964982703\none,6,4.0,964982703\n2,6,5.0,1445714835\n"
    (dataset / "ratings.csv").write_text(RATINGS + bad)
    said = load(capsys, dataset)
    assert Rating.objects.count() == 4
    assert "ratings.csv, row 6" in said
    assert "ratings.csv, row 7" in said
    assert "ratings.csv, row 8" in said
    assert "4 rows skipped" in said


def test_no_more_than_twenty_bad_rows_are_listed(dataset, capsys):
    (dataset / "ratings.csv").write_text(RATINGS + "1,999,4.0,964982703\n" * 30)
    said = load(capsys, dataset)
    assert said.count("ratings.csv, row") == 20
    assert "and 10 more" in said


def test_a_film_that_is_not_utf_8_is_listed_and_the_others_taken(dataset, capsys):
    film = "50,Amélie (2001),Comedy\n".encode("latin-1")
    (dataset / "movies.csv").write_bytes(MOVIES.encode() + film)
    said = load(capsys, dataset)
    assert Movie.objects.count() == 3
    assert "movies.csv, row 5 is not written in UTF-8" in said


def truncated_zip(folder):
    whole = folder.with_suffix(".whole.zip")
    with zipfile.ZipFile(whole, "w") as archive:
        for path in folder.iterdir():
            archive.write(path, f"ml-tiny/{path.name}")
    path = folder.with_suffix(".zip")
    path.write_bytes(whole.read_bytes()[:-100])
    return path


def damaged_zip(folder):
    """Whole to look at, with damage inside that shows when the ratings are read."""
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("movies.csv", "links.csv", "ratings.csv"):
            archive.write(folder / name, f"ml-tiny/{name}")
    path.write_bytes(path.read_bytes().replace(b"964981247", b"964981248"))
    return path


def wrong_header(folder):
    (folder / "ratings.csv").write_text(RATINGS.replace("userId", "who"))
    return folder


def no_good_rating(folder):
    (folder / "ratings.csv").write_text("userId,movieId,rating,timestamp\n1,1,eight,964982703\n")
    return folder


def utf_16(folder):
    (folder / "ratings.csv").write_text(RATINGS, encoding="utf-16")
    return folder


def missing_folder(folder):
    return folder / "nowhere"


@pytest.mark.parametrize(
    "damage", [truncated_zip, damaged_zip, wrong_header, no_good_rating, utf_16, missing_folder]
)
def test_a_data_set_that_cannot_be_read_says_so_and_changes_nothing(dataset, damage, capsys):
    RatingFactory(movie=MovieFactory(title="Heat", year=1995, movielens_id=6))
    before = everything()
    with pytest.raises(CommandError, match=r"Nothing was changed\."):
        call_command("load_movielens", damage(dataset))
    assert everything() == before


def test_a_data_set_may_go_by_another_name(dataset, capsys):
    load(capsys, dataset, name="Film club, 1999")
    assert get_user_model().objects.filter(source_key="film-club-1999:1").exists()


def test_a_set_under_a_new_name_is_refused_instead_of_counting_everybody_twice(dataset, capsys):
    films = "".join(f'{film},"Film {film} (1990)",Drama\n' for film in range(100, 120))
    (dataset / "movies.csv").write_text(MOVIES + films)
    ratings = "".join(f"1,{film},{1 + film % 9 / 2},964982703\n" for film in range(100, 120))
    (dataset / "ratings.csv").write_text("userId,movieId,rating,timestamp\n" + ratings)
    load(capsys, dataset)
    before = everything()
    renamed = dataset.rename(dataset.with_name("copy"))
    with pytest.raises(CommandError, match="here already as ml-tiny: give --name ml-tiny"):
        load(capsys, renamed)
    assert everything() == before
    assert "0 added" in load(capsys, renamed, name="ml-tiny")
