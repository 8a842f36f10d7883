"""What one rating moved in a visitor's list: the answer to "did that do anything?"."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.models import Movie
from recommender.live import LiveModels, ask
from recommender.picks import PICKS
from recommender.steering import AS_IT_COMES, Steering, rows_left, steered
from recommender.visitors import Visitor


@dataclass(frozen=True)
class Movement:
    """Numbers of films of the list, the rated film aside."""

    up: int
    down: int
    entered: int
    left: int

    def __bool__(self) -> bool:
        return bool(self.up or self.down or self.entered or self.left)

    @property
    def sentence(self) -> str:
        """ "Your picks: 2 new, 3 films moved up, 2 left.": what did not happen is not said."""
        if not self:
            return _("Your picks stay in their order.")
        return _("Your picks: %(changes)s.") % {"changes": self._changes()}

    def _changes(self) -> str:
        numbers = {
            ngettext("%d new", "%d new", self.entered): self.entered,
            ngettext("%d film moved up", "%d films moved up", self.up): self.up,
            ngettext("%d down", "%d down", self.down): self.down,
            ngettext("%d left", "%d left", self.left): self.left,
        }
        return ", ".join(words % n for words, n in numbers.items() if n)


def movement(
    visitor: Visitor, film: Movie, former: float | None, steering: Steering = AS_IT_COMES
) -> Movement | None:
    """Between the list before `film` was rated, with `former` stars or none, and the list now.

    The list is the visitor's own page, as steered. None where no model answers.
    """
    return ask(lambda live: _movement(live, visitor, film, former, steering))


def _movement(
    live: LiveModels, visitor: Visitor, film: Movie, former: float | None, steering: Steering
) -> Movement:
    among = rows_left(live, steering)

    def listed(one: Visitor) -> list[int]:
        rows = steered(live, one, steering, PICKS, one.unwanted | {film.pk}, among)
        return rows.tolist()

    past, now = listed(visitor.as_before(film.pk, former)), listed(visitor)
    places = {row: place for place, row in enumerate(past)}
    moved = [places[row] - place for place, row in enumerate(now) if row in places]
    up, down = sum(by > 0 for by in moved), sum(by < 0 for by in moved)
    return Movement(up, down, len(now) - len(moved), len(past) - len(moved))
