"""What search engines are told about films and reviews, in the words of schema.org."""

from __future__ import annotations

from collections.abc import Iterable
from html import unescape
from typing import Any

from django.conf import settings
from django.utils.html import strip_tags

from catalog import markdown
from catalog.models import Movie, Review

CONTEXT = {"@context": "https://schema.org"}
MOST_ACTORS = 10


def described(movie: Movie) -> dict[str, Any]:
    """A film read for its page; what is not known is left out."""
    credits = list(movie.credits.all())
    actors = (credit for credit in credits if credit.role == "cast")
    told = {
        **_named(movie),
        "genre": list(movie.genre_names),
        "duration": f"PT{movie.runtime}M" if movie.runtime else None,
        "inLanguage": movie.language,
        "director": _people(credit for credit in credits if credit.role == "director"),
        "actor": _people(actors)[:MOST_ACTORS],
        "description": movie.plot.text[:500] if hasattr(movie, "plot") else None,
        "sameAs": f"https://www.imdb.com/title/{movie.imdb_id}/" if movie.imdb_id else None,
        "aggregateRating": _rating_of(movie),
    }
    return CONTEXT | {name: value for name, value in told.items() if value}


def reviewed(review: Review) -> dict[str, Any]:
    """A review read with writer, film and `half_stars`; one that tells the end keeps its text to the page."""
    half_stars = getattr(review, "half_stars", None)
    told = {
        "@type": "Review",
        "author": {"@type": "Person", "name": review.user.get_username(), "url": _url(review.user)},
        "itemReviewed": {name: value for name, value in _named(review.movie).items() if value},
        "datePublished": review.created_at.date().isoformat(),
        "dateModified": review.updated_at.date().isoformat(),
        "reviewBody": told_openly(review),
        "reviewRating": _stars(half_stars / 2) if half_stars else None,
    }
    return CONTEXT | {name: value for name, value in told.items() if value}


def told_openly(review: Review) -> str:
    """The words of a review up to where it begins to give the story away, without its marks."""
    openly = "" if review.has_spoilers else review.text.partition(markdown.MARK)[0]
    return " ".join(unescape(strip_tags(markdown.render(openly))).split())


def _named(movie: Movie) -> dict[str, Any]:
    year = str(movie.year) if movie.year else None
    published = movie.released_on.isoformat() if movie.released_on else year
    return {"@type": "Movie", "name": movie.title, "url": _url(movie), "datePublished": published}


def _people(credits: Iterable[Any]) -> list[dict[str, str]]:
    people = (credit.person for credit in credits)
    return [{"@type": "Person", "name": person.name, "url": _url(person)} for person in people]


def _rating_of(movie: Movie) -> dict[str, Any] | None:
    if movie.average_stars is None:
        return None
    average = round(movie.average_stars, 2)
    return _stars(average) | {"@type": "AggregateRating", "ratingCount": movie.ratings_count}


def _stars(stars: float) -> dict[str, Any]:
    return {"@type": "Rating", "ratingValue": stars, "bestRating": 5, "worstRating": 0.5}


def _url(thing: Any) -> str:
    return f"{settings.SITE_URL}{thing.get_absolute_url()}"
