"""Genres, decades and areas of the map are read in the reader's language, and kept in English."""

import json
import re
from html import unescape
from types import SimpleNamespace

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from catalog import cards
from catalog.genres import KNOWN, genre_in_words, genres_in_order
from catalog.models import Genre, Movie
from catalog.posters import draw
from recommender import live
from recommender.area_names import KNOWN as KINDS
from recommender.area_names import area_in_words
from recommender.ml.content import SharedTerm
from recommender.ml.taste_map import FORMATS
from recommender.ml.taste_map import KINDS as WRITTEN
from recommender.reasons import shared_words
from recommender.taste import chart_for
from recommender.visitors import Visitor
from tests.factories import GenreFactory, MovieFactory

GERMAN = {"accept-language": "de"}
NAMES = ["Comedy", "Sci-Fi", "Film-Noir", "Children"]
IN_GERMAN = ["Komödie", "Science-Fiction", "Film noir", "Kinderfilm"]
ENGLISH = re.compile(r"Comedy|Sci-Fi|Film-Noir|Children", re.IGNORECASE)


@pytest.fixture
def film(db):
    for name in [*NAMES, "Zither"]:
        GenreFactory(name=name, slug=name.lower())
    return MovieFactory(title="Heat", year=1995, genres=NAMES, ratings_count=3, half_stars_sum=24)


def read(client, address, language="de"):
    """The words of a page, without addresses and what only engines read."""
    page = client.get(address, headers={"accept-language": language}).text
    page = re.sub(r"<script.*?</script>", " ", page, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


# Pages

PAGES = {
    "film": "/films/{pk}/heat-1995/",
    "browse": "/films/?genre=comedy",
    "charts": "/charts/",
    "chart of a genre": "/charts/genre/comedy/",
    "picks and their steering": "/for-you/",
    "search": "/search/?q=heat",
    "missing page": "/nowhere/",
}


@pytest.mark.parametrize("page", PAGES)
def test_a_german_page_names_no_genre_in_english(client, film, page):
    words = read(client, PAGES[page].format(pk=film.pk))
    assert not ENGLISH.search(words)
    assert re.search("Komödie|Kinderfilm|Film noir", words, re.IGNORECASE)


@pytest.mark.parametrize("page", PAGES)
def test_an_english_page_names_genres_as_they_are_kept(client, film, page):
    words = read(client, PAGES[page].format(pk=film.pk), "en")
    assert ENGLISH.search(words)
    assert not re.search("Komödie|Kinderfilm|Film noir", words, re.IGNORECASE)


def test_a_film_page_and_a_chart_name_each_genre(client, film):
    for address in (film.get_absolute_url(), "/charts/"):
        words = read(client, address)
        assert [name for name in IN_GERMAN if name not in words] == []
    assert "Das Beste im Genre Komödie" in read(client, "/charts/genre/comedy/")


def test_the_choice_of_genres_is_in_the_order_that_is_read(client, film):
    for address in ("/films/", "/for-you/"):
        page = client.get(address, headers=GERMAN).text
        choices = re.search(r'<select name="genre".*?</select>', page, re.DOTALL)[0]
        offered = re.findall(r'value="([^"]+)"', choices)
        assert offered == ["film-noir", "children", "comedy", "sci-fi", "zither"], address


def test_a_filter_in_use_is_named_and_its_address_stays(client, film):
    (chip,) = client.get("/films/?genre=sci-fi", headers=GERMAN).context["chips"]
    assert (chip.label, chip.names) == ("Science-Fiction", ("genre",))
    (chip,) = client.get("/films/?genre=sci-fi").context["chips"]
    assert chip.label == "Sci-Fi"


def test_decades_are_named_in_choices_chips_and_charts(client, film):
    for address in ("/films/?decade=1990", "/charts/", "/charts/decade/1990/"):
        words = read(client, address)
        assert "1990er" in words
        assert not re.search(r"\d{4}s\b", words), address
        assert "1990s" in read(client, address, "en")


@pytest.mark.django_db
def test_one_genre_costs_as_many_queries_as_ten(client):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            client.get("/films/?genre=comedy", headers=GERMAN)
        return len(queries)

    GenreFactory(name="Comedy")
    cost()
    few = cost()
    for name in KNOWN[:9]:
        GenreFactory(name=str(name))
    assert cost() == few


# What is no page


def test_engines_and_programs_read_genres_as_they_are_kept(client, film):
    page = client.get(film.get_absolute_url(), headers=GERMAN).text
    told = json.loads(
        re.search(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', page, re.DOTALL)[1]
    )
    assert sorted(told["genre"]) == sorted(NAMES)
    answer = client.get(f"/api/v1/films/{film.pk}/", headers=GERMAN).json()
    assert sorted(answer["genres"]) == sorted(NAMES)


def test_a_link_card_is_another_picture_for_another_language(film):
    film = Movie.objects.for_page().get(pk=film.pk)
    english = cards.of_film(film)
    with override("de"):
        german = cards.of_film(film)
    assert "1995 · Children, Comedy" in english.words.beside
    assert "1995 · Kinderfilm, Komödie" in german.words.beside
    assert english.digest != german.digest
    assert english.films == german.films


# Posters


def test_a_poster_is_lettered_in_the_language_of_its_reader_whoever_read_it_first(client, film):
    def lettered(language):
        page = client.get(film.get_absolute_url(), headers={"accept-language": language}).text
        return re.findall(r'<text class="credit" x="282"[^>]*>([^<]+)<', page)

    assert [set(lettered(language)) for language in ("de", "en", "de")] == [
        {"KINDERFILM"},
        {"CHILDREN"},
        {"KINDERFILM"},
    ]


def test_lettering_changes_nothing_else_of_a_poster():
    english, german = draw("Heat", 1995, ["Comedy"]), draw("Heat", 1995, ["Comedy"], lettered="Komödie")
    assert german == english.replace("COMEDY", "KOMÖDIE") != english


@pytest.mark.parametrize("page", ["404", "403", "403_csrf", "429"])
def test_the_posters_of_pages_that_fail_are_of_genres_with_a_name(page, settings):
    source = (settings.BASE_DIR / "templates" / f"{page}.html").read_text()
    (genre,) = re.findall(r'drawn_poster _\(.*?\) "([^"]+)"', source)
    assert genre.title() in map(str, KNOWN)


# Names


def test_every_known_genre_has_its_own_words_and_english_ones_stay():
    for name in map(str, KNOWN):
        assert genre_in_words(name) == name
    with override("de"):
        assert [genre_in_words(name) for name in NAMES] == IN_GERMAN
        assert genre_in_words("Science Fiction") == "Science-Fiction"
        assert genre_in_words("TV Movie") == "Fernsehfilm"


@pytest.mark.parametrize("name", ["Zither", "Anime & <b>more</b>", "", "アニメ", "100 %"])
def test_a_genre_that_nobody_knows_keeps_its_name(name):
    with override("de"):
        assert genre_in_words(name) == name


def test_a_name_cannot_write_into_the_page(client, film):
    film.genres.add(Genre.objects.create(name="<b>Bold</b>", slug="bold"))
    page = client.get(film.get_absolute_url(), headers=GERMAN).text
    assert "&lt;b&gt;Bold" in page
    assert "<b>Bold" not in page


@pytest.mark.django_db
def test_umlauts_stand_where_their_letters_do():
    for name in ("Western", "Überraschung", "Thriller"):
        Genre.objects.create(name=name, slug=name.lower())
    assert [genre.name for genre in genres_in_order()] == ["Thriller", "Überraschung", "Western"]


# Reasons


def sharing(*told):
    terms = [SharedTerm(*term, 0.2) for term in told]
    content = SimpleNamespace(shared_terms=lambda *_rows_and_number: terms)
    return SimpleNamespace(models={"content": content})


def test_what_films_share_is_told_in_words_by_the_kind_of_each_term():
    by_kind = sharing(("genres", "Comedy"), ("words", "comet"), ("people", "Western"))
    assert shared_words(by_kind, 0, 1) == "Western, comet, Comedy"
    with override("de"):
        assert shared_words(by_kind, 0, 1) == "Western, comet, Komödie"
    alone = sharing(("decades", "1990s"))
    assert shared_words(alone, 0, 1) == "1990s"
    with override("de"):
        assert shared_words(alone, 0, 1) == "1990er"


# Areas of the map

AREAS = {
    "Drama and film noir of the 1950s, Alfred Hitchcock, Cary Grant, affair": (
        "Dramen und Film noir der 1950er, Alfred Hitchcock, Cary Grant, affair"
    ),
    "Comedy, Around the Corner, around Good, the Bad and the Ugly, The (3)": (
        "Komödien, Around the Corner, um Good, the Bad and the Ugly, The (3)"
    ),
    "Films, around Heat": "Filme, um Heat",
    "Films of the 1990s, heist": "Filme der 1990er, heist",
    "Zither and war films, island": "Zither und Kriegsfilme, island",
    "Of the 1990s": "Of the 1990s",
    "A name of another kind": "A name of another kind",
    "": "",
}


def said(stored):
    kinds, times, details = area_in_words(stored)
    return ", ".join(filter(None, (" ".join(filter(None, (kinds, times))), details)))


@pytest.mark.parametrize("stored", AREAS)
def test_an_area_is_named_part_by_part_and_in_english_as_it_is_kept(stored):
    assert said(stored) == stored
    with override("de"):
        assert said(stored) == AREAS[stored]


def test_every_genre_has_a_word_for_its_films():
    told = {WRITTEN.get(name, name.lower()) for name in map(str, KNOWN) if name not in FORMATS}
    assert told - {str(kind) for kind in KINDS} == set()


@pytest.mark.usefixtures("mapped")
def test_the_map_its_table_and_its_labels_are_in_the_language_of_the_reader(client):
    stored = live.live_models().taste_map.names
    assert any("Westerns" in name for name in stored)
    english, german = read(client, "/taste/", "en"), read(client, "/taste/")
    assert "Westerns" in english
    assert "Western" in german
    assert not re.search(r"Westerns|of the|\baround\b|\d{4}s\b", german)
    with override("en"):
        assert [area.name for area in chart_for(Visitor.of_session({})).areas] == stored


@pytest.mark.usefixtures("mapped")
def test_a_decade_stays_in_one_line_of_a_label(client, monkeypatch):
    drawn = live.live_models().taste_map
    monkeypatch.setattr(type(drawn), "names", ["Drama and comedy of the 1950s, noon"] * len(drawn.names))
    for language, line in (("en", "of\xa0the\xa01950s"), ("de", "der\xa01950er")):
        with override(language):
            areas = chart_for(Visitor.of_session({})).areas
        assert line in [text for _, text in areas[0].label.lines]
        assert np.isfinite([area.label.middle for area in areas]).all()
