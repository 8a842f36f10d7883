"""Films of a data set into the catalogue: found again where known, completed where something is missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.text import slugify

from catalog.models import FilmMerge, Genre, Movie, OtherTitle
from catalog.titles import film_search_form, search_form
from recommender.ml.movielens import Film

BATCH_SIZE = 2_000
FILLED_FIELDS = ("year", "slug", "search_title", "movielens_id", "imdb_id", "tmdb_id", "updated_at")
# The older sets say "Children's" where the newer ones say "Children".
GENRE_NAMES = {"Children's": "Children"}


@dataclass
class TakenFilms:
    """What became of the films of a data set. `keys`: their ids there to primary keys here."""

    keys: dict[int, int] = field(default_factory=dict)
    added: int = 0
    filled: int = 0
    nameless: int = 0

    @property
    def unchanged(self) -> int:
        return len(set(self.keys.values())) - self.added - self.filled


class KnownFilms:
    """The films of the database by each of the names that a data set may call them."""

    def __init__(self) -> None:
        self.by_movielens: dict[int, Movie] = {}
        self.by_imdb: dict[str, Movie] = {}
        self.by_title: defaultdict[str, list[Movie]] = defaultdict(list)
        fields = ("title", "year", "slug", "search_title", "runtime", "movielens_id", "imdb_id", "tmdb_id")
        for movie in Movie.objects.only(*fields).order_by("pk").iterator():
            self.add(movie)
        self._remember_merged()

    def _remember_merged(self) -> None:
        """A film that was merged into another one goes on meaning that one."""
        merges = FilmMerge.objects.standing().select_related("kept").order_by("pk")
        for merge in merges:
            ids = merge.record.get("ids") or {}
            if ids.get("movielens_id"):
                self.by_movielens.setdefault(ids["movielens_id"], merge.kept)
            if ids.get("imdb_id"):
                self.by_imdb.setdefault(ids["imdb_id"], merge.kept)

    def add(self, movie: Movie) -> None:
        self.by_title[movie.search_title].append(movie)
        self.remember_ids(movie)

    def remember_ids(self, movie: Movie) -> None:
        if movie.movielens_id:
            self.by_movielens[movie.movielens_id] = movie
        if movie.imdb_id:
            self.by_imdb[movie.imdb_id] = movie

    def find(self, film: Film, movielens_id: int | None) -> Movie | None:
        by_id = self.by_movielens.get(movielens_id or -1) or self.by_imdb.get(film.imdb_id or "-")
        return by_id or next(self._namesakes(film, movielens_id), None)

    def _namesakes(self, film: Film, movielens_id: int | None) -> Iterator[Movie]:
        # Two films may share title and year; ids that contradict each other keep them apart.
        for movie in self.by_title.get(film_search_form(film.title, film.year), ()) if film.title else ():
            if movie.year == film.year and not (
                (movielens_id and movie.movielens_id) or (film.imdb_id and movie.imdb_id)
            ):
                yield movie


def take_films(films: Iterable[Film], *, shared_ids: bool) -> TakenFilms:
    """Add or complete films; call inside a transaction.

    With `shared_ids` the ids are those that 1M and everything later has in common, and are kept.
    Those of 100K mean other films: there title and year decide, and no id is stored.
    """
    taken, known = TakenFilms(), KnownFilms()
    pairs: list[tuple[Movie, Film]] = []
    new: list[Movie] = []
    filled: dict[int, Movie] = {}
    for film in films:
        movielens_id = film.id if shared_ids else None
        movie = known.find(film, movielens_id)
        if movie is None and not film.title:
            taken.nameless += 1
            continue
        if movie is None:
            movie = _new_movie(film, movielens_id)
            known.add(movie)
            new.append(movie)
        elif _fill(movie, film, movielens_id, known) and movie.pk:
            filled[movie.pk] = movie
        pairs.append((movie, film))
    Movie.objects.bulk_create(new, batch_size=BATCH_SIZE)
    Movie.objects.bulk_update(filled.values(), FILLED_FIELDS, batch_size=200)
    _add_genres(pairs)
    _add_other_titles(pairs)
    taken.keys = {film.id: movie.pk for movie, film in pairs}
    taken.added, taken.filled = len(new), len(filled)
    return taken


def _new_movie(film: Film, movielens_id: int | None) -> Movie:
    movie = Movie(
        title=film.title[:300],
        year=film.year,
        movielens_id=movielens_id,
        imdb_id=film.imdb_id or None,
        tmdb_id=film.tmdb_id,
    )
    movie.derive_from_title()
    return movie


def _fill(movie: Movie, film: Film, movielens_id: int | None, known: KnownFilms) -> bool:
    """Set what is missing in `movie` and nothing else; True if something was."""
    imdb_id = None if film.imdb_id in known.by_imdb else film.imdb_id
    offered = {"year": film.year, "movielens_id": movielens_id, "imdb_id": imdb_id, "tmdb_id": film.tmdb_id}
    missing = {name: value for name, value in offered.items() if value and not getattr(movie, name)}
    for name, value in missing.items():
        setattr(movie, name, value)
    if "year" in missing:
        movie.derive_from_title()
    if missing:
        movie.updated_at = timezone.now()
        known.remember_ids(movie)
    return bool(missing)


def _add_genres(pairs: list[tuple[Movie, Film]]) -> None:
    """Only to films that have none: the genres an editor chose stay."""
    through = Movie.genres.through
    settled = set(through.objects.values_list("movie_id", flat=True).distinct())
    bare = [(movie, film.genres) for movie, film in pairs if movie.pk not in settled]
    genres = _genres_by_slug({name for _, names in bare for name in names})
    slugs = [(movie.pk, slug) for movie, names in bare for slug in map(_genre_slug, names) if slug]
    links = dict.fromkeys((movie, genres[slug]) for movie, slug in slugs)
    through.objects.bulk_create(
        [through(movie_id=movie, genre_id=genre) for movie, genre in links], batch_size=BATCH_SIZE
    )


def _genre_slug(name: str) -> str:
    return slugify(GENRE_NAMES.get(name, name))[:60]


def _genres_by_slug(names: set[str]) -> dict[str, int]:
    wanted = {_genre_slug(name): GENRE_NAMES.get(name, name)[:60] for name in sorted(names)}
    existing = set(Genre.objects.values_list("slug", flat=True))
    Genre.objects.bulk_create(
        Genre(name=name, slug=slug) for slug, name in wanted.items() if slug and slug not in existing
    )
    return dict(Genre.objects.values_list("slug", "pk"))


def _add_other_titles(pairs: list[tuple[Movie, Film]]) -> None:
    settled = set(OtherTitle.objects.values_list("movie_id", flat=True).distinct())
    wanted = {
        (movie.pk, title[:300]): None
        for movie, film in pairs
        if movie.pk not in settled
        for title in film.other_titles
    }
    OtherTitle.objects.bulk_create(
        [
            OtherTitle(movie_id=movie, title=title, search_title=search_form(title)[:310])
            for movie, title in wanted
        ],
        batch_size=BATCH_SIZE,
    )
