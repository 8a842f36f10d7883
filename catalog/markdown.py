"""The little Markdown that reviews are written in, and the HTML that comes of it.

Paragraphs, emphasis, quotes, lists, links to the open web, and ||words that give the story away||. The parser
knows nothing else and no HTML; whatever it makes is then cleaned against the list at the foot of this file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

MARK = "||"
RULES = ["blockquote", "emphasis", "escape", "link", "list", "newline"]

# Control characters, halves of characters, and what turns the order of other people's letters round.
_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]"
)
_WEB = re.compile(r"https?://[^/?#@\s\\]+(?:[/?#]|\Z)", re.IGNORECASE)


def render(text: str) -> SafeString:
    """HTML that may stand on a page, whatever the text is."""
    return _rendered(text, get_language() or "")


@lru_cache(maxsize=256)
def _rendered(text: str, language: str) -> SafeString:
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return mark_safe(_cleaner.clean(_parser.render(_UNPRINTABLE.sub("", lines))))  # noqa: S308 -- cleaned


def is_web_address(url: str) -> bool:
    """A whole address of the open web, without a name and password before the host."""
    return _WEB.match(url) is not None


def _inline_spoiler(state: StateInline, silent: bool) -> bool:
    start = state.pos + len(MARK)
    end = state.src.find(MARK, start, state.posMax) if state.src.startswith(MARK, state.pos) else -1
    if end <= start:
        return False
    if not silent:
        _push_words(state, start, end)
    state.pos = end + len(MARK)
    return True


def _push_words(state: StateInline, start: int, end: int) -> None:
    last = state.posMax
    state.pos, state.posMax = start, end
    state.push("spoiler_open", "span", 1)
    state.md.inline.tokenize(state)
    state.push("spoiler_close", "span", -1)
    state.posMax = last


def _block_spoiler(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """Several paragraphs between two marks: the first begins one of them, the second ends another."""
    start = state.bMarks[first] + state.tShift[first]
    if silent or not state.src.startswith(MARK, start) or state.is_code_block(first):
        return False
    end = state.src.find(MARK, start + len(MARK), state.eMarks[last - 1])
    closing = next((line for line in range(first, last) if 0 < end <= state.eMarks[line]), None)
    if closing is None or state.src[end + len(MARK) : state.eMarks[closing]].strip():
        return False
    if not any(state.isEmpty(line) for line in range(first, closing)):
        return False
    _push_paragraphs(state, first, closing, start + len(MARK), end)
    return True


def _push_paragraphs(state: StateBlock, first: int, closing: int, start: int, end: int) -> None:
    begins, shift, ends, last = state.bMarks[first], state.tShift[first], state.eMarks[closing], state.lineMax
    state.bMarks[first], state.tShift[first], state.eMarks[closing] = start, 0, end
    state.lineMax = closing + 1
    state.push("spoiler_open", "div", 1)
    state.md.block.tokenize(state, first, closing + 1)
    state.push("spoiler_close", "div", -1)
    state.bMarks[first], state.tShift[first], state.eMarks[closing] = begins, shift, ends
    state.lineMax, state.line = last, closing + 1


def _make_room(state: StateCore) -> None:
    """What folds may stand neither in a <p> nor in a link."""
    for place, token in enumerate(state.tokens):
        children = token.children or []
        if any(child.type == "spoiler_open" for child in children):
            _open_links(children)
            for paragraph in (state.tokens[place - 1], state.tokens[place + 1]):
                paragraph.tag = "div"
            state.tokens[place - 1].attrSet("class", "paragraph")


def _open_links(children: list[Token]) -> None:
    opened: Token | None = None
    holds_spoiler = False
    for child in children:
        if child.type == "link_open":
            opened, holds_spoiler = child, False
        elif child.type == "spoiler_open":
            holds_spoiler = True
        elif child.type == "link_close" and opened:
            opened.hidden = child.hidden = holds_spoiler
            opened = None


def _spoiler_open(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    # Named first: what is marked within an f-string reaches no catalogue.
    title = _("Spoiler")
    return f'<details class="hidden-words"><summary>{title}</summary><{tokens[index].tag}>'


def _spoiler_close(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    return f"</{tokens[index].tag}></details>"


def _make_parser() -> MarkdownIt:
    parser = MarkdownIt("zero", {"breaks": True}).enable(RULES)
    parser.inline.add_terminator_char(MARK[0])
    parser.inline.ruler.before("link", "spoiler", _inline_spoiler)
    parser.block.ruler.before("blockquote", "spoiler", _block_spoiler)
    parser.core.ruler.push("make_room", _make_room)
    parser.add_render_rule("spoiler_open", _spoiler_open)
    parser.add_render_rule("spoiler_close", _spoiler_close)
    parser.validateLink = is_web_address  # type: ignore[method-assign]
    return parser


_parser = _make_parser()
_cleaner = nh3.Cleaner(
    tags={
        "a",
        "blockquote",
        "br",
        "details",
        "div",
        "em",
        "li",
        "ol",
        "p",
        "span",
        "strong",
        "summary",
        "ul",
    },
    # Without "*" the library would let lang and title through on any tag.
    attributes={"*": set(), "a": {"href"}, "ol": {"start"}},
    allowed_classes={"details": {"hidden-words"}, "div": {"paragraph"}},
    url_schemes={"http", "https"},
    url_relative="deny",
    link_rel="nofollow noopener ugc",
    clean_content_tags={"script", "style"},
)
