from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, Sum
from django.urls import reverse
from django.utils.text import slugify

from catalog.titles import search_form


class Genre(models.Model):
    name = models.CharField(max_length=60, unique=True)
    slug = models.SlugField(max_length=60, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Keyword(models.Model):
    name = models.CharField(max_length=100, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Person(models.Model):
    name = models.CharField(max_length=200, db_index=True)
    imdb_id = models.CharField("IMDb id", max_length=12, unique=True, null=True, blank=True)
    tmdb_id = models.PositiveIntegerField("TMDB id", unique=True, null=True, blank=True)
    slug = models.SlugField(max_length=120, editable=False, default="person")
    search_name = models.CharField(max_length=210, editable=False, db_index=True, default="")

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.derive_from_name()
        super().save(*args, **kwargs)

    @classmethod
    def named(cls, name: str, **ids: Any) -> Person:
        """Not saved yet, and ready for bulk_create, which calls no save()."""
        person = cls(name=name[:200], **ids)
        person.derive_from_name()
        return person

    def derive_from_name(self) -> None:
        self.slug = slugify(self.name)[:120].strip("-") or "person"
        self.search_name = search_form(self.name)[:210]


class MovieQuerySet(models.QuerySet["Movie"]):
    def for_cards(self) -> MovieQuerySet:
        """What a poster card shows, in two queries however many films there are."""
        return self.only("title", "year", "slug", "ratings_count", "half_stars_sum").prefetch_related(
            Prefetch("genres", Genre.objects.only("name"))
        )

    def for_page(self) -> MovieQuerySet:
        credits_with_people = Credit.objects.select_related("person")
        return self.select_related("plot").prefetch_related(
            "genres", "other_titles", Prefetch("credits", credits_with_people)
        )

    def with_average(self) -> MovieQuerySet:
        """`average`: the site's own mean rating in stars, null for films that nobody rated."""
        average = models.Case(
            models.When(
                ratings_count__gt=0,
                then=F("half_stars_sum") * 0.5 / F("ratings_count"),
            ),
            output_field=models.FloatField(),
        )
        return self.annotate(average=average)

    def by_weighted_rating(self) -> MovieQuerySet:
        """Rated films by WR = v/(v+m) R + m/(v+m) C, in half stars, as charts of votes are ordered.

        m is the mean number of ratings of a rated film and C the site's mean, so that a film with
        few ratings starts from the middle.
        """
        rated = self.filter(ratings_count__gt=0)
        site = rated.order_by().aggregate(
            count=Sum("ratings_count"), half=Sum("half_stars_sum"), films=Count("pk")
        )
        if not site["films"]:
            return rated
        weight, mean = site["count"] / site["films"], site["half"] / site["count"]
        weighted = (F("half_stars_sum") + weight * mean) / (F("ratings_count") + weight)
        return rated.annotate(
            weighted_rating=models.ExpressionWrapper(weighted, output_field=models.FloatField())
        ).order_by("-weighted_rating", "pk")

    def matching(self, words: str) -> MovieQuerySet:
        """Films whose titles hold every word of `words`, accents and case aside."""
        matches = self
        for word in search_form(words).split():
            other = OtherTitle.objects.filter(movie=OuterRef("pk"), search_title__contains=word)
            matches = matches.filter(Q(search_title__contains=word) | Exists(other))
        return matches


class Movie(models.Model):
    title = models.CharField(max_length=300)
    year = models.PositiveSmallIntegerField(null=True, blank=True, db_index=True)
    slug = models.SlugField(max_length=120, editable=False)
    search_title = models.CharField(max_length=310, editable=False, db_index=True)
    tagline = models.CharField(max_length=300, blank=True)
    runtime = models.PositiveSmallIntegerField("runtime in minutes", null=True, blank=True)
    # ISO 639-1, as film data sets write it.
    language = models.CharField("original language", max_length=3, blank=True, db_index=True)
    released_on = models.DateField("first shown on", null=True, blank=True)
    budget = models.PositiveBigIntegerField("budget in US dollars", null=True, blank=True)
    revenue = models.PositiveBigIntegerField("revenue in US dollars", null=True, blank=True)
    genres = models.ManyToManyField(Genre, blank=True, related_name="movies")
    keywords = models.ManyToManyField(Keyword, blank=True, related_name="movies")
    people = models.ManyToManyField(Person, through="Credit", related_name="movies")

    movielens_id = models.PositiveIntegerField("MovieLens id", unique=True, null=True, blank=True)
    imdb_id = models.CharField("IMDb id", max_length=12, unique=True, null=True, blank=True)
    tmdb_id = models.PositiveIntegerField("TMDB id", db_index=True, null=True, blank=True)

    # Kept beside the ratings so that lists of films need no aggregation; the rating services refresh them.
    ratings_count = models.PositiveIntegerField(default=0, editable=False)
    half_stars_sum = models.PositiveBigIntegerField(default=0, editable=False)

    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = MovieQuerySet.as_manager()

    class Meta:
        ordering = ["-ratings_count", "pk"]
        indexes = [models.Index(fields=["-ratings_count", "id"], name="movie_by_popularity")]
        constraints = [
            models.CheckConstraint(
                condition=Q(half_stars_sum__gte=F("ratings_count"))
                & Q(half_stars_sum__lte=F("ratings_count") * 10),
                name="rating_sum_fits_rating_count",
            )
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.year})" if self.year else self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.derive_from_title()
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("catalog:movie", args=[self.pk, self.slug])

    def derive_from_title(self) -> None:
        self.slug = slugify(f"{self.title} {self.year or ''}")[:120].strip("-") or "film"
        self.search_title = search_form(f"{self.title} {self.year or ''}")[:310]

    @property
    def average_stars(self) -> float | None:
        return self.half_stars_sum / 2 / self.ratings_count if self.ratings_count else None


class OtherTitle(models.Model):
    movie = models.ForeignKey(Movie, models.CASCADE, related_name="other_titles")
    title = models.CharField(max_length=300)
    search_title = models.CharField(max_length=310, editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["movie", "title"], name="other_title_once_per_movie")]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search_title = search_form(self.title)[:310]
        super().save(*args, **kwargs)


class Credit(models.Model):
    class Role(models.TextChoices):
        DIRECTOR = "director"
        WRITER = "writer"
        CAST = "cast"

    movie = models.ForeignKey(Movie, models.CASCADE, related_name="credits")
    person = models.ForeignKey(Person, models.CASCADE, related_name="credits")
    role = models.CharField(max_length=10, choices=Role)
    character = models.CharField(max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["role", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["movie", "person", "role"], name="credit_once_per_movie_and_role")
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.role}"
