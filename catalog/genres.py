"""What genres are called in the reader's language; they are kept as MovieLens, IMDb and TMDB name them."""

from __future__ import annotations

from django.utils.translation import pgettext, pgettext_lazy

from catalog.models import Genre
from catalog.titles import search_form

KNOWN = (
    pgettext_lazy("genre", "Action"),
    pgettext_lazy("genre", "Adult"),
    pgettext_lazy("genre", "Adventure"),
    pgettext_lazy("genre", "Animation"),
    pgettext_lazy("genre", "Biography"),
    pgettext_lazy("genre", "Children"),
    pgettext_lazy("genre", "Children's"),
    pgettext_lazy("genre", "Comedy"),
    pgettext_lazy("genre", "Crime"),
    pgettext_lazy("genre", "Documentary"),
    pgettext_lazy("genre", "Drama"),
    pgettext_lazy("genre", "Family"),
    pgettext_lazy("genre", "Fantasy"),
    pgettext_lazy("genre", "Film-Noir"),
    pgettext_lazy("genre", "Foreign"),
    pgettext_lazy("genre", "Game-Show"),
    pgettext_lazy("genre", "History"),
    pgettext_lazy("genre", "Horror"),
    pgettext_lazy("genre", "IMAX"),
    pgettext_lazy("genre", "Music"),
    pgettext_lazy("genre", "Musical"),
    pgettext_lazy("genre", "Mystery"),
    pgettext_lazy("genre", "News"),
    pgettext_lazy("genre", "Reality-TV"),
    pgettext_lazy("genre", "Romance"),
    pgettext_lazy("genre", "Sci-Fi"),
    pgettext_lazy("genre", "Science Fiction"),
    pgettext_lazy("genre", "Short"),
    pgettext_lazy("genre", "Sport"),
    pgettext_lazy("genre", "TV Movie"),
    pgettext_lazy("genre", "Talk-Show"),
    pgettext_lazy("genre", "Thriller"),
    pgettext_lazy("genre", "War"),
    pgettext_lazy("genre", "Western"),
)
_CONTEXT = "genre"


def genre_in_words(name: str) -> str:
    """The name itself for a genre that is not known."""
    return pgettext(_CONTEXT, name)


def genres_in_order() -> list[Genre]:
    """All of them, by what the reader sees."""
    return sorted(Genre.objects.all(), key=lambda genre: search_form(genre_in_words(genre.name)))
