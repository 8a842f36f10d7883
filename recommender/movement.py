"""What one rating moved in a visitor's list: the answer to "did that do anything?"."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import ngettext

from catalog.models import Movie
from recommender.live import LiveModels, ask
from recommender.scoring import best, list_scores, without
from recommender.steering import DEFAULT_ENGINE
from recommender.visitors import Visitor

WATCHED_PLACES = 20


@dataclass(frozen=True)
class Movement:
    """Numbers of films among the first places of the list, the rated film aside."""

    up: int
    down: int
    entered: int
    left: int

    def __bool__(self) -> bool:
        return bool(self.up or self.down or self.entered)

    @property
    def told(self) -> str:
        """ "2 new, 3 films moved up, 2 left": what did not happen is not said."""
        numbers = {
            ngettext("%d new", "%d new", self.entered): self.entered,
            ngettext("%d film moved up", "%d films moved up", self.up): self.up,
            ngettext("%d down", "%d down", self.down): self.down,
            ngettext("%d left", "%d left", self.left): self.left,
        }
        return ", ".join(words % n for words, n in numbers.items() if n)


def movement(visitor: Visitor, film: Movie, former: float | None) -> Movement | None:
    """Between the list before `film` was rated, with `former` stars or none, and the list now.

    None where no model answers.
    """
    return ask(lambda live: _movement(live, visitor, film, former))


def _movement(live: LiveModels, visitor: Visitor, film: Movie, former: float | None) -> Movement:
    past, now = (_first(live, one, film) for one in (visitor.as_before(film.pk, former), visitor))
    places = {row: place for place, row in enumerate(past)}
    moved = [places[row] - place for place, row in enumerate(now) if row in places]
    up, down = sum(by > 0 for by in moved), sum(by < 0 for by in moved)
    return Movement(up, down, len(now) - len(moved), len(past) - len(moved))


def _first(live: LiveModels, visitor: Visitor, film: Movie) -> list[int]:
    scores = list_scores(live, visitor, DEFAULT_ENGINE)
    return best(without(live, scores, visitor.unwanted | {film.pk}), WATCHED_PLACES).tolist()
