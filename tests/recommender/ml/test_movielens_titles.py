"""MovieLens titles taken apart."""

from __future__ import annotations

import pytest

from recommender.ml.movielens_titles import article_first, parse_genres, parse_title


@pytest.mark.parametrize(
    ("text", "name", "year", "others"),
    [
        ("Matrix, The (1999)", "The Matrix", 1999, ()),
        ("Avventura, L' (1960)", "L'Avventura", 1960, ()),
        (
            "School of Flesh, The (L' École de la chair) (1998)",
            "The School of Flesh",
            1998,
            ("L'École de la chair",),
        ),
        ("Amants, Les (1958)", "Les Amants", 1958, ()),
        ("Hate (Haine, La) (1995)", "Hate", 1995, ("La Haine",)),
        ("Tin Drum, The (Blechtrommel, Die) (1979) ", "The Tin Drum", 1979, ("Die Blechtrommel",)),
        ("Associate, The (L'Associe)(1982)", "The Associate", 1982, ("L'Associe",)),
        ("Hard 8 (a.k.a. Sydney, a.k.a. Hard Eight) (1996)", "Hard 8", 1996, ("Sydney", "Hard Eight")),
        ("To Have, or Not (En avoir (ou pas)) (1995)", "To Have, or Not", 1995, ("En avoir (ou pas)",)),
        ("Spy(ies) (Espion(s)) (2009)", "Spy(ies)", 2009, ("Espion(s)",)),
        ("Land Before Time III (1995) (V)", "Land Before Time III", 1995, ()),
        ("Death Note (2006–2007)", "Death Note", 2006, ()),
        ("Burning Love (Ajan) (1983))", "Burning Love", 1983, ("Ajan",)),
        (
            "The Naked Truth (1957) (Your Past Is Showing)",
            "The Naked Truth",
            1957,
            ("Your Past Is Showing",),
        ),
        (
            "Birdman: Or (The Virtue of Ignorance) (2014)",
            "Birdman: Or (The Virtue of Ignorance)",
            2014,
            (),
        ),
        ("Or (a.k.a. My Treasure) (2004)", "Or", 2004, ("My Treasure",)),
        ("Streets (1987-1997) (2021)", "Streets (1987-1997)", 2021, ()),
        ("(500) Days of Summer (2009)", "(500) Days of Summer", 2009, ()),
        ("Et Dieu&#8230;Créa (1956)", "Et Dieu…Créa", 1956, ()),
        ("Moving Alan", "Moving Alan", None, ()),
        ("1984 (1984)", "1984", 1984, ()),
        ("", "", None, ()),
    ],
)
def test_title_year_and_other_titles(text: str, name: str, year: int | None, others: tuple[str, ...]) -> None:
    assert parse_title(text) == (name, year, others)


def test_a_comma_before_an_ordinary_word_stays() -> None:
    assert article_first("Run Lola, Run") == "Run Lola, Run"


def test_genres_keep_their_order_once() -> None:
    assert parse_genres("Drama|Comedy|Drama") == ("Drama", "Comedy")
