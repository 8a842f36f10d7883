"""Several workers on one real database, each with a connection or a process of its own."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.db import connection, connections


def database_of_its_own(folder: Path) -> str:
    """The test database's name; SQLite's lives in this process only and is copied into a file."""
    if connection.vendor != "sqlite":
        return connection.settings_dict["NAME"]
    file = folder / "workers.sqlite3"
    connection.ensure_connection()
    with closing(sqlite3.connect(file)) as copy:
        connection.connection.backup(copy)
        copy.execute("PRAGMA journal_mode=WAL")
    return str(file)


@contextmanager
def in_own_connections(folder: Path) -> Iterator[Callable[[Callable], Callable]]:
    name = database_of_its_own(folder)

    def connected(work: Callable) -> Callable:
        def with_connection(*args: Any) -> Any:
            own = connections.create_connection("default")
            own.settings_dict = {**own.settings_dict, "NAME": name}
            connections["default"] = own
            try:
                return work(*args)
            finally:
                own.close()

        return with_connection

    yield connected


def database_url(folder: Path) -> str:
    name = database_of_its_own(folder)
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
