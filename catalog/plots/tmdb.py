"""Overviews, taglines and posters from The Movie Database."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from catalog.plots.contract import FilmFacts, NotFound, PlotText, tidy, title_id
from catalog.plots.web import WebProvider

LICENCE = "TMDB API terms of use"
WEBSITE = "https://www.themoviedb.org"


class TmdbProvider(WebProvider):
    name = "tmdb"

    def lacks(self) -> str:
        return "" if settings.TMDB_KEY else "TMDB_KEY is not set; a key is free at themoviedb.org."

    def fetch(self, imdb_id: str) -> PlotText:
        kind, number = self._find(title_id(imdb_id))
        film = self._ask(f"{kind}/{number}")
        text, facts = tidy(film.get("overview")), _facts(film)
        if not text:
            raise NotFound("TMDB has no overview", facts)
        return PlotText(text, self.name, f"{WEBSITE}/{kind}/{number}", LICENCE, facts=facts)

    def _find(self, imdb_id: str) -> tuple[str, int]:
        answer = self._ask(f"find/{imdb_id}", external_source="imdb_id")
        # Some films of the data sets are television there.
        for kind in ("movie", "tv"):
            for result in answer.get(f"{kind}_results") or []:
                return kind, int(result["id"])
        raise NotFound("TMDB does not know the film")

    def _ask(self, path: str, **params: str) -> dict[str, Any]:
        key = settings.TMDB_KEY
        # Long keys are access tokens, which belong into a header; short ones belong into the address.
        if len(key) > 40:
            headers = {"Authorization": f"Bearer {key}"}
        else:
            headers, params = {}, {**params, "api_key": key}
        return self._web.json(f"{settings.TMDB_URL}/{path}", params=params, headers=headers)


def _facts(film: dict[str, Any]) -> FilmFacts:
    poster = film.get("poster_path")
    return FilmFacts(
        tagline=tidy(film.get("tagline")),
        runtime=film.get("runtime") if isinstance(film.get("runtime"), int) else None,
        poster_url=f"{settings.TMDB_IMAGE_URL}{poster}" if isinstance(poster, str) and poster else "",
    )
