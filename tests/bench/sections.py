"""Places on the pages of docs/ that a run fills, between two marks; the prose around them stays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple


class Section(NamedTuple):
    page: Path
    name: str
    ending: str = ""  # the mark at the end says `name` unless it says this

    @property
    def marks(self) -> tuple[str, str]:
        return f"<!-- {self.name} -->\n", f"<!-- end of {self.ending or self.name} -->"

    @property
    def text(self) -> str:
        return self._parts()[1].strip()

    def write(self, text: str) -> None:
        """Over what stands there."""
        (begin, end), (before, _, after) = self.marks, self._parts()
        self.page.write_text(f"{before}{begin}\n{text}\n\n{end}{after}")

    def _parts(self) -> tuple[str, str, str]:
        begin, end = self.marks
        whole = self.page.read_text()
        if (whole.count(begin), whole.count(end)) != (1, 1):
            raise ValueError(f"{self.page.name} needs one place from {begin.strip()} to {end}.")
        before, rest = whole.split(begin)
        return before, *rest.split(end)


def publish(found: Mapping[Section, str], instead: Path | None = None) -> list[Path]:
    """Every text into its place, or under headings of pages in the folder `instead`; the pages written."""
    pages = dict.fromkeys(section.page for section in found)
    if instead is None:
        for section, text in found.items():
            section.write(text)
        return list(pages)
    for page in pages:
        parts = [f"## {section.name}\n\n{text}" for section, text in found.items() if section.page == page]
        (instead / page.name).write_text("\n\n".join(parts) + "\n")
    return [instead / page.name for page in pages]


def table(header: Sequence[str], rows: Iterable[Sequence[str]], *, words: int = 1) -> str:
    """Markdown; the first `words` columns stand to the left, figures to the right."""
    rule = ["---" if place < words else "---:" for place in range(len(header))]
    return "\n".join("| " + " | ".join(row) + " |" for row in [header, rule, *rows])
