"""Tables as files. Rows name films, people and members as a person would, never by this site's own keys."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.text import slugify
from django.utils.translation import gettext as _
from import_export.fields import Field
from import_export.widgets import ForeignKeyWidget, ManyToManyWidget, Widget

from catalog.admin.cells import (
    MinutesCell,
    MomentCell,
    NumberCell,
    OptionalTextCell,
    PlainTextCell,
    StarsCell,
    YearCell,
)
from catalog.admin.table_files import Row, TableFile, TableResult
from catalog.models import Credit, Genre, Keyword, Movie, Person, Plot, Rating, Review, Watch
from catalog.services import refresh_counts


class NotUnique(ValueError):
    pass


def only(model: type[Model], **known: Any) -> Any:
    """The one row with these values. Raises ValueError, in words for the person who made the file."""
    kind = model._meta.verbose_name
    what = ", ".join(f"{name} “{value}”" for name, value in known.items() if value is not None)
    try:
        return model._default_manager.get(**known)
    except model.DoesNotExist:  # type: ignore[attr-defined]
        raise ValueError(_("There is no %(kind)s with %(what)s.") % {"kind": kind, "what": what}) from None
    except model.MultipleObjectsReturned:  # type: ignore[attr-defined]
        raise NotUnique(
            _("More than one %(kind)s has %(what)s: give its IMDb id.") % {"kind": kind, "what": what}
        ) from None


def named_movie(row: Row) -> Movie:
    """The film of a row: by IMDb id, else by MovieLens id, else by title and year."""
    if row.get("imdb_id"):
        return only(Movie, imdb_id=row["imdb_id"])
    if row.get("movielens_id"):
        return only(Movie, movielens_id=NumberCell().clean(row["movielens_id"]))
    return only(Movie, title=row["title"], year=YearCell().clean(row.get("year")))


class MovieWidget(Widget):
    def clean(self, value: Any, row: Row | None = None, **kwargs: Any) -> Movie:
        return named_movie(row or {})

    def render(self, value: Movie | None, obj: Any = None, **kwargs: Any) -> str:
        return value.title if value else ""


class PersonWidget(Widget):
    def clean(self, value: Any, row: Row | None = None, **kwargs: Any) -> Person:
        key = (row or {}).get("person_imdb_id")
        return only(Person, imdb_id=key) if key else only(Person, name=value)

    def render(self, value: Person | None, obj: Any = None, **kwargs: Any) -> str:
        return value.name if value else ""


class MemberWidget(ForeignKeyWidget):
    def __init__(self) -> None:
        super().__init__(get_user_model(), "username")

    def clean(self, value: Any, row: Row | None = None, **kwargs: Any) -> Model:
        return only(self.model, username=value)


class GenresWidget(ManyToManyWidget):
    def clean(self, value: Any, row: Row | None = None, **kwargs: Any) -> list[Genre]:
        names = [name.strip() for name in str(value or "").split(self.separator) if name.strip()]
        return [only(Genre, name=name) for name in names]


class KeywordsWidget(ManyToManyWidget):
    """Keywords are many and anybody's: one that is new is made."""

    def clean(self, value: Any, row: Row | None = None, **kwargs: Any) -> list[Keyword]:
        names = [name.strip() for name in str(value or "").split(self.separator) if name.strip()]
        too_long = next((name for name in names if len(name) > 100), None)
        if too_long:
            raise ValueError(
                _("The keyword “%(beginning)s…” has more than 100 letters.") % {"beginning": too_long[:40]}
            )
        return [Keyword.objects.get_or_create(name=name)[0] for name in names]


class FilmFile(TableFile):
    """A table whose rows belong to films."""

    movie = Field("movie", "title", MovieWidget())
    year = Field("movie__year", "year", readonly=True)
    imdb_id = Field("movie__imdb_id", "imdb_id", readonly=True)


class GenreFile(TableFile):
    class Meta(TableFile.Meta):
        model = Genre
        fields = ["name", "slug"]
        import_id_fields = ["name"]

    def before_import_row(self, row: dict[str, Any], **kwargs: Any) -> None:
        row["slug"] = row.get("slug") or slugify(row["name"])


class KeywordFile(TableFile):
    class Meta(TableFile.Meta):
        model = Keyword
        fields = ["name"]
        import_id_fields = ["name"]


def _only_namesake(row: Row) -> Person | None:
    """Raises ValidationError where several people have the name: an id says which of them is meant."""
    namesakes = Person.objects.filter(name=str(row.get("name") or "").strip()).order_by("pk")[:2]
    if len(namesakes) > 1:
        told = _("Several people are called “%(name)s”: fill in the column imdb_id or tmdb_id.")
        raise ValidationError(told % {"name": namesakes[0].name})
    return namesakes[0] if namesakes else None


class PersonFile(TableFile):
    imdb_id = Field("imdb_id", "imdb_id", OptionalTextCell())

    class Meta(TableFile.Meta):
        model = Person
        fields = ["name", "imdb_id", "tmdb_id"]
        import_id_fields = ["name"]

    def stored(self, instance_loader: Any, row: Row) -> Person | None:
        known = {"imdb_id": OptionalTextCell().clean(row.get("imdb_id"))}
        known["tmdb_id"] = NumberCell().clean(row.get("tmdb_id"))
        given = {name: value for name, value in known.items() if value is not None}
        if not given:
            return _only_namesake(row)
        found = (Person.objects.filter(**{name: value}).first() for name, value in given.items())
        return next(filter(None, found), None)


class MovieFile(TableFile):
    genres = Field("genres", "genres", GenresWidget(Genre, separator="|", field="name"))
    keywords = Field("keywords", "keywords", KeywordsWidget(Keyword, separator="|", field="name"))
    year = Field("year", "year", YearCell())
    runtime = Field("runtime", "runtime", MinutesCell())
    tagline = Field("tagline", "tagline", PlainTextCell())
    language = Field("language", "language", PlainTextCell())
    imdb_id = Field("imdb_id", "imdb_id", OptionalTextCell())

    class Meta(TableFile.Meta):
        model = Movie
        fields = [
            *["title", "year", "tagline", "runtime", "language", "released_on", "budget", "revenue"],
            *["genres", "keywords", "imdb_id", "movielens_id", "tmdb_id"],
        ]
        import_id_fields = ["title", "year"]

    def stored(self, instance_loader: Any, row: Row) -> Movie | None:
        try:
            return named_movie(row)
        except NotUnique as error:
            raise ValidationError(str(error)) from None


class CreditFile(FilmFile):
    person = Field("person", "person", PersonWidget())
    person_imdb_id = Field("person__imdb_id", "person_imdb_id", readonly=True)

    class Meta(FilmFile.Meta):
        model = Credit
        fields = ["movie", "year", "imdb_id", "person", "person_imdb_id", "role", "character", "position"]
        import_id_fields = ["movie", "person", "role"]


class PlotFile(FilmFile):
    class Meta(FilmFile.Meta):
        model = Plot
        fields = ["movie", "year", "imdb_id", "text", "source", "source_url", "licence", "locked"]
        import_id_fields = ["movie"]


class RatingFile(FilmFile):
    user = Field("user", "user", MemberWidget())
    stars = Field("half_stars", "stars", StarsCell())
    # Declared, so that no time stays no time: the column that the package makes would take the default.
    rated_at = Field("rated_at", "rated_at", MomentCell())

    class Meta(FilmFile.Meta):
        model = Rating
        fields = ["user", "movie", "year", "imdb_id", "stars", "rated_at"]
        import_id_fields = ["user", "movie"]
        store_instance = True
        # The widgets check every value; a form would call an unknown time missing.
        clean_model_instances = False

    def after_import(self, dataset: Any, result: TableResult, **kwargs: Any) -> None:
        super().after_import(dataset, result, **kwargs)
        refresh_counts(movie_ids={row.instance.movie_id for row in result.rows if row.instance})


class WatchFile(FilmFile):
    user = Field("user", "user", MemberWidget())

    class Meta(FilmFile.Meta):
        model = Watch
        fields = ["user", "movie", "year", "imdb_id", "watched_on", "rewatch"]
        import_id_fields = ["user", "movie", "watched_on"]


class ReviewFile(FilmFile):
    user = Field("user", "user", MemberWidget())

    class Meta(FilmFile.Meta):
        model = Review
        fields = ["user", "movie", "year", "imdb_id", "text", "has_spoilers"]
        import_id_fields = ["user", "movie"]
