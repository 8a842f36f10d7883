from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class CatalogConfig(AppConfig):
    name = "catalog"

    def ready(self) -> None:
        post_migrate.connect(_keep_search_index, sender=self)


def _keep_search_index(using: str, **kwargs: Any) -> None:
    from catalog.search.sqlite_index import keep_index

    if connections[using].vendor == "sqlite":
        keep_index(connections[using])
