"""What would follow a film into another one, table by table, and what would not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db.models import Model, Q, QuerySet, UniqueConstraint

from catalog.models import Credit, ListEntry, Movie, Plot, PosterPicture, Rating, RatingSource, Review
from catalog.plots.queue import EDITOR

BEGINNING = datetime.min.replace(tzinfo=UTC)
# Which of two rows stays where only one may: the greater; the kept film's where they are equal.
PREFERENCE: dict[type[Model], Callable[[Any], Any]] = {
    Rating: lambda rating: (rating.source == RatingSource.SITE, rating.rated_at or BEGINNING),
    Review: lambda review: review.updated_at,
    Plot: lambda plot: (plot.locked, plot.source == EDITOR),
    ListEntry: lambda entry: (bool(entry.note), -entry.position),
    PosterPicture: lambda picture: picture.state == PosterPicture.State.KEPT,
}
# What those look at: no whole text is read for a choice between two times.
COMPARED: dict[type[Model], tuple[str, ...]] = {
    Rating: ("source", "rated_at"),
    Review: ("updated_at",),
    Plot: ("locked", "source"),
    ListEntry: ("note", "position"),
    PosterPicture: ("state",),
}


@dataclass
class TableMove:
    """One table that points at films. `clashing` rows of the removed film go with it, so do `yielding` ones
    of the kept film, whose place a row of the removed film takes."""

    model: type[Model]
    column: str
    total: int = 0
    clashing: set[Any] = field(default_factory=set)
    yielding: set[Any] = field(default_factory=set)

    @property
    def moving(self) -> int:
        return self.total - len(self.clashing)

    @property
    def given_up(self) -> int:
        return len(self.clashing) + len(self.yielding)

    @property
    def label(self) -> str:
        if self.model._meta.auto_created:
            # Of a table between films and their genres or keywords only the code knows a name.
            film: Any = Movie._meta
            return str(film.get_field(self.model.__name__.rpartition("_")[2]).verbose_name)
        return str(self.model._meta.verbose_name_plural)

    def of(self, movie: Movie) -> QuerySet[Model]:
        return self.model._base_manager.filter(**{self.column: movie})


def merge_plan(*, kept: Movie, removed: Movie) -> list[TableMove]:
    """Every table with a row about the removed film."""
    moves = [_move(relation, kept, removed) for relation in _relations()]
    return [move for move in moves if move.total]


def _relations() -> Iterator[Any]:
    """Whatever points at a film, tables of other apps and of many-to-many fields among it."""
    for relation in Movie._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one):
            yield relation


def _move(relation: Any, kept: Movie, removed: Movie) -> TableMove:
    move = TableMove(relation.related_model, relation.field.name)
    move.total = move.of(removed).count()
    if move.total:
        move.clashing |= set(_settled(move, kept, removed).values_list("pk", flat=True))
        for names, condition in _unique_together(move):
            _judge(move, kept, removed, names, condition)
    return move


def _settled(move: TableMove, kept: Movie, removed: Movie) -> QuerySet[Model]:
    """Genres and credits of two sources side by side would be a muddle: those of the kept film stand."""
    rows = move.of(removed)
    if move.model is Credit:
        return rows.filter(role__in=kept.credits.order_by().values("role"))
    if move.model is Movie.genres.through and kept.genres.exists():
        return rows
    return rows.none()


def _unique_together(move: TableMove) -> Iterator[tuple[list[str], Q]]:
    """Sets of columns that tell rows of one film apart, and for which rows that holds."""
    meta: Any = move.model._meta
    if meta.get_field(move.column).unique:
        yield [], Q()
    for names in meta.unique_together:
        if move.column in names:
            yield [name for name in names if name != move.column], Q()
    for constraint in meta.constraints:
        if isinstance(constraint, UniqueConstraint) and move.column in constraint.fields:
            yield [name for name in constraint.fields if name != move.column], constraint.condition or Q()


def _judge(move: TableMove, kept: Movie, removed: Movie, names: list[str], condition: Q) -> None:
    """Find the pairs of rows of which only one can stay, and choose."""
    prefer: Callable[[Any], Any] = PREFERENCE.get(move.model, lambda _row: 0)
    here = {_key(row, names): row for row in _rivals(move, kept, removed, names, condition)}
    for row in _rivals(move, removed, kept, names, condition):
        other = here.get(_key(row, names))
        if other is None or row.pk in move.clashing:
            continue
        if prefer(row) > prefer(other):
            move.yielding.add(other.pk)
        else:
            move.clashing.add(row.pk)


def _rivals(move: TableMove, movie: Movie, other: Movie, names: list[str], condition: Q) -> QuerySet[Model]:
    """Rows of one film of which each value stands at the other too; what is missing equals nothing."""
    there = move.of(other).filter(condition)
    shared = {f"{name}__in": there.values(name) for name in names}
    rows = move.of(movie).filter(condition, **shared)
    return rows.only("pk", *names, *COMPARED.get(move.model, ()))


def _key(row: Model, names: list[str]) -> tuple[Any, ...]:
    meta: Any = row._meta
    return tuple(getattr(row, meta.get_field(name).attname) for name in names)
