"""Two to six people choose a film: who sits where, and what the models say for all of them at once.

Member and guest alike are a history, and the models are asked about it as about any visitor's. Where nothing
is known of anybody's taste, or no model answers, the weighted rating chart stands in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from catalog.models import Movie, half_stars
from catalog.models.films import MovieQuerySet
from catalog.permissions import PUBLIC
from recommender.intervals import Interval
from recommender.live import LiveModels, ask
from recommender.ml import group as ways
from recommender.ml.interactions import History
from recommender.models import Seat, WatchGroup
from recommender.models.together import MOST_SEATS, new_link
from recommender.picks import interval_of
from recommender.scoring import Floats, Rows, best, list_scores, rows_of, stars_of
from recommender.steering import DEFAULT_ENGINE
from recommender.visitors import Visitor

if TYPE_CHECKING:
    from decimal import Decimal

    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

FEWEST_SEATS = 2
MOST_GROUPS = 20  # that one member may own
ENOUGH_CARDS = 5
MOST_CARDS = 60
# By stars alone films with few ratings float up: stars only order what the lists of the seated begin with.
PROPOSED = 100

WAYS: Mapping[str, Callable[[Floats, int], ways.Ranked]] = {
    WatchGroup.Way.AVERAGE: ways.average,
    WatchGroup.Way.LEAST_MISERY: ways.least_misery,
    WatchGroup.Way.TURNS: ways.taking_turns,
}


class GroupIsFull(Exception):
    pass


class TooManyGroups(Exception):
    pass


@dataclass(frozen=True)
class Place:
    """What somebody may do in a group: an owner who left has no seat, a seated guest owns nothing."""

    group: WatchGroup
    seats: Sequence[Seat]
    seat: Seat | None
    is_owner: bool


@dataclass(frozen=True)
class Opinion:
    seat: Seat
    stars: float | None  # None where nothing is known of the person
    is_given: bool  # the person's own rating, not a prediction
    interval: Interval | None = None


@dataclass(frozen=True)
class GroupFilm:
    movie: Movie
    opinions: Sequence[Opinion] = ()
    stars: float | None = None  # by the chosen way; None on the chart
    turn: Seat | None = None
    wanted_by: Sequence[Seat] = ()


@dataclass(frozen=True)
class Choice:
    films: Sequence[GroupFilm]
    is_chart: bool


def place_of(
    group: WatchGroup, user: AbstractBaseUser | AnonymousUser, guest_seats: Sequence[int]
) -> Place | None:
    """The one rule who may see a group: its owner and whoever sits in it; None for everybody else."""
    seats = list(group.seats.all())
    held = (seat for seat in seats if (seat.pk in guest_seats if seat.is_guest else seat.user_id == user.pk))
    # A member before the guest that this browser may have been.
    seat = min(held, key=lambda seat: seat.is_guest, default=None)
    is_owner = group.owner_id == user.pk
    return Place(group, seats, seat, is_owner) if seat or is_owner else None


@transaction.atomic
def start(*, owner: AbstractBaseUser, name: str = "") -> WatchGroup:
    """A group with its owner on the first seat. Raises TooManyGroups past what one member may own."""
    if WatchGroup.objects.filter(owner_id=owner.pk).count() >= MOST_GROUPS:
        raise TooManyGroups
    group = WatchGroup.objects.create(owner_id=owner.pk, name=name)
    Seat.objects.create(group=group, user_id=owner.pk, position=1)
    return group


@transaction.atomic
def seat_member(*, group: WatchGroup, user: AbstractBaseUser) -> Seat:
    """Sitting down twice is sitting down once. Raises GroupIsFull."""
    seats = _locked_seats(group)
    seated = next((seat for seat in seats if seat.user_id == user.pk), None)
    return seated or Seat.objects.create(group=group, user_id=user.pk, position=_free_position(seats))


@transaction.atomic
def seat_guest(*, group: WatchGroup, name: str, ratings: Mapping[int, int] | None = None) -> Seat:
    """`ratings`, film id to half stars, are those the guest already gave here. Raises GroupIsFull."""
    cards = [[film, value] for film, value in (ratings or {}).items()][-MOST_CARDS:]
    position = _free_position(_locked_seats(group))
    return Seat.objects.create(group=group, guest_name=name, cards=cards, position=position)


def _locked_seats(group: WatchGroup) -> list[Seat]:
    """Nobody else sits down in this group until the transaction ends."""
    WatchGroup.objects.select_for_update().get(pk=group.pk)
    return list(Seat.objects.filter(group=group))


def _free_position(seats: Sequence[Seat]) -> int:
    free = set(range(1, MOST_SEATS + 1)) - {seat.position for seat in seats}
    if not free:
        raise GroupIsFull
    return min(free)


def unseat(*, seat: Seat) -> None:
    seat.delete()


def remake_link(*, group: WatchGroup) -> None:
    """The former link is dead at once; whoever is seated stays."""
    group.link = new_link()
    group.save(update_fields=["link"])


def delete(*, group: WatchGroup) -> None:
    group.delete()


def wish(
    *, group: WatchGroup, way: str, longest: int | None = None, wanted: int = 0, allows_seen: bool = False
) -> None:
    """How the group wants to choose; it counts for everybody in it."""
    group.way, group.longest, group.wanted, group.allows_seen = way, longest, wanted, allows_seen
    group.save(update_fields=["way", "longest", "wanted", "allows_seen"])


@transaction.atomic
def answer_card(*, seat: Seat, movie: Movie, stars: Decimal | float | str | None) -> Seat:
    """A guest's stars for a film, None for one that is unseen; the last answer counts.

    Raises ValueError where stars are not half stars from 0.5 to 5.
    """
    value = None if stars is None else half_stars(stars)
    locked = Seat.objects.select_for_update().get(pk=seat.pk)
    others = [card for card in locked.cards if card[0] != movie.pk]
    return _keep(locked, [*others, [movie.pk, value]][-MOST_CARDS:])


@transaction.atomic
def take_back_card(*, seat: Seat) -> Seat:
    """The last answer is forgotten and its card comes again."""
    locked = Seat.objects.select_for_update().get(pk=seat.pk)
    return _keep(locked, locked.cards[:-1])


def _keep(seat: Seat, cards: list[list[int | None]]) -> Seat:
    seat.cards = cards
    seat.save(update_fields=["cards"])
    return seat


def next_card(seat: Seat) -> Movie | None:
    """A film that many people know and this guest was not asked about; None when it is enough."""
    if len(seat.cards) >= MOST_CARDS:
        return None
    return Movie.objects.for_cards().exclude(pk__in=[film for film, _ in seat.cards]).first()


def veto(*, seat: Seat, movie: Movie) -> None:
    seat.vetoed.add(movie)


def take_back_veto(*, seat: Seat, movie: Movie) -> None:
    seat.vetoed.remove(movie)


def choose(group: WatchGroup, *, limit: int = 12) -> Choice:
    """Films for everybody seated, best first; `group` comes from `with_vetoes()`.

    One query for each member's history and a few for all films, however many there are.
    """
    seats = list(group.seats.all())
    visitors = [_visitor(seat) for seat in seats]
    unwanted, fitting = _unwanted(group, seats, visitors), _fitting(group, visitors)
    if any(visitors):
        table = _Table(group, seats, visitors, unwanted, fitting)
        films = ask(lambda live: table.choose(live, limit))
        if films is not None:
            return Choice(films, is_chart=False)
    charted = fitting.by_weighted_rating().exclude(pk__in=unwanted)
    return Choice([GroupFilm(movie) for movie in _for_bill(charted)[:limit]], is_chart=True)


def _tells_stars(seat: Seat) -> bool:
    """Whoever keeps their ratings to themselves is predicted like a film they never rated."""
    return seat.user is None or {seat.user.profile_visibility, seat.user.ratings_visibility} == {PUBLIC}


def _visitor(seat: Seat) -> Visitor:
    return Visitor.of_session(seat.half_stars) if seat.user is None else Visitor.of_member(seat.user)


def _unwanted(group: WatchGroup, seats: Sequence[Seat], visitors: Sequence[Visitor]) -> set[int]:
    """Film ids: seen by any of them (or by all, where the group allows more), hidden or vetoed by any."""
    seen = [visitor.seen for visitor in visitors]
    past = set.intersection(*seen) if group.allows_seen and seen else set().union(*seen)
    vetoed = {movie.pk for seat in seats for movie in seat.vetoed.all()}
    return past.union(vetoed, *(visitor.hidden for visitor in visitors))


def _fitting(group: WatchGroup, visitors: Sequence[Visitor]) -> MovieQuerySet:
    """Films on enough watchlists and short enough; one of unknown length may not be."""
    films = Movie.objects.all()
    if group.wanted:
        wanting = Counter(chain.from_iterable(visitor.watchlist for visitor in visitors))
        films = films.filter(pk__in=[film for film, count in wanting.items() if count >= group.wanted])
    return films.filter(runtime__lte=group.longest) if group.longest else films


def _for_bill(films: MovieQuerySet) -> MovieQuerySet:
    """As cards show them, and the length beside."""
    return films.for_cards().defer(None)


@dataclass(frozen=True)
class _Table:
    """The people at one table with their histories, and what they do not want."""

    group: WatchGroup
    seats: Sequence[Seat]
    visitors: Sequence[Visitor]
    unwanted: set[int]
    fitting: MovieQuerySet

    def choose(self, live: LiveModels, limit: int) -> list[GroupFilm]:
        rows = self._proposed(live)
        stars = np.stack([_stars(live, *pair)[rows] for pair in zip(self.seats, self.visitors, strict=True)])
        ranked = WAYS[self.group.way](stars, limit)
        ids = live.items.ids[rows[ranked.items]].tolist()
        movies = _for_bill(self.fitting).in_bulk(ids)
        return [
            GroupFilm(
                movies[movie_id],
                self._opinions(live, movies[movie_id], stars[:, item]),
                float(told),
                None if person == ways.NOBODY else self.seats[person],
                self._wanted_by(movie_id),
            )
            for movie_id, item, told, person in zip(ids, *ranked, strict=True)
            if movie_id in movies
        ]

    def _proposed(self, live: LiveModels) -> Rows:
        """Rows of what the list of each of them begins with, and of their watchlists; ascending."""
        fits = self._fits(live)
        scores = (list_scores(live, visitor, DEFAULT_ENGINE) for visitor in self.visitors if visitor)
        proposals = [best(np.where(fits, score, np.float32(np.nan)), PROPOSED) for score in scores]
        watchlists = [rows_of(live, visitor.watchlist) for visitor in self.visitors]
        return np.unique(np.concatenate([*proposals, *(rows[fits[rows]] for rows in watchlists)]))

    def _fits(self, live: LiveModels) -> NDArray[np.bool_]:
        """(n_items,) whether the film may come at all; one query where the group asks for some films only."""
        is_choosy = bool(self.group.longest or self.group.wanted)
        fits = np.full(len(live.items), not is_choosy)
        if is_choosy:
            fits[rows_of(live, set(self.fitting.values_list("pk", flat=True)))] = True
        fits[rows_of(live, self.unwanted)] = False
        return fits

    def _wanted_by(self, movie_id: int) -> list[Seat]:
        pairs = zip(self.seats, self.visitors, strict=True)
        return [seat for seat, visitor in pairs if movie_id in visitor.watchlist]

    def _opinions(self, live: LiveModels, movie: Movie, stars: Floats) -> list[Opinion]:
        """`stars` (n_people,) for this film."""
        return [
            _opinion(live, seat, visitor, movie, float(told))
            for seat, visitor, told in zip(self.seats, self.visitors, stars, strict=True)
        ]


def _stars(live: LiveModels, seat: Seat, visitor: Visitor) -> Floats:
    """(n_items,) what somebody gave and tells, elsewhere the prediction; NaN throughout without a history."""
    if not visitor:
        return np.full(len(live.items), np.nan, np.float32)
    if not _tells_stars(seat):
        return stars_of(live, visitor)
    given = {film: value for film, value in visitor.half_stars.items() if value}
    rated = History.of(live.items, list(given), [value / 2 for value in given.values()])
    stars = stars_of(live, visitor).copy()
    stars[rated.item] = rated.rating
    return stars


def _opinion(live: LiveModels, seat: Seat, visitor: Visitor, movie: Movie, stars: float) -> Opinion:
    if np.isnan(stars):
        return Opinion(seat, None, is_given=False)
    if visitor.stars(movie.pk) is not None and _tells_stars(seat):
        return Opinion(seat, stars, is_given=True)
    return Opinion(seat, stars, is_given=False, interval=interval_of(live, visitor, movie, stars))
