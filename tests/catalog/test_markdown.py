"""What a review's words become, and that no words become a program."""

import time
from html.parser import HTMLParser

import pytest

from catalog import markdown
from catalog.markdown import render
from tests.catalog.hostile import DEEP, HOSTILE, LINKS, jumbled

ALLOWED = {
    "a": {"href", "rel"},
    "details": {"class"},
    "div": {"class"},
    "ol": {"start"},
    **{tag: set() for tag in ("blockquote", "br", "em", "li", "p", "span", "strong", "summary", "ul")},
}
VOID = {"br"}


class Reader(HTMLParser):
    """Reads HTML as a page would, and keeps what it finds."""

    def __init__(self, html):
        super().__init__()
        self.found, self.links, self.open, self.text = set(), [], [], ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.found |= {(tag, name) for name, _ in attributes} | {(tag, None)}
        if tag == "a":
            self.links.append(dict(attributes))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, words):
        self.text += words

    def handle_comment(self, words):
        raise AssertionError("a comment")

    handle_decl = handle_pi = unknown_decl = handle_comment


def assert_harmless(html):
    page = Reader(html)
    for tag, attribute in page.found:
        assert tag in ALLOWED, tag
        assert attribute is None or attribute in ALLOWED[tag], (tag, attribute)
    for link in page.links:
        assert "href" not in link or markdown.is_web_address(link["href"]), link
        assert link["rel"] == "nofollow noopener ugc"
    assert page.open == []
    return page


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_stay_words(text):
    page = assert_harmless(render(text))
    assert not set(page.text) & set("\x00\x01\x1b\u202e\u2066\ud800")


@pytest.mark.parametrize("text", [text for text in LINKS if "example.org)" not in text])
def test_no_link_leads_to_a_program_a_file_or_into_this_site(text):
    addresses = [link["href"] for link in Reader(render(text)).links if "href" in link]
    assert {address.split("/")[2] for address in addresses} <= {"example.org"}


@pytest.mark.parametrize("seed", range(200))
def test_pieces_in_any_order_stay_words(seed):
    assert_harmless(render(jumbled(seed)))


@pytest.mark.parametrize("text", DEEP, ids=[repr(text[:12]) for text in DEEP])
def test_words_made_to_keep_the_site_busy_are_done_in_time(text):
    begun = time.process_time()
    html = render(text)
    assert time.process_time() - begun < 2
    assert len(html) < 400_000
    assert_harmless(html)


# What one may write


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One.\n\nTwo.", "<p>One.</p>\n<p>Two.</p>"),
        ("One\ntwo", "<p>One<br>\ntwo</p>"),
        ("One.\r\n\r\nTwo.", "<p>One.</p>\n<p>Two.</p>"),
        ("*a* and **b**", "<p><em>a</em> and <strong>b</strong></p>"),
        ("> so\n> it goes", "<blockquote>\n<p>so<br>\nit goes</p>\n</blockquote>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>'),
        ("# No heading", "<p># No heading</p>"),
        ("`no code`", "<p>`no code`</p>"),
        ("    no code", "<p>no code</p>"),
        ("2 < 3 & 4 > 1", "<p>2 &lt; 3 &amp; 4 &gt; 1</p>"),
        ("either || or", "<p>either || or</p>"),
        ("\\*plain\\*", "<p>*plain*</p>"),
    ],
)
def test_the_subset(text, html):
    assert render(text).strip() == html


def test_a_link_leads_out_without_a_recommendation():
    html = render("[a page](https://example.org/?a=1&b=2)")
    assert 'href="https://example.org/?a=1&amp;b=2"' in html
    assert 'rel="nofollow noopener ugc"' in html


def test_a_picture_is_a_link_at_most():
    assert "<img" not in render("![x](https://example.org/x.png)")


FOLDED = '<details class="hidden-words"><summary>Spoiler</summary>'


def test_words_between_marks_fold_within_their_sentence():
    html = render("The horse ||*dies* at noon||. Sad.")
    assert html.strip() == (
        f'<div class="paragraph">The horse {FOLDED}<span><em>dies</em> at noon</span></details>. Sad.</div>'
    )


def test_several_paragraphs_fold_together():
    html = render("Before.\n\n||One.\n\nTwo.||\n\nAfter.")
    assert html.replace("\n", "") == (
        f"<p>Before.</p>{FOLDED}<div><p>One.</p><p>Two.</p></div></details><p>After.</p>"
    )


def test_words_fold_in_a_list_and_in_a_quote():
    assert FOLDED in render("- ||a||")
    assert f"<blockquote>\n{FOLDED}<div><p>a</p>" in render("> ||a\n>\n> b||")


def test_folded_words_are_never_the_words_of_a_link():
    html = render("[||x||](https://example.org)")
    assert "<a" not in html
    assert FOLDED in html
    assert "<a" in render("||[x](https://example.org)||")


def test_the_fold_speaks_the_language_of_the_page():
    from django.utils import translation

    with translation.override("de"):
        assert "<summary>" in render("||a||")
    assert "<summary>Spoiler</summary>" in render("||a||")
