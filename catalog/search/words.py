"""What was typed, word by word, and what each word weighs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

from catalog.titles import search_form

FIRST_YEAR, LAST_YEAR = 1880, 2100
_AND = re.compile(r"[&+]")
# Two letters that changed places leave a word of so many hardly a trigram of its own.
SHORT = 8

_SMALL = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at by for from in into is it its of on or the to with "
        "le la les l un une et de du des der die das ein eine und el los las il lo gli os",
    )
)
_COUNTERS = frozenset(("part", "pt", "vol", "volume", "chapter", "episode", "no", "number", "film", "movie"))
_ROMAN = ("ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii")
_SPELT = (
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
)
# Each number as digits, in Roman numerals and in letters.
_NUMBERS = [(str(number), *forms) for number, forms in enumerate(zip(_ROMAN, _SPELT, strict=True), start=2)]
_DIGITS = {form: forms[0] for forms in _NUMBERS for form in forms}
_SAME = _DIGITS | {"one": "1", "pt": "part", "vol": "volume", "doctor": "dr", "mister": "mr", "saint": "st"}


@lru_cache(maxsize=65_536)
def canonical(word: str) -> str:
    """One form for words that mean the same: "II" and "two" are "2"."""
    return _SAME.get(word, word)


@lru_cache(maxsize=65_536)
def weight(word: str) -> float:
    """Articles decide little, numbers and long words much."""
    if word in _SMALL:
        return 0.15
    if word in _COUNTERS:
        return 0.4
    return 1.2 if canonical(word).isdigit() else min(len(word), 9) ** 0.5 / 2


def is_small(word: str) -> bool:
    return word in _SMALL


def as_year(word: str) -> int | None:
    is_one = len(word) == 4 and word.isascii() and word.isdigit() and FIRST_YEAR <= int(word) <= LAST_YEAR
    return int(word) if is_one else None


@dataclass(frozen=True)
class Query:
    """`words` are in their search form; at most so many that every search stays quick."""

    text: str

    MOST_WORDS = 12

    @cached_property
    def words(self) -> list[str]:
        return search_form(_AND.sub(" and ", self.text)).split()[: self.MOST_WORDS]

    @cached_property
    def telling(self) -> list[str]:
        """Without the small words, unless there are no others."""
        return [word for word in self.words if not is_small(word)] or self.words

    @cached_property
    def is_terse(self) -> bool:
        """Nothing but articles and numbers, which are in a great many titles."""
        small = (is_small(word) or (canonical(word).isdigit() and not as_year(word)) for word in self.words)
        return all(small)

    @cached_property
    def spellings(self) -> list[list[str]]:
        """The telling words as they are, then with their numbers in each other form."""
        forms = {word: forms for forms in _NUMBERS for word in forms}
        others = [
            [forms[word][form] if word in forms else word for word in self.telling] for form in range(3)
        ]
        return [self.telling] + [other for other in others if other != self.telling]

    @cached_property
    def years(self) -> dict[int, int]:
        """The places of the words that may be a year."""
        years = ((place, as_year(word)) for place, word in enumerate(self.words))
        return {place: year for place, year in years if year}

    @cached_property
    def names(self) -> list[str]:
        """The words that may be of a person."""
        return [word for word in self.telling if not word.isdigit()]


def trigrams(text: str) -> list[str]:
    return [text[place : place + 3] for place in range(len(text) - 2)]


def spoilt_trigrams(words: list[str]) -> list[str]:
    """The trigrams of the words; of a short one alone also with any two neighbours exchanged."""
    forms = words + (_exchanged(words[0]) if len(words) == 1 and 2 < len(words[0]) <= SHORT else [])
    return list(dict.fromkeys(letters for word in forms for letters in trigrams(f" {word} ")))


def _exchanged(word: str) -> list[str]:
    return [
        f"{word[:place]}{second}{first}{word[place + 2 :]}"
        for place, (first, second) in enumerate(pairwise(word))
    ]
