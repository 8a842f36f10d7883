"""What models made of other models share: arrays under a part's name, and its share of the progress."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from recommender.ml.contract import Arrays, Progress


def within(progress: Progress, start: float, end: float, name: str = "") -> Progress:
    """The callback of a part of the work, from the share `start` to `end`; `name` precedes what it says."""
    before = f"{name}: " if name else ""
    return lambda share, what: progress(start + share * (end - start), before + what)


def under(prefix: str, arrays: Arrays) -> dict[str, NDArray[Any]]:
    """The arrays whose names begin with `prefix`, without it."""
    return {key.removeprefix(prefix): array for key, array in arrays.items() if key.startswith(prefix)}
