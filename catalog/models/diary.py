from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, Count, Exists, OuterRef, Prefetch, Q, Subquery, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models.films import Movie, with_film_cards
from catalog.models.likes import LikedFilm, ReviewLike
from catalog.permissions import PUBLIC, seen_by

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

    Viewer = AbstractBaseUser | AnonymousUser


def half_stars(stars: Decimal | float | str) -> int:
    """3.5 stars are 7 half stars, the whole number that is stored. Raises ValueError for anything between."""
    exact = Decimal(str(stars))
    if not Decimal("0.5") <= exact <= 5 or exact * 2 != (exact * 2).to_integral_value():
        raise ValueError(
            _("%(stars)s is not a rating: give half a star to five stars, in steps of a half.")
            % {"stars": stars}
        )
    return int(exact * 2)


class RatingSource(models.TextChoices):
    SITE = "site", _("given here")
    IMPORT = "import", _("came with a data set")


class FilmRatings(NamedTuple):
    """The histogram, how many of it came with a data set, and the half stars that the viewer gave."""

    histogram: list[int]
    imported: int
    own: int | None


class RatingQuerySet(models.QuerySet["Rating"]):
    def visible_to(self, viewer: Viewer) -> RatingQuerySet:
        return self.filter(seen_by(viewer, "ratings"))

    def histogram(self) -> list[int]:
        """Ten counts, from half a star to five stars."""
        counts = dict(self.order_by().values_list("half_stars").annotate(count=Count("pk")))
        return [counts.get(value, 0) for value in range(1, 11)]

    def of_film(self, viewer: Viewer) -> FilmRatings:
        """Of the ratings of one film, in one query."""
        own = Count("pk", filter=Q(user=viewer.pk))
        by_source = self.order_by().values_list("half_stars", "source").annotate(count=Count("pk"), own=own)
        counts, imported, given = [0] * 10, 0, None
        for value, source, count, is_own in by_source:
            counts[value - 1] += count
            imported += count if source == RatingSource.IMPORT else 0
            given = value if is_own else given
        return FilmRatings(counts, imported, given)

    def newest_first(self) -> RatingQuerySet:
        return self.order_by(models.F("rated_at").desc(nulls_last=True), "-pk")

    def highest_first(self) -> RatingQuerySet:
        return self.order_by("-half_stars", models.F("rated_at").desc(nulls_last=True), "-pk")

    def imported(self) -> RatingQuerySet:
        return self.filter(source=RatingSource.IMPORT)

    def with_cards(self) -> RatingQuerySet:
        return with_film_cards(self)


# Of a viewing or review that the viewer sees: only what differs from part to part is left to ask. To ask
# everything again takes Django longer to write than the database to answer.
_SAME = {"user": OuterRef("user"), "movie": OuterRef("movie")}


def _shows_ratings(viewer: Viewer) -> Q:
    return Q(user=viewer.pk) | Q(user__ratings_visibility=PUBLIC)


def _stars_of_same_person(viewer: Viewer) -> Case:
    """What the writer of a diary entry or review gave the film, where the viewer may see it."""
    given = Rating.objects.filter(**_SAME).order_by().values("half_stars")[:1]
    return Case(When(_shows_ratings(viewer), then=Subquery(given)))


class WatchQuerySet(models.QuerySet["Watch"]):
    def visible_to(self, viewer: Viewer) -> WatchQuerySet:
        return self.filter(seen_by(viewer, "diary"))

    def dated(self) -> WatchQuerySet:
        return self.exclude(watched_on=None)

    def diary(self, viewer: Viewer) -> WatchQuerySet:
        """Dated viewings that the viewer may see, newest first, each with `half_stars` and its card."""
        with_stars = self.visible_to(viewer).dated().annotate(half_stars=_stars_of_same_person(viewer))
        newest_first = with_stars.order_by("-watched_on", "-pk")
        return with_film_cards(newest_first)

    def with_likes(self, viewer: Viewer) -> WatchQuerySet:
        liked = _shows_ratings(viewer) & Q(Exists(LikedFilm.objects.filter(**_SAME)))
        return self.annotate(is_liked=Case(When(liked, then=True), default=False))

    def with_marks(self, viewer: Viewer) -> WatchQuerySet:
        """`is_liked`, `review_id` and `shown_tags`, as far as the viewer may see them."""
        written = Review.objects.filter(**_SAME).left_up(viewer)
        review = Subquery(written.order_by().values("pk")[:1])
        tags = Prefetch("tags", to_attr="shown_tags")
        return self.with_likes(viewer).annotate(review_id=review).prefetch_related(tags)


class ReviewQuerySet(models.QuerySet["Review"]):
    def visible_to(self, viewer: Viewer) -> ReviewQuerySet:
        return self.filter(seen_by(viewer)).left_up(viewer)

    def left_up(self, viewer: Viewer) -> ReviewQuerySet:
        """What staff took down stays with its writer and with staff."""
        if not viewer.is_authenticated:
            return self.filter(is_taken_down=False)
        return self if viewer.is_staff else self.filter(Q(is_taken_down=False) | Q(user=viewer.pk))

    def for_film(self, viewer: Viewer) -> ReviewQuerySet:
        """What the viewer may read, with writer, `half_stars` and likes."""
        return self.visible_to(viewer)._with_stars(viewer).with_likes(viewer).select_related("user")

    def for_profile(self, viewer: Viewer) -> ReviewQuerySet:
        """What the viewer may read, with its film's card, `half_stars` and likes."""
        return with_film_cards(self.for_film(viewer))

    def with_likes(self, viewer: Viewer) -> ReviewQuerySet:
        """`likes_count`, and `is_liked` where the viewer is one of them."""
        likes = ReviewLike.objects.filter(review=OuterRef("pk"))
        count = likes.order_by().values("review").annotate(count=Count("pk")).values("count")
        mine = Exists(likes.filter(user=viewer.pk))
        return self.annotate(likes_count=Coalesce(Subquery(count), 0), is_liked=mine)

    def newest_first(self) -> ReviewQuerySet:
        return self.order_by("-created_at", "-pk")

    def friends_first(self, viewer: Viewer) -> ReviewQuerySet:
        """`is_of_friend`, which whom the viewer follows wrote, before all others; each the newest first."""
        if not viewer.is_authenticated:
            return self.newest_first()
        # By the names of relations, as in seen_by: films know people as AUTH_USER_MODEL alone.
        followed = get_user_model()._default_manager.filter(followed_by__follower=viewer.pk)
        friends = self.annotate(is_of_friend=Exists(followed.filter(pk=OuterRef("user"))))
        return friends.order_by("-is_of_friend", "-created_at", "-pk")

    def most_liked_first(self) -> ReviewQuerySet:
        return self.order_by("-likes_count", "-created_at", "-pk")

    def _with_stars(self, viewer: Viewer) -> ReviewQuerySet:
        return self.annotate(half_stars=_stars_of_same_person(viewer))


class Rating(models.Model):
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="ratings", verbose_name=_("user")
    )
    movie = models.ForeignKey(Movie, models.CASCADE, related_name="ratings", verbose_name=_("movie"))
    half_stars = models.PositiveSmallIntegerField(
        _("half stars"), validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    # Null for imported ratings whose data set carries no time.
    rated_at = models.DateTimeField(_("rated at"), null=True, default=timezone.now)
    source = models.CharField(
        _("source"), max_length=10, choices=RatingSource, default=RatingSource.SITE, editable=False
    )
    # What the page predicted beside it: whoever gave such a rating had read an answer before.
    predicted = models.DecimalField(
        _("stars predicted beside it"), max_digits=2, decimal_places=1, null=True, editable=False
    )

    objects = RatingQuerySet.as_manager()

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        constraints = [
            models.UniqueConstraint(fields=["user", "movie"], name="one_rating_per_user_and_movie"),
            models.CheckConstraint(
                condition=Q(half_stars__gte=1) & Q(half_stars__lte=10), name="rating_within_half_stars"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stars:g} stars for {self.movie}"

    @property
    def stars(self) -> float:
        return self.half_stars / 2


class Tag(models.Model):
    """A word of somebody's own for viewings: where, with whom, on what occasion."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="tags", verbose_name=_("user")
    )
    name = models.CharField(_("name"), max_length=40)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="one_tag_per_user_and_name")]

    def __str__(self) -> str:
        return self.name


class Watch(models.Model):
    """One viewing: a diary entry where it is dated, else only the knowledge that the film was seen."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="watches", verbose_name=_("user")
    )
    movie = models.ForeignKey(Movie, models.CASCADE, related_name="watches", verbose_name=_("movie"))
    watched_on = models.DateField(_("watched on"), null=True, blank=True)
    rewatch = models.BooleanField(_("rewatch"), default=False)
    tags = models.ManyToManyField(Tag, blank=True, related_name="watches", verbose_name=_("tags"))
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = WatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("watch")
        verbose_name_plural = _("watches")
        indexes = [models.Index(fields=["user", "-watched_on"], name="diary_of_user")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "movie", "watched_on"], name="one_watch_per_user_movie_and_day"
            ),
            models.UniqueConstraint(
                fields=["user", "movie"],
                condition=Q(watched_on=None),
                name="one_undated_watch_per_user_and_movie",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.movie} on {self.watched_on or 'an unknown day'}"


class Review(models.Model):
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="reviews", verbose_name=_("user")
    )
    movie = models.ForeignKey(Movie, models.CASCADE, related_name="reviews", verbose_name=_("movie"))
    text = models.TextField(_("text"), max_length=20_000)
    has_spoilers = models.BooleanField(_("contains spoilers"), default=False)
    # Taken down by staff: seen by its writer and by staff alone.
    is_taken_down = models.BooleanField(_("taken down"), default=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["user", "movie"], name="one_review_per_user_and_movie")
        ]

    def __str__(self) -> str:
        return str(_("Review of %(title)s")) % {"title": self.movie}

    def get_absolute_url(self) -> str:
        return reverse("catalog:review", args=[self.pk])

    @property
    def edited_at(self) -> datetime | None:
        # Both times are taken within the saving of a new review, a few microseconds apart.
        is_edited = self.updated_at - self.created_at > timedelta(seconds=1)
        return self.updated_at if is_edited else None
