"""Plots from the Open Movie Database."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from catalog.plots.contract import Blocked, NoPlot, NotFound, PlotText, Retry, tidy, title_id
from catalog.plots.web import WALL_WAIT, WebProvider

LICENCE = "CC BY-NC 4.0"
WEBSITE = "https://www.omdbapi.com/"
UNKNOWN = ("not found", "incorrect imdb id", "error getting data")
REFUSED = ("limit", "key")


class OmdbProvider(WebProvider):
    name = "omdb"

    def lacks(self) -> str:
        return "" if settings.OMDB_KEY else "OMDB_KEY is not set; a key is free at omdbapi.com."

    def fetch(self, imdb_id: str) -> PlotText:
        params = {"i": title_id(imdb_id), "plot": "full", "apikey": settings.OMDB_KEY}
        answer = self._web.json(f"{settings.OMDB_URL}/", params=params)
        if answer.get("Response") != "True":
            raise _refusal(answer)
        text = tidy(answer.get("Plot"))
        if text in {"", "N/A"}:
            raise NotFound("OMDb has no plot")
        return PlotText(text, self.name, WEBSITE, LICENCE)


def _refusal(answer: dict[str, Any]) -> NoPlot:
    """OMDb says in words, under status 200, what others say in the status."""
    words = str(answer.get("Error", "")).lower()
    if any(word in words for word in UNKNOWN):
        return NotFound("OMDb does not know the film")
    if any(word in words for word in REFUSED):
        return Blocked("OMDb refuses the key or its quota is spent", WALL_WAIT)
    return Retry("OMDb answered nonsense")
