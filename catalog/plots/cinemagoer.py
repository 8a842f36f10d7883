"""Plots and film facts from Cinemagoer, on the operator's own database of IMDb's data sets.

IMDb's files hold no plot. Two hooks bring the operator's own texts through Cinemagoer all the same:
a column "plot outline" in its title_basics, and a file title.plots.tsv.gz that becomes a table.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from imdb import IMDbError
from imdb.Movie import Movie as ImdbMovie
from imdb.parser.s3 import IMDbS3AccessSystem
from imdb.parser.s3.adapters import sqlite_path_from_uri
from imdb.parser.s3.importer import import_dir
from imdb.parser.s3.utils import DB_TRANSFORM, transf_imdbid
from sqlalchemy.exc import SQLAlchemyError

from catalog.plots.contract import (
    Credited,
    FilmFacts,
    NotFound,
    PlotProvider,
    PlotText,
    Retry,
    imdb_number,
    tidy,
)

# Cinemagoer logs CRITICAL with a traceback for every exception that it makes, also for those it expects.
logging.getLogger("imdbpy").setLevel(logging.CRITICAL + 1)

PLOT_TABLE = "title_plots"
PLOT_COLUMN = "plot outline"
# Cinemagoer's importer turns ids into numbers and indexes them where this table says so.
DB_TRANSFORM.setdefault(
    PLOT_TABLE,
    {"tconst": {"type": "integer", "transform": transf_imdbid, "rename": "movieID", "index": True}},
)
NEEDED_FILES = [
    f"{name}.tsv.gz"
    for name in (
        "name.basics",
        "title.akas",
        "title.basics",
        "title.crew",
        "title.episode",
        "title.principals",
        "title.ratings",
    )
]


class PlotDataset(IMDbS3AccessSystem):
    def has_titles(self) -> bool:
        return "tconst" in self._columns("title_basics")

    def get_movie_plot(self, movieID: str) -> dict[str, Any]:
        """Cinemagoer calls this for `get_movie(id, info=["plot"])`."""
        row = self._plot_row(int(movieID))
        text = tidy(row.get("plot"))
        data = {"plot": [text], PLOT_COLUMN: text, "plot row": row} if text else {}
        return {"data": data, "info sets": ["plot"]}

    def _plot_row(self, number: int) -> dict[str, Any]:
        if "tconst" not in self._columns(PLOT_TABLE):
            return {}
        return self._adapter.get_row(PLOT_TABLE, "tconst", number) or {}

    def _columns(self, table: str) -> set[str]:
        try:
            return set(self._adapter.column_names(table))
        except KeyError:
            return set()


class CinemagoerProvider(PlotProvider):
    name = "cinemagoer"
    knows_facts = True

    def __init__(self) -> None:
        self._dataset: PlotDataset | None = None

    def lacks(self) -> str:
        """Opens the database, but never makes one: Cinemagoer would leave an empty file behind."""
        try:
            if _sqlite_file_is_missing(settings.CINEMAGOER_URI):
                return "The IMDb data set database does not exist; `manage.py load_imdb DIR` makes it."
            self._dataset = PlotDataset(settings.CINEMAGOER_URI)
            ready = self._dataset.has_titles()
        except (IMDbError, SQLAlchemyError) as error:
            return f"The IMDb data set database cannot be opened ({type(error).__name__})."
        return "" if ready else "The IMDb data set database is empty; `manage.py load_imdb DIR` fills it."

    def close(self) -> None:
        self._dataset = None

    def fetch(self, imdb_id: str) -> PlotText:
        film = self._film(imdb_number(imdb_id))
        text, facts = _plot_of(film), _facts_of(film)
        if not text:
            raise NotFound("the data set holds no plot", facts)
        row = film.get("plot row") or {}
        url, licence = row.get("source_url") or "", row.get("licence") or ""
        return PlotText(text, self.name, url, licence, facts=facts)

    def _film(self, number: int) -> ImdbMovie:
        # Asked for both at once, Cinemagoer takes "plot" for answered by "main".
        try:
            film = self._opened().get_movie(f"{number:07}", info=["plot"])
            self._opened().update(film, info=["main"])
        except (IMDbError, SQLAlchemyError) as error:
            raise Retry(f"the data set could not be read: {type(error).__name__}") from None
        # An unknown id is no error there, it is a film without a title.
        if not film.get("title"):
            raise NotFound("the data set does not know the film")
        return film

    def _opened(self) -> PlotDataset:
        if self._dataset is None:
            missing = self.lacks()
            if missing or self._dataset is None:
                raise Retry(missing)
        return self._dataset


def load_dataset(directory: Path, uri: str) -> None:
    """Import IMDb's *.tsv.gz files. A SQLite database is written aside and renamed, others table by table."""
    if not uri.startswith("sqlite:"):
        import_dir(str(directory), uri)
        return
    ready = Path(sqlite_path_from_uri(uri)).resolve()
    aside = ready.with_name(f"{ready.name}.new")
    ready.parent.mkdir(parents=True, exist_ok=True)
    aside.unlink(missing_ok=True)
    try:
        import_dir(str(directory), f"sqlite:///{quote(str(aside))}")
        os.replace(aside, ready)
    finally:
        aside.unlink(missing_ok=True)


def missing_files(directory: Path) -> list[str]:
    return [name for name in NEEDED_FILES if not (directory / name).is_file()]


def _sqlite_file_is_missing(uri: str) -> bool:
    return uri.startswith("sqlite:") and not Path(sqlite_path_from_uri(uri)).is_file()


def _plot_of(film: ImdbMovie) -> str:
    own = film.get("plot") or [film.get(PLOT_COLUMN)]
    return tidy(own[0])


def _facts_of(film: ImdbMovie) -> FilmFacts:
    runtimes = film.get("runtimes") or [None]
    return FilmFacts(
        directors=_credited(film.get("director")),
        writers=_credited(film.get("writer")),
        cast=_credited(film.get("cast")),
        runtime=runtimes[0],
        other_titles=tuple(_other_titles(film)),
    )


def _credited(people: Iterable[Any] | None) -> tuple[Credited, ...]:
    # People whom the data set lists without a name are left out.
    named = [person for person in people or [] if person.get("name")]
    return tuple(Credited(f"nm{int(person.personID):07}", person["name"]) for person in named)


def _other_titles(film: ImdbMovie) -> Iterable[str]:
    yield film.get("original title") or ""
    for aka in film.get("akas") or []:
        yield aka.get("title") or ""
