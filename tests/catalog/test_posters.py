"""Posters: the same every time, well formed, readable, small, and unlike their neighbours."""

import re
from collections import Counter
from itertools import pairwise
from unicodedata import east_asian_width
from xml.etree import ElementTree

import pytest

from catalog.looks import apart, look_of
from catalog.models import Movie, PosterPicture
from catalog.posters import MARGIN, WIDTH, composition_of, design, draw
from catalog.posters.compositions import ANYTHING, COMPOSITIONS, GENRES
from catalog.posters.dice import Dice
from catalog.posters.lettering import MEASURE, TALLEST, measure, set_title, stack_height
from catalog.posters.palettes import DECADES, contrast, of_year
from catalog.posters.stage import raise_stage
from tests.factories import MovieFactory

WORDS = (
    "Night",
    "City",
    "Blue",
    "Return",
    "Dark",
    "River",
    "Summer",
    "House",
    "King",
    "Silence",
    "Dream",
    "Road",
)
LINKS = ("of the", "", "and", "in", "without")
FILMS = [
    (
        f"{WORDS[n % 12]} {LINKS[n % 5]} {WORDS[(n // 12 + 5) % 12]}".replace("  ", " "),
        1925 + n * 37 % 100,
        [sorted(GENRES)[n * 11 % len(GENRES)].title()],
    )
    for n in range(200)
]
EXTREMES = [
    "M",
    "8½",
    "The",
    "",
    "   ",
    "七人の侍",
    "ガメラ 大怪獣空中決戦",
    "Сталкер",
    "الرسالة",
    "हम आपके हैं कौन",
    "Les Misérables",
    "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz",
    "Crouching-Tiger-Hidden-Dragon-All-In-One-Word",
    "Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb, Again and Then Again",
    "Night of the Day of the Dawn of the Son of the Bride of the Return of the Revenge of the Terror " * 2,
    "Me & <You> \"and\" 'Everyone'",
    "Bell\x07 and \x00 null \ud800 surrogate",
    "!!!",
    "𝕄arquee 🎬",
]
PALETTES = [palette for palettes in DECADES.values() for palette in palettes]


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314 - our own output


def test_the_same_film_gets_the_same_poster():
    assert draw("Heat", 1995, ["Action"]) == draw("Heat", 1995, ["Action"])
    assert draw("Heat", 1995, ["Action"]) != draw("Heat", 1986, ["Action"])


def test_chance_is_fixed_for_good():
    dice = Dice("Heat|1995")
    assert [dice.whole(0, 99) for _ in range(6)] == [56, 9, 1, 26, 78, 92]


@pytest.mark.parametrize("title", EXTREMES)
@pytest.mark.parametrize(("year", "genres"), [(1995, ["Drama"]), (None, []), (1888, ["Nonsense"])])
def test_any_title_is_well_formed_and_stays_in_its_box(title, year, genres):
    root = parsed(draw(title, year, genres))
    assert root.get("aria-label")
    letters = [text for text in root.iter("text") if text.get("class") != "credit"]
    assert letters
    for text in letters:
        assert MARGIN + float(text.get("textLength")) <= WIDTH - MARGIN + 0.1
        assert 0 < float(text.get("y")) < 450


@pytest.mark.parametrize("title", EXTREMES)
def test_lines_are_never_wider_than_the_measure_by_the_advance_table(title):
    lines = set_title(title.replace("\ud800", ""), 150)
    assert stack_height(lines) <= TALLEST + 0.1
    for line in lines:
        assert measure(line.text) * line.size <= MEASURE + 0.1


LONG_WORDS = {
    "Eine Weihnachtsgeschichte": ["EINE", "WEIHNACHTSGESCHICHTE"],
    "Ein Sommernachtstraum": ["EIN", "SOMMERNACHTSTRAUM"],
    "Internationalization": ["INTERNATIONALIZATION"],
    "Geschwindigkeitsbegrenzung": ["GESCHWINDIGKEITS-", "BEGRENZUNG"],
    "Donaudampfschifffahrtsgesellschaft": ["DONAUDAMPFSCHIFF-", "FAHRTSGESELLSCHAFT"],
    "Antidisestablishmentarianism": ["ANTIDISESTABLISH-", "MENTARIANISM"],
}


@pytest.mark.parametrize("title", LONG_WORDS)
def test_a_long_word_is_set_smaller_and_only_an_endless_one_is_parted_where_a_syllable_begins(title):
    assert [line.text for line in set_title(title, 150)] == LONG_WORDS[title]


@pytest.mark.parametrize("title", [*EXTREMES, *LONG_WORDS, "Тысячавосемьсотвосьмидесятидевятилетний"])
def test_no_word_is_broken_without_a_hyphen(title):
    """What a hyphen does not join was a space of the title, or a script that is written without."""
    title = " ".join(title.replace("\ud800", "").split())
    words = [word for word in title.upper().split() if word.isalpha() and east_asian_width(word[0]) != "W"]
    lines = [line.text for line in set_title(title, 150)]
    together = "".join(line.removesuffix("-") if line.endswith("-") else line + " " for line in lines)
    assert set(words) <= set(together.replace("-", " ").split()) | set(together.split())


def test_titles_are_escaped():
    svg = draw("<script>alert('1')</script> & \"more\"", 2001, ["Com<edy"])
    assert "<script" not in svg.lower()
    assert parsed(svg).get("aria-label") == "<script>alert('1')</script> & \"more\" (2001)"


def test_the_whole_title_can_be_read_on_the_poster():
    root = parsed(draw("The Good, the Bad and the Ugly", 1966, ["Western"]))
    letters = " ".join(text.text for text in root.iter("text") if text.get("class") != "credit")
    assert letters == "THE GOOD, THE BAD AND THE UGLY"


@pytest.mark.parametrize("palette", PALETTES)
def test_every_palette_can_be_read(palette):
    assert len(set(palette)) == 5
    assert contrast(palette.ink, palette.ground) >= 4.5


def test_every_decade_has_a_choice_of_palettes():
    assert all(len(palettes) >= 4 for palettes in DECADES.values())
    assert of_year(1888) == DECADES[1900]
    assert of_year(2199) == DECADES[2020]


@pytest.mark.parametrize("name", COMPOSITIONS)
@pytest.mark.parametrize("palette", [palettes[0] for palettes in DECADES.values()])
def test_every_composition_draws_in_every_decade(name, palette):
    for height in (110, 260, 400):
        stage = raise_stage(palette, palette.ground, height, Dice(f"{name}{height}"))
        marks = COMPOSITIONS[name](stage)
        assert len(list(parsed(f"<svg>{marks}</svg>").iter())) > 1
        assert len(marks) < 4500


def test_every_genre_offers_compositions_that_exist():
    assert len(COMPOSITIONS) >= 50
    named = set(ANYTHING).union(*(pool.split() for pool in GENRES.values()))
    assert named == set(COMPOSITIONS)
    assert all(len(set(pool.split())) >= 7 for pool in GENRES.values())


def test_neighbours_differ():
    seen = [(drawn.composition, drawn.palette) for drawn in (design(*film) for film in FILMS)]
    assert sum(one == other for one, other in pairwise(seen)) <= 2
    assert Counter(seen).most_common(1)[0][1] <= 4


def test_a_wall_of_one_genre_and_decade_still_varies():
    seen = {design(title, 1994, ["Drama"])[:4] for title, _, _ in FILMS[:60]}
    assert len(seen) >= 45


def test_on_a_wall_a_drawing_seldom_stands_beside_its_like():
    """Beside or above one another, seven abreast, in a wall of every genre."""
    wall = [design(*film).composition for film in FILMS]
    touching = [*pairwise(wall), *zip(wall, wall[7:], strict=False)]
    assert sum(one == other for one, other in touching) / len(touching) < 0.06


def test_what_is_drawn_is_known_without_drawing_it():
    assert all(composition_of(*film) == design(*film).composition for film in FILMS)


@pytest.mark.django_db
def test_the_first_films_of_a_site_are_drawn_differently_and_stay_nearly_in_order():
    for title, year in (("The Shawshank Redemption", 1994), ("The Godfather", 1972), ("Fight Club", 1999)):
        MovieFactory(title=title, year=year, genres=["Crime", "Drama"])
    MovieFactory(title="Heat", year=1995, genres=["Action"])
    films = list(Movie.objects.for_cards().order_by("pk"))
    assert look_of(films[0]) == look_of(films[1])
    assert [film.title for film in apart(films)][:3] == ["The Shawshank Redemption", "Fight Club", "Heat"]
    assert set(apart(films)) == set(films)


@pytest.mark.django_db
def test_two_posters_from_elsewhere_are_never_taken_for_alike():
    for title in ("The Shawshank Redemption", "The Godfather"):
        film = MovieFactory(title=title, genres=["Crime"])
        PosterPicture.objects.create(movie=film, source_url=f"https://x.org/{film.pk}", digest=f"a{film.pk}")
    films = list(Movie.objects.for_cards().order_by("pk"))
    assert apart(films) == films


def test_posters_are_small():
    sizes = sorted(len(draw(*film).encode()) for film in FILMS)
    assert sizes[len(sizes) // 2] < 2000
    assert sizes[len(sizes) * 95 // 100] < 3000
    assert sizes[-1] < 5000


@pytest.mark.parametrize("name", COMPOSITIONS)
def test_every_drawing_shows_on_its_paper(name):
    """Something of the drawing stands out from the paper, in every palette of the site."""
    for palette in PALETTES:
        stage = raise_stage(palette, palette.ground, 300, Dice(name))
        drawn = set(re.findall("#[0-9a-f]{6}", COMPOSITIONS[name](stage)))
        assert max(contrast(colour, stage.paper) for colour in drawn) >= 1.5


def test_a_standalone_poster_names_its_face():
    assert "xmlns=" in draw("Heat", 1995, standalone=True)
    assert "xmlns=" not in draw("Heat", 1995)


def test_a_label_of_ones_own_is_what_a_screen_reader_hears():
    assert parsed(draw("Heat", 1995, label="Poster of Heat")).get("aria-label") == "Poster of Heat"
