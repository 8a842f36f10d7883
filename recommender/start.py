"""A visitor's first minutes: which film to ask about next, what is known by then, and when that is enough."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import cast

import numpy as np
from django.http import HttpRequest

from catalog.models import Movie
from recommender import services
from recommender.live import LiveModels, ask
from recommender.ml.cards import Answers, Deck
from recommender.ml.popularity import Popularity
from recommender.ml.svdpp import SVDPlusPlus
from recommender.picks import Pick
from recommender.scoring import rows_of
from recommender.visitors import Visitor

LISTED = 8
TOLD = 3  # films named as those that a card tells most about
SPARE = 5  # cards beside the best one, for films that were deleted since the training
# Enough is when the last few ratings made the guesses surer by less than this share.
LAST, LEAST_GAIN = 5, 0.02
LEAST_RATINGS = 10
MOST_CARDS = 40
MOST_KEPT = 200
BAR_LENGTH, FULL_RANGE = 90, 4.5  # of the bar's units, and of stars
_SESSION = "start"


@dataclass(frozen=True)
class Log:
    """What a session keeps, in ids: films asked about, oldest first, and the list before the last answer."""

    asked: Sequence[int] = ()
    unseen: Sequence[int] = ()  # of those asked about
    before: Sequence[int] = ()

    @classmethod
    def of(cls, request: HttpRequest) -> Log:
        return cls(**request.session.get(_SESSION, {}))

    def keep(self, request: HttpRequest) -> None:
        request.session[_SESSION] = {
            "asked": list(self.asked)[-MOST_KEPT:],
            "unseen": list(self.unseen)[-MOST_KEPT:],
            "before": list(self.before),
        }

    def with_answer(self, film: int, before: Sequence[int], *, is_unseen: bool) -> Log:
        others = self.without(film, before)
        return Log([*others.asked, film], [*others.unseen, *[film] * is_unseen], before)

    def without(self, film: int, before: Sequence[int]) -> Log:
        asked, unseen = ([pk for pk in films if pk != film] for films in (self.asked, self.unseen))
        return Log(asked, unseen, before)


@dataclass(frozen=True)
class Lesson:
    """What the models make of the answers so far. `within` is in stars, for four ratings in five."""

    cards: Sequence[int]  # film ids, the most worth asking about first
    told: Sequence[int] = ()  # ids of the films that the first card tells most about
    within: float | None = None
    within_at_first: float | None = None
    is_settled: bool = False

    @property
    def bar(self) -> Sequence[tuple[str, float, float]]:
        """Begin and length of what "within" spans, before the first card and now, in a bar of BAR_LENGTH."""
        spans = (("track", self.within_at_first), ("range", self.within))
        lengths = [(kind, min(2 * within / FULL_RANGE, 1) * BAR_LENGTH) for kind, within in spans if within]
        return [(kind, round((BAR_LENGTH - length) / 2, 1), round(length, 1)) for kind, length in lengths]


@dataclass(frozen=True)
class Start:
    """One page of the deck."""

    movie: Movie | None  # None where there is nothing left to ask
    tells_about: Sequence[Movie]
    rated: int
    unseen: int
    lesson: Lesson

    @cached_property
    def is_enough(self) -> bool:
        return self.movie is None or self.lesson.is_settled or self.rated + self.unseen >= MOST_CARDS


@dataclass(frozen=True)
class Place:
    """A film of the list beside the cards; `moved` is how many places up, None where it is new."""

    pick: Pick
    moved: int | None


def start(visitor: Visitor, log: Log) -> Start:
    """The next card, with what is known by now. Without a model the cards are the popular films."""
    rated, unseen = _answers(visitor, log)
    taken = visitor.unwanted | set(log.asked)
    lesson = ask(lambda live: _lesson(live, rated, unseen, taken)) or _without_model(rated, taken)
    movies = Movie.objects.for_cards().in_bulk([*lesson.cards, *lesson.told])
    card = next((pk for pk in lesson.cards if pk in movies), None)
    # What is told was worked out for the first card.
    told = [movies[pk] for pk in lesson.told if pk in movies] if card in lesson.cards[:1] else []
    return Start(movies[card] if card else None, told, len(rated), len(unseen), lesson)


def places(visitor: Visitor, log: Log, card: Movie | None) -> list[Place]:
    """The first films of the visitor's list but the card's, and how the last answer moved them."""
    picks = services.recommend(visitor, limit=LISTED, exclude={card.pk} if card else ())
    before = {film: place for place, film in enumerate(log.before)}
    places = []
    for place, pick in enumerate(picks):
        was = before.get(pick.movie.pk) if before else place
        places.append(Place(pick, None if was is None else was - place))
    return places


def listed(visitor: Visitor, card: Movie | None) -> list[int]:
    """Ids of the films that stand beside a card."""
    return [place.pick.movie.pk for place in places(visitor, Log(), card)]


def _answers(visitor: Visitor, log: Log) -> tuple[list[int], list[int]]:
    """Film ids rated, the newest last, and those that were never seen."""
    used = set(visitor.ordered)
    by_time = sorted(visitor.half_stars, key=lambda film: visitor.times.get(film, 0))
    rated = [film for film in by_time if film in used and visitor.half_stars[film]]
    return rated, [film for film in log.unseen if film not in visitor.half_stars]


def _lesson(live: LiveModels, rated: list[int], unseen: list[int], taken: Collection[int]) -> Lesson:
    svdpp = cast(SVDPlusPlus, live.models["svdpp"])
    deck = Deck(svdpp.Q_, cast(Popularity, live.models["popularity"]).count_)
    answers = Answers(rows_of(live, rated), rows_of(live, unseen))
    order = deck.order(answers, len(deck.films))
    cards = order[~np.isin(order, rows_of(live, taken))][: 1 + SPARE]
    told = deck.taught(int(cards[0]), answers, TOLD) if len(cards) else cards
    found = Lesson(live.items.ids[cards].tolist(), live.items.ids[told].tolist())
    return replace(found, is_settled=_is_settled(deck, answers), **_sureness(live, deck, answers))


def _is_settled(deck: Deck, answers: Answers) -> bool:
    rated = answers.rated
    return len(rated) >= LEAST_RATINGS and deck.spread(rated) > (1 - LEAST_GAIN) * deck.spread(rated[:-LAST])


def _sureness(live: LiveModels, deck: Deck, answers: Answers) -> dict[str, float]:
    """What is not known of the person yet widens the interval of somebody who is known well."""
    if live.errors is None:
        return {}
    known_well = float(live.errors.high[-1, -1] - live.errors.low[-1, -1]) / 2
    return {
        "within": known_well * deck.spread(answers.rated),
        "within_at_first": known_well * deck.spread(answers.rated[:0]),
    }


def _without_model(rated: list[int], taken: Collection[int]) -> Lesson:
    popular = Movie.objects.exclude(pk__in=taken).values_list("pk", flat=True)[: 1 + SPARE]
    return Lesson(list(popular), is_settled=len(rated) >= LEAST_RATINGS)
