from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_htmx.http import HttpResponseClientRedirect
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action, display
from unfold.forms import BaseDialogForm

from catalog.admin.film_actions import FilmActions, note
from catalog.admin.tables import ReadOnly
from catalog.models import FilmMerge, Movie
from catalog.services import CannotMerge, CannotUndo, merge_films, undo_merge
from catalog.services.merge_plan import merge_plan

MOST_FILMS, YEARS_APART = 5, 1
SHOWN = {
    "year": gettext_lazy("Year"),
    "runtime": gettext_lazy("Minutes"),
    "language": gettext_lazy("Language"),
    "ratings_count": gettext_lazy("Ratings"),
    "imdb_id": gettext_lazy("IMDb"),
    "tmdb_id": gettext_lazy("TMDB"),
    "movielens_id": gettext_lazy("MovieLens"),
}


class FilmMerging(FilmActions):
    actions = ["merge", *FilmActions.actions]

    def has_merge_permission(self, request: HttpRequest) -> bool:
        return self.has_change_permission(request) and self.has_delete_permission(request)

    @admin.action(description=gettext_lazy("Merge into one…"), permissions=["merge"])
    def merge(self, request: HttpRequest, queryset: QuerySet[Movie]) -> HttpResponse | None:
        films = list(queryset.order_by("-ratings_count", "pk")[: MOST_FILMS + 1])
        if not 2 <= len(films) <= MOST_FILMS:
            messages.warning(request, _("Choose two to five films that are one and the same."))
            return None
        kept = next((film for film in films if str(film.pk) == request.POST.get("kept")), films[0])
        removed = [film for film in films if film != kept]
        if "apply" in request.POST:
            return self._merge(request, kept, removed)
        asked = {"title": _("Merge into one"), "action": "merge", "kept": kept, **_compared(films, kept)}
        return self.between(request, queryset, "admin/films_merge.html", asked)

    def _merge(self, request: HttpRequest, kept: Movie, removed: list[Movie]) -> HttpResponse | None:
        try:
            with transaction.atomic():
                for film in removed:
                    merge_films(kept=kept, removed=film, by=request.user)
                names = ", ".join(f"{film} (№ {film.pk})" for film in removed)
                note(request, Movie.objects.filter(pk=kept.pk), _("Merged with %s.") % names)
        except CannotMerge as error:
            messages.error(request, str(error))
            return None
        undo = reverse("admin:catalog_filmmerge_changelist")
        told = _(
            '{film} is one film now. It can be undone under <a href="{undo}" class="underline">Merges</a>.'
        )
        messages.success(request, format_html(told, film=kept, undo=undo))
        return HttpResponseRedirect(reverse("admin:catalog_movie_change", args=[kept.pk]))


def _compared(films: list[Movie], kept: Movie) -> dict[str, Any]:
    """A column a film, a row a fact, and what would become of what people did with those that go."""
    facts = [(label, [getattr(film, name) or "–" for film in films]) for name, label in SHOWN.items()]
    facts.append((_("Genres"), [", ".join(film.genre_names) or "–" for film in films]))
    plans = [(film, merge_plan(kept=kept, removed=film)) for film in films if film != kept]
    return {"films": films, "facts": facts, "plans": plans, "years_apart": _years_apart(films)}


def _years_apart(films: list[Movie]) -> int:
    """Nought within a year, by which catalogues often differ for one film."""
    years = [film.year for film in films if film.year]
    apart = max(years, default=0) - min(years, default=0)
    return apart if apart > YEARS_APART else 0


def _name_of(label: str) -> str:
    return str(apps.get_model(label)._meta.verbose_name_plural)


@admin.register(FilmMerge)
class FilmMergeAdmin(ReadOnly):
    """Who made which films one, and the way back."""

    list_display = ["removed_title", "kept", "merged_by", "merged_at", "status"]
    list_select_related = ["kept", "merged_by"]
    list_filter = [("merged_at", RangeDateTimeFilter)]
    list_filter_submit = True
    search_fields = ["removed_title", "kept__search_title"]
    fields = ["removed_title", "removed_id", "kept", "merged_by", "merged_at", "undone_at", "counted"]
    actions = ["undo"]
    actions_detail = ["undo_one"]

    def has_undo_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return request.user.has_perm("catalog.change_movie") and request.user.has_perm("catalog.delete_movie")

    @display(
        description=gettext_lazy("state"),
        label={"merged": "info", "undone": "warning"},
    )
    def status(self, merge: FilmMerge) -> tuple[str, str]:
        return ("undone", _("undone")) if merge.undone_at else ("merged", _("in force"))

    @display(description=gettext_lazy("what moved"))
    def counted(self, merge: FilmMerge) -> str:
        moved = merge.record["moved"]
        return ", ".join(f"{len(keys)} × {_name_of(label)}" for label, _column, keys in moved)

    @admin.action(description=gettext_lazy("Undo"), permissions=["undo"])
    def undo(self, request: HttpRequest, queryset: QuerySet[FilmMerge]) -> None:
        for merge in queryset.order_by("-merged_at", "-pk"):
            _undo(request, merge)

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[UnfoldAction]:
        is_standing = FilmMerge.objects.standing().filter(pk=object_id).exists()
        return super().get_actions_detail(request, object_id) if is_standing else []

    @action(
        description=gettext_lazy("Undo"),
        icon="undo",
        permissions=["undo"],
        dialog={
            "title": gettext_lazy("Undo this merge"),
            "description": gettext_lazy(
                "The film that is gone comes back with all that was its own. What people did since stays "
                "with the film where they did it."
            ),
            "form_class": BaseDialogForm,
            "form_submit_text": gettext_lazy("Undo"),
        },
    )
    def undo_one(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:
        _undo(request, get_object_or_404(FilmMerge, pk=object_id))
        return HttpResponseClientRedirect(reverse("admin:catalog_filmmerge_change", args=[object_id]))


def _undo(request: HttpRequest, merge: FilmMerge) -> None:
    try:
        with transaction.atomic():
            film = undo_merge(merge=merge)
            both = Movie.objects.filter(pk__in=[film.pk, merge.kept_id])
            note(request, both, _("Merge of %(film)s undone.") % {"film": merge})
    except CannotUndo as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("%(film)s is back with all that was its own.") % {"film": film})
