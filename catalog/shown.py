"""The films that stand on a page's cards so far: rows ask here, so that no film stands on two of them."""

from __future__ import annotations

from django.http import HttpRequest


def shown_films(request: HttpRequest) -> set[int]:
    """Ids, of this request's page; whoever adds cards adds their films."""
    if not hasattr(request, "shown_films"):
        request.shown_films = set()  # type: ignore[attr-defined]
    shown: set[int] = request.shown_films  # type: ignore[attr-defined]
    return shown
