from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, OuterRef, Prefetch, Q, Subquery
from django.utils import timezone

from catalog.models.films import Movie


def half_stars(stars: Decimal | float | str) -> int:
    """3.5 stars are 7 half stars, the whole number that is stored. Raises ValueError for anything between."""
    exact = Decimal(str(stars))
    if not Decimal("0.5") <= exact <= 5 or exact * 2 != (exact * 2).to_integral_value():
        raise ValueError(f"{stars} is not a rating: give half a star to five stars, in steps of a half.")
    return int(exact * 2)


class RatingSource(models.TextChoices):
    SITE = "site", "given here"
    IMPORT = "import", "came with a data set"


class RatingQuerySet(models.QuerySet["Rating"]):
    def histogram(self) -> list[int]:
        """Ten counts, from half a star to five stars."""
        counts = dict(self.order_by().values_list("half_stars").annotate(count=Count("pk")))
        return [counts.get(value, 0) for value in range(1, 11)]

    def newest_first(self) -> RatingQuerySet:
        return self.order_by(models.F("rated_at").desc(nulls_last=True), "-pk")

    def highest_first(self) -> RatingQuerySet:
        return self.order_by("-half_stars", models.F("rated_at").desc(nulls_last=True), "-pk")

    def imported(self) -> RatingQuerySet:
        return self.filter(source=RatingSource.IMPORT)

    def with_cards(self) -> RatingQuerySet:
        return self.prefetch_related(Prefetch("movie", Movie.objects.for_cards()))


def _stars_of_same_person() -> Subquery:
    """The half stars that the writer of a diary entry or review gave the film."""
    given = Rating.objects.filter(user=OuterRef("user"), movie=OuterRef("movie"))
    return Subquery(given.values("half_stars")[:1])


class WatchQuerySet(models.QuerySet["Watch"]):
    def diary(self) -> WatchQuerySet:
        """Dated viewings, newest first, each with `half_stars` and what its poster shows."""
        dated = self.exclude(watched_on=None).order_by("-watched_on", "-pk")
        with_stars = dated.annotate(half_stars=_stars_of_same_person())
        return with_stars.prefetch_related(Prefetch("movie", Movie.objects.for_cards()))


class ReviewQuerySet(models.QuerySet["Review"]):
    def for_film(self) -> ReviewQuerySet:
        """With writer and `half_stars`; people who left the site take their words with them."""
        with_stars = self.annotate(half_stars=_stars_of_same_person())
        return with_stars.filter(user__is_active=True).select_related("user")

    def for_profile(self) -> ReviewQuerySet:
        with_stars = self.annotate(half_stars=_stars_of_same_person())
        return with_stars.prefetch_related(Prefetch("movie", Movie.objects.for_cards()))


class Rating(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="ratings")
    movie = models.ForeignKey(Movie, models.CASCADE, related_name="ratings")
    half_stars = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(10)])
    # Null for imported ratings whose data set carries no time.
    rated_at = models.DateTimeField(null=True, default=timezone.now)
    source = models.CharField(max_length=10, choices=RatingSource, default=RatingSource.SITE, editable=False)
    # What the page predicted beside it: whoever gave such a rating had read an answer before.
    predicted = models.DecimalField(
        "stars predicted beside it", max_digits=2, decimal_places=1, null=True, editable=False
    )

    objects = RatingQuerySet.as_manager()

    class Meta:
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

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="tags")
    name = models.CharField(max_length=40)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="one_tag_per_user_and_name")]

    def __str__(self) -> str:
        return self.name


class Watch(models.Model):
    """One viewing: a diary entry where it is dated, else only the knowledge that the film was seen."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="watches")
    movie = models.ForeignKey(Movie, models.CASCADE, related_name="watches")
    watched_on = models.DateField(null=True, blank=True)
    rewatch = models.BooleanField(default=False)
    tags = models.ManyToManyField(Tag, blank=True, related_name="watches")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WatchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "watches"
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
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="reviews")
    movie = models.ForeignKey(Movie, models.CASCADE, related_name="reviews")
    text = models.TextField(max_length=20_000)
    has_spoilers = models.BooleanField("contains spoilers", default=False)
    # Taken down by staff: seen by its writer and by staff alone.
    is_taken_down = models.BooleanField("taken down", default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["user", "movie"], name="one_review_per_user_and_movie")
        ]

    def __str__(self) -> str:
        return f"Review of {self.movie}"
