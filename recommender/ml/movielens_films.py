"""Films, people and tags of a data set, in each of the forms that MovieLens was published in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from recommender.ml.movielens_files import DatasetFiles, UnreadableDataset
from recommender.ml.movielens_tables import BadRow, ProblemLog, Table, identifier, table_rows, whole_number
from recommender.ml.movielens_titles import parse_genres, parse_title

# The flags of u.item in 100K, in their order; the first says that nothing is known.
# fmt: off
GENRES_100K = (
    "unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime", "Documentary", "Drama",
    "Fantasy", "Film-Noir", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi", "Thriller", "War",
    "Western",
)
# fmt: on

# The codes of users.dat in 1M, in their order.
# fmt: off
OCCUPATIONS_1M = (
    "other", "academic/educator", "artist", "clerical/admin", "college/grad student", "customer service",
    "doctor/health care", "executive/managerial", "farmer", "homemaker", "K-12 student", "lawyer",
    "programmer", "retired", "sales/marketing", "scientist", "self-employed", "technician/engineer",
    "tradesman/craftsman", "unemployed", "writer",
)
# fmt: on


class Film(NamedTuple):
    """One film. imdb_id is "tt" and seven digits or more, empty where unknown; year and tmdb_id None."""

    id: int
    title: str
    year: int | None
    genres: tuple[str, ...]
    imdb_id: str = ""
    tmdb_id: int | None = None
    other_titles: tuple[str, ...] = ()


class Person(NamedTuple):
    """One user as 1M and 100K describe them. In 1M, age is the lower end of an age group."""

    id: int
    sex: str
    age: int
    occupation: str
    zip_code: str


class Tag(NamedTuple):
    """One word a user gave to a film; time in seconds since 1970."""

    user: int
    film: int
    text: str
    time: int


class Link(NamedTuple):
    imdb_id: str
    tmdb_id: int | None


def movies_table(file: str, encoding: str = "utf-8") -> Table:
    """The layout of movies.csv, or of movies.dat by its name."""
    columns = ("movieId", "title", "genres")
    if file.endswith(".dat"):
        return Table(file, columns, "::", encoding, has_header=False)
    return Table(file, columns)


def read_films(files: DatasetFiles, table: Table, log: ProblemLog) -> dict[int, Film]:
    """Films by id, from movies.csv or movies.dat; a repeated id is a problem. Raises UnreadableDataset."""
    return _films(files, table, log, _film)


def read_films_100k(files: DatasetFiles, file: str, log: ProblemLog) -> dict[int, Film]:
    """Films by id, from u.item. Raises UnreadableDataset."""
    columns = ("movieId", "title", "released", "video", "url", *GENRES_100K)
    return _films(files, Table(file, columns, "|", "latin-1", has_header=False), log, _film_100k)


def read_links(files: DatasetFiles, file: str, log: ProblemLog) -> dict[int, Link]:
    """IMDb and TMDB ids by film id. Raises UnreadableDataset."""
    table = Table(file, ("movieId", "imdbId", "tmdbId"))
    links: dict[int, Link] = {}
    for row, (film, imdb, tmdb) in table_rows(files, table, log):
        try:
            links[identifier(film, "movieId")] = Link(_imdb_id(imdb), _tmdb_id(tmdb))
        except BadRow as reason:
            log.add(table.name, row, str(reason))
    return links


def read_people(files: DatasetFiles, file: str, log: ProblemLog) -> Iterator[Person]:
    """People from users.dat (1M) or u.user (100K). Raises UnreadableDataset."""
    separator = "::" if file.endswith(".dat") else "|"
    table = Table(file, ("userId", "", "", "", ""), separator, "latin-1", has_header=False)
    person = _person_1m if file.endswith(".dat") else _person_100k
    for row, fields in table_rows(files, table, log):
        try:
            yield person(fields)
        except BadRow as reason:
            log.add(table.name, row, str(reason))


def read_tags(files: DatasetFiles, file: str, log: ProblemLog) -> Iterator[Tag]:
    """Tags from tags.csv or tags.dat (10M). Raises UnreadableDataset."""
    is_dat = file.endswith(".dat")
    columns = ("userId", "movieId", "tag", "timestamp")
    table = Table(file, columns, "::" if is_dat else ",", has_header=not is_dat)
    for row, (user, film, text, time) in table_rows(files, table, log):
        try:
            yield Tag(
                identifier(user, "userId"),
                identifier(film, "movieId"),
                text.strip(),
                whole_number(time, "timestamp"),
            )
        except BadRow as reason:
            log.add(table.name, row, str(reason))


def _films(
    files: DatasetFiles,
    table: Table,
    log: ProblemLog,
    film_of: Callable[[list[str]], Film],
) -> dict[int, Film]:
    films: dict[int, Film] = {}
    for row, fields in table_rows(files, table, log):
        try:
            film = film_of(fields)
            if film.id in films:
                raise BadRow(f"film {film.id} is listed twice; the first row counts")
            films[film.id] = film
        except BadRow as reason:
            log.add(table.name, row, str(reason))
    if not films:
        raise UnreadableDataset(_nothing_in(table, log))
    return films


def _nothing_in(table: Table, log: ProblemLog) -> str:
    first = next((problem for problem in log.stored if problem.file == table.name), None)
    why = f" (row {first.row} {first.reason})" if first else ""
    return f"{table.name} holds no readable film{why}; take the file as GroupLens ships it."


def _film(fields: list[str]) -> Film:
    film, text, genres = fields
    title = parse_title(text)
    if not title.name:
        raise BadRow("has no title")
    return Film(
        identifier(film, "movieId"), title.name, title.year, parse_genres(genres), other_titles=title.others
    )


def _film_100k(fields: list[str]) -> Film:
    film, text, released, _, _, *flags = fields
    genres = "|".join(genre for genre, flag in zip(GENRES_100K, flags, strict=True) if flag == "1")
    known = _film([film, text, genres])
    year = released.rpartition("-")[2]
    if known.year is None and len(year) == 4 and year.isdecimal():
        return known._replace(year=int(year))
    return known


def _imdb_id(text: str) -> str:
    if not text.strip():
        return ""
    return f"tt{identifier(text.removeprefix('tt'), 'imdbId'):07d}"


def _tmdb_id(text: str) -> int | None:
    # A detour through a float column leaves "862.0", as in copies of the set on Kaggle.
    return identifier(text.strip().removesuffix(".0"), "tmdbId") if text.strip() else None


def _person_1m(fields: list[str]) -> Person:
    person, sex, age, occupation, zip_code = fields
    code = whole_number(occupation, "occupation")
    if not 0 <= code < len(OCCUPATIONS_1M):
        raise BadRow(f"occupation {code} is not between 0 and {len(OCCUPATIONS_1M) - 1}")
    return Person(
        identifier(person, "userId"), sex, whole_number(age, "age"), OCCUPATIONS_1M[code], zip_code.strip()
    )


def _person_100k(fields: list[str]) -> Person:
    person, age, sex, occupation, zip_code = fields
    return Person(identifier(person, "userId"), sex, whole_number(age, "age"), occupation, zip_code.strip())
