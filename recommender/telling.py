"""Of what two films have in common that which tells something: people first, then words, then genres."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from recommender.ml.content import SharedTerm

TELLS = ("people", "words", "genres")
# Listed among genres, but no kind of story.
NO_GENRES = {"imax", "(no genres listed)"}
SHORTEST = 4  # letters of a word
# The longest first; what is left of a word keeps four letters.
ENDINGS = ("ings", "ing", "ies", "ers", "er", "ed", "es", "ly", "s", "y", "e")


def telling(terms: Sequence[SharedTerm], titles: Iterable[str]) -> list[SharedTerm]:
    """The weightiest first within each kind; of terms that say the same, or part of another, one is left.

    Decades tell too little, and a word of a title or of a genre says again what the card says.
    """
    said = stems(" ".join([*titles, *(term.name for term in terms if term.block == "genres")]))
    found = [term for term in terms if _tells(term, said)]
    found.sort(key=lambda term: TELLS.index(term.block))
    roots = [stems(term.name) for term in found]
    return [
        term
        for place, term in enumerate(found)
        if roots[place] not in roots[:place] and not any(roots[place] < other for other in roots)
    ]


def _tells(term: SharedTerm, said: frozenset[str]) -> bool:
    if term.block == "genres":
        return term.name.casefold() not in NO_GENRES
    if term.block == "words":
        wordy = all(word.isalpha() and len(word) >= SHORTEST for word in term.name.split())
        return wordy and not stems(term.name) & said
    return term.block in TELLS


# The words of a genre or a title come again and again, and nothing else of a reason takes as long.
@lru_cache(maxsize=20_000)
def stems(text: str) -> frozenset[str]:
    return frozenset(map(_stem, re.findall(r"\w+", text.casefold())))


def _stem(word: str) -> str:
    """Roughly, so that "guardian" and "guardians", or "galaxy" and "galaxies", are one."""
    ending = next((one for one in ENDINGS if word.endswith(one) and len(word) - len(one) >= SHORTEST), "")
    return word.removesuffix(ending)
