"""The picture beside links to a profile: the four favourites and a few figures, as strangers see them."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.profiles import Figures
from accounts.views.profile import favourites_of
from catalog.cards import Card, Film, Words, film_shown
from catalog.models import Movie
from catalog.posters import design
from catalog.views.link_cards import answer


@require_safe
def profile_card(request: HttpRequest, username: str, digest: str) -> HttpResponse:
    """Whoever asks gets what strangers may see: pictures travel, and nobody knows who looks at them."""
    stranger = AnonymousUser()
    person = User.objects.visible_to(stranger).visible_to(request.user).named(username)
    if person is None:
        raise Http404
    card = card_of(person, Figures.of(person, stranger), favourites_of(person))
    if digest != card.digest:
        return redirect("accounts:profile-card", person.username, card.digest)
    return answer(card)


def card_of(person: User, figures: Figures, favourites: Sequence[Movie]) -> Card:
    """`figures`: as a stranger may know them."""
    own = Film(person.username, None, ())
    films = [film_shown(movie) for movie in favourites] or [own]
    words = _words(person, figures)
    palette = design(own.title, None).palette
    return Card(films, words, palette, alt=", ".join([person.username, *words.beside]))


def _words(person: User, figures: Figures) -> Words:
    beside = [_films(figures.films), _reviews(figures.reviews)]
    if figures.average is None:
        return Words(settings.SITE_NAME, person.username, beside=beside)
    figure = f"{figures.average:.1f}"
    return Words(settings.SITE_NAME, person.username, figure=figure, is_rating=True, beside=beside)


def _films(count: int) -> str:
    return ngettext("%(count)s film", "%(count)s films", count) % {"count": intcomma(count)}


def _reviews(count: int) -> str:
    return ngettext("%(count)s review", "%(count)s reviews", count) % {"count": intcomma(count)}
