"""MovieLens titles taken apart: "City of Lost Children, The (Cité des enfants perdus, La) (1995)"."""

from __future__ import annotations

import re
from html import unescape
from typing import NamedTuple

# fmt: off
ARTICLES = frozenset({
    "the", "a", "an",
    "le", "la", "les", "l'", "un", "une",
    "el", "los", "las", "una", "lo", "il", "i", "gli", "uno", "o", "os", "as",
    "der", "die", "das", "ein", "eine", "de", "het",
    "den", "det", "en", "ett",
    "ha-",
})
# fmt: on
NO_GENRES = frozenset({"", "(no genres listed)", "unknown"})

# The year stands last: "(1995)", "(2006–2007)", "(1983))"; 100K marks video and television behind it.
_YEAR = re.compile(r"\((\d{4})(?:\s*[-–]\s*(?:\d{4})?)?\)+$")
_MEDIUM = re.compile(r"\s*\((?:V|TV|VG)\)$")
_ONLY_YEARS = re.compile(r"[\d\s–-]+")
_ALSO_KNOWN_AS = re.compile(r"(?:^|,\s*)a\.?k\.?a\.?\s+", re.IGNORECASE)
_ENTITY = re.compile(r"&#\d+;")
# "Birdman: Or (The Unexpected Virtue of Ignorance)": what follows such a word is no second title.
_UNFINISHED = re.compile(r"(?:(?<!, )\b(?:or|and|of|the)|[:&])$", re.IGNORECASE)


class Title(NamedTuple):
    """A film's title as it is spoken, its year (None where unknown) and its other titles."""

    name: str
    year: int | None
    others: tuple[str, ...]


def parse_title(text: str) -> Title:
    """The parts of a MovieLens title, with every article back at the front."""
    rest = _MEDIUM.sub("", " ".join(_ENTITY.sub(lambda entity: unescape(entity[0]), text).split()))
    rest, year = _without_year(rest)
    groups: list[str] = []
    while group := _last_group(rest):
        rest = rest[: -len(group)].rstrip(" ,")
        if year is None and (found := _YEAR.fullmatch(group)):
            year = int(found[1])
        else:
            groups.insert(0, group[1:-1])
    name = article_first(rest)
    others = [article_first(other) for group in groups for other in _split_known_as(group)]
    return Title(name, year, tuple(dict.fromkeys(other for other in others if other not in {"", name})))


def article_first(title: str) -> str:
    """ "Matrix, The" as "The Matrix" and "Avventura, L'" as "L'Avventura"."""
    stem, comma, last = title.strip().rpartition(", ")
    if comma and stem and last.lower() in ARTICLES:
        title = last + ("" if last[-1] in "'-" else " ") + stem
    return re.sub(r"^(L') ", r"\1", title.strip())


def parse_genres(text: str, separator: str = "|") -> tuple[str, ...]:
    """The genres of a film in their order; none for "(no genres listed)"."""
    parts = (part.strip() for part in text.split(separator))
    return tuple(dict.fromkeys(part for part in parts if part not in NO_GENRES))


def _without_year(title: str) -> tuple[str, int | None]:
    found = _YEAR.search(title)
    if not found or not found.start():
        return title, None
    return title[: found.start()].rstrip(), int(found[1])


def _last_group(title: str) -> str:
    """The other title in brackets at the end, brackets included; empty where there is none."""
    if not title.endswith(")"):
        return ""
    depth = 0
    for start in range(len(title) - 1, -1, -1):
        depth += (title[start] == ")") - (title[start] == "(")
        if not depth:
            return title[start:] if _is_other_title(title[:start], title[start + 1 : -1]) else ""
    return ""


def _is_other_title(stem: str, inside: str) -> bool:
    if not stem.endswith(" "):
        return False
    if _UNFINISHED.search(stem.rstrip()):
        return bool(_ALSO_KNOWN_AS.match(inside))
    return not _ONLY_YEARS.fullmatch(inside) or len(inside) == 4


def _split_known_as(group: str) -> list[str]:
    return [part.strip() for part in _ALSO_KNOWN_AS.split(group)]
