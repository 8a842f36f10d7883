"""A page for those who build: every token and every component, in every state."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from catalog import design as tokens
from catalog import posters
from catalog.genres import genre_in_words
from catalog.models import Movie
from catalog.pagination import page_of
from catalog.posters.compositions import GENRES
from catalog.posters.palettes import DECADES

FILMS = 8
STATES = [
    ("", _("at rest")),
    ("is-hovered", _("under the pointer")),
    ("is-focused", _("with the focus")),
    ("is-pressed", _("pressed down")),
    ("htmx-request", _("waiting")),
]
TYPE_SCALE = [
    "fine",
    "small",
    "snug",
    "body",
    "label",
    "reading",
    "large",
    "lead",
    "heading",
    "figure",
    "title",
    "sign",
]
SPACES = ["s1", "s2", "s3", "s4", "s5", "s6", "s7", "touch"]
CORNERS = ["radius-small", "radius", "radius-large", "radius-frame", "radius-pill"]
SHADOWS = ["shade", "float", "halo"]
MOTIONS = ["quick", "calm", "deal"]
TITLES = [
    ("M", 1931, "Crime"),
    ("8½", 1963, "Fantasy"),
    ("七人の侍", 1954, "Action"),
    ("Сталкер", 1979, "Sci-Fi"),
    ("Les Misérables", 2012, "Musical"),
    ("Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb", 1964, "Comedy"),
]


class SampleForm(forms.Form):
    """One field of each kind; sent empty, so that each also shows its error."""

    title = forms.CharField(label=_("Title"), help_text=_("As it stands on the film."))
    text = forms.CharField(label=_("Review"), widget=forms.Textarea(attrs={"rows": 3}))
    day = forms.DateField(label=_("Seen on"), widget=forms.DateInput(attrs={"type": "date"}))
    order = forms.ChoiceField(label=_("Order"), choices=[("", _("Choose one")), ("best", _("Best first"))])
    spoilers = forms.BooleanField(label=_("Gives the story away"))
    file = forms.FileField(label=_("File"))


@never_cache
@require_safe
def design(request: HttpRequest) -> HttpResponse:
    """Nobody but staff learns that it exists."""
    if not request.user.is_staff:
        raise Http404
    context = _tokens() | _posters() | _components(request)
    return render(request, "catalog/design.html", context)


def _tokens() -> dict[str, Any]:
    values = tokens.tokens()
    named = {
        "sizes": TYPE_SCALE,
        "spaces": SPACES,
        "corners": CORNERS,
        "shadows": SHADOWS,
        "motions": MOTIONS,
    }
    scales = {kind: [(name, values[name]) for name in names] for kind, names in named.items()}
    return scales | {"colours": tokens.colours().values(), "pairs": tokens.pairs()}


def _posters() -> dict[str, Any]:
    genres = [genre.title() for genre in GENRES]
    by_genre = [
        _drawn(genre_in_words(genre), 1930 + 7 * place % 95, genre) for place, genre in enumerate(genres)
    ]
    by_decade = [
        _drawn(str(_("The %(decade)ss") % {"decade": year}), year, genres[7 * year // 10 % 20])
        for year in DECADES
    ]
    return {"by_genre": by_genre, "by_decade": by_decade, "by_title": [_drawn(*film) for film in TITLES]}


def _drawn(title: str, year: int, genre: str) -> SafeString:
    drawn = posters.draw(title, year, [genre], lettered=genre_in_words(genre))
    return mark_safe(drawn)  # noqa: S308 -- draw() escapes titles


def _components(request: HttpRequest) -> dict[str, Any]:
    return {
        "states": STATES,
        "kinds": ["", "quiet", "danger"],
        "films": list(Movie.objects.for_cards()[:FILMS]),
        "kept": Movie.objects.for_cards().exclude(picture__digest="").exclude(picture=None).first(),
        "form": SampleForm(auto_id="blank-%s"),
        "refused": SampleForm({}, auto_id="refused-%s"),
        "interval": SimpleNamespace(low=3.4, high=4.6),
        "counts": [2, 1, 6, 9, 22, 40, 71, 96, 44, 30],
        "ratings": [step / 2 for step in range(1, 11)],
        "page": page_of(request, range(400), size=20),
    }
