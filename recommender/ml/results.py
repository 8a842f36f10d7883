"""Measurements kept on disk, so that a long campaign can be stopped and gone on with.

One JSON file a measurement: FOLDER/<data set>-<hash>/<protocol>/<preset>.<form>.seed<n>.top<N>.json. What a
file was measured on stands in it as its key; a file with another key, such as one of older settings, does not
count. Figures are exact, NaN is null, costs are rounded to a thousandth.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import platform
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np

from recommender.ml.evaluate import Measured
from recommender.ml.interactions import Interactions

LIBRARIES = ("numpy", "scipy", "pandas", "numba", "torch")


class DamagedResult(Exception):
    """A file of a store that cannot be read; the message names it."""


class Key(NamedTuple):
    """What makes two measurements the same one; `beside` names the published file that gave the split."""

    data: str
    data_sha256: str
    protocol: str
    seed: int
    top: int
    preset: str
    tuned: bool
    config: dict[str, Any]
    beside: str = ""

    @property
    def form(self) -> str:
        return form(self.tuned)

    @property
    def path(self) -> Path:
        name = f"{self.preset}.{self.form}.seed{self.seed}.top{self.top}.json"
        return Path(f"{self.data}-{self.data_sha256[:8]}", self.protocol, name)


@dataclass(frozen=True)
class Result:
    """One measurement: `sizes` counts the data and their parts, `machine` is what it ran on."""

    key: Key
    sizes: dict[str, Any]
    figures: dict[str, float]
    n_users: int
    fit_seconds: float
    peak_mib: float
    ms_per_user: float
    machine: dict[str, Any]
    date: str
    note: str = ""

    @classmethod
    def of(cls, key: Key, sizes: Mapping[str, Any], measured: Measured) -> Self:
        return cls(
            key,
            dict(sizes),
            measured.figures,
            measured.n_users,
            round(measured.fit_seconds, 3),
            round(measured.peak_mib, 3),
            round(measured.ms_per_user, 4),
            dict(machine()),
            datetime.now(UTC).date().isoformat(),
            measured.note,
        )

    @property
    def measured(self) -> Measured:
        """As it came from the evaluation, without the answers."""
        return Measured(
            preset=self.key.preset,
            tuned=self.key.tuned,
            config=self.key.config,
            figures=self.figures,
            fit_seconds=self.fit_seconds,
            peak_mib=self.peak_mib,
            ms_per_user=self.ms_per_user,
            n_users=self.n_users,
            note=self.note,
        )


class Store:
    """A folder of results. `say` is told of files that do not count, and why."""

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        self.folder = folder
        self.say = say

    def find(self, key: Key) -> Result | None:
        path = self.folder / key.path
        if not path.exists():
            return None
        try:
            result = read(path)
        except DamagedResult as damage:
            self.say(f"{damage} It is measured anew.")
            return None
        if result.key != key:
            self.say(f"{path} was measured with other data or settings. It is measured anew.")
            return None
        return result

    def keep(self, result: Result) -> Path:
        """Write aside, then rename: whoever reads finds the whole file or none."""
        path = self.folder / result.key.path
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_suffix(f".{os.getpid()}.part")
        content = asdict(result) | {"key": result.key._asdict()}
        aside.write_text(json.dumps(without_nan(content), indent=2, allow_nan=False) + "\n", "utf-8")
        aside.replace(path)
        return path

    def __iter__(self) -> Iterator[Result]:
        """Every result, in the order of its path. Raises DamagedResult."""
        yield from (read(path) for path in sorted(self.folder.glob("*/*/*.json")))


def read(path: Path) -> Result:
    try:
        content = json.loads(path.read_text("utf-8"))
        figures = {
            name: math.nan if value is None else float(value)
            for name, value in content.pop("figures").items()
        }
        costs = {name: math.nan if content[name] is None else float(content[name]) for name in _COSTS}
        return Result(**content | costs | {"key": Key(**content["key"]), "figures": figures})
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise DamagedResult(f"{path} is damaged ({type(error).__name__}: {error}).") from error


_COSTS = ("fit_seconds", "peak_mib", "ms_per_user")


def form(tuned: bool) -> str:
    """A document's own settings, or those chosen here."""
    return "tuned" if tuned else "document"


def plain(config: Any) -> dict[str, Any]:
    """A Config as JSON would give it back: tuples are lists."""
    settings: dict[str, Any] = json.loads(json.dumps(asdict(config)))
    return settings


def fingerprint(data: Interactions) -> str:
    """SHA-256 of the ratings and of all that is known of films and people, however it was packed."""
    digest = hashlib.sha256()
    columns = (data.users.ids[data.user], data.items.ids[data.item], data.rating, data.time, data.items.ids)
    for column in (*columns, data.catalogue.years):
        digest.update(np.ascontiguousarray(column).astype(column.dtype.newbyteorder("<")).tobytes())
    films = data.catalogue
    for texts in (films.titles, films.texts, films.genres, films.people, data.people or ()):
        digest.update(json.dumps(list(texts)).encode())
    return digest.hexdigest()


@cache
def machine() -> dict[str, Any]:
    """What a time in seconds cannot be read without."""
    return {
        "cpu": _cpu(),
        "cores": len(os.sched_getaffinity(0)),
        "threads": os.environ.get("OMP_NUM_THREADS", "all"),
        "python": platform.python_version(),
        **{name: version(name) for name in LIBRARIES},
    }


def _cpu() -> str:
    told = Path("/proc/cpuinfo")
    lines = told.read_text().splitlines() if told.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def without_nan(value: Any) -> Any:
    """`value` for JSON, which knows no NaN: null instead."""
    if isinstance(value, dict):
        return {key: without_nan(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [without_nan(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
