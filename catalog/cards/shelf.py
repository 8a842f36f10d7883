"""Drawn cards on disk, named by what is on them. Whoever asks for a great many keeps the latest only."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings

# Some 30 kB each.
MOST = 2000


def kept(digest: str, draw: Callable[[], bytes]) -> Path:
    """The file of a card, drawn now if it is not there yet."""
    path = _root() / f"{digest}.png"
    try:
        os.utime(path)
    except FileNotFoundError:
        _put(path, draw())
    return path


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    _make_room(path.parent)
    # Written aside and renamed: whoever reads it sees all of it or nothing.
    with NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as aside:
        aside.write(content)
    os.chmod(aside.name, 0o644)
    os.replace(aside.name, path)


def _make_room(folder: Path) -> None:
    """Those asked for longest ago go, a tenth at a time."""
    files = [(file.stat().st_mtime, file.path) for file in os.scandir(folder)]
    if len(files) >= MOST:
        for _, path in sorted(files)[: len(files) - MOST + max(1, MOST // 10)]:
            Path(path).unlink(missing_ok=True)


def _root() -> Path:
    return Path(settings.VAR_DIR) / "link-cards"
