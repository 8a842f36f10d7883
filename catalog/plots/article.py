"""The story in an encyclopedia article."""

from __future__ import annotations

from html.parser import HTMLParser

from catalog.plots.contract import tidy

STORY_HEADINGS = (
    "plot",
    "plot summary",
    "plot synopsis",
    "synopsis",
    "story",
    "storyline",
    "summary",
    "premise",
)
# A plot page tells enough with the beginning; whole paragraphs up to about so many letters.
ENOUGH_LETTERS = 1500
_HEADINGS = {"h1", "h2"}
_LEFT_OUT = {"table", "style", "script", "figure", "aside", "math"}
_NOTE_CLASSES = ("reference", "noprint", "mw-ref")


class _Sections(HTMLParser):
    """Collects the paragraphs under each heading of the second level; the lead is under ""."""

    def __init__(self) -> None:
        super().__init__()
        self.sections: dict[str, list[str]] = {"": []}
        self._section = self._text = ""
        self._skipping: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._skipping:
            # Only the same tag again has to be closed again.
            self._skipping += [tag] * (tag == self._skipping[-1])
        elif tag in _LEFT_OUT or _is_note(tag, attrs):
            self._skipping.append(tag)
        elif tag in _HEADINGS or tag == "p":
            self._text = ""
        elif tag == "br":
            self._text += " "

    def handle_endtag(self, tag: str) -> None:
        if self._skipping:
            self._skipping = self._skipping[:-1] if tag == self._skipping[-1] else self._skipping
        elif tag in _HEADINGS:
            self._section = " ".join(self._text.split()).casefold()
            self.sections.setdefault(self._section, [])
        elif tag == "p":
            self._end_paragraph()

    def handle_data(self, data: str) -> None:
        if not self._skipping:
            self._text += data

    def _end_paragraph(self) -> None:
        paragraph = " ".join(tidy(self._text).split())
        if paragraph:
            self.sections[self._section].append(paragraph)
        self._text = ""


def story_of(html: str) -> str:
    """The first paragraphs of the plot section, else of the lead; nothing where the page has neither."""
    parser = _Sections()
    parser.feed(html)
    parser.close()
    told = (parser.sections.get(heading) for heading in STORY_HEADINGS)
    return _beginning(next(filter(None, told), parser.sections[""]))


def _is_note(tag: str, attrs: list[tuple[str, str | None]]) -> bool:
    return tag == "sup" and any(name in (dict(attrs).get("class") or "") for name in _NOTE_CLASSES)


def _beginning(paragraphs: list[str]) -> str:
    kept: list[str] = []
    for paragraph in paragraphs:
        if kept and sum(map(len, kept)) + len(paragraph) > ENOUGH_LETTERS:
            break
        kept.append(paragraph)
    return "\n\n".join(kept)
