"""The design page, and what the style sheets promise: tokens, contrast, nothing from elsewhere."""

import re
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.design import TEXT_ON, colours, pairs, tokens
from catalog.views.design import CORNERS, MOTIONS, SHADOWS, SPACES, TYPE_SCALE
from tests.factories import MovieFactory, UserFactory

STYLES = Path(__file__).resolve().parent.parent.parent / "static" / "css"
# The admin panel wears a dress of its own, whose colours are called --color-base-…
SHEETS = {
    path.name: text for path in STYLES.glob("*.css") if "--color-base-" not in (text := path.read_text())
}


@pytest.fixture
def staff(db):
    return UserFactory(is_staff=True)


@pytest.mark.parametrize("pair", pairs(), ids=lambda pair: f"{pair.over}-on-{pair.under}-by-{pair.theme}")
def test_colours_can_be_told_apart(pair):
    assert pair.ratio >= pair.wanted


@pytest.mark.parametrize("sheet", SHEETS)
def test_words_are_set_in_no_colour_whose_contrast_nobody_checked(sheet):
    used = set(re.findall(r"(?<![-\w])color: var\(--([a-z-]+)\)", SHEETS[sheet]))
    assert used - set(TEXT_ON) - {"bulb", "star-off"} == set()


@pytest.mark.parametrize("sheet", SHEETS)
def test_every_token_in_use_exists(sheet):
    own = set(re.findall(r"--([a-z0-9-]+):", SHEETS[sheet]))
    assert set(re.findall(r"var\(--([a-z0-9-]+)\)", SHEETS[sheet])) - own - set(tokens()) == set()


def test_tokens_are_written_in_one_file_only():
    again = {
        name: set(re.findall(r"^\s+--([a-z0-9-]+):", text, re.MULTILINE)) & set(tokens())
        for name, text in SHEETS.items()
        if name != "tokens.css"
    }
    # Print overrides a few of them: paper has colours of its own.
    on_paper = {"ground", "raised", "ink", "soft", "line", "glow"}
    assert {name: found - on_paper for name, found in again.items() if found - on_paper} == {}


def test_every_colour_has_a_day_and_a_night():
    assert len(colours()) >= 20
    assert all(
        re.fullmatch("#[0-9a-f]{6}", tone) for tone in colours()["ground"].__dict__.values() if tone[0] == "#"
    )
    assert colours()["ground"].day != colours()["ground"].night


@pytest.mark.parametrize("sheet", SHEETS)
def test_nothing_comes_from_elsewhere(sheet):
    assert not re.search(r"https?:|url\(\s*[\"']?//|@import", SHEETS[sheet])


@pytest.mark.django_db
def test_strangers_and_members_do_not_find_the_design_page(client, member):
    assert client.get("/design/").status_code == 404
    client.force_login(member)
    assert client.get("/design/").status_code == 404


@pytest.mark.django_db
def test_staff_see_every_token_and_every_component(client, staff):
    MovieFactory.create_batch(3)
    client.force_login(staff)
    page = client.get("/design/").content.decode()
    named = [*colours(), *TYPE_SCALE, *SPACES, *CORNERS, *SHADOWS, *MOTIONS]
    assert [name for name in named if f"--{name}</code>" not in page] == []
    parts = ["star-row", "guess-value", "histogram", "errorlist", "notice error", "board", "empty", "menu"]
    parts += ["<dialog", "pages", "rail", "wall", "skeleton", "review", 'class="table"', "chip", "tabs"]
    assert [part for part in parts if part not in page] == []
    assert "style=" not in page


@pytest.mark.django_db
def test_the_design_page_stands_without_a_film(client, staff):
    client.force_login(staff)
    assert "There are no films on this site yet" in client.get("/design/").content.decode()


@pytest.mark.django_db
def test_the_design_page_costs_the_same_with_more_films(client, staff):
    client.force_login(staff)
    client.get("/design/")
    counts = []
    for _ in range(2):
        MovieFactory.create_batch(4)
        with CaptureQueriesContext(connection) as queries:
            client.get("/design/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
