"""From what was typed to films in their order, and what to say about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from catalog.models import Movie, OtherTitle
from catalog.search.contract import FILMS, OTHER_TITLES, SearchBackend, backend
from catalog.search.people import Meant, meant_by
from catalog.search.popular import best_known_first
from catalog.search.ranking import Candidate, Ranking, Scored
from catalog.search.words import Query, is_small

# A word is answered from here on: as it was typed, begun, or another way to write it.
ANSWERED = 0.9
# Films that are only near stay within this of the best; below the least there is nothing to show.
WITHIN, LEAST = 0.22, 0.55
NEAR, FEW, SUGGESTED = 150, 8, 6
# While somebody types, so many films with the word are enough to leave those out that are only near.
FEW_TYPED = 2
BRIEF = 5
Show = Callable[[Query, list[Scored]], list[Scored]]
# A search goes no deeper; whoever has not found a film among so many needs other words.
DEEPEST = 480


@dataclass(frozen=True)
class Found:
    """`films` and `people` are keys, the best first. `nearest`: films to suggest where none was found.

    `is_exact`: the words are in the titles. `year`, `with_people`: what else the words were taken for.
    `people_lead`: the words name people at least as well as they name the best film.
    """

    query: Query
    films: list[int] = field(default_factory=list)
    people: list[int] = field(default_factory=list)
    nearest: list[int] = field(default_factory=list)
    is_exact: bool = True
    year: int | None = None
    with_people: list[int] = field(default_factory=list)
    title_words: str = ""
    people_lead: bool = True


def find(text: str, *, limit: int, is_typing: bool = False) -> Found:
    """At most `limit` films for the words, and the people whom the words may mean.

    `is_typing`: the last word may go on, and the list is short: what is well known comes first.
    """
    query = Query(text)
    if not query.words:
        return Found(query)
    engine = backend()
    meant = meant_by(query, engine)
    keys = _candidate_keys(query, engine, limit)
    candidates = _read({**keys, **dict.fromkeys(meant.films)}, meant)
    ranking = Ranking(query, candidates, meant.names)
    return _found(query, ranking, meant, limit, _shown_typing if is_typing else _shown)


def _candidate_keys(query: Query, engine: SearchBackend, limit: int) -> dict[int, None]:
    words, keys = query.telling, dict[int, None]()
    for source in (FILMS, OTHER_TITLES):
        for spelling in query.spellings:
            keys |= dict.fromkeys(engine.holding(source, spelling, limit))
        keys |= dict.fromkeys(engine.near(source, words, NEAR))
    # An error takes most of what a short word shares with the right one: then how it begins helps.
    if len(words) == 1 and 3 < len(words[0]) <= BRIEF:
        keys |= dict.fromkeys(engine.holding(FILMS, [words[0][:2]], NEAR))
    if len(query.years) == len(query.words):
        of_years = Movie.objects.filter(year__in=query.years.values()).order_by("-ratings_count", "pk")
        keys |= dict.fromkeys(of_years.values_list("pk", flat=True)[:limit])
    return keys


def _read(keys: dict[int, None], meant: Meant) -> list[Candidate]:
    others: defaultdict[int, list[str]] = defaultdict(list)
    for movie, title in OtherTitle.objects.filter(movie__in=keys).values_list("movie_id", "search_title"):
        others[movie].append(title)
    films = Movie.objects.filter(pk__in=keys).order_by()
    return [
        Candidate(
            key,
            year,
            ratings,
            (title.removesuffix(f" {year}"), *others.get(key, ())),
            meant.films.get(key, {}),
        )
        for key, year, ratings, title in films.values_list("pk", "year", "ratings_count", "search_title")
    ]


def _found(query: Query, ranking: Ranking, meant: Meant, limit: int, show: Show) -> Found:
    scored = ranking.scored()
    people = [*meant.called, *(key for key in meant.names if ranking.is_named_by_all(key))]
    if not scored or scored[0].score < LEAST:
        nearest = [found.candidate.key for found in scored[:SUGGESTED]]
        return Found(query, people=list(dict.fromkeys(people)), nearest=nearest, is_exact=False)
    shown = show(query, scored)
    best = shown[0]
    people = list(dict.fromkeys([*(key for key in meant.names if key in best.people), *people]))
    return Found(
        query,
        films=[found.candidate.key for found in shown[:limit]],
        people=people,
        is_exact=is_answered(query, best),
        year=_year(query, best),
        with_people=_with_people(query, best, shown),
        title_words=_title_words(query, best),
        people_lead=bool(best.people) or ranking.best_named(people) >= ranking.covered(best.answers),
    )


def _with_people(query: Query, best: Scored, shown: list[Scored]) -> list[int]:
    """Who is in the best film, unless the words are names alone and films of others are shown as well."""
    names_alone = not _title_words(query, best)
    if names_alone and not all(found.people & best.people for found in shown):
        return []
    return [key for key in best.candidate.people if key in best.people]


def _shown(query: Query, scored: list[Scored]) -> list[Scored]:
    """Those that answer every word; with few of them also what is near."""
    exact, near = _exact_and_near(query, scored)
    if query.is_terse and exact:
        return best_known_first(query, exact)
    return exact if len(exact) >= FEW else near


def _shown_typing(query: Query, scored: list[Scored]) -> list[Scored]:
    exact, near = _exact_and_near(query, scored)
    begun = best_known_first(query, [found for found in exact if _has_all_words(query, found)])
    return begun if len(begun) >= FEW_TYPED else [*begun, *(found for found in near if found not in begun)]


def _exact_and_near(query: Query, scored: list[Scored]) -> tuple[list[Scored], list[Scored]]:
    """Those that answer every word, and all that are near the best; both of the year that was named."""
    best = scored[0]
    of_year = [found for found in scored if found.is_of_year] if best.is_of_year else scored
    exact = [found for found in of_year if is_answered(query, found)]
    return exact, [found for found in of_year if found.score >= max(best.score - WITHIN, LEAST)]


def is_answered(query: Query, found: Scored) -> bool:
    return found.score >= 1 or _has_all_words(query, found)


def _has_all_words(query: Query, found: Scored) -> bool:
    words = zip(query.words, found.answers, strict=True)
    return all(answer >= ANSWERED or is_small(word) for word, answer in words)


def _year(query: Query, best: Scored) -> int | None:
    """The year that the films were narrowed to, unless it is a word of the title."""
    titles = " ".join(best.candidate.titles).split()
    years = [year for year in query.years.values() if best.candidate.year == year and str(year) not in titles]
    return years[0] if years else None


def _title_words(query: Query, best: Scored) -> str:
    """What is left for the title once the year and the people are taken out."""
    taken = {place for place, year in query.years.items() if year == best.candidate.year}
    return " ".join(word for place, word in enumerate(query.words) if place not in taken | best.named)
