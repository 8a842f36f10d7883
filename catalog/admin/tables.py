"""What the panel's pages of every app share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from django.utils.text import capfirst
from import_export.admin import ImportExportModelAdmin
from import_export.formats.base_formats import CSV, JSON, TSV
from unfold.admin import ModelAdmin
from unfold.contrib.import_export.forms import ExportForm, ImportForm
from unfold.paginator import InfinitePaginator


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
        return [f"{capfirst(self.opts.verbose_name)}: {row}" for row in rows], counts, set(), []

    def _dependants(self, rows: list[Model]) -> dict[str, int]:
        found = {}
        for relation in self.opts.related_objects:
            if relation.one_to_many or relation.one_to_one:
                table = relation.related_model
                going = table._base_manager.filter(**{f"{relation.field.name}__in": rows})
                found[str(table._meta.verbose_name_plural)] = going.count()
        return {name: count for name, count in found.items() if count}
