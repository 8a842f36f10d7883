"""Progress on standard error: a bar for people, a line now and then for log files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from tqdm import tqdm

LINES = 4


@contextmanager
def shown(total: int, what: str, stream: TextIO) -> Iterator[Callable[[int], object]]:
    """A function that is told how much was done since its last call, of about `total`."""
    if stream.isatty():
        with tqdm(total=total, desc=what, unit=" ", unit_scale=True, file=stream) as bar:
            yield bar.update
    else:
        yield _lines(total, what, stream)


def _lines(total: int, what: str, stream: TextIO) -> Callable[[int], None]:
    done = said = 0

    def advance(more: int) -> None:
        nonlocal done, said
        done += more
        if total and done * LINES // total > said:
            said = done * LINES // total
            stream.write(f"{what}: {done:,} of about {total:,}\n")

    return advance
