"""People of films whom a query may mean, and what they were in."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from django.db.models import Sum
from rapidfuzz import fuzz

from catalog.models import Credit, Person
from catalog.search.contract import PEOPLE, SearchBackend
from catalog.search.words import Query

LIKELY = 60
MEANT = 8
# Of 100: below it a last name is another one.
ALIKE, BEGUN = 80, 85
SHORTEST = 4


class Meant(NamedTuple):
    """`called`: people whose names hold all the words. `names`: whom the words may name among others, by key.

    `films`: who of these made a film or is in it, and whether they directed it.
    """

    called: list[int]
    names: dict[int, str]
    films: dict[int, dict[int, bool]]


def meant_by(query: Query, engine: SearchBackend) -> Meant:
    """The best known people whose last name is among the words, as it was typed or nearly."""
    words = query.names
    if not words:
        return Meant([], {}, {})
    held = engine.holding(PEOPLE, words, LIKELY)
    keys = {*held, *engine.near(PEOPLE, words, LIKELY)}
    known = Person.objects.filter(pk__in=keys).annotate(fame=Sum("movies__ratings_count", default=0))
    people = {key: (fame, name) for key, name, fame in known.values_list("pk", "search_name", "fame")}
    named = sorted(
        ((_likeness(words, name), fame, key) for key, (fame, name) in people.items()), reverse=True
    )
    names = {key: people[key][1] for alike, _, key in named[:MEANT] if alike}
    return Meant(sorted(held, key=people.__getitem__, reverse=True), names, _films(names))


def _likeness(words: list[str], name: str) -> int:
    """Nought without the last name; more with the others."""
    parts = name.split()
    last = max((_alike(word, parts[-1]) for word in words), default=0) if parts else 0
    others = sum(max(_alike(word, part) for word in words) >= ALIKE for part in parts[:-1])
    return (last + 10 * others) if last >= ALIKE else 0


def _alike(word: str, part: str) -> int:
    """In fives: the best known comes first among the nearly equal. Short names have no room for errors."""
    if min(len(word), len(part)) < SHORTEST:
        return 100 * (word == part)
    alike = max(fuzz.ratio(word, part), BEGUN * part.startswith(word) * (word != part))
    return 5 * round(alike / 5)


def _films(people: dict[int, str]) -> dict[int, dict[int, bool]]:
    films: defaultdict[int, dict[int, bool]] = defaultdict(dict)
    credits = Credit.objects.filter(person__in=people).order_by()
    for movie, person, role in credits.values_list("movie_id", "person_id", "role"):
        films[movie][person] = films[movie].get(person, False) or role == Credit.Role.DIRECTOR
    return {
        movie: {person: found[person] for person in people if person in found}
        for movie, found in films.items()
    }
