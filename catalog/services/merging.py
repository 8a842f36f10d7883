"""Two rows of one film made into one, and apart again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import FilmMerge, Movie, OtherTitle
from catalog.models.merges import EXTERNAL_IDS, FACTS
from catalog.services.merge_plan import TableMove, merge_plan
from catalog.services.ratings import refresh_counts
from catalog.services.row_record import RecordedRemoval, as_json, field_of, fill_again, insert_again
from catalog.titles import search_form

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractUser

DERIVED = ("slug", "search_title")
FILLED = (*EXTERNAL_IDS, "year", *FACTS, *DERIVED)
CHUNK = 500


class CannotMerge(Exception):
    """The message says why, for whoever asked."""


class CannotUndo(CannotMerge):
    pass


@transaction.atomic
def merge_films(*, kept: Movie, removed: Movie, by: AbstractUser | None) -> FilmMerge:
    """Let everything about one film follow into another, and remove the first.

    Of two rows of which only one can stay (two ratings by one person) the record keeps the other.
    Raises CannotMerge for a film with itself or one that is gone.
    """
    kept, removed = _locked(kept, removed)
    plan = merge_plan(kept=kept, removed=removed)
    record: dict[str, Any] = {"ids": {name: getattr(removed, name) for name in EXTERNAL_IDS}}
    record["yielded"] = [_give_way(move, kept) for move in plan if move.yielding]
    record["moved"] = [_follow(move, kept, removed) for move in plan if move.moving]
    record["before"], values = as_json(kept), as_json(removed)
    record["removed"] = RecordedRemoval([removed]).remove()
    record["filled"] = _complete(kept, values)
    record["titles"] = _remember_title(kept, values["title"])
    refresh_counts(movie_ids=[kept.pk])
    return FilmMerge.objects.create(
        kept=kept,
        removed_id=values["id"],
        removed_title=values["title"],
        record=record,
        merged_by_id=by.pk if by else None,
    )


@transaction.atomic
def undo_merge(*, merge: FilmMerge) -> Movie:
    """Bring the removed film back with all that was its own; what happened since stays where it is.

    Raises CannotUndo where it was undone already, another merge has to be undone first, or one of the
    film's ids belongs to another film by now.
    """
    merge = FilmMerge.objects.select_for_update().get(pk=merge.pk)
    _refuse_out_of_turn(merge)
    record = merge.record
    _take_out(merge.kept, record)
    OtherTitle.objects.filter(pk__in=record["titles"]).delete()
    film, *rest = record["removed"]["rows"]
    insert_again([film])
    removed = Movie.objects.filter(pk=merge.removed_id).first()
    if removed is None:
        raise CannotUndo(
            _("Another film has an id of %(film)s by now. Take it away there first.")
            % {"film": merge.removed_title}
        )
    _bring_back(record["moved"], merge.kept, removed)
    insert_again(rest)
    for yielded in record["yielded"]:
        insert_again(yielded["rows"])
    for removal in (record["removed"], *record["yielded"]):
        fill_again(removal["emptied"])
    FilmMerge.objects.filter(pk=merge.pk).update(undone_at=timezone.now())
    refresh_counts(movie_ids=[merge.kept_id, removed.pk])
    return Movie.objects.get(pk=removed.pk)


def _locked(kept: Movie, removed: Movie) -> tuple[Movie, Movie]:
    films = {film.pk: film for film in Movie.objects.select_for_update().filter(pk__in=[kept.pk, removed.pk])}
    if len(films) < 2:
        raise CannotMerge(_("Choose two films that are both still here."))
    return films[kept.pk], films[removed.pk]


def _give_way(move: TableMove, kept: Movie) -> dict[str, Any]:
    return RecordedRemoval(move.of(kept).filter(pk__in=move.yielding)).remove()


def _follow(move: TableMove, kept: Movie, removed: Movie) -> list[Any]:
    keys = sorted(set(move.of(removed).values_list("pk", flat=True)) - move.clashing)
    for some in _chunks(keys):
        move.model._base_manager.filter(pk__in=some).update(**{move.column: kept})
    return [move.model._meta.label, move.column, keys]


def _complete(kept: Movie, values: dict[str, Any]) -> dict[str, Any]:
    """What the kept film lacked and the removed one had."""
    before = as_json(kept)
    for name in FILLED:
        if not before[name] and values[name]:
            setattr(kept, name, field_of(Movie, name).to_python(values[name]))
    if kept.year != before["year"]:
        kept.derive_from_title()
    after = as_json(kept)
    filled = {name: after[name] for name in FILLED if after[name] != before[name]}
    if filled:
        Movie.objects.filter(pk=kept.pk).update(**{name: getattr(kept, name) for name in filled})
    return filled


def _take_out(kept: Movie, record: dict[str, Any]) -> None:
    """Columns that an editor changed since stay as they are."""
    now, filled = as_json(kept), record["filled"]
    back = {name: record["before"][name] for name in filled if now[name] == filled[name]}
    if any(now[name] != filled.get(name, record["before"][name]) for name in ("title", "year")):
        back = {name: value for name, value in back.items() if name not in DERIVED}
    if back:
        Movie.objects.filter(pk=kept.pk).update(**back)


def _remember_title(kept: Movie, title: str) -> list[int]:
    """People go on searching for the name that is gone."""
    known = {search_form(name) for name in (kept.title, *kept.other_titles.values_list("title", flat=True))}
    if search_form(title) in known:
        return []
    return [OtherTitle.objects.create(movie=kept, title=title).pk]


def _refuse_out_of_turn(merge: FilmMerge) -> None:
    if merge.undone_at:
        raise CannotUndo(_("This merge was undone already."))
    # Each merge starts from what the one before left, so they come apart in the opposite order.
    later = FilmMerge.objects.standing().filter(kept=merge.kept_id, pk__gt=merge.pk).first()
    if later:
        films = {"removed": later.removed_title, "kept": merge.kept}
        raise CannotUndo(_("Undo the merge of %(removed)s into %(kept)s first.") % films)


def _bring_back(moved: list[list[Any]], kept: Movie, removed: Movie) -> None:
    for label, column, keys in moved:
        for some in _chunks(keys):
            rows = apps.get_model(label)._base_manager.filter(pk__in=some, **{column: kept})
            rows.update(**{column: removed})


def _chunks(keys: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(keys), CHUNK):
        yield keys[start : start + CHUNK]
