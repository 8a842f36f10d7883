from __future__ import annotations

from functools import lru_cache
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection, models
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, Sum
from django.db.models.functions import Cast, Concat, StrIndex
from django.urls import get_script_prefix, reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from catalog.titles import film_search_form, search_form

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.contrib.auth.models import AbstractBaseUser


# What is sent to a film goes to addresses below its own, where one without a year would have its page.
FORMS_OF_FILM = frozenset({"rate", "hide", "like", "watchlist", "use", "log", "review"})


# A page has a hundred of them, and finding the pattern again takes longer than a card.
@lru_cache(maxsize=50_000)
def _address(_prefix: str, page: str, pk: int, slug: str) -> str:
    return reverse(page, args=[pk, slug])


class Genre(models.Model):
    name = models.CharField(_("name"), max_length=60, unique=True)
    slug = models.SlugField(_("slug"), max_length=60, unique=True)

    class Meta:
        verbose_name = _("genre")
        verbose_name_plural = _("genres")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Keyword(models.Model):
    name = models.CharField(_("name"), max_length=100, unique=True)

    class Meta:
        verbose_name = _("keyword")
        verbose_name_plural = _("keywords")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Person(models.Model):
    name = models.CharField(_("name"), max_length=200, db_index=True)
    imdb_id = models.CharField(_("IMDb id"), max_length=12, unique=True, null=True, blank=True)
    tmdb_id = models.PositiveIntegerField(_("TMDB id"), unique=True, null=True, blank=True)
    slug = models.SlugField(_("slug"), max_length=120, editable=False, default="person")
    search_name = models.CharField(
        _("name as it is searched"), max_length=210, editable=False, db_index=True, default=""
    )

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.derive_from_name()
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return _address(get_script_prefix(), "catalog:person", self.pk, self.slug)

    @classmethod
    def named(cls, name: str, **ids: Any) -> Person:
        """Not saved yet, and ready for bulk_create, which calls no save()."""
        person = cls(name=name[:200], **ids)
        person.derive_from_name()
        return person

    def derive_from_name(self) -> None:
        self.slug = slugify(self.name)[:120].strip("-") or "person"
        self.search_name = search_form(self.name)[:210]


# DISTINCT would read the whole index: a hundred thousand films speak fifty languages.
_LANGUAGES = """
    WITH RECURSIVE spoken(language) AS (
        SELECT min(language) FROM catalog_movie WHERE language > ''
        UNION ALL
        SELECT (SELECT min(language) FROM catalog_movie WHERE language > spoken.language)
        FROM spoken WHERE language IS NOT NULL
    )
    SELECT language FROM spoken WHERE language IS NOT NULL
"""


class CommonStart(NamedTuple):
    """So many ratings of so many half stars are added to a film's own before films are compared."""

    ratings: float
    half_stars: float

    @property
    def stars(self) -> float:
        return self.half_stars / 2


# Of a film, what a poster with its title shows.
CARD_FIELDS = (
    *("title", "year", "slug", "ratings_count", "half_stars_sum"),
    *("picture__digest", "picture__width", "picture__height", "picture__blur"),
)


def card_genres(film: str = "") -> Prefetch:
    """Read with films or, where `film` leads to one, with what is about films."""
    return Prefetch(f"{film}named_genres", to_attr="card_genres")


class GenreNames:
    """For prefetch_related: pairs of film and name, as objects take longer than all else of a card."""

    def get_prefetch_querysets(
        self, films: Sequence[Movie], querysets: object = None
    ) -> tuple[models.QuerySet, Callable, Callable, bool, str, bool]:
        links = Movie.genres.through._default_manager.filter(movie__in=[film.pk for film in films])
        pairs = links.order_by("genre__name").values_list("movie_id", "genre__name")
        return pairs, itemgetter(0), attrgetter("pk"), False, "card_genres", False


def with_film_cards(things: models.QuerySet) -> models.QuerySet:
    """Things of a `movie`, each with its card: one query beside their own."""
    own = [field.name for field in things.model._meta.concrete_fields]
    shown = [f"movie__{name}" for name in CARD_FIELDS]
    joined = things.select_related("movie__picture").only(*own, *shown)
    return joined.prefetch_related(card_genres("movie__"))


def _is_watched_by(user: AbstractBaseUser) -> Q:
    return Q(pk__in=user.ratings.values("movie")) | Q(pk__in=user.watches.values("movie"))


class MovieQuerySet(models.QuerySet["Movie"]):
    def for_cards(self) -> MovieQuerySet:
        """What a poster card shows, in two queries however many films there are."""
        return self.select_related("picture").only(*CARD_FIELDS).prefetch_related(card_genres())

    def for_page(self) -> MovieQuerySet:
        credits_with_people = Credit.objects.select_related("person")
        return self.select_related("plot", "picture").prefetch_related(
            "genres", "keywords", "other_titles", Prefetch("credits", credits_with_people)
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

    def common_start(self) -> CommonStart | None:
        """Over all films of the site, whatever was filtered; None before the first rating."""
        rated = Movie.objects.filter(ratings_count__gt=0).order_by()
        site = rated.aggregate(count=Sum("ratings_count"), half=Sum("half_stars_sum"), films=Count("pk"))
        if not site["films"]:
            return None
        return CommonStart(site["count"] / site["films"], site["half"] / site["count"])

    def by_weighted_rating(self, start: CommonStart | None = None) -> MovieQuerySet:
        """Rated films by WR = v/(v+m) R + m/(v+m) C, in half stars, as charts of votes are ordered.

        m is the mean number of ratings of a rated film and C the site's mean, so that a film with
        few ratings starts from the middle and has one figure in every chart.
        """
        rated = self.filter(ratings_count__gt=0)
        start = start or self.common_start()
        if start is None:
            return rated
        weighted = (F("half_stars_sum") + start.ratings * start.half_stars) / (
            F("ratings_count") + start.ratings
        )
        return rated.annotate(
            weighted_rating=models.ExpressionWrapper(weighted, output_field=models.FloatField())
        ).order_by("-weighted_rating", "pk")

    def of_genre(self, genre: Genre) -> MovieQuerySet:
        # Asked of each film: a join would begin with all films of the genre, however few are shown.
        links = Movie.genres.through.objects.filter(movie=OuterRef("pk"), genre=genre)
        return self.filter(Exists(links))

    def of_decade(self, decade: int) -> MovieQuerySet:
        return self.filter(year__gte=decade, year__lt=decade + 10)

    def decades(self) -> list[int]:
        """Those that films here are from, the latest first."""
        # Not both ends in one aggregate: SQLite would read every film for that.
        years = self.exclude(year=None).order_by("year").values_list("year", flat=True)
        first, last = years.first(), years.last()
        if first is None or last is None:
            return []
        return list(range(last // 10 * 10, first // 10 * 10 - 1, -10))

    def credited_to(self, person: Person, role: str) -> MovieQuerySet:
        """The films of a person in one role, each with the `character` that was played."""
        credited = self.filter(credits__person=person, credits__role=role)
        return credited.annotate(character=F("credits__character"))

    def watched_by(self, user: AbstractBaseUser) -> MovieQuerySet:
        """Rated or logged."""
        return self.filter(_is_watched_by(user))

    def not_watched_by(self, user: AbstractBaseUser) -> MovieQuerySet:
        return self.exclude(_is_watched_by(user))

    def languages(self) -> list[str]:
        """The codes of the original languages that films here have."""
        with connection.cursor() as cursor:
            cursor.execute(_LANGUAGES)
            return [code for (code,) in cursor.fetchall()]

    def in_order(self, keys: list[int]) -> MovieQuerySet:
        """The films of these keys, in the order of the keys."""
        # Not by a CASE: with a branch for each of 300 keys it takes Django a tenth of a second to write.
        comma = models.Value(",")
        key = Concat(comma, Cast("pk", models.CharField()), comma)
        line = models.Value(f",{','.join(map(str, keys))},")
        return self.filter(pk__in=keys).order_by(StrIndex(line, key))

    def cards_in_order(self, keys: list[int]) -> list[Movie]:
        return list(self.in_order(keys).for_cards())

    def matching(self, words: str) -> MovieQuerySet:
        """Films whose titles hold every word of `words`, accents and case aside."""
        matches = self
        for word in search_form(words).split():
            other = OtherTitle.objects.filter(movie=OuterRef("pk"), search_title__contains=word)
            matches = matches.filter(Q(search_title__contains=word) | Exists(other))
        return matches


class Movie(models.Model):
    title = models.CharField(_("title"), max_length=300)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True, db_index=True)
    slug = models.SlugField(_("slug"), max_length=120, editable=False)
    search_title = models.CharField(
        _("title as it is searched"), max_length=310, editable=False, db_index=True
    )
    tagline = models.CharField(_("tagline"), max_length=300, blank=True)
    runtime = models.PositiveSmallIntegerField(_("runtime in minutes"), null=True, blank=True)
    # ISO 639-1, as film data sets write it.
    language = models.CharField(_("original language"), max_length=3, blank=True, db_index=True)
    released_on = models.DateField(_("first shown on"), null=True, blank=True)
    budget = models.PositiveBigIntegerField(_("budget in US dollars"), null=True, blank=True)
    revenue = models.PositiveBigIntegerField(_("revenue in US dollars"), null=True, blank=True)
    genres = models.ManyToManyField(Genre, blank=True, related_name="movies", verbose_name=_("genres"))
    named_genres = GenreNames()
    keywords = models.ManyToManyField(Keyword, blank=True, related_name="movies", verbose_name=_("keywords"))
    people = models.ManyToManyField(Person, through="Credit", related_name="movies", verbose_name=_("people"))

    movielens_id = models.PositiveIntegerField(_("MovieLens id"), unique=True, null=True, blank=True)
    imdb_id = models.CharField(_("IMDb id"), max_length=12, unique=True, null=True, blank=True)
    tmdb_id = models.PositiveIntegerField(_("TMDB id"), db_index=True, null=True, blank=True)

    # Kept beside the ratings so that lists of films need no aggregation; the rating services refresh them.
    ratings_count = models.PositiveIntegerField(_("number of ratings"), default=0, editable=False)
    half_stars_sum = models.PositiveBigIntegerField(_("sum of half stars"), default=0, editable=False)

    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = MovieQuerySet.as_manager()

    class Meta:
        verbose_name = _("movie")
        verbose_name_plural = _("movies")
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
        return _address(get_script_prefix(), "catalog:movie", self.pk, self.slug)

    def derive_from_title(self) -> None:
        slug = slugify(f"{self.title} {self.year or ''}")[:120].strip("-") or "film"
        self.slug = f"{slug}-film" if slug in FORMS_OF_FILM else slug
        self.search_title = film_search_form(self.title, self.year)

    @property
    def genre_names(self) -> tuple[str, ...]:
        if hasattr(self, "card_genres"):
            return tuple(name for _film, name in self.card_genres)
        return tuple(genre.name for genre in self.genres.all())

    @property
    def average_stars(self) -> float | None:
        return self.half_stars_sum / 2 / self.ratings_count if self.ratings_count else None


class OtherTitle(models.Model):
    movie = models.ForeignKey(Movie, models.CASCADE, related_name="other_titles", verbose_name=_("movie"))
    title = models.CharField(_("title"), max_length=300)
    search_title = models.CharField(_("title as it is searched"), max_length=310, editable=False)

    class Meta:
        verbose_name = _("other title")
        verbose_name_plural = _("other titles")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["movie", "title"], name="other_title_once_per_movie")]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search_title = search_form(self.title)[:310]
        super().save(*args, **kwargs)


class Credit(models.Model):
    class Role(models.TextChoices):
        DIRECTOR = "director", _("Director")
        WRITER = "writer", _("Writer")
        CAST = "cast", _("Cast")

    movie = models.ForeignKey(Movie, models.CASCADE, related_name="credits", verbose_name=_("movie"))
    person = models.ForeignKey(Person, models.CASCADE, related_name="credits", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=10, choices=Role)
    character = models.CharField(_("character"), max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("credit")
        verbose_name_plural = _("credits")
        ordering = ["role", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["movie", "person", "role"], name="credit_once_per_movie_and_role")
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.role}"
