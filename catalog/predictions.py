"""What the site's models foretell of films. Settings name who answers, so that films need no models."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string

from catalog.models import Movie


def predicted_stars(request: HttpRequest, movie_ids: Sequence[int]) -> dict[int, float]:
    """Stars by film for whoever asks; without those films of which nothing can or shall be said."""
    answer: dict[int, float] = import_string(settings.PREDICTED_STARS)(request, movie_ids)
    return answer


def shown_beside(request: HttpRequest, film: Movie, *, former: float | None) -> float | None:
    """Stars that pages show of a film to whoever is about to rate it and gave it `former` before.

    None for a film that was rated, of which nothing is foretold any more.
    """
    if former is not None:
        return None
    # A copy: what is read of the visitor now shall not be what the answer to the rating goes by.
    return predicted_stars(copy(request), [film.pk]).get(film.pk)
