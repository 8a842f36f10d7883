"""Pictures of every page, in both themes at 390 and 1440 pixels, into docs/pictures/.

python -m tests.pictures [--only NAME ...] [--into FOLDER] [--widths 820 ...]

Takes the site that `make run` prepared (VAR_DIR), copies its database into a temporary folder, and there lets
some invented members log, review and group; the site itself is not touched.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from playwright.sync_api import Browser, Error

from tests.pictures.camera import KEPT, SIZES, AnotherPage, browser, take
from tests.pictures.scenes import SCENES
from tests.pictures.site import ROOT, prepare, served

if TYPE_CHECKING:
    from tests.pictures.people import Cast

PICTURES = ROOT / "docs" / "pictures"


def main() -> None:
    asked = _asked()
    # Whoever ends this ends its server too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    names, into = asked.only or list(SCENES), asked.into
    into.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="marquee-pictures-") as folder:
        prepare(Path(folder))
        import django

        django.setup()
        from tests.pictures.people import Cast

        cast = Cast.invented()
        with served(), browser() as chromium:
            failed = [name for name in names if not pictured(chromium, into / name, cast, asked.widths)]
    if failed:
        raise SystemExit(f"No picture of {', '.join(failed)}.")
    if not asked.only:
        drop_others(into)


def pictured(chromium: Browser, file: Path, cast: Cast, widths: Sequence[int]) -> bool:
    """One page that fails does not cost the pictures of the others."""
    try:
        take(chromium, file, SCENES[file.name], cast, widths)
    except (AnotherPage, Error) as error:
        print(f"{file.name}: {error}", flush=True)
        return False
    print(file.name, flush=True)
    return True


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=SCENES, metavar="NAME", help="all where left out")
    parser.add_argument("--into", type=Path, default=PICTURES, metavar="FOLDER", help="docs/pictures")
    parser.add_argument("--widths", nargs="+", type=int, choices=SIZES, default=KEPT, help="390 and 1440")
    return parser.parse_args()


def drop_others(folder: Path) -> None:
    """Pictures of pages that have another name by now."""
    for file in folder.glob("*.webp"):
        if file.stem.rsplit("-", 2)[0] not in SCENES:
            file.unlink()


if __name__ == "__main__":
    main()
