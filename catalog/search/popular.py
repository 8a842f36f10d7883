"""The order while somebody types, or typed too little to say which: how well a film is known decides."""

from __future__ import annotations

from math import log1p

from catalog.search.ranking import Scored
from catalog.search.words import Query, canonical, is_small

# Being known best counts 1; what a title is worth beside that: begun by the words, the words in full, and,
# for a word that says little, one that is that word and not only begins with it ("2" is not "21").
FIRST, ALL, WORD = 0.25, 0.4, 0.3


def best_known_first(query: Query, found: list[Scored]) -> list[Scored]:
    most = log1p(max((one.candidate.ratings for one in found), default=0)) or 1.0
    worth = {one.candidate.key: _worth(query, one, most) for one in found}
    return sorted(found, key=lambda one: -worth[one.candidate.key])


def _worth(query: Query, one: Scored, most: float) -> float:
    if one.named:
        # Films that are called so come first, then whoever directed goes before whoever played.
        return one.score - 1
    by_title = max(_title_worth(query, title) for title in one.candidate.titles)
    is_word = query.is_terse and min(one.answers) == 1
    return log1p(one.candidate.ratings) / most + by_title + WORD * is_word


def _title_worth(query: Query, title: str) -> float:
    asked, words = query.words, title.split()
    if _core(asked) == _core(words):
        return FIRST + ALL
    if query.is_terse:
        return FIRST * (words[: len(asked)] == asked)
    return FIRST * _core(words).startswith(_core(asked))


def _core(words: list[str]) -> str:
    """Without the articles before it, unless there is nothing else."""
    telling = next((place for place, word in enumerate(words) if not is_small(word)), 0)
    return " ".join(map(canonical, words[telling:]))
