"""Two versions of one log or review, side by side, for whoever has to choose."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from catalog.film_log import FilmLog, Viewing, Wording
from catalog.services import Entry
from catalog.templatetags.films import in_words


@dataclass(frozen=True)
class Difference:
    name: str
    here: str
    saved: str


def differences(entry: Entry, stored: FilmLog) -> list[Difference]:
    """Only what differs; an entry without a text has no opinion on the review."""
    here = Viewing(entry.watched_on, entry.rewatch, entry.tags)
    pairs = [
        Difference(_("Stars"), _stars(entry.half_stars), _stars(stored.half_stars)),
        Difference(_("Heart"), _heart(entry.is_liked), _heart(stored.is_liked)),
        Difference(_("Seen"), _seen(here), "; ".join(map(_seen, stored.viewings)) or _("not yet")),
    ]
    worded = Wording(entry.text or stored.text, entry.has_spoilers)
    return _differing(pairs) + differences_in_words(worded, stored.wording)


def differences_in_words(here: Wording, saved: Wording) -> list[Difference]:
    pairs = [
        Difference(_("Review"), here.text or _("no review"), saved.text or _("no review")),
        Difference(_("Spoilers"), _spoils(here.has_spoilers), _spoils(saved.has_spoilers)),
    ]
    return _differing(pairs)


def _differing(pairs: list[Difference]) -> list[Difference]:
    return [pair for pair in pairs if pair.here != pair.saved]


def _stars(half_stars: int | None) -> str:
    return in_words(half_stars / 2) if half_stars else _("no stars")


def _heart(is_liked: bool) -> str:
    return _("liked") if is_liked else _("no heart")


def _spoils(has_spoilers: bool) -> str:
    return _("gives the story away") if has_spoilers else _("no spoilers")


def _seen(viewing: Viewing) -> str:
    day = date_format(viewing.watched_on, _("j M Y")) if viewing.watched_on else _("no day")
    again = [_("again")] if viewing.rewatch else []
    return ", ".join([day, *again, *viewing.tags])
