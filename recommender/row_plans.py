"""What each row of a front page proposes, in its own order, and what its cards say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from catalog.models import Movie
from recommender.evenings import Evening
from recommender.film_facts import FilmFacts, facts_of
from recommender.live import LiveModels
from recommender.ml.diversity import normal_scores
from recommender.ml.likeness import unit_rows
from recommender.ml.twin import TwinAutoencoders
from recommender.reasons import why_alike
from recommender.row_reasons import (
    SPEAKS_FOR_STARS,
    Circle,
    Films,
    Reasons,
    circle_of,
    of_chart,
    of_departure,
    of_evening,
    of_gems,
    of_list,
    of_new,
    of_people,
    of_plot,
    of_watchlist,
    why_people,
)
from recommender.scoring import (
    Floats,
    Rows,
    best,
    kept,
    list_scores,
    popularity_of,
    row_of,
    rows_of,
    scores_of,
    shown_stars,
    silenced,
    stars_of,
)
from recommender.steering import WHY, Steering, steered, vectors_of
from recommender.visitors import Visitor

if TYPE_CHECKING:
    from accounts.models import User

# The neighbours of a liked film from which the hybrid of document B picks.
NEIGHBOURS = 30
# So many are kept of a film's: what a visitor has seen of them leaves enough, but for a rare history.
NEAREST = 1000
LEAST = 4
# Of a film that few know: not among the third that most people rated, and not known to fewer than these.
GEM_SHARE, GEM_RATINGS = 1 / 3, 5
NEW_YEARS = 3
# How loud the weekday is beside taste, in deviations of a place.
WEEKDAY = 0.3


@dataclass(frozen=True)
class Plan:
    title: str
    why: str
    rows: Rows  # candidates in their order
    about: Movie | None = None
    least: int = LEAST  # films, with fewer it is left out
    reasons: Callable[[Films], Reasons] | None = None
    engine: str = ""  # cards name the film that speaks for theirs by this one
    key: str = ""


@dataclass(frozen=True)
class Sight:
    """What the makers of rows see."""

    live: LiveModels
    visitor: Visitor
    steering: Steering
    evening: Evening | None
    now: datetime
    limit: int
    elsewhere: frozenset[int]  # ids of films on other cards of the page
    member: User | None = None  # None for whoever has no account
    titles: dict[int, str] = field(default_factory=dict)  # those that were read already, by id

    @property
    def unwanted(self) -> set[int]:
        return self.visitor.unwanted | self.elsewhere

    @property
    def wide(self) -> int:
        """Candidates enough for a row of which other rows have taken the best."""
        return 6 * self.limit

    @cached_property
    def unwanted_rows(self) -> Rows:
        return rows_of(self.live, self.unwanted)

    def left(self, scores: Floats) -> Floats:
        return silenced(scores, self.unwanted_rows)

    def wanted(self, rows: Rows) -> Rows:
        return rows[~np.isin(rows, self.unwanted_rows)]

    @cached_property
    def facts(self) -> FilmFacts:
        return facts_of(self.live)

    @cached_property
    def circle(self) -> Circle:
        return circle_of(self)

    @cached_property
    def stars(self) -> Floats:
        return stars_of(self.live, self.visitor)

    @cached_property
    def shown_stars(self) -> Floats | None:
        return shown_stars(self.live, self.visitor)

    @cached_property
    def list_scores(self) -> Floats:
        return self.left(list_scores(self.live, self.visitor, self.steering.engine))


def _top(sight: Sight) -> Iterator[Plan]:
    live, visitor, steering = sight.live, sight.visitor, sight.steering
    of_all = _("What everything you rated and watched points to")
    why = WHY.get(steering.engine, of_all) if visitor else _("What most people come for")
    rows = steered(live, visitor, steering, sight.limit, sight.unwanted)
    yield Plan(_("Top picks"), why, rows, reasons=partial(of_list, sight), engine=steering.engine)


def _because(sight: Sight) -> Iterator[Plan]:
    """The hybrid of document B: neighbours of a liked film, by what the visitor would give them.

    Neighbours are the hybrid's own: where films have no story to read, words of titles alone mislead content.
    """
    for film in _recently_liked(sight.visitor):
        row = row_of(sight.live, film)
        if row is not None:
            near = _neighbours(sight, film, row)
            by_stars = near[np.argsort(-sight.stars[near], kind="stable")]
            why = _("Near it in story and in who loves it, the ones you would like best first")
            yield Plan(
                _("Because you liked"),
                why,
                by_stars,
                film,
                reasons=partial(why_alike, sight.live, row, film.title),
            )


def _neighbours(sight: Sight, film: Movie, row: int) -> Rows:
    """NEIGHBOURS films that may be offered, from the nearest ones, which are the same for everybody."""
    live, similar = sight.live, sight.live.models["hybrid"].similar
    first = kept(f"{live.version}:alike:{film.pk}", lambda: best(similar(row), NEAREST), shelf="films")
    left = sight.wanted(first)[:NEIGHBOURS]
    has_enough = len(left) == NEIGHBOURS or len(first) < NEAREST
    return left if has_enough else best(sight.left(similar(row)), NEIGHBOURS)


def _tonight(sight: Sight) -> Iterator[Plan]:
    """What suits this weekday: by the length of such evenings in the diary, and by what others like on it."""
    scores = normal_scores(sight.list_scores)
    day = date_format(sight.now, "l")
    why = _("What goes down well on a %(day)s") % {"day": day}
    twin = sight.live.models.get("twin-autoencoders")
    lift = _lift(sight, twin) if isinstance(twin, TwinAutoencoders) and twin.knows_days_ else None
    if lift is not None:
        scores = scores + WEEKDAY * lift
    if sight.evening is not None:
        minutes = sight.facts.runtime
        fits = (minutes >= sight.evening.shortest) & (minutes <= sight.evening.longest)
        scores = np.where(fits, scores, np.nan)
        why = _("Your %(day)ss have room for about %(minutes)d minutes") % {
            "day": day,
            "minutes": sight.evening.typical,
        }
    elif lift is None:
        return
    rows = best(np.asarray(scores, np.float32), sight.wide)
    yield Plan(_("Tonight"), why, rows, reasons=partial(of_evening, sight, lift))


def _lift(sight: Sight, twin: TwinAutoencoders) -> Floats:
    """(n_items,) normal scores of the stars that the weekday adds."""
    live, visitor, day = sight.live, sight.visitor, sight.now.weekday()

    def lift() -> Floats:
        on_that_day = twin.score_on(visitor.history(live.items), day)
        return normal_scores(on_that_day - scores_of(live, visitor, twin.name))

    return kept(f"{live.version}:lift:{day}:{visitor.key}", lift)


def _people(sight: Sight) -> Iterator[Plan]:
    if "user-cf" in sight.live.models:
        scores = sight.left(scores_of(sight.live, sight.visitor, "user-cf"))
        rows = best(scores, sight.wide)
        yield Plan(_("From people like you"), why_people(sight), rows, reasons=partial(of_people, sight))


def _watchlist(sight: Sight) -> Iterator[Plan]:
    rows = rows_of(sight.live, sorted(sight.visitor.watchlist - sight.unwanted))
    why = _("You meant to see these; the best bet first")
    by_stars = rows[np.argsort(-sight.stars[rows], kind="stable")]
    yield Plan(_("Back to your watchlist"), why, by_stars, least=1, reasons=partial(of_watchlist, sight))


def _gems(sight: Sight) -> Iterator[Plan]:
    known = sight.facts.popularity
    rated = known[known > 0]
    if not len(rated):
        return
    few = (known >= GEM_RATINGS) & (known <= np.quantile(rated, 1 - GEM_SHARE))
    stars = sight.left(np.where(few, sight.stars, np.nan).astype(np.float32))
    why = _("Few have seen them; you would rate them high")
    rows = best(stars, sight.wide)
    yield Plan(_("Hidden gems"), why, rows, reasons=partial(of_gems, sight), engine=SPEAKS_FOR_STARS)


def _new(sight: Sight) -> Iterator[Plan]:
    year = sight.facts.year
    if np.isnan(year).all():
        return
    newest = year > np.nanmax(year) - NEW_YEARS
    scores = np.where(newest, sight.list_scores, np.nan)
    why = _("The newest films of this site, in your order")
    rows = best(scores, sight.wide)
    yield Plan(_("New here"), why, rows, reasons=partial(of_new, sight), engine=sight.steering.engine)


def _something_else(sight: Sight) -> Iterator[Plan]:
    """Safe exploration: well known, well predicted, and far from all that the visitor liked."""
    live, visitor = sight.live, sight.visitor
    farthest = kept(f"{live.version}:departure:{visitor.key}", lambda: _farthest(sight))
    rows = sight.wanted(farthest)[: sight.wide]
    why = _("Away from what you usually watch, yet a safe bet")
    yield Plan(_("Something else"), why, rows, reasons=partial(of_departure, sight))


def _farthest(sight: Sight) -> Rows:
    liked, stars = rows_of(sight.live, sight.visitor.liked), sight.stars
    if not len(liked) or np.isnan(stars).all():
        return np.empty(0, np.int64)
    popularity, vectors = sight.facts.popularity, vectors_of(sight.live)
    safe = (stars >= np.nanquantile(stars, 0.9)) & (popularity >= np.nanquantile(popularity, 0.8))
    rows = np.flatnonzero(safe)
    near = (unit_rows(vectors[rows]) @ unit_rows(vectors[liked]).T).max(axis=1)
    return rows[best(-near, NEAREST)]


def _only_plot(sight: Sight) -> Iterator[Plan]:
    nobody = popularity_of(sight.live) == 0
    scores = sight.left(scores_of(sight.live, sight.visitor, "content"))
    why = _("Nobody has rated these yet: chosen by story, genre and people alone")
    rows = best(np.where(nobody & (scores > 0), scores, np.nan), sight.wide)
    yield Plan(_("Only from the plot"), why, rows, reasons=partial(of_plot, sight), engine="content")


def _well_loved(sight: Sight) -> Iterator[Plan]:
    chart_scores = sight.left(scores_of(sight.live, Visitor.of_session({}), "weighted-rating"))
    why = _("The highest rated films that you have not seen")
    yield Plan(_("Well loved here"), why, best(chart_scores, sight.wide), reasons=of_chart)


Maker = Callable[[Sight], Iterator[Plan]]
MEMBERS: tuple[Maker, ...] = (
    _top,
    _because,
    _tonight,
    _watchlist,
    _people,
    _gems,
    _new,
    _something_else,
    _only_plot,
    _well_loved,
)
STRANGERS: tuple[Maker, ...] = (_top, _well_loved, _new)


def _recently_liked(visitor: Visitor) -> list[Movie]:
    liked = visitor.liked[:-3:-1]
    movies = Movie.objects.only("title").in_bulk(liked)
    return [movies[film] for film in liked if film in movies]
