"""Fitted models on disk: a folder of arrays and one manifest, never pickle.

    <folder>/manifest.json           format, time, seed, fingerprint of the data, versions of libraries,
                                     the models with their config, metrics and arrays, tables of
                                     arrays beside them, and the size and SHA-256 of every file
    <folder>/arrays/<sha256>.npy     named by the first 32 digits of their own checksum, so that an array
                                     which several models share is stored once

A bundle is written into a sibling folder, flushed to the disk and renamed into place: it is there whole
or not at all. Arrays are opened by memory map, so that the processes of one machine share their pages.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from recommender.ml.contract import Arrays, Recommender
from recommender.ml.interactions import Vocabulary
from recommender.ml.plain import from_plain
from recommender.ml.registry import model_class

FORMAT = 1
MANIFEST = "manifest.json"
LIBRARIES = ("numpy", "scipy", "scikit-learn", "numba", "torch")
ARRAY_FILE = re.compile(r"arrays/[0-9a-f]{32}\.npy")


class DamagedArtefact(Exception):
    """A file of a bundle is missing, altered or unreadable; the message names it."""


@dataclass(frozen=True)
class StoredFile:
    sha256: str
    size: int  # bytes


@dataclass(frozen=True)
class StoredModel:
    """A model of a bundle: its name in the registry, its config and metrics, and array name -> file."""

    class_name: str
    config: dict[str, Any]
    metrics: dict[str, float]
    arrays: dict[str, str]


@dataclass(frozen=True)
class Manifest:
    """All of a bundle but the numbers; `items` is the file of the film ids."""

    format: int
    created: str
    seed: int
    fingerprint: str
    libraries: dict[str, str]
    items: str
    models: dict[str, StoredModel]
    tables: dict[str, dict[str, str]]  # name -> array name -> file
    files: dict[str, StoredFile] = field(repr=False)


@dataclass(frozen=True)
class Bundle:
    """Fitted models by name, the vocabulary of films that their scores run over, and tables beside them."""

    models: dict[str, Recommender]
    items: Vocabulary
    tables: dict[str, dict[str, NDArray[Any]]]
    manifest: Manifest


def write(
    folder: Path,
    *,
    models: Mapping[str, Recommender],
    items: Vocabulary,
    seed: int,
    metrics: Mapping[str, Mapping[str, float]] | None = None,
    fingerprint: str = "",
    tables: Mapping[str, Arrays] | None = None,
) -> Manifest:
    """Store fitted models under `folder`, which must not exist yet.

    `metrics` are per model name, `fingerprint` tells which data were fitted, `tables` are named groups of
    arrays that were worked out beside the models. Raises FileExistsError, TypeError for an array of objects,
    ValueError for metrics of an unknown model or for a model whose class is not the registered one.
    """
    measured = metrics or {}
    if unknown := sorted(measured.keys() - models.keys()):
        raise ValueError(f"There are metrics of {', '.join(unknown)}, but no such model to store.")
    with _written_aside(folder) as aside:
        shelf = _Shelf(aside)
        manifest = Manifest(
            format=FORMAT,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            seed=seed,
            fingerprint=fingerprint,
            libraries=_library_versions(),
            items=shelf.put(items.ids, "the film ids"),
            models={
                name: _store(shelf, name, model, measured.get(name, {})) for name, model in models.items()
            },
            tables={name: shelf.put_all(arrays, name) for name, arrays in (tables or {}).items()},
            files=shelf.files,
        )
        _write_manifest(aside / MANIFEST, manifest)
    return manifest


def open_bundle(folder: Path, *, verify: bool = True) -> Bundle:
    """The models of `folder`, over read-only memory maps.

    Sizes are compared always, checksums if `verify` is set (it reads every byte). Raises DamagedArtefact
    naming the file that is missing or altered, and FileNotFoundError where there is no bundle at all.
    """
    manifest = read_manifest(folder)
    for file in sorted(_named_files(manifest)):
        check_file(folder, file, manifest.files.get(file), verify=verify)
    models = {name: _restore(folder, name, stored) for name, stored in manifest.models.items()}
    tables = {name: _open_all(folder, files) for name, files in manifest.tables.items()}
    return Bundle(models, Vocabulary(_open_array(folder, manifest.items)), tables, manifest)


def read_manifest(folder: Path) -> Manifest:
    """The manifest alone, without opening an array. Raises as `open_bundle` does."""
    path = folder / MANIFEST
    if not folder.is_dir():
        raise FileNotFoundError(f"There are no stored models in {folder}.")
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
        signed = plain.pop("digest")
        if plain["format"] != FORMAT:
            raise DamagedArtefact(f"{path} has format {plain['format']}, this version reads format {FORMAT}.")
        intact = signed == _digest(plain)
        plain.setdefault("tables", {})  # bundles had none once
        manifest: Manifest = from_plain(Manifest, plain)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedArtefact(f"{path} is no readable manifest: {error}.") from error
    if not intact:
        raise DamagedArtefact(f"{path} was altered after it was written.")
    return manifest


class _Shelf:
    """The arrays of a bundle while it is written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: dict[str, StoredFile] = {}
        (folder / "arrays").mkdir()

    def put(self, array: NDArray[Any], what: str) -> str:
        """The file that holds `array`, written unless an equal one lies there already."""
        if array.dtype.hasobject:
            raise TypeError(f"{what} is an array of objects, which only pickle could store.")
        draft = self.folder / "arrays" / "draft"
        with draft.open("wb") as handle:
            np.save(handle, array, allow_pickle=False)
            _flush(handle.fileno())
        sha256 = _sha256(draft)
        name = f"arrays/{sha256[:32]}.npy"
        draft.replace(self.folder / name)
        self.files[name] = StoredFile(sha256, (self.folder / name).stat().st_size)
        return name

    def put_all(self, arrays: Arrays, what: str) -> dict[str, str]:
        return {key: self.put(array, f"{key!r} of {what}") for key, array in arrays.items()}


def _store(shelf: _Shelf, name: str, model: Recommender, metrics: Mapping[str, float]) -> StoredModel:
    if model_class(model.name) is not type(model):
        raise ValueError(f"{type(model).__name__} is not the class registered as {model.name!r}.")
    plain_metrics = {key: float(value) for key, value in metrics.items()}
    return StoredModel(model.name, asdict(model.config), plain_metrics, shelf.put_all(model.state(), name))


def _restore(folder: Path, name: str, stored: StoredModel) -> Recommender:
    try:
        found = model_class(stored.class_name)
        config = from_plain(found.Config, stored.config)
    except (KeyError, TypeError, ValueError) as error:
        raise DamagedArtefact(f"{folder / MANIFEST} describes {name} wrongly: {error}") from error
    return found.from_state(config, _open_all(folder, stored.arrays))


def _named_files(manifest: Manifest) -> set[str]:
    of_models = (file for stored in manifest.models.values() for file in stored.arrays.values())
    of_tables = (file for files in manifest.tables.values() for file in files.values())
    return {manifest.items, *of_models, *of_tables, *manifest.files}


def check_file(folder: Path, file: str, stored: StoredFile | None, *, verify: bool) -> None:
    """Raises DamagedArtefact where a file is missing, cut or, if `verify` reads it whole, altered."""
    path = folder / file
    if stored is None or not ARRAY_FILE.fullmatch(file):
        raise DamagedArtefact(f"{folder / MANIFEST} names {file!r}, which is no array of this folder.")
    if not path.is_file():
        raise DamagedArtefact(f"{path} is missing.")
    if path.stat().st_size != stored.size:
        raise DamagedArtefact(f"{path} has {path.stat().st_size} bytes instead of {stored.size}.")
    if verify and _sha256(path) != stored.sha256:
        raise DamagedArtefact(f"{path} was altered after it was written: its checksum is another.")


def _open_array(folder: Path, file: str) -> NDArray[Any]:
    try:
        # As a plain array over the map: the subclass np.memmap costs time at every slice.
        return np.asarray(np.load(folder / file, mmap_mode="r", allow_pickle=False))
    except (OSError, ValueError) as error:
        raise DamagedArtefact(f"{folder / file} is no readable array: {error}") from error


def _open_all(folder: Path, files: Mapping[str, str]) -> dict[str, NDArray[Any]]:
    return {key: _open_array(folder, file) for key, file in files.items()}


@contextmanager
def _written_aside(folder: Path) -> Iterator[Path]:
    if folder.exists():
        raise FileExistsError(f"{folder} exists already; stored models are never written over.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = folder.with_name(f".{folder.name}.{uuid4().hex}")
    aside.mkdir()
    try:
        yield aside
        for path in (aside / "arrays", aside):
            _flush_folder(path)
        aside.rename(folder)
        _flush_folder(folder.parent)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise


def _write_manifest(path: Path, manifest: Manifest) -> None:
    plain = asdict(manifest)
    text = json.dumps({**plain, "digest": _digest(plain)}, indent=2, allow_nan=False)
    with path.open("w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        _flush(handle.fileno())


def _digest(plain: Mapping[str, Any]) -> str:
    canonical = json.dumps(plain, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _flush(descriptor: int) -> None:
    os.fsync(descriptor)


def _flush_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        _flush(descriptor)
    finally:
        os.close(descriptor)


def _library_versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
