"""What the log dialog shows of one person and one film, and a mark that tells it from anything newer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING

from catalog.models import LikedFilm, Movie, Rating, Review, Watch

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractUser


@dataclass(frozen=True)
class Viewing:
    watched_on: date | None
    rewatch: bool
    tags: tuple[str, ...]

    @classmethod
    def of(cls, watch: Watch) -> Viewing:
        return cls(watch.watched_on, watch.rewatch, tuple(tag.name for tag in watch.tags.all()))


@dataclass(frozen=True)
class Wording:
    """A review as a form holds it; without a text there is none."""

    text: str = ""
    has_spoilers: bool = False

    @classmethod
    def of(cls, review: Review | None) -> Wording:
        return cls(review.text.replace("\r\n", "\n"), review.has_spoilers) if review else cls()

    @property
    def version(self) -> str:
        return sha256(repr(self).encode()).hexdigest()[:16] if self.text else ""


@dataclass(frozen=True)
class FilmLog:
    half_stars: int | None
    is_liked: bool
    text: str
    has_spoilers: bool
    viewings: tuple[Viewing, ...]

    @property
    def version(self) -> str:
        return sha256(repr(self).encode()).hexdigest()[:16]

    @property
    def stars(self) -> float | None:
        return self.half_stars / 2 if self.half_stars else None

    @property
    def wording(self) -> Wording:
        return Wording(self.text, self.has_spoilers)

    def on(self, day: date | None) -> Viewing | None:
        return next((viewing for viewing in self.viewings if viewing.watched_on == day), None)

    @property
    def has_review(self) -> bool:
        return bool(self.text)


def film_log(user: AbstractUser, movie: Movie) -> FilmLog:
    own = {"user_id": user.pk, "movie": movie}
    said = Wording.of(Review.objects.filter(**own).first())
    watches = Watch.objects.filter(**own).order_by("-watched_on", "pk").prefetch_related("tags")
    return FilmLog(
        half_stars=Rating.objects.filter(**own).values_list("half_stars", flat=True).first(),
        is_liked=LikedFilm.objects.filter(**own).exists(),
        text=said.text,
        has_spoilers=said.has_spoilers,
        viewings=tuple(Viewing.of(watch) for watch in watches),
    )
