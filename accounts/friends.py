"""What those whom a viewer follows did, with one film and lately; nothing that the viewer may not see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, When
from django.utils import timezone

from accounts.models import User
from catalog.models import HiddenFilm, LikedFilm, Movie, Rating, Review, Watch
from catalog.permissions import PUBLIC

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

SHOWN = 12
# Fewer stars would be one person's opinion under another name.
ENOUGH_FOR_AVERAGE = 3
# Looked through, so that an evening on which one friend rated a hundred films leaves room for others.
LATEST = 200
IN_A_ROW = 3


@dataclass(frozen=True)
class FriendsOfFilm:
    """Each with `half_stars`, `is_liked`, `has_seen` and `review_id`."""

    people: list[User]

    @classmethod
    def of(cls, movie: Movie, viewer: AbstractBaseUser) -> FriendsOfFilm:
        """One query. Who wrote comes first, then who gave most stars."""
        found = list(_with_film(movie, viewer))
        order = {one: (one.review_id is None, -(one.half_stars or 0), one.username.lower()) for one in found}
        return cls(sorted(found, key=order.__getitem__))

    @property
    def shown(self) -> list[User]:
        return self.people[:SHOWN]

    @property
    def more(self) -> int:
        return len(self.people) - len(self.shown)

    @cached_property
    def given(self) -> list[float]:
        return [one.half_stars / 2 for one in self.people if one.half_stars]

    @property
    def average(self) -> float | None:
        return sum(self.given) / len(self.given) if len(self.given) >= ENOUGH_FOR_AVERAGE else None


def _with_film(movie: Movie, viewer: AbstractBaseUser) -> Iterable[User]:
    # Whether somebody hides from the viewer is asked once, and not for each thing they did.
    followed = User.objects.visible_to(viewer).filter(followed_by__follower=viewer.pk)
    own = {"user": OuterRef("pk"), "movie": movie.pk}
    stars = Rating.objects.filter(**own).order_by().values("half_stars")[:1]
    reviews = Review.objects.filter(is_taken_down=False, **own).order_by().values("pk")[:1]
    marks = {
        "half_stars": Case(When(ratings_visibility=PUBLIC, then=Subquery(stars))),
        "review_id": Subquery(reviews),
        "has_seen": _shown("diary", Watch.objects.filter(**own)),
        "is_liked": _shown("ratings", LikedFilm.objects.filter(**own)),
    }
    did_something = Q(half_stars__gt=0) | Q(review_id__gt=0) | Q(has_seen=True)
    return followed.annotate(**marks).filter(did_something).only("username")


def _shown(part: str, things: QuerySet) -> Case:
    return Case(When(Q(**{f"{part}_visibility": PUBLIC}) & Exists(things), then=True), default=False)


class Sighting(NamedTuple):
    """Somebody saw or rated a film."""

    name: str
    film: int
    half_stars: int | None
    at: datetime


def lately(
    viewer: AbstractBaseUser, *, limit: int = SHOWN, exclude: Collection[int] = ()
) -> list[tuple[Movie, Sighting]]:
    """The latest films of followed people, each once, with who was the last of them to see or rate it.

    None that the viewer hides, and none of `exclude` (ids).
    """
    last: dict[int, Sighting] = {}
    for sighting in _taking_turns(one for one in _sightings(viewer) if one.film not in exclude):
        last.setdefault(sighting.film, sighting)
    chosen = list(last.values())[:limit]
    films = Movie.objects.cards_in_order([sighting.film for sighting in chosen])
    return list(zip(films, chosen, strict=True))


def _taking_turns(sightings: Iterable[Sighting]) -> list[Sighting]:
    """The latest first, but nobody has a say for the fourth time before all others had one."""
    said: Counter[str] = Counter()
    turns = []
    for sighting in sorted(sightings, key=lambda one: one.at, reverse=True):
        turns.append((said[sighting.name] // IN_A_ROW, sighting))
        said[sighting.name] += 1
    return [sighting for _turn, sighting in sorted(turns, key=lambda turn: turn[0])]


def _sightings(viewer: AbstractBaseUser) -> Iterator[Sighting]:
    followed = Q(user__followed_by__follower=viewer.pk)
    hidden = Q(movie__in=HiddenFilm.objects.filter(user=viewer.pk).values("movie"))
    watches = Watch.objects.filter(followed).exclude(hidden).diary(viewer).prefetch_related(None)
    shown = ("user__username", "movie_id", "half_stars")
    for *what, day, written_at in watches.values_list(*shown, "watched_on", "created_at")[:LATEST]:
        # From its day on: who copies an old diary in tells no news.
        end = timezone.make_aware(datetime.combine(day, time.max))
        yield Sighting(*what, min(written_at, end))
    rated = Rating.objects.filter(followed, rated_at__isnull=False).exclude(hidden)
    ratings = rated.visible_to(viewer).newest_first()
    yield from map(Sighting._make, ratings.values_list(*shown, "rated_at")[:LATEST])
