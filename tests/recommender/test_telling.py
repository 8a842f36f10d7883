"""Which of the terms that two films share tell something."""

import pytest

from recommender.ml.content import SharedTerm
from recommender.telling import stems, telling

GUARDIANS = ("Guardians of the Galaxy", "Guardians of the Galaxy 2")


def told(*terms, titles=("Heat", "Ronin")):
    return [term.name for term in telling([SharedTerm(*term, 0.1) for term in terms], titles)]


def test_people_come_before_words_and_words_before_genres():
    terms = (("genres", "Crime"), ("words", "heist"), ("people", "Robert De Niro"))
    assert told(*terms) == ["Robert De Niro", "heist", "Crime"]


def test_the_words_of_a_title_are_not_said_again():
    terms = [("words", word) for word in ("guardians galaxy", "galaxy", "guardian", "galaxies", "orphan")]
    assert told(*terms, titles=GUARDIANS) == ["orphan"]


def test_of_words_within_one_another_or_of_one_stem_one_is_left():
    assert told(*[("words", word) for word in ("robots", "secret", "secret agent", "robot")]) == [
        "robots",
        "secret agent",
    ]


def test_a_word_does_not_say_what_a_genre_says():
    assert told(("words", "crime"), ("genres", "Crime")) == ["Crime"]


def test_formats_decades_and_numbers_tell_nothing():
    terms = (("genres", "IMAX"), ("genres", "(no genres listed)"), ("decades", "2010s"), ("words", "1944"))
    assert told(*terms, ("words", "man")) == []


@pytest.mark.parametrize(
    ("one", "other"), [("guardian", "guardians"), ("galaxy", "galaxies"), ("robbed", "robbing")]
)
def test_forms_of_a_word_have_one_stem(one, other):
    assert stems(one) == stems(other)


def test_short_words_keep_their_ends():
    assert stems("king") != stems("kings road")
    assert stems("bus") == {"bus"}
