"""How well a film answers what was typed: letters by rapidfuzz, word by word, with the year and people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import log1p

from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from catalog.search.words import Query, canonical, is_small, weight

# Below it two words are not the same word mistyped.
LEAST_ALIKE = 0.6
# What is lost by a word that only begins the title's, by letters that are wrong, by words of a title that
# nobody typed, by a word that names who directed or who played; what being known best is worth.
BEGUN, MISTYPED, UNTYPED, DIRECTED, PLAYED, FAME = 0.04, 1.25, 0.16, 0.03, 0.1, 0.11
WHOLE = 0.03

# By place in the query: how well the word is answered.
Answers = dict[int, float]


@dataclass(frozen=True)
class Candidate:
    """`titles` in their search form, without the year; `people`: who may be meant, and if they directed."""

    key: int
    year: int | None
    ratings: int
    titles: tuple[str, ...]
    people: dict[int, bool] = field(default_factory=dict)


@dataclass
class Scored:
    """`answers`: how well each word of the query is answered; `named`: where people did."""

    candidate: Candidate
    score: float
    answers: list[float]
    people: set[int] = field(default_factory=set)
    named: set[int] = field(default_factory=set)
    is_of_year: bool = True


class Likeness:
    """How much each word of the query is like each of many words, found in one go."""

    def __init__(self, query: Query, words: Iterable[str]) -> None:
        self.asked = query.words
        self.found: dict[str, Answers] = {}
        distinct = list(dict.fromkeys(words))
        if distinct and self.asked:
            self._compare(distinct)

    def __getitem__(self, word: str) -> Answers:
        return self.found.get(word, {})

    def _compare(self, words: list[str]) -> None:
        table = cdist(self.asked, words, scorer=OSA.normalized_similarity, score_cutoff=LEAST_ALIKE)
        for place, column in zip(*(axis.tolist() for axis in table.nonzero()), strict=True):
            alike = 1 - MISTYPED * (1 - float(table[place, column]))
            self.found.setdefault(words[column], {})[place] = alike
        for place, asked in enumerate(self.asked):
            self._compare_meaning(place, asked, words)

    def _compare_meaning(self, place: int, asked: str, words: list[str]) -> None:
        same, is_last = canonical(asked), place == len(self.asked) - 1
        for word in words:
            if word.startswith(asked) and word != asked and (is_last or len(asked) > 2):
                self._raise(word, place, 1 - BEGUN * (1 if is_last else 2))
            if canonical(word) == same:
                self._raise(word, place, 1.0)

    def _raise(self, word: str, place: int, alike: float) -> None:
        answers = self.found.setdefault(word, {})
        answers[place] = max(answers.get(place, 0.0), alike)


class Ranking:
    def __init__(self, query: Query, candidates: list[Candidate], people: dict[int, str]) -> None:
        self.query, self.candidates = query, candidates
        self.weights = [weight(word) for word in query.words]
        self.total = sum(self.weights) or 1.0
        titles = [title for candidate in candidates for title in candidate.titles]
        self.likeness = Likeness(
            query, (word for text in [*titles, *people.values()] for word in text.split())
        )
        self.joined = _joined_likeness(query.words, titles)
        self.whole = _whole_likeness(query.words, titles)
        self.named = {key: self.person(name) for key, name in people.items()}
        self.most = log1p(max((candidate.ratings for candidate in candidates), default=0)) or 1.0

    def person(self, name: str) -> Answers:
        """The words of the query that name the person; empty unless the last name is among them."""
        *first, last = [self.likeness[word] for word in name.split()] or [{}]
        named = {place: alike for place, alike in last.items() if alike >= 0.75 and self.weights[place] > 0.2}
        if named:
            for answers in first:
                named.update((place, alike) for place, alike in answers.items() if place not in named)
        return named

    def is_named_by_all(self, key: int) -> bool:
        """Whether every word of weight, but for a year, names the person."""
        telling = (place for place, heavy in enumerate(self.weights) if heavy > 0.2)
        return all(place in self.named[key] or place in self.query.years for place in telling)

    def best_named(self, people: Iterable[int]) -> float:
        """How much of the words names the one of these whom they name best."""
        everywhere = dict.fromkeys(range(len(self.weights)), 1 - BEGUN)
        named = (self.named.get(key, everywhere) for key in people)
        return max((self.covered([by.get(place, 0.0) for place in everywhere]) for by in named), default=0.0)

    def covered(self, answers: list[float]) -> float:
        """The share of the words, each by its weight, that is answered."""
        return sum(map(float.__mul__, self.weights, answers)) / self.total

    def scored(self) -> list[Scored]:
        scored = [self._scored(candidate) for candidate in self.candidates]
        return sorted(scored, key=lambda found: (-found.score, -found.candidate.ratings, found.candidate.key))

    def _scored(self, candidate: Candidate) -> Scored:
        fame = FAME * log1p(candidate.ratings) / self.most
        best = max(
            (self._title_score(candidate, title) for title in candidate.titles),
            key=lambda found: found.score,
        )
        best.score += fame
        return best

    def _title_score(self, candidate: Candidate, title: str) -> Scored:
        answers = [0.0] * len(self.weights)
        typed = whole = 0.0
        for word in title.split():
            alike = self.likeness[word]
            for place, value in alike.items():
                answers[place] = max(answers[place], value)
            heavy = weight(word)
            whole += heavy
            typed += heavy * max(alike.values(), default=0.0)
        of_year = self._add_year(candidate, answers)
        people, named = self._add_people(candidate, answers)
        covered = self.covered(answers)
        untyped = 0.0 if people and not typed else UNTYPED * (1 - typed / whole if whole else 1)
        score = max(covered - untyped * covered, self.joined.get(title, 0.0))
        if typed:
            score += self.whole.get(title, 0.0)
        return Scored(candidate, score, answers, people, named, of_year)

    def _add_year(self, candidate: Candidate, answers: list[float]) -> bool:
        is_of_year = True
        for place, year in self.query.years.items():
            if candidate.year == year:
                answers[place] = 1.0
            is_of_year = is_of_year and answers[place] == 1.0
        return is_of_year

    def _add_people(self, candidate: Candidate, answers: list[float]) -> tuple[set[int], set[int]]:
        """A person answers the words that the title leaves open: which people, and at which places."""
        helped, named = set(), set()
        for key, has_directed in candidate.people.items():
            loss = DIRECTED if has_directed else PLAYED
            for place, alike in self.named[key].items():
                if alike - loss > answers[place]:
                    answers[place] = alike - loss
                    helped.add(key)
                    named.add(place)
        return helped, named


def _joined_likeness(words: list[str], titles: list[str]) -> dict[str, float]:
    """For words that were parted or run together: "starwars", "god father"."""
    asked, distinct = _joined(words), list(dict.fromkeys(titles))
    if not asked or not distinct:
        return {}
    joined = [_joined(title.split()) for title in distinct]
    whole = cdist([asked], joined, scorer=OSA.normalized_similarity)[0].tolist()
    begun = cdist([asked], [title[: len(asked)] for title in joined], scorer=OSA.normalized_similarity)[0]
    scores = zip(whole, begun.tolist(), map(len, joined), strict=True)
    return {
        title: max(
            1 - MISTYPED * (1 - all_of_it),
            1 - MISTYPED * (1 - start) - UNTYPED * max(0.0, 1 - len(asked) / (length or 1)) - BEGUN,
        )
        for title, (all_of_it, start, length) in zip(distinct, scores, strict=True)
    }


def _whole_likeness(words: list[str], titles: list[str]) -> dict[str, float]:
    """Small words and the order of all decide between what is alike but for them."""
    distinct = list(dict.fromkeys(titles)) or [""]
    alike = cdist([" ".join(words)], distinct, scorer=OSA.normalized_similarity)[0].tolist()
    return {title: WHOLE * value for title, value in zip(distinct, alike, strict=True)}


def _joined(words: list[str]) -> str:
    return "".join(word for word in words if not is_small(word)) or "".join(words)
