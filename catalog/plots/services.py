"""Fetching plots: the film's turn, the providers in order, and what becomes of their answers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils import timezone

from catalog.models import Movie, Plot, PlotFetch
from catalog.plots import pace, queue
from catalog.plots.cinemagoer import CinemagoerProvider
from catalog.plots.contract import Blocked, NoPlot, NotFound, PlotProvider, PlotText, Retry
from catalog.plots.facts import fill_missing
from catalog.plots.omdb import OmdbProvider
from catalog.plots.tmdb import TmdbProvider
from catalog.plots.wikipedia import WikipediaProvider

PROVIDERS: dict[str, type[PlotProvider]] = {
    provider.name: provider
    for provider in (CinemagoerProvider, WikipediaProvider, TmdbProvider, OmdbProvider)
}
log = logging.getLogger(__name__)
Progress = Callable[[int, int], None]


@dataclass
class Tally:
    """What one provider answered during one fetch."""

    found: int = 0
    not_found: int = 0
    refused: int = 0
    again: int = 0
    passed_over: str = ""

    def __str__(self) -> str:
        counts = {
            "found": self.found,
            "not found": self.not_found,
            "refused": self.refused,
            "to be tried again": self.again,
        }
        told = ", ".join(f"{count} {what}" for what, count in counts.items())
        if not self.passed_over:
            return told
        return f"{told}; then {self.passed_over}" if any(counts.values()) else self.passed_over


@dataclass
class Report:
    """Filled while the fetch runs, so that whoever stops it still has the counts."""

    films: int = 0
    providers: dict[str, Tally] = field(default_factory=dict)

    def of(self, provider: PlotProvider | str) -> Tally:
        name = provider if isinstance(provider, str) else provider.name
        return self.providers.setdefault(name, Tally())

    def __str__(self) -> str:
        return "\n".join(f"{name}: {tally}" for name, tally in self.providers.items())


def fetch_plots(
    *,
    limit: int,
    providers: Iterable[str] | None = None,
    progress: Progress = lambda done, total: None,
    report: Report | None = None,
) -> Report:
    """Ask for the plots of up to `limit` films without one or with an old one, the most rated first.

    `providers` are names in the order in which to ask, by default those of the settings; `progress`
    gets the numbers of films done and in all. Raises ValueError for a provider that does not exist.
    """
    report = Report() if report is None else report
    with ExitStack() as stack:
        usable = [stack.enter_context(closing(provider)) for provider in _made(providers)]
        usable = [provider for provider in usable if _can_be_asked(provider, report)]
        films = queue.due_films(usable, now=timezone.now(), limit=limit)
        for done, film in enumerate(films, start=1):
            usable = [provider for provider in usable if not _is_paused(provider, report)]
            _ask_in_order(film, usable, report)
            progress(done, len(films))
    return report


def store(*, movie: Movie, plot: PlotText) -> bool:
    """True if the film took the text: it had none, or an old one that nobody on the site wrote or locked."""
    if not plot.text.strip():
        return False
    values: dict[str, Any] = {
        "text": plot.text,
        "source": plot.source,
        "source_url": _address(plot.url),
        "licence": plot.licence[:60],
        "fetched_at": plot.fetched_at,
        "poster_url": _address(plot.facts.poster_url),
    }
    # One statement: an editor who saves at this very moment wins.
    replaceable = Plot.objects.filter(queue.may_be_replaced(plot.fetched_at), movie=movie)
    return bool(replaceable.update(**values)) or Plot.objects.get_or_create(movie=movie, defaults=values)[1]


def _address(url: str) -> str:
    """Pages link to it, so it is an address of the web that fits into the column, or nothing."""
    return url if url.startswith(("https://", "http://")) and len(url) <= 1000 else ""


def _made(names: Iterable[str] | None) -> list[PlotProvider]:
    wanted = list(settings.PLOT_PROVIDERS if names is None else names)
    unknown = ", ".join(name for name in wanted if name not in PROVIDERS)
    if unknown:
        raise ValueError(f"No plot provider is called {unknown}; there are {', '.join(PROVIDERS)}.")
    return [PROVIDERS[name]() for name in wanted]


def _can_be_asked(provider: PlotProvider, report: Report) -> bool:
    report.of(provider).passed_over = provider.lacks()
    return not report.of(provider).passed_over and not _is_paused(provider, report)


def _is_paused(provider: PlotProvider, report: Report) -> bool:
    until = pace.paused_until(provider=provider.name, now=timezone.now())
    if until:
        report.of(provider).passed_over = f"paused until {until:%Y-%m-%d %H:%M} UTC"
    return until is not None


def _ask_in_order(movie: Movie, providers: Iterable[PlotProvider], report: Report) -> None:
    """The first that has a text ends the film's turn."""
    asked = False
    for provider in providers:
        fetch = queue.claim(movie=movie, provider=provider, now=timezone.now())
        asked = asked or fetch is not None
        if fetch and _ask(provider, movie, fetch, report.of(provider)):
            break
    report.films += asked


def _ask(provider: PlotProvider, movie: Movie, fetch: PlotFetch, tally: Tally) -> bool:
    try:
        plot = _fetched(provider, movie)
        _take(plot, movie, fetch, tally)
        return True
    except NotFound as answer:
        _take_not_found(answer, movie, fetch, tally)
    except NoPlot as answer:
        _take_refusal(answer, fetch, tally)
    except BaseException:
        # Stopped in the middle: the next run asks about this film first.
        queue.release(fetch=fetch, now=timezone.now())
        raise
    return False


def _fetched(provider: PlotProvider, movie: Movie) -> PlotText:
    try:
        return provider.fetch(movie.imdb_id or "")
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        # An answer of a shape that nobody expected is one film's trouble, not the night's.
        log.exception("%s: unreadable answer about %s", provider.name, movie.imdb_id)
        raise Retry("unreadable answer") from None


def _take(plot: PlotText, movie: Movie, fetch: PlotFetch, tally: Tally) -> None:
    store(movie=movie, plot=plot)
    fill_missing(movie=movie, facts=plot.facts)
    queue.settle_found(fetch=fetch, now=timezone.now())
    pace.record_answer(provider=fetch.provider)
    tally.found += 1


def _take_not_found(answer: NotFound, movie: Movie, fetch: PlotFetch, tally: Tally) -> None:
    fill_missing(movie=movie, facts=answer.facts)
    queue.settle_not_found(fetch=fetch, now=timezone.now(), answer=str(answer))
    pace.record_answer(provider=fetch.provider)
    tally.not_found += 1


def _take_refusal(answer: NoPlot, fetch: PlotFetch, tally: Tally) -> None:
    now = timezone.now()
    queue.try_again(fetch=fetch, now=now, answer=str(answer), after=answer.after)
    pace.record_refusal(provider=fetch.provider, now=now, after=answer.after)
    if isinstance(answer, Blocked):
        tally.refused += 1
    else:
        tally.again += 1
