"""What models made of other models share: how parts are fitted in turn, and their arrays kept under names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.ml.contract import Arrays, Progress, Recommender, WarmStart
from recommender.ml.interactions import Interactions


def within(progress: Progress, start: float, end: float, name: str = "") -> Progress:
    """The callback of a part of the work, from the share `start` to `end`; `name` precedes what it says."""
    before = f"{name}: " if name else ""
    return lambda share, what: progress(start + share * (end - start), before + what)


def prefixed(prefix: str, arrays: Arrays) -> dict[str, NDArray[Any]]:
    """The arrays with `prefix` before their names: what `under` takes apart."""
    return {f"{prefix}{key}": np.asarray(array) for key, array in arrays.items()}


def starts_of(
    start: WarmStart | None,
    kind: type[Recommender],
    parts: Callable[[Any], Sequence[Recommender]],
    n_parts: int,
) -> list[WarmStart | None]:
    """Where each part begins: at its former self in a model of this kind, or nowhere."""
    if start is None or not isinstance(start.model, kind):
        return [None] * n_parts
    return [WarmStart(part, start.rows) for part in parts(start.model)]


def fit_in_turn(
    parts: Sequence[Recommender],
    data: Interactions,
    seed: int,
    progress: Progress,
    starts: Sequence[WarmStart | None],
) -> None:
    """Every part on all of the data, each for an equal share of the progress."""
    for number, (part, start) in enumerate(zip(parts, starts, strict=True)):
        own = within(progress, number / len(parts), (number + 1) / len(parts))
        part.fit(data, seed=seed, progress=own, start=start)


def under(prefix: str, arrays: Arrays) -> dict[str, NDArray[Any]]:
    """The arrays whose names begin with `prefix`, without it."""
    return {key.removeprefix(prefix): array for key, array in arrays.items() if key.startswith(prefix)}
