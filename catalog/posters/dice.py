"""Chance that falls the same way every time, on every machine and in every version of Python."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

Choice = TypeVar("Choice")
_MASK = (1 << 64) - 1


class Dice:
    """SplitMix64, seeded from a text: small, fast and good enough to scatter stars."""

    def __init__(self, seed: str) -> None:
        self._state = int.from_bytes(blake2b(seed.encode(), digest_size=8).digest(), "big")

    def fraction(self) -> float:
        """A number from 0 up to, not including, 1."""
        self._state = z = (self._state + 0x9E3779B97F4A7C15) & _MASK
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
        return (z ^ (z >> 31)) / (_MASK + 1)

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * self.fraction()

    def whole(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int((high - low + 1) * self.fraction())

    def pick(self, choices: Sequence[Choice]) -> Choice:
        return choices[int(len(choices) * self.fraction())]

    def falls(self, probability: float) -> bool:
        return self.fraction() < probability
