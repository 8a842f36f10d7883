"""Pictures that stand beside links to this site elsewhere, drawn with its own letters and colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from pathlib import Path

from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.cards import shelf
from catalog.cards.drawing import HEIGHT, WIDTH, Film, Words, draw
from catalog.cards.letters import ITALIC, is_legible
from catalog.genres import genre_in_words
from catalog.looks import apart
from catalog.models import Credit, Movie
from catalog.pictures import shelf as posters_kept
from catalog.posters import design
from catalog.posters.palettes import Palette

__all__ = ["HEIGHT", "WIDTH", "Card", "Film", "Words", "film_shown", "of_film", "of_site"]

# Another number where the drawing itself changes, so that old files are not taken for new ones.
EDITION = 2
MOST_NAMED = 2
# Many enough that four of them are drawn differently.
AMONG = 12


@dataclass(frozen=True)
class Card:
    films: Sequence[Film]
    words: Words
    palette: Palette
    alt: str

    @cached_property
    def digest(self) -> str:
        shown = repr((EDITION, self.films, self.words, self.palette))
        return blake2b(shown.encode(), digest_size=10).hexdigest()

    def file(self) -> Path:
        return shelf.kept(self.digest, lambda: draw(self.films, self.words, self.palette))


def film_shown(movie: Movie) -> Film:
    """Of a film read with its genres and picture."""
    return Film(movie.title, movie.year, movie.genre_names, _poster(movie))


def _poster(movie: Movie) -> Path | None:
    picture = getattr(movie, "picture", None)
    if picture is None or not picture.is_shown:
        return None
    return posters_kept.path_of(f"{picture.digest}-{picture.width}.webp")


def of_film(movie: Movie) -> Card:
    """Of a film read for its page."""
    film = film_shown(movie)
    drawn = design(film.title, film.year, film.genres)
    ground, ink, *others = drawn.palette
    palette = Palette(ink, ground, *others) if drawn.layout == "plate" else drawn.palette
    return Card([film], _words(movie, film), palette, alt=_said(movie))


def _words(movie: Movie, film: Film) -> Words:
    genres = ", ".join(genre_in_words(genre) for genre in film.genres[:MOST_NAMED])
    kind = " · ".join(part for part in (str(film.year or ""), genres) if part)
    title, by = _legible_title(movie), _by(movie)
    if movie.average_stars is None:
        return Words(settings.SITE_NAME, title, by, beside=[kind] if kind else [])
    beside = [line for line in (kind, _ratings(movie.ratings_count)) if line]
    figure = f"{movie.average_stars:.1f}"
    return Words(settings.SITE_NAME, title, by, figure, is_rating=True, beside=beside)


def _legible_title(movie: Movie) -> str:
    """The title, or another one of the film where no face here has its letters, or none."""
    titles = [movie.title, *(other.title for other in movie.other_titles.all())]
    return next((title for title in titles if is_legible(title.upper())), "")


def _by(movie: Movie) -> str:
    names = [credit.person.name for credit in movie.credits.all() if credit.role == Credit.Role.DIRECTOR]
    by = _("directed by %(names)s") % {"names": get_text_list(names[:MOST_NAMED], _("and"))}
    return by if names and is_legible(by, ITALIC) else ""


def _ratings(count: int) -> str:
    return ngettext("%(count)s rating", "%(count)s ratings", count) % {"count": intcomma(count)}


def _said(movie: Movie) -> str:
    """What the picture shows, for those who cannot see it."""
    if movie.average_stars is None:
        return _("%(film)s, not rated yet") % {"film": movie}
    rated = {"stars": f"{movie.average_stars:.1f}", "ratings": _ratings(movie.ratings_count)}
    return _("%(film)s: %(stars)s of 5 stars from %(ratings)s") % {"film": movie, **rated}


def of_site() -> Card:
    """Four films of those that most people here rated, no two drawn alike."""
    films = [film_shown(movie) for movie in apart(Movie.objects.for_cards()[:AMONG])[:4]]
    night = Palette("#0f0d0c", "#f3ece1", "#ffb23e", "#b83a0a", "#7fd6c2")
    sentence = [_("Rate and log the films you love, and get"), _("suggestions made from your own taste.")]
    words = Words("", settings.SITE_NAME, beside=sentence)
    return Card(films or [Film(settings.SITE_NAME, None, ())], words, night, alt=settings.SITE_NAME)
