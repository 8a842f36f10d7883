"""MovieLens latest-small from GroupLens itself."""

from __future__ import annotations

import hashlib
import time
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

import httpx

from catalog.datasets.errors import NotAvailable

NAME = "ml-latest-small"
# One step may take so long, and all of them together.
STEP_SECONDS = 5.0
ALL_SECONDS = 60.0
MAX_BYTES = 4 * 2**20
MAX_TABLE_BYTES = 8 * 2**20
# Of the tables as published in September 2018 and not of the zip, which mirrors like to pack anew.
SHA256 = {
    "movies.csv": "5a5f32dd9bb3797b8e728a1b98958789d2b13f294a69fdfbc5727f8a9611aa07",
    "ratings.csv": "aa289ca83157595d0df6aea1be6a4ded676ddc4385472e8313a8ed9805352646",
    "links.csv": "97ad18e4e56a09363c65676b6cb3482ce3e2cea2372a24620c1599c843325f31",
}


def download(
    base_url: str,
    folder: Path,
    *,
    all_seconds: float = ALL_SECONDS,
    sha256: Mapping[str, str] = SHA256,
) -> Path:
    """The checked zip in `folder`. Raises NotAvailable and leaves nothing behind where that fails."""
    url = f"{base_url.rstrip('/')}/{NAME}.zip"
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{NAME}.zip"
    with TemporaryDirectory(dir=folder, prefix=".download-") as aside:
        part = Path(aside) / target.name
        try:
            with part.open("wb") as file:
                _fetch(url, file, time.monotonic() + all_seconds)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NotAvailable(f"{url} cannot be reached ({error})") from None
        _check(part, sha256)
        part.replace(target)
    return target


def _fetch(url: str, file: IO[bytes], deadline: float) -> None:
    received = 0
    with httpx.stream("GET", url, timeout=STEP_SECONDS, follow_redirects=True) as response:
        response.raise_for_status()
        for block in response.iter_bytes():
            received += len(block)
            if received > MAX_BYTES:
                raise NotAvailable(f"{url} sends more than the {MAX_BYTES:,} bytes allowed")
            if time.monotonic() > deadline:
                raise NotAvailable(f"{url} is too slow")
            file.write(block)


def _check(path: Path, sha256: Mapping[str, str]) -> None:
    """Raises NotAvailable where the tables in the zip are not those that GroupLens published."""
    try:
        with zipfile.ZipFile(path) as archive:
            for table, expected in sha256.items():
                if _sha256(archive, f"{NAME}/{table}") != expected:
                    raise NotAvailable(f"{table} in the download is not the one that GroupLens published")
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, NotImplementedError) as damage:
        raise NotAvailable(f"the download is not a whole {NAME}.zip ({damage})") from None


def _sha256(archive: zipfile.ZipFile, name: str) -> str:
    if archive.getinfo(name).file_size > MAX_TABLE_BYTES:
        return ""
    with archive.open(name) as stream:
        return hashlib.sha256(stream.read()).hexdigest()
