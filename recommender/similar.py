"""Films that are alike, and people who are.

Films: by content, by nearness in what SVD++ learned, and by the weights between films.

What each of the three says has another unit and another spread, so that only the order counts: reciprocal
rank fusion, Cormack, Clarke and Büttcher (SIGIR 2009),

    score(j) = sum over the three of  weight / (FUSION + rank of j)

and a film that one of them has nothing to say of gets nothing from it. What was learned from ratings weighs
n / (n + LEARNING) for a film of n ratings: the factors of a film that hardly anybody rated are noise.

People (ml/people.py): only members who agreed to be found, and only for members who agreed too. Whoever
keeps their profile or their ratings to themselves neither finds nor is found, and blocks hold here too.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np
from django.contrib.auth import get_user_model
from django.db.models import Count, QuerySet
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Movie, Rating
from catalog.permissions import PUBLIC
from recommender.live import LiveModels, ask
from recommender.ml.diversity import descending
from recommender.ml.people import ENOUGH_IN_COMMON, Alike, alike, usual_stars
from recommender.models import Preferences
from recommender.picks import Pick, Row, picks_of
from recommender.scoring import Floats, Rows, best, kept, row_of, rows_of, shown_stars, without
from recommender.visitors import LIKED, Visitor

if TYPE_CHECKING:
    from accounts.models import User
    from recommender.ml.svdpp import SVDPlusPlus

FUSION = 60.0  # places: the more, the less the first stand out, and the more films on which several agree
LEARNING = 10.0  # ratings
CONTENT_WEIGHT = 1.0
LEARNED_WEIGHT = 1.0  # of each of the two that know ratings and viewings alone

# Films kept of a film's neighbours: those that a visitor hides leave enough for a row.
NEAREST = 200
# What the key of the row begins with; the film's id follows, of no more digits than a database takes.
NEAR = "near-"
_NEAR_A_FILM = re.compile(rf"{NEAR}[0-9]{{1,18}}")

LEAST_LIKENESS = 0.1  # below this somebody is as alike as anybody
# The newest films of the viewer and the people with most of them that are compared, so that no history makes
# the page slow.
COMPARED_FILMS, COMPARED_PEOPLE = 400, 100
SHOWN_PEOPLE, SHOWN_FILMS = 12, 3


WHY = {
    "story": gettext_lazy("in story and people"),
    "ratings": gettext_lazy("in how they are rated"),
    "watched": gettext_lazy("in who watches both"),
}


class Likeness(NamedTuple):
    """How near each film is to one film, (n_items,), NaN where it cannot be said; and what that goes by."""

    kind: str  # one of WHY
    likeness: Floats
    weight: float


def similar_to(film: Movie, visitor: Visitor, *, limit: int = 14, exclude: Collection[int] = ()) -> Row:
    """Films near `film`, seen or not; hidden ones and those of `exclude` (ids) stay away.

    The row says what they go by.
    """
    away = {*visitor.hidden, *exclude}
    return ask(lambda live: _near(live, visitor, film, limit, away)) or Row(_("Near it"), "", [])


def next_near(key: str, visitor: Visitor, *, exclude: Collection[int]) -> Pick | None:
    """What comes next in the row with this key; None where it names no film, or where nothing is left."""
    film = Movie.objects.filter(pk=key.removeprefix(NEAR)).first() if _NEAR_A_FILM.fullmatch(key) else None
    if film is None:
        return None
    return next(iter(similar_to(film, visitor, limit=1, exclude=exclude).picks), None)


def _near(live: LiveModels, visitor: Visitor, film: Movie, limit: int, away: Collection[int]) -> Row:
    key = f"{live.version}:near:{film.pk}"
    kinds, nearest = kept(key, lambda: _nearest(live, film), shelf="films")
    left = nearest[~np.isin(nearest, rows_of(live, away))]
    picks = picks_of(live, visitor, left[:limit], shown_stars(live, visitor))
    return Row(_("Near it"), _why(kinds), picks, key=f"{NEAR}{film.pk}")


def _nearest(live: LiveModels, film: Movie) -> tuple[list[str], Rows]:
    """What likeness goes by, and the first films; the same for everybody."""
    row = row_of(live, film)
    parts = [] if row is None else list(_likenesses(live, row, film.ratings_count))
    if not parts:
        return [], np.empty(0, np.int64)
    return [part.kind for part in parts], best(without(live, fused(parts), [film.pk]), NEAREST)


def fused(parts: list[Likeness]) -> Floats:
    """(n_items,) reciprocal ranks added up, NaN where no part says anything."""
    total = np.zeros(len(parts[0].likeness), np.float32)
    for part in parts:
        order = descending(part.likeness)
        total[order] += np.float32(part.weight) / (np.float32(FUSION) + np.arange(1, len(order) + 1))
    return np.where(total > 0, total, np.float32(np.nan))


def _likenesses(live: LiveModels, row: int, ratings: int) -> Iterator[Likeness]:
    """Those parts that the live version has and that know the film."""
    learned = LEARNED_WEIGHT * ratings / (ratings + LEARNING)
    found = [
        Likeness("story", _above_nought(live.models["content"].similar(row)), CONTENT_WEIGHT),
        Likeness("ratings", nearness(cast("SVDPlusPlus", live.models["svdpp"]).Q_, row), learned),
    ]
    if "ease" in live.models:
        together = _above_nought(live.models["ease"].similar(row))
        found.append(Likeness("watched", together, learned))
    return (part for part in found if part.weight > 0 and not np.isnan(part.likeness).all())


def nearness(factors: Floats, row: int) -> Floats:
    """(n_items,) exp(-|q_i - q_j|^2) of factors (n_items, n_factors); NaN where one is nought."""
    apart = factors - factors[row]
    away = np.einsum("ij,ij->i", apart, apart)
    unknown = ~factors.any(axis=1) | ~factors[row].any()
    return np.where(unknown, np.float32(np.nan), np.exp(-away))


def _above_nought(likeness: Floats) -> Floats:
    """Films with nothing in common are not alike by degrees."""
    return np.where(likeness > 0, likeness, np.float32(np.nan))


def _why(kinds: Sequence[str]) -> str:
    ways = get_text_list([str(WHY[kind]) for kind in kinds], _("and"))
    return _("Alike %(ways)s") % {"ways": ways} if ways else ""


@dataclass(frozen=True)
class Neighbour:
    """A member with a similar taste, and films that both love."""

    person: User
    alike: Alike
    loved: Sequence[Movie]


def similar_people(viewer: User, visitor: Visitor) -> list[Neighbour]:
    """Members whose ratings are like the viewer's, the most alike first; nobody if the viewer hides.

    Six queries at most, however many people there are.
    """
    if not may_find_people(viewer):
        return []
    rated = [film for film in visitor.ordered if visitor.stars(film) is not None]
    mine = {film: visitor.half_stars[film] / 2 for film in rated[-COMPARED_FILMS:]}
    people = _findable(viewer, mine)
    theirs, usual = _ratings_of(people, mine), _usual(mine)
    found = [(person, _compared(mine, theirs[person], usual)) for person in people]
    nearest = sorted(
        (one for one in found if one[1].likeness >= LEAST_LIKENESS), key=lambda one: -one[1].likeness
    )
    return _with_films(people, nearest[:SHOWN_PEOPLE], mine, theirs)


def may_find_people(viewer: User) -> bool:
    """Whoever can be found."""
    if {viewer.profile_visibility, viewer.ratings_visibility} != {PUBLIC}:
        return False
    return Preferences.objects.filter(user=viewer, is_findable=True).exists()


def willing_to_be_found(viewer: User) -> QuerySet[User]:
    """Of those who show the viewer their ratings."""
    return get_user_model().objects.visible_to(viewer, "ratings").filter(preferences__is_findable=True)


def _findable(viewer: User, mine: Mapping[int, float]) -> dict[int, User]:
    """Who agreed to be found, shows their ratings to the viewer and rated enough of these films, by id."""
    willing = willing_to_be_found(viewer).exclude(pk=viewer.pk)
    counted = willing.filter(ratings__movie__in=list(mine)).annotate(common=Count("ratings"))
    enough = counted.filter(common__gte=ENOUGH_IN_COMMON).order_by("-common", "pk").only("username")
    return {person.pk: person for person in enough[:COMPARED_PEOPLE]}


def _ratings_of(people: Mapping[int, User], mine: Mapping[int, float]) -> dict[int, dict[int, float]]:
    """Stars by person and film."""
    theirs: dict[int, dict[int, float]] = defaultdict(dict)
    rows = Rating.objects.filter(user__in=list(people), movie__in=list(mine)).order_by()
    for person, film, half_stars in rows.values_list("user_id", "movie_id", "half_stars"):
        theirs[person][film] = half_stars / 2
    return theirs


def _usual(mine: Mapping[int, float]) -> dict[int, float]:
    """What each film is given on average, in stars."""
    rows = Movie.objects.filter(pk__in=list(mine)).order_by()
    counted = list(rows.values_list("pk", "half_stars_sum", "ratings_count"))
    table = np.array(counted, np.float64).reshape(-1, 3)
    means = usual_stars(table[:, 1] / 2, table[:, 2])
    return dict(zip(table[:, 0].astype(int).tolist(), means.tolist(), strict=True))


def _compared(mine: Mapping[int, float], theirs: Mapping[int, float], usual: Mapping[int, float]) -> Alike:
    columns = ([ratings[film] for film in theirs] for ratings in (mine, theirs, usual))
    return alike(*(np.array(column, np.float32) for column in columns))


def _with_films(
    people: Mapping[int, User],
    nearest: Sequence[tuple[int, Alike]],
    mine: Mapping[int, float],
    theirs: Mapping[int, Mapping[int, float]],
) -> list[Neighbour]:
    loved = {person: _both_love(mine, theirs[person]) for person, _ in nearest}
    films = Movie.objects.for_cards().in_bulk({film for found in loved.values() for film in found})
    return [Neighbour(people[one], found, [films[film] for film in loved[one]]) for one, found in nearest]


def _both_love(mine: Mapping[int, float], theirs: Mapping[int, float]) -> list[int]:
    """The films that both gave LIKED or more, by what they gave together."""
    loved = [film for film in theirs if min(mine[film], theirs[film]) >= LIKED]
    return sorted(loved, key=lambda film: -(mine[film] + theirs[film]))[:SHOWN_FILMS]
