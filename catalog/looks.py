"""Which films look alike, for places where posters stand side by side and their order says little."""

from __future__ import annotations

from collections.abc import Iterable

from catalog.models import Movie
from catalog.posters import composition_of


def apart(movies: Iterable[Movie], distance: int = 3) -> list[Movie]:
    """In nearly the same order: a film whose poster is like one of the last few waits for its turn."""
    waiting = [(look_of(movie), movie) for movie in movies]
    placed: list[tuple[str, Movie]] = []
    while waiting:
        near = {look for look, _ in placed[-distance:]}
        place = next((place for place, (look, _) in enumerate(waiting) if look not in near), 0)
        placed.append(waiting.pop(place))
    return [movie for _, movie in placed]


def look_of(movie: Movie) -> str:
    """Of a film read with its genres and picture: pictures from elsewhere are all unlike one another."""
    picture = getattr(movie, "picture", None)
    if picture is not None and picture.is_shown:
        return str(picture.digest)
    return composition_of(movie.title, movie.year, movie.genre_names)
