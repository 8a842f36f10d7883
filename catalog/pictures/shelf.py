"""Where the files of kept posters lie: MEDIA_ROOT/posters, in 256 folders, named by their content."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings

# A file that a worker is still about to enter in the database is younger.
FORGOTTEN_SECONDS = 24 * 60 * 60


def path_of(name: str) -> Path:
    return _root() / name[:2] / name


def put(name: str, content: bytes) -> None:
    """Written aside and renamed: whoever reads it sees all of it or nothing."""
    path = path_of(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=".", suffix=".part", delete=False) as aside:
        aside.write(content)
    try:
        # Temporary files are for their owner alone, posters for every process that serves them.
        os.chmod(aside.name, 0o644)
        os.replace(aside.name, path)
    except BaseException:
        Path(aside.name).unlink(missing_ok=True)
        raise


def remove(digest: str) -> None:
    for path in path_of(digest).parent.glob(f"{digest}-*"):
        path.unlink(missing_ok=True)


def sweep(known: Collection[str]) -> int:
    """Remove files of posters that nobody knows any more, and what a worker that died left half written."""
    forgotten = [path for path in _old_files() if path.name.partition("-")[0] not in known]
    for path in forgotten:
        path.unlink(missing_ok=True)
    return len(forgotten)


def _root() -> Path:
    return Path(settings.MEDIA_ROOT) / "posters"


def _old_files() -> Iterator[Path]:
    latest = time.time() - FORGOTTEN_SECONDS
    return (path for path in _root().glob("*/*") if _written_at(path, otherwise=latest) < latest)


def _written_at(path: Path, otherwise: float) -> float:
    """`otherwise` for a file that another process removed after it was listed."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return otherwise
