"""What a provider of plots promises."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

_TITLE_ID = re.compile(r"(?:tt)?0*([1-9]\d{0,9})")


@dataclass(frozen=True)
class Credited:
    imdb_id: str
    name: str


@dataclass(frozen=True)
class FilmFacts:
    """What a provider knew beside the plot; runtime in minutes."""

    directors: tuple[Credited, ...] = ()
    writers: tuple[Credited, ...] = ()
    cast: tuple[Credited, ...] = ()
    runtime: int | None = None
    other_titles: tuple[str, ...] = ()
    tagline: str = ""
    poster_url: str = ""


@dataclass(frozen=True)
class PlotText:
    text: str
    source: str
    url: str
    licence: str
    fetched_at: datetime = field(default_factory=timezone.now)
    facts: FilmFacts = FilmFacts()


class NoPlot(Exception):
    """Why a provider gave no text."""

    def __init__(self, reason: str, after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.after = after


class NotFound(NoPlot):
    """The provider knows no plot of this film. It may still know other facts."""

    def __init__(self, reason: str, facts: FilmFacts = FilmFacts()) -> None:
        super().__init__(reason)
        self.facts = facts


class Retry(NoPlot):
    """No proper answer this time; `after` is how long the provider asked us to wait, if it said so."""


class Blocked(NoPlot):
    """The provider does not want us: a challenge, a refused key, a spent quota."""


class PlotProvider(ABC):
    name: str
    # Asked about every film once, whoever told its story.
    knows_facts = False

    def lacks(self) -> str:
        """One sentence on what the operator has to give before this provider can be asked, or nothing."""
        return ""

    @abstractmethod
    def fetch(self, imdb_id: str) -> PlotText:
        """Raises NotFound, Retry or Blocked where there is no text to return."""

    @abstractmethod
    def close(self) -> None:
        """Let go of connections."""


def imdb_number(imdb_id: str) -> int:
    """The number in "tt0133093" or "0133093". Raises NotFound for anything else."""
    match = _TITLE_ID.fullmatch(imdb_id.strip())
    if match is None:
        raise NotFound(f"{imdb_id} is not an IMDb id")
    return int(match[1])


def title_id(imdb_id: str) -> str:
    return f"tt{imdb_number(imdb_id):07}"


def tidy(text: object) -> str:
    """Paragraphs of plain words: no control characters, no broken letters; nothing for what is no text."""
    if not isinstance(text, str):
        return ""
    whole = text.replace("\0", "").encode("utf-8", "ignore").decode()
    paragraphs = (" ".join(paragraph.split()) for paragraph in whole.splitlines())
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)
