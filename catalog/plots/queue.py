"""Which films are asked about, and when again. Every step is in the database, so that any number of
workers share the queue and a fetch that was stopped goes on where it was."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from random import SystemRandom

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from catalog.models import Movie, Plot, PlotFetch
from catalog.plots.contract import PlotProvider

EDITOR = "editor"
# Longer than any answer takes: a film whose worker died is free again after it.
CLAIM = timedelta(minutes=10)
FIRST_RETRY, LAST_RETRY = timedelta(minutes=15), timedelta(days=7)
JITTER = 0.25
# Every provider knows films by their IMDb id.
CAN_BE_ASKED_ABOUT = ~Q(imdb_id=None) & ~Q(imdb_id="")

State = PlotFetch.State
_dice = SystemRandom()


def may_be_replaced(now: datetime) -> Q:
    """Plots that are old and that nobody on the site wrote or locked."""
    old = Q(fetched_at__lte=now - timedelta(days=settings.PLOT_STALE_DAYS))
    return old & Q(locked=False) & ~Q(source=EDITOR)


def due_films(providers: Iterable[PlotProvider], *, now: datetime, limit: int) -> QuerySet[Movie]:
    """The most rated films that at least one of `providers` is to be asked about."""
    due = reduce(or_, (_due_at(provider, now) for provider in providers), Q(pk__in=[]))
    return Movie.objects.filter(due).order_by("-ratings_count", "pk")[:limit]


def claim(*, movie: Movie, provider: PlotProvider, now: datetime) -> PlotFetch | None:
    """Take a film for this worker alone; None where it is not due or another worker has it."""
    if not Movie.objects.filter(_due_at(provider, now), pk=movie.pk).exists():
        return None
    fetch, _ = PlotFetch.objects.get_or_create(
        movie=movie, provider=provider.name, defaults={"state": State.RETRY, "due_at": now}
    )
    free = PlotFetch.objects.filter(Q(state=State.FOUND) | Q(due_at__lte=now), pk=fetch.pk)
    claimed = free.update(state=State.RETRY, due_at=now + CLAIM, updated_at=now)
    return fetch if claimed else None


def fetch_again(fetches: QuerySet[PlotFetch]) -> int:
    """With the next fetch, as if never tried; returns how many there are."""
    return fetches.update(state=State.RETRY, due_at=timezone.now(), attempts=0)


def release(*, fetch: PlotFetch, now: datetime) -> None:
    """Give a film back unasked."""
    PlotFetch.objects.filter(pk=fetch.pk).update(state=State.RETRY, due_at=now)


def settle_found(*, fetch: PlotFetch, now: datetime) -> None:
    _settle(fetch, State.FOUND, now + timedelta(days=settings.PLOT_STALE_DAYS), "")


def settle_not_found(*, fetch: PlotFetch, now: datetime, answer: str) -> None:
    _settle(fetch, State.NOT_FOUND, now + timedelta(days=settings.PLOT_NOT_FOUND_DAYS), answer)


def try_again(*, fetch: PlotFetch, now: datetime, answer: str, after: timedelta | None) -> None:
    """Ask again after the provider's own wait or the next step of the back-off, whichever is longer."""
    attempts = fetch.attempts + 1
    due_at = now + max(after or timedelta(), back_off(attempts, FIRST_RETRY, LAST_RETRY))
    _settle(fetch, State.RETRY, due_at, answer, attempts)


def back_off(attempts: int, first: timedelta, last: timedelta) -> timedelta:
    """first, 2 first, 4 first ... up to `last`, each a quarter shorter or longer by chance."""
    # The power is bounded too: films that failed for years would overflow it.
    wait = min(first * 2 ** min(attempts - 1, 20), last)
    return timedelta(seconds=wait.total_seconds() * _dice.uniform(1 - JITTER, 1 + JITTER))


def _due_at(provider: PlotProvider, now: datetime) -> Q:
    fetches = PlotFetch.objects.filter(movie=OuterRef("pk"), provider=provider.name)
    # After FOUND the age of the text decides, so a plot that was deleted is fetched anew.
    waits = Exists(fetches.filter(due_at__gt=now).exclude(state=State.FOUND))
    wanted = Q(~Exists(Plot.objects.filter(~may_be_replaced(now), movie=OuterRef("pk"))))
    if provider.knows_facts:
        wanted |= Q(~Exists(fetches.filter(state__in=[State.FOUND, State.NOT_FOUND])))
    return CAN_BE_ASKED_ABOUT & ~waits & wanted


def _settle(fetch: PlotFetch, state: str, due_at: datetime, answer: str, attempts: int = 0) -> None:
    PlotFetch.objects.filter(pk=fetch.pk).update(
        state=state, due_at=due_at, answer=answer[:300], attempts=attempts, updated_at=timezone.now()
    )
