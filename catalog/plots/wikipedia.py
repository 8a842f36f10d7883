"""Plots from the English Wikipedia, found through the film's IMDb id in Wikidata. No key is needed."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, unquote

from django.conf import settings

from catalog.models import PlotPage
from catalog.plots.article import story_of
from catalog.plots.contract import NotFound, PlotText, Retry, title_id
from catalog.plots.web import WebProvider

LICENCE = "CC BY-SA 4.0"
# P345 is Wikidata's property for the IMDb id.
QUESTION = """
SELECT ?article WHERE {{
  ?film wdt:P345 "{imdb_id}" .
  ?article schema:about ?film ; schema:isPartOf <https://en.wikipedia.org/> .
}} LIMIT 1
"""
_ARTICLE = re.compile(r"https://en\.wikipedia\.org/wiki/([^?#]+)")


class WikipediaProvider(WebProvider):
    name = "wikipedia"

    def fetch(self, imdb_id: str) -> PlotText:
        article = self._article(title_id(imdb_id))
        text = self._story(article)
        if not text:
            raise NotFound("the article tells no story")
        return PlotText(text, self.name, article, LICENCE)

    def _article(self, imdb_id: str) -> str:
        answer = self._web.json(
            f"{settings.WIKIDATA_URL}/sparql",
            params={"query": QUESTION.format(imdb_id=imdb_id), "format": "json"},
            headers={"Accept": "application/sparql-results+json"},
        )
        address = _first_article(answer)
        if not _ARTICLE.fullmatch(address):
            raise NotFound("Wikidata knows no English article")
        return address

    def _story(self, article: str) -> str:
        """The story, from the page kept in the database where Wikipedia says that it has not changed."""
        url = _page_address(article)
        kept = PlotPage.objects.filter(url=url).first()
        page = self._web.page(url, headers={"If-None-Match": kept.etag} if kept else {})
        if page.status == 304:
            return kept.text if kept else ""
        text = story_of(page.body.decode("utf-8", "replace"))
        if page.etag:
            PlotPage.objects.update_or_create(url=url, defaults={"etag": page.etag[:300], "text": text})
        return text


def _first_article(answer: dict[str, Any]) -> str:
    try:
        rows = answer["results"]["bindings"]
        return str(rows[0]["article"]["value"]) if rows else ""
    except (LookupError, TypeError):
        raise Retry("Wikidata answered nonsense") from None


def _page_address(article: str) -> str:
    """The article as HTML in MediaWiki's REST interface, which knows ETags where its action API does not."""
    title = unquote(article.rpartition("/wiki/")[2])
    return f"{settings.WIKIPEDIA_URL}/w/rest.php/v1/page/{quote(title, safe='')}/html"
