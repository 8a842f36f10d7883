"""Real ratings for tests, and the one place that decides where they come from.

A folder of MovieLens sets beside the repository is read by name. Where there is none, every test that
asks for a set gets the one that `make run` would take, which `make test` puts into var/data, and
expects what must be true of any real set instead of the figures of the named one.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

REPOSITORY = Path(__file__).parents[3]
BESIDE = REPOSITORY.parent / "shared" / "data"
FETCHED = REPOSITORY / "var" / "data"


class RealData(NamedTuple):
    path: Path
    stands_in: bool  # for a named set that is not here


def real_data(name: str) -> RealData:
    """A set by its file name, or the stand-in; tests fail, never skip, where there is neither."""
    if (BESIDE / name).exists():
        return RealData(BESIDE / name, stands_in=False)
    taken = sorted(path for path in FETCHED.glob("ml-*") if path.is_dir() or path.suffix == ".zip")
    if not taken:
        raise FileNotFoundError(f"Neither {name} nor another set is here: run `manage.py get_films` first.")
    return RealData(taken[0], stands_in=True)
