"""The pictures that other sites show beside links to this one."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from catalog import cards
from catalog.cards import Card
from catalog.models import Movie

A_DAY = "public, max-age=86400"


@require_safe
def film_card(request: HttpRequest, pk: int, digest: str) -> HttpResponse:
    """A picture whose film has been rated since leads to the one of now."""
    card = cards.of_film(get_object_or_404(Movie.objects.for_page(), pk=pk))
    if digest != card.digest:
        return redirect("catalog:film-card", pk, card.digest)
    return answer(card)


@require_safe
def site_card(request: HttpRequest) -> FileResponse:
    return answer(cards.of_site())


def answer(card: Card) -> FileResponse:
    content = card.file().open("rb")
    return FileResponse(content, content_type="image/png", headers={"Cache-Control": A_DAY})
