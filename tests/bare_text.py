"""Finds text for people in a template that no {% translate %} or {% blocktranslate %} surrounds."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from django.template.base import Lexer, Token, TokenType

SEEN_ATTRIBUTES = {"alt", "aria-label", "aria-description", "content", "label", "placeholder", "title"}
SILENT_ELEMENTS = {"script", "style", "code", "kbd"}
SILENT_META = re.compile(r"^(viewport|htmx-config|robots|twitter:card|og:type|color-scheme)$")
TRANSLATED = re.compile(r"^(blocktranslate|blocktrans|comment)\b")
# Blocks that hold a class, never words.
CLASS_BLOCK = re.compile(r"^block (page_class|shelf)$")
MARKING_TAGS = ("translate ", "trans ", "blocktranslate", "blocktrans ", "comment", "load ", "extends ")
SENTENCE = re.compile(r"^[A-Z][a-z]+\b.*[a-z.!?…]$|[A-Za-z]{2,} [a-z]", re.DOTALL)
LETTERS = re.compile(r"[^\W\d_]{2,}")
# What stands where Django puts a value: a letter of no language, so that a lone "min" beside it is seen.
VALUE = "\ufffc"


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT_ELEMENTS:
            self.silent.append(tag)
        named = dict(attrs)
        if tag == "meta" and SILENT_META.match(named.get("name") or named.get("property") or ""):
            return
        self.found += [value for name, value in attrs if name in SEEN_ATTRIBUTES and _bare(value)]
        if tag == "input" and named.get("type") in {"submit", "button"} and _bare(named.get("value")):
            self.found.append(named["value"] or "")

    def handle_endtag(self, tag: str) -> None:
        if self.silent and self.silent[-1] == tag:
            self.silent.pop()

    def handle_data(self, data: str) -> None:
        if not self.silent and _bare(data):
            self.found.append(" ".join(data.replace(VALUE, " ").split()))


def bare_texts(source: str) -> list[str]:
    page = _Page()
    page.feed("".join(_outside_of_translations(Lexer(source).tokenize())))
    page.close()
    return page.found + list(_texts_in_tags(source))


def _bare(text: str | None) -> bool:
    return bool(LETTERS.search((text or "").replace(VALUE, " ")))


def _outside_of_translations(tokens: list[Token]) -> Iterator[str]:
    until = ""
    for token in tokens:
        is_tag = token.token_type == TokenType.BLOCK
        if until:
            until = "" if is_tag and token.contents.split()[0] == until else until
        elif is_tag and (opened := TRANSLATED.match(token.contents)):
            until = f"end{opened[1]}"
        elif is_tag and CLASS_BLOCK.match(token.contents):
            until = "endblock"
        elif token.token_type == TokenType.TEXT:
            yield token.contents
        elif token.token_type == TokenType.VAR:
            yield VALUE


def _texts_in_tags(source: str) -> Iterator[str]:
    """Sentences handed to a tag or filter as a literal, such as {% include with text="Go on" %}."""
    for token in Lexer(source).tokenize():
        if token.token_type in {TokenType.BLOCK, TokenType.VAR} and not token.contents.startswith(
            MARKING_TAGS
        ):
            unmarked = re.sub(r"""_\((?:"[^"]*"|'[^']*')\)""", "", token.contents)
            yield from (text for text in re.findall(r'"([^"]*)"', unmarked) if SENTENCE.search(text))
