"""Wikidata finds the article, Wikipedia tells the story."""

import pytest

from catalog.models import PlotPage
from catalog.plots.article import ENOUGH_LETTERS, story_of
from catalog.plots.contract import Blocked, NotFound, Retry
from catalog.plots.wikipedia import WikipediaProvider
from tests.catalog.plots.conftest import ARTICLE, PAGE, SPARQL, STORY, wikidata
from tests.catalog.plots.server import Reply, says

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider():
    provider = WikipediaProvider()
    yield provider
    provider.close()


def test_the_plot_section_is_returned_with_its_attribution(provider, story):
    plot = provider.fetch("tt0041959")
    assert plot.text == STORY
    assert (plot.source, plot.url, plot.licence) == ("wikipedia", ARTICLE, "CC BY-SA 4.0")


@pytest.mark.parametrize("imdb_id", ["tt0041959", "0041959", "41959"])
def test_wikidata_is_asked_with_the_full_imdb_id(provider, server, story, imdb_id):
    provider.fetch(imdb_id)
    assert 'wdt:P345 "tt0041959"' in server.seen[0].query["query"]
    assert server.seen[0].query["format"] == "json"


@pytest.mark.parametrize("imdb_id", ["", "tt", "tt0000000", 'tt1" . }', "nm0000001"])
def test_what_is_no_imdb_id_is_never_sent(provider, server, imdb_id):
    with pytest.raises(NotFound):
        provider.fetch(imdb_id)
    assert server.seen == []


def test_a_film_without_an_article_is_not_found(provider, server):
    server.on(SPARQL, wikidata())
    with pytest.raises(NotFound):
        provider.fetch("tt0041959")


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "https://de.wikipedia.org/wiki/X", "https://evil/wiki/X"]
)
def test_an_address_elsewhere_is_not_followed(provider, server, address):
    server.on(SPARQL, wikidata(address))
    with pytest.raises(NotFound):
        provider.fetch("tt0041959")
    assert server.paths() == [SPARQL]


@pytest.mark.parametrize("answer", [{}, {"results": []}, {"results": {"bindings": [{"film": 1}]}}])
def test_an_answer_of_another_shape_is_tried_again(provider, server, answer):
    server.on(SPARQL, says(answer))
    with pytest.raises(Retry):
        provider.fetch("tt0041959")


def test_titles_with_marks_are_escaped_once(provider, server):
    server.on(SPARQL, wikidata("https://en.wikipedia.org/wiki/Face%2FOff"))
    server.on("/wikipedia/w/rest.php/v1/page/Face%2FOff/html", says(f"<p>{STORY}</p>"))
    assert provider.fetch("tt0119094").text == STORY


def test_a_challenge_at_wikipedia_is_a_wall(provider, server, story):
    server.on(PAGE, Reply(202))
    with pytest.raises(Blocked):
        provider.fetch("tt0041959")


def test_a_deleted_article_is_not_found(provider, server, story):
    server.on(PAGE, says("gone", 404))
    with pytest.raises(NotFound):
        provider.fetch("tt0041959")


def test_an_article_without_words_is_not_found(provider, server, story):
    server.on(PAGE, says("<html><body><table><tr><td>a box</td></tr></table></body></html>"))
    with pytest.raises(NotFound):
        provider.fetch("tt0041959")


def test_an_unchanged_page_is_not_sent_again(provider, server, story):
    server.on(PAGE, says(f"<h2>Plot</h2><p>{STORY}</p>", ETag='W/"7"'), Reply(304))
    provider.fetch("tt0041959")
    assert provider.fetch("tt0041959").text == STORY
    first, second = (request for request in server.seen if request.path == PAGE)
    assert "If-None-Match" not in first.headers
    assert second.headers["If-None-Match"] == 'W/"7"'


def test_a_changed_page_replaces_the_kept_one(provider, server, story):
    server.on(PAGE, says("<p>Before.</p>", ETag='"1"'), says("<p>After.</p>", ETag='"2"'))
    provider.fetch("tt0041959")
    assert provider.fetch("tt0041959").text == "After."
    assert PlotPage.objects.get().etag == '"2"'


PARSOID = """
<html><head><title>The Third Man</title><style>p {color: red}</style></head><body>
<section data-mw-section-id="0"><table class="infobox"><tr><td><p>Directed by Carol Reed</p></td></tr></table>
<p class="mw-empty-elt"> </p>
<p><i>The Third Man</i> is a 1949 film.<sup class="mw-ref reference"><a>[1]</a></sup></p></section>
<section data-mw-section-id="1"><div class="mw-heading mw-heading2"><h2 id="Plot">Plot</h2></div>
<div role="note" class="hatnote">Main article: Zither</div>
<figure><figcaption><p>Orson Welles</p></figcaption></figure>
<p>Holly&nbsp;Martins comes to
Vienna.<sup class="noprint">[<i>why?</i>]</sup> Harry&#39;s dead.</p>
<h3>Later</h3><p>He is not.<style>.x{}</style></p></section>
<section><h2>Cast</h2><ul><li>Orson Welles</li></ul><p>Others are uncredited.</p></section></body></html>
"""


def test_boxes_notes_and_pictures_are_left_out():
    assert story_of(PARSOID) == "Holly Martins comes to Vienna. Harry's dead.\n\nHe is not."


def test_without_a_plot_section_the_lead_is_told():
    assert story_of(PARSOID.replace(">Plot<", ">Making of<")) == "The Third Man is a 1949 film."


@pytest.mark.parametrize("heading", ["Plot summary", "SYNOPSIS", " Premise ", "<i>Plot</i>"])
def test_plot_sections_go_by_several_names(heading):
    assert story_of(f"<p>Lead.</p><h2>{heading}</h2><p>Story.</p>") == "Story."


def test_an_empty_plot_section_falls_back_to_the_lead():
    assert story_of("<p>Lead.</p><h2>Plot</h2><h2>Cast</h2>") == "Lead."


def test_only_the_first_whole_paragraphs_are_taken():
    paragraphs = [letter * (ENOUGH_LETTERS // 2 - 10) for letter in "abc"]
    html = "<h2>Plot</h2>" + "".join(f"<p>{text}</p>" for text in paragraphs)
    assert story_of(html) == "\n\n".join(paragraphs[:2])


def test_one_long_paragraph_is_kept_whole():
    assert story_of(f"<p>{'x' * 5000}</p>") == "x" * 5000


@pytest.mark.parametrize(
    "html", ["", "<p>", "<table><p>x</p>", "<sup class='reference'>", "<<<>>", "<h2>Plot</h2>"]
)
def test_broken_pages_tell_nothing(html):
    assert story_of(html) == ""
