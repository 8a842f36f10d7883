"""One row of a table of films, whichever set it is from, as what the catalogue may take of it."""

from __future__ import annotations

import ast
import json
import math
import re
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.utils.dateparse import parse_date

from catalog.models.merges import EXTERNAL_IDS
from catalog.plots.contract import tidy
from catalog.plots.facts import LONGEST_RUNTIME, MOST_CAST

# 88 is when the first surviving film was shot; no row may claim an earlier one.
FIRST_YEAR, LAST_YEAR = 1888, 2100
LARGEST_ID = 2**31 - 1
LARGEST_AMOUNT = 10**11
MOST_CREW, MOST_GENRES, MOST_KEYWORDS = 20, 12, 80
LONGEST_PLOT = 20_000
ONE_NAME = {"Science Fiction": "Sci-Fi", "Children's": "Children"}
WRITING = {"Writer", "Screenplay", "Story", "Author", "Novel"}
IMAGE = re.compile(r"(?:https://image\.tmdb\.org/t/p/\w+)?(/[\w-]{1,80}\.(?:jpg|png|webp))")
LISTED = re.compile(r"[\w' -]{1,60}(?:\|[\w' -]{1,60})*")
TITLE_WITH_YEAR = re.compile(r"(.+?) \((\d{4})\)")
IDS = ("id", "movie_id", "tmdbId", "tmdb_id", "imdb_id", "imdbId", "movieId")


class BadValue(ValueError):
    """Why a row is no film; completes the sentence that begins with its number."""


class Name(NamedTuple):
    tmdb_id: int
    name: str
    character: str = ""


@dataclass(frozen=True)
class FilmMetadata:
    """Everything may be missing but one of the ids or the title."""

    tmdb_id: int | None
    imdb_id: str
    movielens_id: int | None
    title: str
    year: int | None
    tagline: str
    language: str
    released_on: date | None
    runtime: int | None
    budget: int | None
    revenue: int | None
    genres: tuple[str, ...]
    keywords: tuple[str, ...]
    directors: tuple[Name, ...]
    writers: tuple[Name, ...]
    cast: tuple[Name, ...]
    overview: str
    poster: str

    @property
    def ids(self) -> dict[str, str | int]:
        """Those it has, by the names of the catalogue's columns."""
        return {name: value for name in EXTERNAL_IDS if (value := getattr(self, name))}


def has_films(columns: Any) -> bool:
    return any(name in columns for name in IDS)


def film_of(row: dict[str, Any]) -> FilmMetadata:
    """Raises BadValue where the row names no film, or its columns have slipped."""
    title, year = _title(row)
    released_on = _day(_text(row, "release_date"))
    crew = _items(row.get("crew"))
    film = FilmMetadata(
        tmdb_id=_tmdb_id(row),
        imdb_id=_imdb_id(row.get("imdb_id") or row.get("imdbId")),
        movielens_id=_id(row.get("movieId")),
        title=title,
        year=year or (released_on.year if released_on else None),
        tagline=_line(row.get("tagline"))[:300],
        language=_language(_text(row, "original_language")),
        released_on=released_on,
        runtime=_number(row.get("runtime"), LONGEST_RUNTIME),
        budget=_number(row.get("budget"), LARGEST_AMOUNT),
        revenue=_number(row.get("revenue"), LARGEST_AMOUNT),
        genres=_genres(row.get("genres")),
        keywords=_names(row.get("keywords"), MOST_KEYWORDS, 100),
        directors=_people([one for one in crew if one.get("job") == "Director"], MOST_CREW),
        writers=_people([one for one in crew if one.get("job") in WRITING], MOST_CREW),
        cast=_people(sorted(_items(row.get("cast")), key=_billing), MOST_CAST),
        overview=tidy(_text(row, "overview"))[:LONGEST_PLOT],
        poster=_poster(row),
    )
    if not (film.tmdb_id or film.imdb_id or film.movielens_id or film.title):
        raise BadValue("names no film")
    return film


def _text(row: dict[str, Any], column: str) -> str:
    value = row.get(column)
    return value.strip().replace("\0", "") if isinstance(value, str) else ""


def _line(value: Any) -> str:
    return " ".join(tidy(value).split())


def _tmdb_id(row: dict[str, Any]) -> int | None:
    """Where the columns of a row have slipped, a date or a picture stands in this one."""
    for column in ("id", "movie_id", "tmdbId", "tmdb_id"):
        value = row.get(column)
        if value not in (None, ""):
            number = _id(value)
            if number is None and not _is_nothing(value):
                raise BadValue(f"has “{str(value)[:40]}” where its id should be")
            return number
    return None


def _is_nothing(value: Any) -> bool:
    return isinstance(value, float) and math.isnan(value)


def _id(value: Any) -> int | None:
    return _number(value, LARGEST_ID)


def _number(value: Any, most: int) -> int | None:
    """A positive whole number; zero is how these sets say that they do not know."""
    try:
        number = float(value)
        return int(number) if 0 < number <= most and (number == int(number) or number > 1) else None
    except (TypeError, ValueError, OverflowError):
        return None


def _imdb_id(value: Any) -> str:
    digits = str(value).strip().removeprefix("tt").removesuffix(".0") if value else ""
    return f"tt{digits.zfill(7)}" if digits.isascii() and digits.isdigit() and len(digits) <= 9 else ""


def _title(row: dict[str, Any]) -> tuple[str, int | None]:
    title = _line(row.get("clean_title")) or _line(row.get("title"))
    year = _number(row.get("year"), LAST_YEAR)
    found = TITLE_WITH_YEAR.fullmatch(title) if "movieId" in row else None
    if found:
        title, year = found[1], year or int(found[2])
    return title[:300], year if year and year >= FIRST_YEAR else None


def _day(text: str) -> date | None:
    try:
        day = parse_date(text[:10])
    except ValueError:
        return None
    return day if day and FIRST_YEAR <= day.year <= LAST_YEAR else None


def _language(text: str) -> str:
    return text if re.fullmatch(r"[a-z]{2,3}", text) else ""


def _poster(row: dict[str, Any]) -> str:
    """The path at TMDB; no row sends this site to a host of its choice."""
    for column in ("poster_path", "poster", "poster_url"):
        found = IMAGE.fullmatch(_text(row, column))
        if found:
            return found[1]
    return ""


def _genres(value: Any) -> tuple[str, ...]:
    text = value.strip() if isinstance(value, str) else ""
    if text.startswith("["):
        names = _names(text, MOST_GENRES, 60)
    else:
        names = tuple(text.split("|"))[:MOST_GENRES] if LISTED.fullmatch(text) else ()
    return tuple(dict.fromkeys(ONE_NAME.get(name, name) for name in names if name != "unknown"))


def _names(value: Any, most: int, longest: int) -> tuple[str, ...]:
    names = (_line(item.get("name")) for item in _items(value))
    return tuple(dict.fromkeys(name for name in names if 0 < len(name) <= longest))[:most]


def _people(items: list[dict[str, Any]], most: int) -> tuple[Name, ...]:
    """Once each, in the order given; a person without a number cannot be told from namesakes."""
    people: dict[int, Name] = {}
    for item in items:
        number, name = _id(item.get("id")), _line(item.get("name"))
        if number and name:
            people.setdefault(number, Name(number, name[:200], _line(item.get("character"))[:200]))
    return tuple(people.values())[:most]


def _billing(item: dict[str, Any]) -> int:
    return _number(item.get("order"), 10_000) or 0


def _items(value: Any) -> list[dict[str, Any]]:
    """A list of dicts, as JSON or as Python prints it; only its literals are read, never its code."""
    found = _list(value) if isinstance(value, str) and value.startswith("[") else []
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _list(text: str) -> Any:
    for read in (json.loads, ast.literal_eval):
        try:
            return read(text.replace("\0", ""))
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
    return []
