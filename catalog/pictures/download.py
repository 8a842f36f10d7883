"""One picture from elsewhere: from hosts that the settings name, and never from a private address."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv6Address, ip_address
from urllib.parse import urljoin

import httpx
from django.conf import settings
from django.utils import timezone

from catalog.plots import pace
from catalog.plots.contract import NotFound, Retry
from catalog.plots.web import WHOLE_ANSWER, refusal

MOST_HOPS = 4


class NoPicture(Exception):
    """Why an address will never give a poster, as a sentence."""


class PictureClient:
    """Every request waits for the host's next turn, which all workers share."""

    def __init__(self) -> None:
        self._client = httpx.Client(
            headers={"User-Agent": settings.USER_AGENT, "Accept": "image/*", "Accept-Encoding": "identity"},
            timeout=settings.POSTER_TIMEOUT_SECONDS,
            # A proxy would look the host up once more, and a kept connection may serve two hosts of
            # one address: both would pass by the checks below.
            trust_env=False,
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    def close(self) -> None:
        self._client.close()

    def picture(self, url: str) -> bytes:
        """Raises NoPicture if the address will never give a poster, Retry or Blocked if only not now."""
        for _ in range(MOST_HOPS):
            with self._answer(url) as response:
                if not response.has_redirect_location:
                    return _body(response)
                url = urljoin(url, response.headers["Location"])
        raise NoPicture("The address leads in circles.")

    @contextmanager
    def _answer(self, url: str) -> Iterator[httpx.Response]:
        request = self._request(permitted(url))
        try:
            response = self._client.send(request, stream=True)
            try:
                yield response
            finally:
                response.close()
        except httpx.HTTPError as error:
            raise Retry(f"the host could not be read: {type(error).__name__}") from None

    def _request(self, url: httpx.URL) -> httpx.Request:
        """To the address that was checked: a second look-up might find another one."""
        pinned = url.copy_with(host=checked_address(url))
        _wait_for_turn(url.host)
        return self._client.build_request(
            "GET",
            pinned,
            headers={"Host": url.netloc.decode()},
            extensions={"sni_hostname": url.host},
        )


def circuit_of(host: str) -> str:
    """The name under which a host's pace and refusals are kept, beside those of the plot providers."""
    return f"posters {host}"[:30]


def permitted(url: str) -> httpx.URL:
    """The address if its host may be asked, always with encryption outside the operator's own network."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        raise NoPicture("This is not an address.") from None
    if parsed.scheme not in {"http", "https"} or parsed.host not in settings.POSTER_HOSTS:
        raise NoPicture(
            f"Posters are not fetched from {parsed.host or 'there'}: POSTER_HOSTS does not name it."
        )
    if parsed.host in settings.POSTER_PRIVATE_HOSTS:
        return parsed
    if parsed.port not in {None, 80, 443}:
        raise NoPicture("Posters are fetched from the web's usual ports only.")
    return parsed.copy_with(scheme="https", port=None)


def checked_address(url: httpx.URL) -> str:
    """The host's network address. Raises NoPicture if any of them lies inside a private network."""
    try:
        found = socket.getaddrinfo(url.host, url.port or 443, type=socket.SOCK_STREAM)
    except OSError:
        raise Retry(f"{url.host} has no address") from None
    addresses = [str(entry[4][0]) for entry in found]
    if url.host not in settings.POSTER_PRIVATE_HOSTS and not all(map(is_public, addresses)):
        raise NoPicture(f"{url.host} leads into a private network.")
    return addresses[0]


def is_public(text: str) -> bool:
    address = ip_address(text)
    if isinstance(address, IPv6Address):
        # An address of the old kind may hide inside one of the new kind.
        address = address.ipv4_mapped or address.sixtofour or address
    return address.is_global and not address.is_multicast


def _wait_for_turn(host: str) -> None:
    turn = pace.take_turn(provider=circuit_of(host), now=timezone.now())
    time.sleep(max((turn - timezone.now()).total_seconds(), 0))


def _body(response: httpx.Response) -> bytes:
    if response.status_code != httpx.codes.OK:
        raise _ending(response)
    body, deadline = bytearray(), time.monotonic() + WHOLE_ANSWER * settings.POSTER_TIMEOUT_SECONDS
    for chunk in response.iter_raw():
        body += chunk
        if len(body) > settings.POSTER_BYTES:
            raise NoPicture(f"The file is larger than {settings.POSTER_BYTES} bytes.")
        if time.monotonic() > deadline:
            raise Retry("the host answered too slowly")
    return bytes(body)


def _ending(response: httpx.Response) -> Exception:
    answer = refusal(response)
    missing = isinstance(answer, NotFound)
    return NoPicture(f"There is nothing at this address ({response.status_code}).") if missing else answer
