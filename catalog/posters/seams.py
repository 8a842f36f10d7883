"""Where a word that no line of a poster can hold is parted, each part but the last with its hyphen.

A syllable begins as in German: with the last consonant before a vowel, or with a group that words begin with.
"""

import re
from collections.abc import Callable, Iterator

FEWEST = 4  # letters on either side of a hyphen
FAVOUR = 4  # letters by which a compound's joint may lie further from the middle

_GROUPS = "SCH[LMNRW]?|STR?|SP[LR]?|[BFGKP]L|[BDFGKPTVW]R|KN|ZW|PF|CH|CK|PH|TH|QU"
_SYLLABLE = re.compile(rf"(?:{_GROUPS}|[^\W\d_AEIOUYÄÖÜ])(?=[AEIOUYÄÖÜ])")
_JOINT = re.compile("(?:[KH]EIT|UNG|SCHAFT|ION|TÄT|LING|TUM)S(?=.)|(?=ÜBER|UNTER)")


def parted(word: str, fits: Callable[[str], bool]) -> list[str]:
    """The word, in capitals, or as few parts of it as fit."""
    if fits(word) or len(word) < 2 * FEWEST:
        return [word]
    seam = _seam(word)
    return [*parted(word[:seam] + "-", fits), *parted(word[seam:], fits)]


def _seam(word: str) -> int:
    """The joint or syllable nearest to the middle; the middle where a script has neither."""
    middle = len(word.rstrip("-")) / 2
    likely = [at for at in _syllables(word) if _is_inside(word, at)]
    joints = [at for at in _joints(word) if _is_inside(word, at)]
    far = {at: abs(at - middle) for at in likely} | {at: abs(at - middle) - FAVOUR for at in joints}
    return min(far, key=far.__getitem__, default=round(middle))


def _syllables(word: str) -> Iterator[int]:
    return (found.start() for found in _SYLLABLE.finditer(word))


def _joints(word: str) -> Iterator[int]:
    return (found.end() for found in _JOINT.finditer(word))


def _is_inside(word: str, at: int) -> bool:
    return FEWEST <= at <= len(word.rstrip("-")) - FEWEST
