"""Titles set in capitals, in lines that fill the width, by the display face's own advance widths."""

import json
import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from catalog.posters.seams import parted

MEASURE = 264.0  # what a line may fill of the poster's width of 300
CAP_HEIGHT = 0.8
LEADING = 8.0
LARGEST = 228.0
MINOR_SIZE = 31.0
TALLEST = 268.0
LONGEST_TITLE = 180
SMALLEST = 22.0  # a word that would have to be set smaller is parted

_ROWS = json.loads(Path(__file__).with_name("advances.json").read_text(encoding="utf-8"))
ADVANCES: dict[str, float] = {
    letter: int(advance) / 1000 for advance, letters in _ROWS.items() for letter in letters
}
SPACE = ADVANCES[" "]

MINOR_WORDS = frozenset(
    word
    for language in (
        ("THE", "A", "AN", "OF", "AND", "&", "OR", "IN", "ON", "TO", "AT", "FOR", "FROM", "WITH", "BY"),
        ("EIN", "EINE", "EINER", "EINES", "IM", "VON", "ZUM", "ZUR"),
        ("VS", "VS.", "LE", "LA", "LES", "UN", "UNE", "DE", "DU", "DES", "ET", "AU", "DEL", "EL", "LOS"),
        ("LAS", "Y", "DER", "DIE", "DAS", "UND", "IL", "LO", "GLI", "E", "DI", "DA", "O", "OS", "AS"),
    )
    for word in language
)
_DASHES = frozenset("-–—")
_HANGING = frozenset("Q,;ÇŞŢĄĘ")
_UNFIT_FOR_XML = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Token:
    """A word, or a part of one that may stand on a line of its own."""

    text: str
    width: float
    glued: bool = False  # follows the token before it without a space
    ends_line: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    size: float
    width: float
    minor: bool

    @property
    def height(self) -> float:
        """From the baseline up, with room for marks above the capitals."""
        marks = 0 if self.text.isascii() or not _has_marks(self.text) else 0.17
        return self.size * (CAP_HEIGHT + marks)

    @property
    def depth(self) -> float:
        """How far it hangs below the baseline; scripts we have no face for may hang low."""
        hangs = any(letter in _HANGING or letter not in ADVANCES for letter in self.text)
        return self.size * 0.1 if hangs else 0


def _has_marks(text: str) -> bool:
    return any(unicodedata.combining(mark) == 230 for mark in unicodedata.normalize("NFD", text))


def advance(letter: str) -> float:
    """The letter's width in ems; an estimate for the fallback faces where ours does not have it."""
    if letter in ADVANCES:
        return ADVANCES[letter]
    if unicodedata.category(letter)[0] in "MC":
        return 0.0
    return 1.0 if unicodedata.east_asian_width(letter) in "WF" else 0.72


def measure(text: str) -> float:
    return sum(map(advance, text))


def clean(title: str) -> str:
    """One line of characters that XML allows."""
    text = " ".join(_UNFIT_FOR_XML.sub("", title).split())
    return text if len(text) <= LONGEST_TITLE else text[: LONGEST_TITLE - 1].rstrip() + "…"


def _pieces(word: str) -> list[str]:
    if len(word) > 3 and unicodedata.east_asian_width(word[1]) in "WF":
        return list(word)
    if len(word) > 9 and "-" in word[1:-1]:
        return re.findall(r"[^-]+-*|-+", word)
    return [word]


def _broken(piece: str, glued: bool) -> Iterator[Token]:
    """A piece as it is, in small type if need be, or the parts of a word that would be too small to read."""
    parts = parted(piece, _can_be_read)
    for place, part in enumerate(parts, start=1):
        yield Token(part, measure(part), glued or place > 1, place < len(parts))


def _can_be_read(word: str) -> bool:
    return measure(word) * SMALLEST <= MEASURE


def tokens(title: str) -> list[Token]:
    return [
        token
        for word in title.upper().split()
        for place, piece in enumerate(_pieces(word))
        for token in _broken(piece, place > 0)
    ]


def _is_minor(line: list[Token]) -> bool:
    return all(token.text in MINOR_WORDS for token in line)


def _spaced_width(line: list[Token]) -> float:
    return sum(token.width for token in line) + SPACE * sum(not token.glued for token in line[1:])


def _cost(line: list[Token], target: float, last: bool) -> float:
    """How far a line is from the size wished for, and how badly it breaks."""
    if _is_minor(line) and not last:
        return 0.12 if len(line) < 3 else 0.6
    unevenness = math.log(MEASURE / max(_spaced_width(line), 0.2) / target) ** 2
    ending = line[-1].text
    if not last and ending in MINOR_WORDS:
        unevenness += 0.3
    if line[0].text in _DASHES:
        unevenness += 0.5
    if any(token.text.endswith(":") for token in line[:-1]):
        unevenness += 0.25
    return unevenness


def _best_breaks(words: list[Token], target: float) -> list[list[Token]]:
    """The cheapest way to break, found from the left: best[n] is (cost, start) of n words' last line."""
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(words) + 1):
        best.append(min(_endings(words, best, end, target)))
    lines, end = [], len(words)
    while end:
        start = best[end][1]
        lines.append(words[start:end])
        end = start
    return lines[::-1]


def _endings(
    words: list[Token], best: list[tuple[float, int]], end: int, target: float
) -> Iterator[tuple[float, int]]:
    for start in range(end - 1, -1, -1):
        line = words[start:end]
        too_wide = _spaced_width(line) * target > 2.4 * MEASURE
        if start < end - 1 and (too_wide or line[0].ends_line):
            return
        yield best[start][0] + _cost(line, target, end == len(words)), start


def _joined(line: list[Token]) -> str:
    return line[0].text + "".join(token.text if token.glued else " " + token.text for token in line[1:])


def _line(line: list[Token], minor: bool) -> Line:
    width = max(_spaced_width(line), 0.2)
    size = min(MINOR_SIZE if minor else LARGEST, MEASURE / width)
    return Line(_joined(line), size, width * size, minor)


def stack_height(lines: list[Line]) -> float:
    return sum(line.height for line in lines) + LEADING * (len(lines) - 1)


def _within(lines: list[Line], height: float) -> list[Line]:
    """The lines as they are, or all smaller by the same share if they stand too tall."""
    leading = LEADING * (len(lines) - 1)
    share = min(1.0, (height - leading) / (stack_height(lines) - leading))
    return [Line(line.text, line.size * share, line.width * share, line.minor) for line in lines]


def set_title(title: str, wished_height: float) -> list[Line]:
    """Break a title into lines that fill the measure and stand about as tall as wished."""
    words = tokens(title) or tokens("Untitled")
    width = max(_spaced_width(words), 0.2)
    count = max(1.0, math.sqrt(wished_height * width / (0.88 * MEASURE)))
    broken = _best_breaks(words, MEASURE * count / width)
    all_minor = _is_minor(words)
    lines = [_line(line, _is_minor(line) and not all_minor and line is not broken[-1]) for line in broken]
    return _within(lines, TALLEST)
