"""Titles as people type them."""

import re
import unicodedata

_WORDS = re.compile(r"\w+")
# As much as the column of films holds.
LONGEST_SEARCH_FORM = 310


def search_form(text: str) -> str:
    """Lower case, accents dropped, punctuation turned into single spaces: "Amélie!" becomes "amelie"."""
    # NFKD parts a letter from its accent; apostrophes vanish so that "singin" and "singin'" meet.
    parted = unicodedata.normalize("NFKD", text.casefold().replace("'", "").replace("’", ""))
    plain = "".join(letter for letter in parted if not unicodedata.combining(letter))
    return " ".join(_WORDS.findall(plain))


def film_search_form(title: str, year: int | None) -> str:
    """What films are found and told apart by, here and in files."""
    return search_form(f"{title} {year or ''}")[:LONGEST_SEARCH_FORM]
