"""What a process of its own needs to see the database of a test."""

import os
from urllib.parse import urlsplit

from django.db import connection


def url_of_test_database() -> str:
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    # The address that the tests were started with; only the name of the database differs.
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


def environment(**variables: str) -> dict[str, str]:
    return os.environ | {"DATABASE_URL": url_of_test_database()} | variables
