"""What other sites and search engines are told about a page."""

from __future__ import annotations

import json
from html import unescape
from typing import Any

from django import template
from django.conf import settings
from django.template.base import NodeList
from django.template.loader_tags import BLOCK_CONTEXT_KEY, BlockNode
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from catalog import cards, structured
from catalog.models import Movie, Review

register = template.Library()
register.simple_tag(cards.of_film, name="film_card")

# No text may end the element that the data stand in.
_UNSAFE = {ord(letter): f"\\u{ord(letter):04X}" for letter in "<>&\u2028\u2029"}


@register.simple_tag(takes_context=True)
def said_in(context: template.Context, block: str) -> str:
    """The text of a block of the page, to be said a second time; without the site's name at its end."""
    if BLOCK_CONTEXT_KEY not in context.render_context:
        return ""
    said = unescape(BlockNode(block, NodeList()).render(context))
    return " ".join(said.split()).removesuffix(f" · {settings.SITE_NAME}")


@register.simple_tag
def card_size() -> dict[str, int]:
    return {"width": cards.WIDTH, "height": cards.HEIGHT}


@register.simple_tag
def movie_json_ld(movie: Movie) -> SafeString:
    return _data(structured.described(movie))


@register.simple_tag
def review_json_ld(review: Review) -> SafeString:
    return _data(structured.reviewed(review))


def _data(told: dict[str, Any]) -> SafeString:
    text = json.dumps(told, ensure_ascii=False).translate(_UNSAFE)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308
