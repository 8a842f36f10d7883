"""Reads what is marked for translation and what a catalogue holds, with nothing but Python."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
APPS = ("accounts", "catalog", "moviesite", "recommender")
NAMES = re.compile(r"^(_|(n|p|np)?gettext(_lazy|_noop)?)$")
_STRING = r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\""""
_CALL = re.compile(rf"\b(_|n?p?gettext)\(\s*((?:u?(?:{_STRING})\s*,?\s*)+)")


@dataclass
class Entry:
    plural: str = ""
    forms: list[str] = field(default_factory=list)
    is_fuzzy: bool = False


# A context, "" for none, and the English text.
Key = tuple[str, str]


def marked_texts() -> set[Key]:
    """What makemessages finds."""
    found = {key for path in _sources("*.py", *APPS) for key in _in_python(path.read_text())}
    for path in [*_sources("*.html", "templates"), *_sources("*.txt", "templates")]:
        found |= set(_in_template(path.read_text()))
    return found


def _sources(pattern: str, *folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob(pattern))


def _in_python(source: str) -> Iterator[Key]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and NAMES.match(node.func.id):
            texts = [one.value for one in node.args if isinstance(one, ast.Constant)]
            if texts and isinstance(texts[0], str):
                yield _key(node.func.id, texts)


def _in_template(source: str) -> Iterator[Key]:
    for name, arguments in _CALL.findall(templatize(source)):
        yield _key(name, [ast.literal_eval(one) for one in re.findall(_STRING, arguments)])


def _key(name: str, texts: list[str]) -> Key:
    has_context = name.startswith(("p", "np"))
    return (texts[0], texts[1]) if has_context else ("", texts[0])


def read_catalogue(path: Path) -> dict[Key, Entry]:
    """Without its head and without what is obsolete."""
    entries = dict(_entry(block) for block in path.read_text().split("\n\n") if "\nmsgid " in f"\n{block}")
    return {key: entry for key, entry in entries.items() if key[1]}


def _entry(block: str) -> tuple[Key, Entry]:
    said: dict[str, str] = {}
    name = ""
    for line in block.splitlines():
        if word := re.match(r"(msg\S+) (?=\")", line):
            name = word[1]
            said[name] = ""
        if name and not line.startswith("#"):
            said[name] += ast.literal_eval(line[line.index('"') :])
    forms = [text for name, text in said.items() if name.startswith("msgstr")]
    entry = Entry(said.get("msgid_plural", ""), forms, is_fuzzy=bool(re.search(r"^#,.*fuzzy", block, re.M)))
    return (said.get("msgctxt", ""), said["msgid"]), entry
