"""What the web client makes of servers that misbehave."""

from datetime import timedelta
from email.utils import format_datetime

import pytest
from django.utils import timezone

from catalog.models import PlotProviderState
from catalog.plots.contract import Blocked, NoPlot, NotFound, Retry
from catalog.plots.web import WALL_WAIT, PoliteClient, retry_after
from tests.catalog.plots.server import Reply, says

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(settings):
    settings.PLOT_TIMEOUT_SECONDS = 5
    client = PoliteClient("wikipedia")
    yield client
    client.close()


def ending(client, server, reply, read="page"):
    server.on("/it", reply)
    with pytest.raises(NoPlot) as caught:
        getattr(client, read)(f"{server.url}/it")
    return caught.value


def test_a_good_page_comes_with_its_etag(client, server):
    server.on("/it", says("words", ETag='"v1"'))
    page = client.page(f"{server.url}/it")
    assert (page.status, page.body, page.etag) == (200, b"words", '"v1"')


def test_requests_say_who_asks(client, server, settings):
    server.on("/it", says("words"))
    client.page(f"{server.url}/it")
    assert server.seen[0].headers["User-Agent"] == settings.USER_AGENT
    assert settings.SITE_URL in settings.USER_AGENT


def test_a_challenge_is_a_wall_not_an_empty_answer(client, server):
    assert isinstance(ending(client, server, says("<script>", 202)), Blocked)
    assert isinstance(ending(client, server, says("<script>", 200, cf_mitigated="challenge")), Blocked)


@pytest.mark.parametrize("status", [401, 403, 451])
def test_refused_keys_and_visitors_are_a_wall(client, server, status):
    answer = ending(client, server, says("go away", status, Retry_After="1"))
    assert isinstance(answer, Blocked)
    assert answer.after == WALL_WAIT


@pytest.mark.parametrize("status", [404, 410])
def test_a_missing_page_is_not_found(client, server, status):
    assert isinstance(ending(client, server, says("none", status)), NotFound)


@pytest.mark.parametrize("status", [429, 503])
def test_the_wait_in_seconds_is_kept(client, server, status):
    answer = ending(client, server, says("busy", status, Retry_After="120"))
    assert isinstance(answer, Retry)
    assert answer.after == timedelta(seconds=120)


def test_the_wait_until_a_date_is_kept(client, server):
    date = format_datetime(timezone.now() + timedelta(hours=2), usegmt=False)
    answer = ending(client, server, says("busy", 429, Retry_After=date))
    assert timedelta(minutes=119) < answer.after <= timedelta(hours=2)


@pytest.mark.parametrize("status", [400, 418, 500, 502, 504])
def test_other_failures_are_tried_again(client, server, status):
    answer = ending(client, server, says("oops", status))
    assert isinstance(answer, Retry)
    assert answer.after is None


def test_a_server_that_never_answers_is_left(client, server, settings):
    settings.PLOT_TIMEOUT_SECONDS = 0.2
    hasty = PoliteClient("wikipedia")
    answer = ending(hasty, server, Reply(never=True))
    hasty.close()
    assert isinstance(answer, Retry)
    assert "Timeout" in str(answer)


def test_a_server_that_drips_is_left_too(client, server, settings):
    settings.PLOT_TIMEOUT_SECONDS = 0.1
    assert "too slowly" in str(ending(client, server, Reply(drips=True)))


@pytest.mark.parametrize(
    "reply",
    [
        says(""),
        says("  \n"),
        Reply(200, b"half of i", cut=True),
        Reply(302, headers={"Location": "/it"}),
        Reply(302, headers={"Location": "http://"}),
        Reply(200, b"\x1f\x8b nonsense", {"Content-Encoding": "gzip"}),
    ],
    ids=["empty", "blank", "closed midway", "redirect loop", "redirect to nowhere", "broken compression"],
)
def test_broken_answers_are_tried_again(client, server, reply):
    assert isinstance(ending(client, server, reply), Retry)


def test_a_server_that_is_not_there_is_tried_again(client, server):
    server.stop()
    assert isinstance(ending(client, server, Reply()), Retry)


def test_a_huge_answer_is_not_read_to_its_end(client, server, settings):
    settings.PLOT_BYTES = 10_000
    assert "10000 bytes" in str(ending(client, server, says("x" * 20_000)))


@pytest.mark.parametrize("nonsense", ["<html>", "[1, 2]", '"text"', "[" * 100_000, "\udcff{}"])
def test_anything_but_a_json_object_is_tried_again(client, server, nonsense):
    reply = Reply(200, nonsense.encode("utf-8", "surrogateescape"))
    assert isinstance(ending(client, server, reply, read="json"), Retry)


def test_a_key_in_the_address_is_not_repeated(client, server, caplog):
    caplog.set_level("INFO")
    server.on("/it", Reply(302, headers={"Location": "/it"}))
    with pytest.raises(Retry) as caught:
        client.page(f"{server.url}/it", params={"api_key": "secret"})
    assert "secret" not in str(caught.value) + caplog.text
    assert "secret" in str(server.seen[0].query)


def test_every_request_takes_a_turn(client, server, settings):
    settings.PLOT_REQUESTS_PER_SECOND = 0.001
    server.on("/it", says("words"))
    client.page(f"{server.url}/it")
    next_turn = PlotProviderState.objects.get(provider="wikipedia").next_request_at
    assert next_turn > timezone.now() + timedelta(seconds=900)


NOON = timezone.now().replace(year=2026, month=1, day=1, hour=12, minute=0, second=0, microsecond=0)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("90", 90),
        (" 90 ", 90),
        ("99999999999999999999", 7 * 86400),
        ("Thu, 01 Jan 2026 12:00:30 GMT", 30),
        ("Thu, 01 Jan 2026 12:00:30 -0000", 30),
        ("Thu, 01 Jan 2026 13:00:30 +0100", 30),
        ("Thu, 01 Jan 2015 12:00:00 GMT", 0),
        ("Thu, 01 Jan 2099 12:00:00 GMT", 7 * 86400),
    ],
)
def test_both_forms_of_retry_after_are_read(value, seconds):
    assert retry_after(value, now=NOON) == timedelta(seconds=seconds)


@pytest.mark.parametrize("value", [None, "", "soon", "-5", "1.5", "Thu, 99 Jan 2026"])
def test_a_retry_after_of_nonsense_is_none(value):
    assert retry_after(value, now=NOON) is None
