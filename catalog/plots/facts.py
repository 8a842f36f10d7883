"""Film facts that came with an answer: only what the site does not know yet is filled in."""

from __future__ import annotations

from django.db import transaction

from catalog.models import Credit, Movie, OtherTitle, Person
from catalog.plots.contract import Credited, FilmFacts
from catalog.titles import search_form

MOST_OTHER_TITLES = 60
MOST_CAST = 40
# The largest number of minutes that the column holds.
LONGEST_RUNTIME = 32767


@transaction.atomic
def fill_missing(*, movie: Movie, facts: FilmFacts) -> None:
    """Runtime and tagline where empty, credits for roles without any, other titles where there are none."""
    _fill_columns(movie, facts)
    _fill_credits(movie, Credit.Role.DIRECTOR, facts.directors)
    _fill_credits(movie, Credit.Role.WRITER, facts.writers)
    _fill_credits(movie, Credit.Role.CAST, facts.cast[:MOST_CAST])
    _fill_other_titles(movie, facts.other_titles)


def _fill_columns(movie: Movie, facts: FilmFacts) -> None:
    # Conditions in the statement: the film in our hands may be older than an editor's change.
    this = Movie.objects.filter(pk=movie.pk)
    if facts.runtime and 0 < facts.runtime <= LONGEST_RUNTIME:
        this.filter(runtime=None).update(runtime=facts.runtime)
    if facts.tagline:
        this.filter(tagline="").update(tagline=facts.tagline[:300])


def _fill_credits(movie: Movie, role: Credit.Role, credited: tuple[Credited, ...]) -> None:
    if not credited or movie.credits.filter(role=role).exists():
        return
    people = _people(credited)
    ids = dict.fromkeys(person.imdb_id for person in credited)
    Credit.objects.bulk_create(
        [
            Credit(movie=movie, person=people[imdb_id], role=role, position=position)
            for position, imdb_id in enumerate(ids)
        ],
        ignore_conflicts=True,
    )


def _people(credited: tuple[Credited, ...]) -> dict[str, Person]:
    """By IMDb id. Two workers may make the same person at once: the second finds the first's."""
    people = [Person.named(person.name, imdb_id=person.imdb_id) for person in credited]
    Person.objects.bulk_create(people, ignore_conflicts=True)
    return Person.objects.in_bulk([person.imdb_id for person in people], field_name="imdb_id")


def _fill_other_titles(movie: Movie, titles: tuple[str, ...]) -> None:
    if movie.other_titles.exists():
        return
    # One spelling of what search sees as the same title, and none that the film already has.
    by_form = {search_form(title): title for title in reversed(titles) if 0 < len(title) <= 300}
    by_form.pop(search_form(movie.title), None)
    rows = [
        OtherTitle(movie=movie, title=title, search_title=form[:310])
        for form, title in by_form.items()
        if form
    ]
    OtherTitle.objects.bulk_create(rows[::-1][:MOST_OTHER_TITLES], ignore_conflicts=True)
