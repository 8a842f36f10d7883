"""What the panel's pages of every app share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import messages
from django.contrib.auth import get_permission_codename
from django.db.models import CASCADE, Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from import_export.admin import ImportExportModelAdmin
from import_export.formats.base_formats import JSON
from unfold.admin import ModelAdmin
from unfold.contrib.import_export.forms import ExportForm, ImportForm
from unfold.paginator import InfinitePaginator

from catalog.admin.table_files import CSV, TSV, TableResult


class LargeTable(ModelAdmin):
    """Pages through a million rows: counting them would take longer than showing some."""

    paginator = InfinitePaginator
    show_full_result_count = False
    list_disable_select_all = True
    list_per_page = 50
    list_filter_submit = True


class Exchange(ModelAdmin, ImportExportModelAdmin):
    """Import with a trial run first, and export, for those who may change the table itself."""

    import_form_class = ImportForm
    export_form_class = ExportForm
    import_formats = export_formats = [CSV, TSV, JSON]

    def process_dataset(self, *args: Any, **kwargs: Any) -> TableResult:
        return super().process_dataset(*args, **kwargs | {"rollback_on_validation_errors": True})

    def process_result(self, result: TableResult, request: HttpRequest) -> HttpResponse:
        """Somebody may have changed the tables since the trial run."""
        if not result.complaints:
            return super().process_result(result, request)
        for complaint in result.complaints:
            messages.error(request, complaint)
        return HttpResponseRedirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_import"))

    def add_data_read_fail_error_to_form(self, form: ImportForm, e: Exception) -> None:
        told = _("This is no file of that format, or one of its rows has more cells than the first line.")
        form.add_error("import_file", told)

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request) and self.has_change_permission(request)

    def has_export_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)


class ReadOnly(ModelAdmin):
    """Rows that the site writes and people only look at."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class CountedDeletion(ModelAdmin):
    """Asks before deleting with the number of rows that go too: listing them would be a page of megabytes."""

    def get_deleted_objects(
        self, objs: Iterable[Model], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        rows = list(objs)
        counts = {str(self.opts.verbose_name_plural): len(rows), **self._dependants(rows)}
        named = [f"{capfirst(self.opts.verbose_name)}: {row}" for row in rows]
        return named, counts, self._lacking(rows, request.user), []

    def _dependants(self, rows: list[Model]) -> Counter[str]:
        found: Counter[str] = Counter()
        for relation in _cascading(self.model):
            table = relation.related_model
            going = table._base_manager.filter(**{f"{relation.field.name}__in": rows})
            found[str(table._meta.verbose_name_plural)] += going.count()
        return +found

    def _lacking(self, rows: list[Model], user: Any) -> set[str]:
        """Tables of the panel with rows that would go and that `user` may not delete, as Django has it."""
        lacking: set[str] = set()
        for table, lookup in _below(self.model, "in", {self.model}):
            name = str(table._meta.verbose_name)
            if name in lacking or not self.admin_site.is_registered(table) or _may_delete(user, table):
                continue
            if table._base_manager.filter(**{lookup: rows}).exists():
                lacking.add(name)
        return lacking


def _cascading(model: type[Model]) -> Iterator[Any]:
    """What points at a model and goes with its rows."""
    return (relation for relation in model._meta.related_objects if relation.on_delete is CASCADE)


def _below(model: type[Model], lookup: str, above: set[type[Model]]) -> Iterator[tuple[type[Model], str]]:
    """Every table that goes with rows of a model, at any depth, and the look-up from there to them."""
    for relation in _cascading(model):
        table, way = relation.related_model, f"{relation.field.name}__{lookup}"
        if table not in above:
            yield table, way
            yield from _below(table, way, above | {table})


def _may_delete(user: Any, table: type[Model]) -> bool:
    # Not the page's own has_delete_permission: what the panel only shows may still go with its film.
    return user.has_perm(f"{table._meta.app_label}.{get_permission_codename('delete', table._meta)}")
