"""Words that people wrote, as HTML."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from catalog import markdown as subset

register = template.Library()

LONG = 900
MANY_LINES = 14


@register.filter
def markdown(text: str) -> SafeString:
    return subset.render(text)


@register.filter
def is_long(text: str) -> bool:
    """Longer than a list of reviews shows at once."""
    return len(text) > LONG or text.count("\n") > MANY_LINES
