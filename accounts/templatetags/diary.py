"""What each of the sixty entries of a diary page says: in templates it took a quarter of the page."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from django import template
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalog.models import Watch

register = template.Library()


@register.simple_tag
def removal(watch: Watch) -> str:
    """What the button beside an entry does."""
    day = _in_full(watch.watched_on, get_language())
    return _("Remove %(title)s, seen on %(day)s") % {"title": watch.movie.title, "day": day}


@register.filter
def weekday(day: date) -> str:
    return str(WEEKDAYS_ABBR[day.weekday()])


@lru_cache(maxsize=4_000)
def _in_full(day: date, _language: str | None) -> str:
    return date_format(day, _("j F Y"))
