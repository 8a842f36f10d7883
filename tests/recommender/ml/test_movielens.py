"""The reader on hand-made data sets of every form, on damaged ones, and on the real ones."""

from __future__ import annotations

import time
import zipfile
from pathlib import Path

import numpy as np
import pytest

from recommender.ml import movielens_files, movielens_tables
from recommender.ml.demographics import place
from recommender.ml.interactions import NO_TIME
from recommender.ml.movielens import Film, Person, Problem, Tag, UnreadableDataset, open_dataset
from tests.recommender.ml.real_data import real_data

MOVIES = (
    "movieId,title,genres\r\n"
    "1,Toy Story (1995),Adventure|Animation\r\n"
    '2,"Matrix, The (1999) ",Action|Sci-Fi\r\n'
    '3,"City of Lost Children, The (Cité des enfants perdus, La) (1995)",(no genres listed)\r\n'
)
LINKS = "movieId,imdbId,tmdbId\r\n1,0114709,862\r\n2,133093,603\r\n3,10112682,\r\n"
RATINGS = "userId,movieId,rating,timestamp\r\n7,1,4.0,964982703\r\n7,3,0.5,964981247\r\n9,2,5.0,0\r\n"
TAGS = 'userId,movieId,tag,timestamp\r\n7,1,"funny, ""really""",1445714994\r\n'
CSV = {"movies.csv": MOVIES, "links.csv": LINKS, "ratings.csv": RATINGS, "tags.csv": TAGS}

MOVIES_DAT = "1::Toy Story (1995)::Animation|Children's\n6::Métisse (Café au Lait) (1993)::Comedy\n"
USERS_DAT = "1::F::1::10::48067\n2::M::56::16::70072-1234\n"
RATINGS_DAT = "1::6::5::978300760\n1::1::3::978302109\n2::1::4::978301968\n"
NO_TIMESTAMPS = "userId,movieId,rating\n1,6,5\n1,1,3\n2,1,4\n"

ITEMS_100K = (
    "1|Toy Story (1995)|01-Jan-1995||http://toy|0|0|0|1|1|1|0|0|0|0|0|0|0|0|0|0|0|0|0\n"
    "2|Á köldum klaka (Cold Fever) (1994)|08-Mar-1996||http://cold|0|0|0|0|0|1|0|0|1|0|0|0|0|0|0|0|0|0|0\n"
    "267|unknown||||1|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0\n"
    "3|Good Morning|4-Feb-1971||http://good|1|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0\n"
)
FORM_100K = {
    "u.item": ITEMS_100K,
    "u.data": "196\t267\t3\t881250949\n22\t1\t1\t878887116\n196\t2\t4\t881251577\n",
    "u.user": "22|25|M|writer|40206\n196|49|M|writer|55105\n",
}


def folder(path: Path, files: dict[str, str], encoding: str = "utf-8") -> Path:
    path.mkdir(exist_ok=True)
    for name, text in files.items():
        (path / name).write_bytes(text.encode(encoding))
    return path


def packed(path: Path, files: dict[str, str], inside: str = "", encoding: str = "utf-8") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(inside + name, text.encode(encoding))
    return path


def rows(path: Path) -> list[tuple[float, ...]]:
    columns = ("user", "film", "stars", "time")
    chunks = list(open_dataset(path).rating_chunks())
    return [
        row
        for chunk in chunks
        for row in zip(*(getattr(chunk, name).tolist() for name in columns), strict=True)
    ]


class TestForms:
    def test_csv_form_gives_films_with_titles_ids_and_genres(self, tmp_path: Path) -> None:
        assert open_dataset(folder(tmp_path / "small", CSV)).films() == [
            Film(1, "Toy Story", 1995, ("Adventure", "Animation"), "tt0114709", 862),
            Film(2, "The Matrix", 1999, ("Action", "Sci-Fi"), "tt0133093", 603),
            Film(
                3, "The City of Lost Children", 1995, (), "tt10112682", None, ("La Cité des enfants perdus",)
            ),
        ]

    @pytest.mark.parametrize("inside", ["", "ml-latest-small/"])
    def test_zip_reads_as_a_folder_does_at_the_top_or_one_folder_down(
        self, tmp_path: Path, inside: str
    ) -> None:
        path = packed(tmp_path / "set.zip", CSV | {"README.txt": "read"}, inside)
        opened = open_dataset(path)
        assert (opened.name, opened.form) == ("set", "csv")
        assert rows(path) == [(7, 1, 4.0, 964982703), (7, 3, 0.5, 964981247), (9, 2, 5.0, 0)]
        assert list(opened.tags()) == [Tag(7, 1, 'funny, "really"', 1445714994)]
        assert opened.problems == []

    def test_1m_is_latin_1_and_tells_of_its_people(self, tmp_path: Path) -> None:
        files = {"movies.dat": MOVIES_DAT, "ratings.dat": RATINGS_DAT, "users.dat": USERS_DAT}
        opened = open_dataset(folder(tmp_path / "ml-1m", files, "latin-1"))
        assert opened.form == "1m"
        assert opened.films()[1] == Film(6, "Métisse", 1993, ("Comedy",), other_titles=("Café au Lait",))
        assert opened.people()[1] == Person(2, "M", 56, "self-employed", "70072-1234")
        assert rows(tmp_path / "ml-1m")[0] == (1, 6, 5.0, 978300760)
        histories = opened.interactions()
        about = histories.history(int(histories.users.rows(1))).about
        assert about is not None
        assert (about.sex, about.utc_offset) == (
            opened.people()[0].sex,
            place(opened.people()[0].zip_code)[2],
        )

    def test_10m_is_told_from_1m_by_its_tags_and_is_utf_8(self, tmp_path: Path) -> None:
        files = {
            "movies.dat": MOVIES_DAT,
            "ratings.dat": "1::6::4.5::978300760\n",
            "tags.dat": "1::6::sweet::5\n",
        }
        opened = open_dataset(folder(tmp_path / "ml-10m", files))
        assert (opened.form, opened.films()[1].title) == ("10m", "Métisse")
        assert list(opened.tags()) == [Tag(1, 6, "sweet", 5)]
        assert opened.interactions().rating.tolist() == [4.5]

    def test_1m_without_timestamps_has_no_time(self, tmp_path: Path) -> None:
        files = {"movies.dat": MOVIES_DAT, "ratings.csv": NO_TIMESTAMPS, "users.dat": USERS_DAT}
        path = packed(tmp_path / "1m.zip", files, "ml-1m/", "latin-1")
        assert rows(path) == [(1, 6, 5.0, int(NO_TIME)), (1, 1, 3.0, int(NO_TIME)), (2, 1, 4.0, int(NO_TIME))]
        assert not open_dataset(path).interactions().is_timed

    def test_100k_has_flags_for_genres_dates_for_years_and_a_film_called_unknown(
        self, tmp_path: Path
    ) -> None:
        opened = open_dataset(folder(tmp_path / "ml-100k", FORM_100K, "latin-1"))
        toys, cold, unknown, morning = opened.films()
        assert toys.genres == ("Animation", "Children's", "Comedy")
        assert (cold.title, cold.year, cold.other_titles) == ("Á köldum klaka", 1994, ("Cold Fever",))
        assert unknown == Film(267, "unknown", None, ())
        assert morning.year == 1971
        assert opened.people()[0] == Person(22, "M", 25, "writer", "40206")

    def test_users_that_come_back_lose_nothing(self, tmp_path: Path) -> None:
        found = rows(folder(tmp_path / "ml-100k", FORM_100K, "latin-1"))
        assert sorted(found) == [
            (22, 1, 1.0, 878887116),
            (196, 2, 4.0, 881251577),
            (196, 267, 3.0, 881250949),
        ]

    def test_catalogue_alone_has_films_and_no_ratings(self, tmp_path: Path) -> None:
        opened = open_dataset(packed(tmp_path / "c.zip", {"movies.csv": MOVIES, "links.csv": LINKS}))
        assert (opened.form, len(opened.films()), opened.count_hint) == ("catalogue", 3, 0)
        assert list(opened.rating_chunks()) == []
        with pytest.raises(UnreadableDataset, match="no readable rating"):
            opened.interactions()

    def test_the_movies_dataset_knows_films_by_their_links_alone(self, tmp_path: Path) -> None:
        files = {
            "ratings_small.csv": RATINGS,
            "links_small.csv": "movieId,imdbId,tmdbId\n1,0114709,862.0\n3,5,\n2,6,7\n",
        }
        opened = open_dataset(folder(tmp_path / "kaggle", files))
        assert opened.films()[0] == Film(1, "", None, (), "tt0114709", 862)
        assert len(opened.interactions()) == 3

    def test_interactions_cover_the_rated_films_with_their_catalogue(self, tmp_path: Path) -> None:
        unrated = CSV | {"movies.csv": MOVIES + "50,Nobody Saw This (2001),Drama\r\n"}
        data = open_dataset(folder(tmp_path / "small", unrated)).interactions()
        assert data.items.ids.tolist() == [1, 2, 3]
        assert data.catalogue.titles == ["Toy Story", "The Matrix", "The City of Lost Children"]
        assert data.catalogue.years.tolist() == [1995, 1999, 1995]
        assert data.users.ids[data.user].tolist() == [7, 7, 9]


class TestBadRows:
    @pytest.mark.parametrize(
        ("row", "reason"),
        [
            ("7,x,4.0,1", "movieId 'x' is not a whole number"),
            ("7,1,good,1", "rating 'good' is not a number"),
            ("7,1,5.5,1", "rating 5.5 is not a half star from 0.5 to 5"),
            ("7,1,0.0,1", "rating 0 is not a half star from 0.5 to 5"),
            ("7,1,3.2,1", "rating 3.2 is not a half star from 0.5 to 5"),
            ("7,1,nan,1", "rating nan is not a half star from 0.5 to 5"),
            ("7,1,1e99,1", "rating inf is not a half star from 0.5 to 5"),
            ("7,99,4.0,1", "film 99 is not in the list of films"),
            ("7,1,4.0,-5", "timestamp -5 is not in seconds since 1970"),
            ("7,1,4.0,1700000000000000", "timestamp 1700000000000000 is not in seconds since 1970"),
            ("0,1,4.0,1", "userId 0 is not between 1 and 2147483647"),
            ("99999999999,1,4.0,1", "userId 99999999999 is not between 1 and 2147483647"),
            ("9" * 30 + ",1,4.0,1", f"userId '{'9' * 30}' is not a whole number"),
            ("7,1,4.0", "has 3 fields where 4 belong"),
            ("7,1,4.0,1,extra", "has 5 fields where 4 belong"),
            ('7,1,"4.0,1', "is not well quoted (unexpected end of data)"),
        ],
    )
    def test_one_bad_row_is_named_and_the_others_are_kept(
        self, tmp_path: Path, row: str, reason: str
    ) -> None:
        text = f"userId,movieId,rating,timestamp\n7,1,4.0,5\n{row}\n7,2,3.5,6\n"
        opened = open_dataset(folder(tmp_path / "bad", CSV | {"ratings.csv": text}))
        kept = opened.ratings()
        assert (kept.film.tolist(), kept.row.tolist()) == ([1, 2], [2, 4])
        assert opened.problems == [Problem("ratings.csv", 3, reason)]

    def test_bytes_that_are_not_utf_8_cost_their_row_alone(self, tmp_path: Path) -> None:
        path = folder(tmp_path / "latin", CSV)
        (path / "movies.csv").write_bytes(
            MOVIES.encode() + "4,Café (1990),Drama\n5,Tea (1991),Drama\n".encode("latin-1")
        )
        (path / "ratings.csv").write_bytes(b"userId,movieId,rating,timestamp\n7,1,4.0,5\n7,\xe9,4.0,5\n")
        opened = open_dataset(path)
        assert [film.id for film in opened.films()] == [1, 2, 3, 5]
        assert len(opened.ratings()) == 1
        assert [(problem.row, problem.reason) for problem in opened.problems] == [
            (5, "is not written in UTF-8"),
            (3, "is not written in UTF-8"),
        ]

    def test_quoted_numbers_and_blank_lines_are_no_problem(self, tmp_path: Path) -> None:
        text = 'userId,movieId,rating,timestamp\n"7","1","4.0","5"\n\n7,2,3.5,6\n\n'
        path = folder(tmp_path / "quoted", CSV | {"ratings.csv": text})
        assert rows(path) == [(7, 1, 4.0, 5), (7, 2, 3.5, 6)]
        assert not open_dataset(path).problems

    def test_of_a_film_rated_twice_the_newest_counts(self, tmp_path: Path) -> None:
        text = "userId,movieId,rating,timestamp\n7,1,4.0,9\n7,1,2.0,5\n7,2,1.0,5\n7,2,3.0,5\n"
        opened = open_dataset(folder(tmp_path / "twice", CSV | {"ratings.csv": text}))
        kept = opened.ratings()
        assert list(zip(kept.film, kept.stars, strict=True)) == [(1, 4.0), (2, 3.0)]
        assert [problem.row for problem in opened.problems] == [3, 4]
        assert opened.problem_count == 2

    def test_problems_are_kept_up_to_a_bound_counted_all_and_not_doubled(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(movielens_tables, "MAX_STORED_PROBLEMS", 3)
        text = "userId,movieId,rating,timestamp\n" + "7,1,9,5\n" * 10
        opened = open_dataset(folder(tmp_path / "many", CSV | {"ratings.csv": text}))
        for _ in range(2):
            assert len(opened.ratings()) == 0
            assert (len(opened.problems), opened.problem_count) == (3, 10)

    @pytest.mark.parametrize(
        "row", ["x,A (1990),Drama", "4,,Drama", "1,Again (1990),Drama", "4,Too,Many,Fields"]
    )
    def test_a_bad_film_is_listed(self, tmp_path: Path, row: str) -> None:
        opened = open_dataset(folder(tmp_path / "films", CSV | {"movies.csv": MOVIES + row + "\n"}))
        assert len(opened.films()) == 3
        assert [problem.row for problem in opened.problems] == [5]

    def test_a_bad_link_leaves_the_film_without_ids(self, tmp_path: Path) -> None:
        opened = open_dataset(
            folder(tmp_path / "links", CSV | {"links.csv": "movieId,imdbId,tmdbId\n1,abc,2\n"})
        )
        assert [film.imdb_id for film in opened.films()] == ["", "", ""]
        assert opened.problems[0].file == "links.csv"


class TestStreaming:
    @pytest.fixture
    def small_blocks(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(movielens_files, "BLOCK_BYTES", 40)

    def ratings(self, users: list[int]) -> str:
        lines = [f"{user},{1 + at % 3},4.0,{at}" for at, user in enumerate(users)]
        return "\n".join(["userId,movieId,rating,timestamp", *lines]) + "\n"

    @pytest.mark.usefixtures("small_blocks")
    def test_chunks_hold_whole_users_and_true_row_numbers(self, tmp_path: Path) -> None:
        users = [1] * 3 + [2] * 3 + [5] * 3 + [4] * 2
        opened = open_dataset(folder(tmp_path / "s", CSV | {"ratings.csv": self.ratings(users)}))
        chunks = list(opened.rating_chunks())
        assert len(chunks) > 1
        assert [user for chunk in chunks for user in dict.fromkeys(chunk.user.tolist())] == [1, 2, 5, 4]
        assert np.concatenate([chunk.row for chunk in chunks]).tolist() == list(range(2, 13))

    @pytest.mark.usefixtures("small_blocks")
    def test_applied_in_order_the_newest_rating_stays_wherever_it_stands(self, tmp_path: Path) -> None:
        given = "1,1,1.0,50 2,1,2.0,1 3,1,3.0,1 3,2,3.0,1 1,1,4.5,10 2,1,5.0,9 1,2,2.5,3"
        text = "\n".join(["userId,movieId,rating,timestamp", *given.split(), ""])
        path = folder(tmp_path / "back", CSV | {"ratings.csv": text})
        expected = {(1, 1): 1.0, (2, 1): 5.0, (3, 1): 3.0, (3, 2): 3.0, (1, 2): 2.5}
        assert {(user, film): stars for user, film, stars, _ in rows(path)} == expected
        opened = open_dataset(path)
        assert len(opened.ratings()) == 5
        assert opened.problem_count == 2

    @pytest.mark.usefixtures("small_blocks")
    def test_bad_rows_keep_their_numbers_across_blocks(self, tmp_path: Path) -> None:
        text = self.ratings([1] * 3 + [2] * 3 + [3] * 3).replace("2,2,4.0,4", "2,2,bad,4")
        opened = open_dataset(folder(tmp_path / "numbers", CSV | {"ratings.csv": text}))
        assert len(opened.ratings()) == 8
        assert opened.problems == [Problem("ratings.csv", 6, "rating 'bad' is not a number")]


class TestRefusals:
    def refused(self, path: Path) -> str:
        with pytest.raises(UnreadableDataset) as refusal:
            open_dataset(path).interactions()
        return str(refusal.value)

    def test_nothing_there(self, tmp_path: Path) -> None:
        assert "check the path" in self.refused(tmp_path / "nowhere.zip")

    def test_a_folder_without_a_data_set(self, tmp_path: Path) -> None:
        assert "put ratings.csv and movies.csv" in self.refused(folder(tmp_path / "empty", {"a.txt": "a"}))

    def test_no_zip(self, tmp_path: Path) -> None:
        assert "not a whole zip file" in self.refused(folder(tmp_path / "f", CSV) / "ratings.csv")

    def test_a_zip_cut_short(self, tmp_path: Path) -> None:
        path = packed(tmp_path / "cut.zip", CSV)
        path.write_bytes(path.read_bytes()[:-200])
        assert "download it again" in self.refused(path)

    def test_a_zip_with_damage_inside(self, tmp_path: Path) -> None:
        path = packed(tmp_path / "hurt.zip", {"ratings.csv": RATINGS, "movies.csv": MOVIES})
        whole = bytearray(path.read_bytes())
        whole[60:70] = b"\xff" * 10
        path.write_bytes(bytes(whole))
        assert "ratings.csv breaks off or is damaged" in self.refused(path)

    @pytest.mark.parametrize(
        "name", ["../ratings.csv", "/etc/ratings.csv", "C:\\ratings.csv", "a/../../b.csv"]
    )
    def test_a_path_that_leaves_the_archive(self, tmp_path: Path, name: str) -> None:
        assert "outside itself" in self.refused(packed(tmp_path / "out.zip", CSV | {name: "x"}))

    def test_too_many_entries(self, tmp_path: Path) -> None:
        many = {f"{number}.txt": "" for number in range(movielens_files.MAX_ENTRIES + 1)}
        assert "entries" in self.refused(packed(tmp_path / "many.zip", CSV | many))

    def test_a_file_that_would_unpack_too_large(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(movielens_files, "MAX_FILE_BYTES", 100)
        assert "would unpack to" in self.refused(packed(tmp_path / "large.zip", CSV))

    def test_a_line_without_end(self, tmp_path: Path) -> None:
        endless = CSV | {"movies.csv": MOVIES + "4," + "x" * movielens_files.MAX_LINE_BYTES}
        assert "A line is longer" in self.refused(folder(tmp_path / "endless", endless))

    @pytest.mark.parametrize("file", ["movies.csv", "links.csv", "ratings.csv"])
    def test_a_wrong_header(self, tmp_path: Path, file: str) -> None:
        message = self.refused(folder(tmp_path / "header", CSV | {file: "a,b,c,d\n1,2,3,4\n"}))
        assert message.startswith(f"{file} does not begin with the line ")

    def test_no_readable_film(self, tmp_path: Path) -> None:
        message = self.refused(
            folder(tmp_path / "none", CSV | {"movies.csv": "movieId,title,genres\nx,y,z\n"})
        )
        assert "row 2 movieId 'x' is not a whole number" in message


# Ratings, people, rated films, all films.
SETS = {
    "ml-latest-small.zip": (100_836, 610, 9_724, 9_742),
    "ml-100k.zip": (100_000, 943, 1_682, 1_682),
    "ml-1m-no-timestamps.zip": (1_000_209, 6_040, 3_706, 3_883),
}


@pytest.mark.parametrize("name", SETS)
def test_a_real_set_is_read_whole_without_a_problem_and_within_seconds(name: str) -> None:
    found = real_data(name)
    started = time.process_time()
    opened = open_dataset(found.path)
    data = opened.interactions()
    assert time.process_time() - started < 8
    assert opened.problems == []
    assert sum(len(chunk) for chunk in opened.rating_chunks()) == len(data)
    counts = (len(data), data.n_users, data.n_items, len(opened.films()))
    assert counts == SETS[name] or (found.stands_in and counts[0] > 90_000)


def test_people_tags_and_links_of_real_sets_are_read() -> None:
    small = real_data("ml-latest-small.zip")
    opened = open_dataset(small.path)
    assert len({film.id for film in opened.films()}) > 1_500
    assert small.stands_in or all(film.imdb_id for film in opened.films())
    assert small.stands_in or sum(1 for _ in opened.tags()) == 3_683
    old = real_data("ml-100k.zip")
    assert old.stands_in or len(open_dataset(old.path).people()) == 943


def test_a_catalogue_of_87_585_films_is_read_without_ratings() -> None:
    found = real_data("ml-32m-catalogue.zip")
    opened = open_dataset(found.path)
    films = opened.films()
    assert len(films) == 87_585 or (found.stands_in and len(films) > 1_500)
    assert sum(film.year is None for film in films) < 650
    assert opened.problems == []
