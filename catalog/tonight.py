"""One film of the watchlist, drawn by lot; kept in the session, so that it can be taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from random import SystemRandom
from typing import Self

from django.http import HttpRequest
from django.utils import timezone

_SESSION = "tonight"
MOST_KEPT = 50


@dataclass(frozen=True)
class Draw:
    """What was drawn and how, so that the page can say why it was this one."""

    movie: int
    among: int
    chance: float
    is_weighted: bool
    longest: int
    day: str

    @classmethod
    def of(cls, movies: Sequence[int], stars: Mapping[int, float], *, longest: int = 0) -> Self:
        """Half a star more doubles a film's chance; of films without a prediction each has the middle one."""
        weights = _weights(movies, stars)
        place = SystemRandom().choices(range(len(movies)), weights)[0]
        chance = weights[place] / sum(weights)
        today = timezone.localdate().isoformat()
        return cls(movies[place], len(movies), chance, bool(stars), longest, today)


def _weights(movies: Sequence[int], stars: Mapping[int, float]) -> list[float]:
    middle = sum(stars.values()) / len(stars) if stars else 0.0
    return [4.0 ** stars.get(movie, middle) for movie in movies]


def drawn(request: HttpRequest) -> list[Draw]:
    """Today's, the latest last."""
    today = timezone.localdate().isoformat()
    kept = (Draw(**fields) for fields in request.session.get(_SESSION, []))
    return [draw for draw in kept if draw.day == today]


def keep(request: HttpRequest, draw: Draw) -> None:
    _store(request, [*drawn(request), draw][-MOST_KEPT:])


def take_back(request: HttpRequest) -> None:
    """The draw before it comes back, if there was one."""
    _store(request, drawn(request)[:-1])


def _store(request: HttpRequest, draws: Sequence[Draw]) -> None:
    request.session[_SESSION] = [asdict(draw) for draw in draws]
