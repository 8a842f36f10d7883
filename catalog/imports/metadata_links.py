"""What hangs on films: genres, keywords, people, plots and posters, for a batch of films at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify

from catalog.imports.metadata_rows import FilmMetadata, Name
from catalog.models import Credit, Genre, Keyword, Movie, Person, Plot, PosterPicture
from catalog.pictures.queue import offer_posters
from catalog.plots.queue import EDITOR
from catalog.plots.tmdb import LICENCE, WEBSITE

# Films of the catalogue by primary key, with what the file says of them.
Batch = dict[int, FilmMetadata]
SOURCE = "tmdb"
# As many as fit into one question to SQLite.
CHUNK = 900


def link_genres(batch: Batch, *, overwrite: bool) -> int:
    wanted = {film: row.genres for film, row in batch.items() if row.genres}
    return _link(Movie.genres.through, "genre_id", wanted, _genres, overwrite)


def link_keywords(batch: Batch, *, overwrite: bool) -> int:
    wanted = {film: row.keywords for film, row in batch.items() if row.keywords}
    return _link(Movie.keywords.through, "keyword_id", wanted, _keywords, overwrite)


def _link(
    through: Any,
    column: str,
    wanted: dict[int, tuple[str, ...]],
    keys_of: Callable[[set[str]], dict[str, int]],
    overwrite: bool,
) -> int:
    """To films that have none: what an editor chose stays. Returns how many films gained some."""
    if not overwrite:
        linked = through.objects.filter(movie_id__in=wanted)
        for settled in set(linked.values_list("movie_id", flat=True)):
            del wanted[settled]
    keys = keys_of({name for names in wanted.values() for name in names})
    pairs = {(film, keys[name]) for film, names in wanted.items() for name in names if name in keys}
    gaining = {film for film, _ in pairs}
    if overwrite:
        through.objects.filter(movie_id__in=gaining).delete()
    rows = [through(movie_id=film, **{column: key}) for film, key in sorted(pairs)]
    through.objects.bulk_create(rows, ignore_conflicts=True)
    return len(gaining)


def _genres(names: set[str]) -> dict[str, int]:
    slugs = {name: slugify(name)[:60] for name in sorted(names) if slugify(name)}
    rows = {slug: Genre(name=name, slug=slug) for name, slug in slugs.items()}
    Genre.objects.bulk_create(rows.values(), ignore_conflicts=True)
    known = dict(Genre.objects.values_list("slug", "pk"))
    return {name: known[slug] for name, slug in slugs.items() if slug in known}


def _keywords(names: set[str]) -> dict[str, int]:
    known = Keyword.objects.in_bulk(list(names), field_name="name")
    new = [Keyword(name=name) for name in sorted(names - known.keys())]
    Keyword.objects.bulk_create(new, ignore_conflicts=True)
    found = Keyword.objects.in_bulk(list(names), field_name="name")
    return {name: keyword.pk for name, keyword in found.items()}


def credit_people(batch: Batch, *, overwrite: bool) -> int:
    """For roles of a film that nobody is credited for. Returns the number of credits."""
    wanted = {
        (film, role): people for film, row in batch.items() for role, people in _roles(row).items() if people
    }
    if overwrite:
        _discredit(wanted)
    credited = Credit.objects.filter(movie_id__in=batch).order_by()
    for settled in set(credited.values_list("movie_id", "role")):
        wanted.pop(settled, None)
    keys = _people_keys({person.tmdb_id: person.name for people in wanted.values() for person in people})
    rows = [
        Credit(
            movie_id=film,
            person_id=keys[person.tmdb_id],
            role=role,
            character=person.character,
            position=position,
        )
        for (film, role), people in wanted.items()
        for position, person in enumerate(people)
    ]
    return len(Credit.objects.bulk_create(rows, ignore_conflicts=True))


def _roles(row: FilmMetadata) -> dict[str, tuple[Name, ...]]:
    role = Credit.Role
    return {role.DIRECTOR: row.directors, role.WRITER: row.writers, role.CAST: row.cast}


def _discredit(roles: Iterable[tuple[int, str]]) -> None:
    by_role: dict[str, list[int]] = {}
    for film, role in roles:
        by_role.setdefault(role, []).append(film)
    for role, films in by_role.items():
        Credit.objects.filter(role=role, movie_id__in=films).delete()


def _people_keys(names: dict[int, str]) -> dict[int, int]:
    """Primary keys by TMDB id. People known by name alone get their id, others are made."""
    missing = names.keys() - Person.objects.in_bulk(list(names), field_name="tmdb_id").keys()
    adopted = _adopt({number: names[number] for number in missing})
    new = [Person.named(names[number], tmdb_id=number) for number in sorted(missing - adopted)]
    Person.objects.bulk_create(new, ignore_conflicts=True)
    found = Person.objects.in_bulk(list(names), field_name="tmdb_id")
    return {number: person.pk for number, person in found.items()}


def _adopt(names: dict[int, str]) -> set[int]:
    """Only where one person here and one person there go by a name."""
    there = Counter(names.values())
    here: dict[str, list[Person]] = {}
    for some in _chunks(sorted(there)):
        for person in Person.objects.filter(name__in=some, tmdb_id=None):
            here.setdefault(person.name, []).append(person)
    adopted = {
        number: here[name][0]
        for number, name in names.items()
        if there[name] == 1 and len(here.get(name, ())) == 1
    }
    for number, person in adopted.items():
        person.tmdb_id = number
    Person.objects.bulk_update(adopted.values(), ["tmdb_id"], batch_size=200)
    return set(adopted)


def _chunks(values: list[str]) -> Iterable[list[str]]:
    return (values[start : start + CHUNK] for start in range(0, len(values), CHUNK))


def write_plots(batch: Batch, *, overwrite: bool) -> int:
    """Where there is none; with `overwrite` also over texts that nobody here wrote or locked."""
    texts = {film: row for film, row in batch.items() if row.overview}
    plots = Plot.objects.filter(movie_id__in=texts)
    kept = plots.filter(Q(locked=True) | Q(source=EDITOR)) if overwrite else plots
    for film in set(kept.values_list("movie_id", flat=True)):
        del texts[film]
    plots.filter(movie_id__in=texts).delete()
    now = timezone.now()
    rows = [
        Plot(
            movie_id=film,
            text=row.overview,
            source=SOURCE,
            source_url=f"{WEBSITE}/movie/{row.tmdb_id}" if row.tmdb_id else "",
            licence=LICENCE,
            fetched_at=now,
        )
        for film, row in texts.items()
    ]
    return len(Plot.objects.bulk_create(rows, ignore_conflicts=True))


def note_posters(batch: Batch, *, overwrite: bool) -> int:
    posters = {film: row.poster for film, row in batch.items() if row.poster}
    if not overwrite:
        for film in PosterPicture.objects.filter(movie_id__in=posters).values_list("movie_id", flat=True):
            del posters[film]
    return offer_posters(posters)
