"""The files of a data set, from a folder or a zip; nothing of a zip is ever written to disk."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

MAX_ENTRIES = 1_000
MAX_FILE_BYTES = 4 * 2**30  # ratings.csv of MovieLens 32M has 0.9 GB
MAX_LINE_BYTES = 64 * 2**10
BLOCK_BYTES = 2 * 2**20  # about 100,000 ratings

_DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError)


class UnreadableDataset(Exception):
    """The data set as a whole cannot be read; the message is one sentence for people that says what to do."""


class DatasetFiles(ABC):
    """The files of one place, by their path inside it ("ml-1m/ratings.dat")."""

    sizes: dict[str, int]  # bytes, unpacked

    @abstractmethod
    def _open(self, name: str) -> IO[bytes]: ...

    @contextmanager
    def reading(self, name: str) -> Iterator[IO[bytes]]:
        """The bytes of one file. Damage met while reading raises UnreadableDataset."""
        try:
            with self._open(name) as stream:
                yield stream
        except _DAMAGE as damage:
            raise UnreadableDataset(
                f"{name} breaks off or is damaged ({damage}); download the data set again."
            ) from damage

    def folders(self) -> dict[str, frozenset[str]]:
        """The file names at the top ("") and one folder down ("ml-1m/")."""
        found: dict[str, set[str]] = {"": set()}
        for path in map(PurePosixPath, self.sizes):
            if len(path.parts) <= 2:
                found.setdefault("".join(f"{part}/" for part in path.parts[:-1]), set()).add(path.name)
        return {folder: frozenset(names) for folder, names in sorted(found.items())}


class FolderFiles(DatasetFiles):
    """A folder on disk, read one folder deep."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        paths = [path for pattern in ("*", "*/*") for path in folder.glob(pattern) if path.is_file()]
        self.sizes = {path.relative_to(folder).as_posix(): path.stat().st_size for path in paths}

    def _open(self, name: str) -> IO[bytes]:
        return (self.folder / name).open("rb")


class ZipFiles(DatasetFiles):
    """A zip archive. Raises UnreadableDataset if it is truncated, oversized or reaches outside itself."""

    def __init__(self, path: Path) -> None:
        try:
            self.archive = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError) as damage:
            raise UnreadableDataset(
                f"{path.name} is not a whole zip file ({damage}); download it again."
            ) from damage
        entries = self.archive.infolist()
        if len(entries) > MAX_ENTRIES:
            raise UnreadableDataset(
                f"{path.name} has {len(entries):,} entries, more than the {MAX_ENTRIES:,} allowed; "
                "pack only the files of the data set."
            )
        kept = [entry for entry in entries if not entry.is_dir() and not _is_litter(entry.filename)]
        for entry in kept:
            _check_entry(path.name, entry)
        self.sizes = {entry.filename: entry.file_size for entry in kept}

    def _open(self, name: str) -> IO[bytes]:
        # ZipExtFile stops at the declared size, so the check of the declaration bounds what is unpacked.
        return self.archive.open(name)


def open_files(path: Path) -> DatasetFiles:
    """The files of the folder or zip at `path`. Raises UnreadableDataset where there is neither."""
    if path.is_dir():
        return FolderFiles(path)
    if not path.exists():
        raise UnreadableDataset(f"There is no file or folder {path}; check the path.")
    return ZipFiles(path)


def blocks(stream: IO[bytes]) -> Iterator[bytes]:
    """The stream in pieces of whole lines, BLOCK_BYTES or a little more each. Raises UnreadableDataset."""
    while block := stream.read(BLOCK_BYTES):
        yield block if block.endswith(b"\n") else block + _line(stream)


def lines(stream: IO[bytes]) -> Iterator[bytes]:
    """The lines of a stream with their ends. Raises UnreadableDataset for a line without end."""
    while line := _line(stream):
        yield line


def _line(stream: IO[bytes]) -> bytes:
    line = stream.readline(MAX_LINE_BYTES)
    if len(line) == MAX_LINE_BYTES and not line.endswith(b"\n"):
        raise UnreadableDataset(
            f"A line is longer than {MAX_LINE_BYTES:,} bytes; the file is not a MovieLens table."
        )
    return line


def _is_litter(name: str) -> bool:
    path = PurePosixPath(name)
    return path.parts[:1] == ("__MACOSX",) or path.name.startswith(".")


def _check_entry(archive: str, entry: zipfile.ZipInfo) -> None:
    name = PurePosixPath(entry.filename.replace("\\", "/"))
    if name.is_absolute() or ".." in name.parts or ":" in name.parts[0]:
        raise UnreadableDataset(
            f"{archive} names a file outside itself ({entry.filename}); do not use this archive."
        )
    if entry.flag_bits & 1:
        raise UnreadableDataset(f"{entry.filename} is encrypted; pack the data set without a password.")
    if entry.file_size > MAX_FILE_BYTES:
        raise UnreadableDataset(
            f"{entry.filename} would unpack to {entry.file_size / 2**30:.1f} GiB, more than the "
            f"{MAX_FILE_BYTES // 2**30} GiB allowed; no MovieLens file is that large."
        )
