"""How fast a provider is asked and when it is left alone: one row a provider, shared by all workers."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Q

from catalog.models import PlotProviderState
from catalog.plots.queue import back_off

FIRST_PAUSE, LAST_PAUSE = timedelta(minutes=15), timedelta(days=1)
# A shorter wait is sat out; for a longer one the provider is passed over.
PATIENCE = timedelta(seconds=30)


def take_turn(*, provider: str, now: datetime) -> datetime:
    """The time at which the caller, and no other worker, may send one request."""
    interval = timedelta(seconds=1 / settings.PLOT_REQUESTS_PER_SECOND)
    while True:
        seen = _state(provider).next_request_at
        turn = max(seen, now)
        # Another worker that moved the time since we read it leaves no row to update.
        unmoved = PlotProviderState.objects.filter(provider=provider, next_request_at=seen)
        if unmoved.update(next_request_at=turn + interval):
            return turn


def paused_until(*, provider: str, now: datetime) -> datetime | None:
    """When the provider may be asked again, or None if it may be asked now."""
    until = _state(provider).open_until
    return until if until and until > now else None


def record_answer(*, provider: str) -> None:
    """A proper answer closes the circuit."""
    refused = PlotProviderState.objects.filter(Q(refusals__gt=0) | ~Q(open_until=None), provider=provider)
    refused.update(refusals=0, open_until=None)


def record_refusal(*, provider: str, now: datetime, after: timedelta | None) -> None:
    """Keep to the wait that was asked for; after repeated refusals pause, longer each time."""
    row = PlotProviderState.objects.filter(provider=_state(provider).provider)
    row.update(refusals=F("refusals") + 1)
    too_many = row.get().refusals - settings.PLOT_REFUSALS + 1
    pause = back_off(too_many, FIRST_PAUSE, LAST_PAUSE) if too_many > 0 else timedelta()
    wait = max(pause, after or timedelta())
    field = "open_until" if wait > PATIENCE else "next_request_at"
    earlier = Q(**{field: None}) | Q(**{f"{field}__lt": now + wait})
    row.filter(earlier).update(**{field: now + wait})


def _state(provider: str) -> PlotProviderState:
    state, _ = PlotProviderState.objects.get_or_create(provider=provider)
    return state
