"""A web client that says who it is, keeps to its turn, waits when told to and does not try a wall twice."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
from django.conf import settings
from django.utils import timezone

from catalog.plots import pace
from catalog.plots.contract import Blocked, NoPlot, NotFound, PlotProvider, Retry

# httpx writes whole addresses at INFO, and some providers want their key in the address.
logging.getLogger("httpx").setLevel(logging.WARNING)

LONGEST_WAIT = timedelta(days=7)
WALL_WAIT = timedelta(hours=1)
# A server that keeps dripping never runs into a timeout between two reads.
WHOLE_ANSWER = 4
CHALLENGE_HEADERS = ("cf-mitigated", "x-amzn-waf-action")


@dataclass(frozen=True)
class Page:
    status: int
    body: bytes
    etag: str


class PoliteClient:
    """Every request waits for the provider's next turn, which all workers share."""

    def __init__(self, provider: str) -> None:
        self.provider = provider
        self._client = httpx.Client(
            headers={"User-Agent": settings.USER_AGENT},
            timeout=settings.PLOT_TIMEOUT_SECONDS,
            follow_redirects=True,
            max_redirects=4,
        )

    def close(self) -> None:
        self._client.close()

    def page(
        self, url: str, *, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> Page:
        """A page with status 200 or 304. Raises NotFound, Retry or Blocked for every other ending."""
        self._wait_for_turn()
        try:
            with self._client.stream("GET", url, params=params, headers=headers) as response:
                if response.status_code == httpx.codes.NOT_MODIFIED:
                    return Page(304, b"", "")
                if response.status_code != httpx.codes.OK or _is_challenge(response):
                    raise refusal(response)
                return Page(200, _body(response), response.headers.get("ETag", ""))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            # Only the kind of error: its words may hold the address and with it a key.
            raise Retry(f"{self.provider} could not be read: {type(error).__name__}") from None

    def json(
        self, url: str, *, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """A JSON object. Raises what `page` raises, and Retry for anything that is no JSON object."""
        body = self.page(url, params=params, headers=headers).body
        try:
            answer = json.loads(body)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            raise Retry(f"{self.provider} answered nonsense")
        return answer

    def _wait_for_turn(self) -> None:
        turn = pace.take_turn(provider=self.provider, now=timezone.now())
        time.sleep(max((turn - timezone.now()).total_seconds(), 0))


class WebProvider(PlotProvider):
    def __init__(self) -> None:
        self._web = PoliteClient(self.name)

    def close(self) -> None:
        self._web.close()


def refusal(response: httpx.Response) -> NoPlot:
    status, words = response.status_code, f"answered {response.status_code}"
    after = retry_after(response.headers.get("Retry-After"), now=timezone.now())
    if _is_challenge(response) or status in {401, 403, 407, 451}:
        return Blocked(words, max(after or WALL_WAIT, WALL_WAIT))
    if status in {404, 410}:
        return NotFound(words)
    return Retry(words, after)


def retry_after(value: str | None, *, now: datetime) -> timedelta | None:
    """Both forms of the header, seconds and HTTP date; none for nonsense, a week at most."""
    text = (value or "").strip()
    if text.isdecimal():
        # More digits than a week has are a week.
        wait = timedelta(seconds=int(text[:7]))
    else:
        try:
            until = parsedate_to_datetime(text)
        except (ValueError, TypeError, OverflowError):
            return None
        wait = (until if until.tzinfo else until.replace(tzinfo=UTC)) - now
    return min(max(wait, timedelta()), LONGEST_WAIT)


def _is_challenge(response: httpx.Response) -> bool:
    accepted = response.status_code == httpx.codes.ACCEPTED
    return accepted or any(header in response.headers for header in CHALLENGE_HEADERS)


def _body(response: httpx.Response) -> bytes:
    body = bytearray()
    deadline = time.monotonic() + WHOLE_ANSWER * settings.PLOT_TIMEOUT_SECONDS
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > settings.PLOT_BYTES:
            raise Retry(f"answered more than {settings.PLOT_BYTES} bytes")
        if time.monotonic() > deadline:
            raise Retry("answered too slowly")
    if not body.strip():
        raise Retry("answered nothing")
    return bytes(body)
