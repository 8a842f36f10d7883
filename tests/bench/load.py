"""How long visitors wait for a page: eight at once, each with a new rating before every request.

python -m tests.bench.load SITE [--seconds 20] [--json RESULT]

SITE is the address of a running site with films and a live model, such as `make run` gives, or a data set: a
site with it is prepared then and runs for as long as it is measured. Only the second of the two requests is
timed, what a visitor sees after giving stars. Eight who never pause keep both cores busy whatever a page
costs, and wait for each other; eight who look at each for a second stand beside them.
"""

from __future__ import annotations

import argparse
import http.client
import random
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from pathlib import Path
from time import monotonic, perf_counter, sleep
from urllib.parse import urlencode, urlsplit

import numpy as np

from tests.bench import results, running_site, sections
from tests.bench.results import Figures

CLIENTS = 8
WARM_RATINGS = 20
SEEN_FILMS = 300
LOOKS = 1.0
"""Seconds, the mean of a random pause: somebody who reads nothing and goes on at once."""


class Visitor:
    """With a session of its own, a stranger's unless `cookies` say otherwise."""

    def __init__(
        self,
        site: str,
        films: list[str],
        seed: int,
        *,
        cookies: dict[str, str] | None = None,
        warm_ratings: int = WARM_RATINGS,
    ) -> None:
        self.site, self.films = urlsplit(site), films
        self.random = random.Random(seed)
        self.cookies = cookies or {}
        page = self.get("/for-you/")
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert found, "the page has no form"
        self.token = found.group(1)
        for _ in range(warm_ratings):
            self.rate()

    def get(self, path: str) -> str:
        return self._ask("GET", path)

    def rate(self) -> None:
        """Films are rated over and over, so that a history does not grow past what a session keeps."""
        film = self.random.choice(self.films[:150])
        stars = self.random.randint(1, 10) / 2
        form = {"csrfmiddlewaretoken": self.token, "stars": stars, "next": "/ping/"}
        self._ask("POST", f"/films/{film}/rate/", urlencode(form))

    def _ask(self, method: str, path: str, body: str = "") -> str:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection(self.site.netloc, timeout=60)
        connection.request(method, path, body or None, headers)
        answer = connection.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, kept = value.partition(";")[0].partition("=")
                self.cookies[key] = kept
        text = answer.read().decode()
        assert answer.status < 400, f"{method} {path}: {answer.status}"
        return text


def taken(
    visitors: list[Visitor], path_of, seconds: float, *, rates: bool, pause: float = 0.0
) -> list[float]:
    """Milliseconds of every timed request of all visitors; `pause` is the mean of the seconds before each."""
    found: list[float] = []
    end = monotonic() + seconds

    def visit(visitor: Visitor) -> None:
        while monotonic() < end:
            if pause:
                sleep(visitor.random.expovariate(1 / pause))
            if rates:
                visitor.rate()
            path = path_of(visitor)
            started = perf_counter()
            visitor.get(path)
            found.append(1000 * (perf_counter() - started))

    threads = [threading.Thread(target=visit, args=(visitor,)) for visitor in visitors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def films_of(site: str) -> tuple[list[str], list[str]]:
    """Ids and addresses of films that many know."""
    connection = http.client.HTTPConnection(urlsplit(site).netloc, timeout=60)
    found: dict[str, str] = {}
    for page in range(1, 20):
        connection.request("GET", f"/films/?page={page}")
        text = connection.getresponse().read().decode()
        found |= {pk: path for path, pk in re.findall(r'href="(/films/(\d+)/[^"/]+/)"', text)}
        if len(found) >= SEEN_FILMS:
            break
    return list(found), list(found.values())


def measured(site: str, seconds: float) -> Figures:
    ids, paths = films_of(site)
    visitors = [Visitor(site, ids, seed) for seed in range(CLIENTS)]
    return {"lines": list(_lines(visitors, paths, seconds))}


def _lines(visitors: list[Visitor], paths: list[str], seconds: float) -> Iterator[Figures]:
    pages = {
        "/for-you/, a rating before each": (lambda visitor: "/for-you/", True),
        "film page, a rating before each": (lambda visitor: visitor.random.choice(paths), True),
        "film page": (lambda visitor: visitor.random.choice(paths), False),
        "home, a rating before each": (lambda visitor: "/", True),
    }
    several = f"{CLIENTS} at once"
    for who, some, pause in (
        ("one alone", visitors[:1], 0.0),
        (f"{several}, a pause of {LOOKS:g} s", visitors, LOOKS),
        (f"{several}, no pause", visitors, 0.0),
    ):
        for name, (path_of, rates) in pages.items():
            found = taken(some, path_of, seconds, rates=rates, pause=pause)
            times = {"ms": float(np.median(found)), "p99": float(np.percentile(found, 99))}
            yield {"visitors": who, "page": name, "requests": len(found), **times}


def tables(by_set: Mapping[str, Figures]) -> str:
    (found,) = by_set.values()
    rows = [
        [one["visitors"], one["page"], str(one["requests"]), f"{one['ms']:.1f}", f"{one['p99']:.1f}"]
        for one in found["lines"]
    ]
    header = ["visitors", "page", "requests", "median ms", "99th percentile ms"]
    return sections.table(header, rows, words=2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("site", help="its address, or a data set to prepare one with")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    runs = asked.site.startswith("http")
    with nullcontext(asked.site) if runs else running_site.prepared(Path(asked.site).resolve()) as site:
        found = measured(site, asked.seconds)
    print(tables({asked.site: found}))
    results.keep(found, asked.json)


if __name__ == "__main__":
    main()
