"""Every word for people is marked for translation, the German ones are complete, and pages answer in them."""

from __future__ import annotations

import gettext
import os
import re
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext as translated
from django.utils.translation import override

from catalog.languages import name_of_language
from catalog.templatetags.films import dollars, in_words, running_time
from tests.bare_text import bare_texts
from tests.catalogue import APPS, ROOT, Key, marked_texts, read_catalogue
from tests.factories import MovieFactory, UserFactory

GERMAN = ROOT / "moviesite" / "locale" / "de" / "LC_MESSAGES"
SKIP = "Skip to the content"
# The same in every language, and why.
ALLOWED = {
    "templates/_footer.html": {
        # How the data set wants to be cited.
        "F. Maxwell Harper and Joseph A. Konstan. 2015. The MovieLens Datasets: History and Context.",
        "ACM Transactions on Interactive Intelligent Systems",
        "5, 4, Article 19.",
        "doi.org/10.1145/2827872",
    },
    # A media type.
    "templates/_meta.html": {"image/png"},
    # A specimen of letters, and the title of a film.
    "templates/catalog/_design_tokens.html": {"Aa", "The Third Man"},
    # A name and a day as films and members bring them.
    "templates/catalog/_design_parts.html": {"an", "anouk", "4 May 2026"},
}


def _templates() -> list[Path]:
    folder = ROOT / "templates"
    return sorted(
        path for kind in ("*.html", "*.txt") for path in folder.rglob(kind) if path.name != "robots.txt"
    )


@pytest.mark.parametrize("path", _templates(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_text_of_a_template_is_left_unmarked(path):
    allowed = ALLOWED.get(str(path.relative_to(ROOT)), set())
    assert [text for text in bare_texts(path.read_text()) if text not in allowed] == []


@pytest.mark.parametrize("path", ALLOWED)
def test_the_list_of_exceptions_holds_nothing_that_is_gone(path):
    assert ALLOWED[path] <= set(bare_texts((ROOT / path).read_text()))


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>Hello there</p>", ["Hello there"]),
        ("<p>{{ n }} films</p>", ["films"]),
        ('<input placeholder="Find a film">', ["Find a film"]),
        ('{% include "a.html" with label="Your name" %}', ["Your name"]),
        ('{{ sentence|default:"Nothing was saved." }}', ["Nothing was saved."]),
        ('<p>{% translate "Hello" %}</p>', []),
        ("<p>{% blocktranslate %}Hello {{ name }}{% endblocktranslate %}</p>", []),
        ('{% include "a.html" with label=_("Your name") %}', []),
        ("<p>{# Hello #}{{ n }} · 12</p>", []),
        ('<p class="small soft" data-name="unanswered">…</p><script>let go = 1</script>', []),
        ('{% block page_class %}narrow{% endblock %}{% translate "Hi" %}', []),
    ],
)
def test_bare_text_is_told_from_what_nobody_reads(source, found):
    assert bare_texts(source) == found


@pytest.fixture(scope="module")
def fresh(tmp_path_factory) -> set[Key]:
    """From makemessages in a copy of the sources: it writes beside the templates that it reads."""
    if not shutil.which("xgettext"):
        warnings.warn("xgettext is not installed: marked texts are read without it.", stacklevel=1)
        return marked_texts()
    copy = tmp_path_factory.mktemp("sources")
    shutil.copy(ROOT / "manage.py", copy)
    for folder in (*APPS, "templates"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("locale", "__pycache__"))
    target = copy / "moviesite" / "locale"
    target.mkdir()
    command = [sys.executable, "manage.py", "makemessages", "-l", "de", "-v", "0", "-e", "html,txt,py"]
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "moviesite.settings",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    subprocess.run(command, cwd=copy, check=True, env=environment)
    return set(read_catalogue(target / "de" / "LC_MESSAGES" / "django.po"))


@pytest.fixture(scope="module")
def german():
    return read_catalogue(GERMAN / "django.po")


def test_marked_texts_are_found_alike_with_and_without_xgettext(fresh):
    assert marked_texts() == fresh


def test_every_marked_text_is_in_the_german_catalogue(fresh, german):
    assert fresh - german.keys() == set()


def test_every_german_text_is_translated_and_nobody_has_to_look_at_it_again(german):
    assert [key for key, entry in german.items() if entry.is_fuzzy or not all(entry.forms)] == []
    assert [key for key, entry in german.items() if entry.plural and len(entry.forms) != 2] == []


def _placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)[sd]|%s|\{\w+\}", text))


def _tags(text: str) -> list[str]:
    return sorted(re.findall(r"</?[a-z]+[^>]*>", text))


def test_german_texts_have_the_placeholders_and_elements_of_the_english_ones(german):
    for (_context, text), entry in german.items():
        plural = entry.plural or text
        # "One film" may well say "1 film" in another language.
        assert _placeholders(entry.forms[0]) in (_placeholders(text), _placeholders(plural)), text
        assert _placeholders(entry.forms[-1]) == _placeholders(plural), text
        assert _tags(entry.forms[-1]) == _tags(plural), text


def test_the_compiled_catalogue_says_what_the_written_one_says(german):
    with (GERMAN / "django.mo").open("rb") as compiled:
        texts = gettext.GNUTranslations(compiled)._catalog
    del texts[""]
    written = {}
    for (context, text), entry in german.items():
        key = f"{context}\x04{text}" if context else text
        forms = enumerate(entry.forms)
        written |= {(key, place): form for place, form in forms} if entry.plural else {key: entry.forms[0]}
    assert texts == written


def _is_german(answer) -> bool:
    with override("de"):
        skip = translated(SKIP)
    assert skip != SKIP
    is_german = '<html lang="de"' in answer.text
    assert (skip in answer.text) == is_german
    assert answer["Content-Language"] == ("de" if is_german else "en")
    return is_german


@pytest.fixture
def member(client):
    person = UserFactory()
    client.force_login(person)
    return person


def _choose(person, language):
    person.language = language
    person.save()


@pytest.mark.django_db
def test_a_visitor_reads_what_the_browser_asks_for(client):
    assert _is_german(client.get("/films/", headers={"accept-language": "de-AT,de;q=0.9,en;q=0.5"}))
    assert not _is_german(client.get("/films/", headers={"accept-language": "en,de;q=0.9"}))
    assert not _is_german(client.get("/films/", headers={"accept-language": "fi"}))
    assert not _is_german(client.get("/films/"))


@pytest.mark.django_db
def test_shared_caches_learn_that_pages_differ_by_language(client):
    assert "Accept-Language" in client.get("/films/")["Vary"]


@pytest.mark.django_db
def test_a_visitor_chooses_a_language_at_the_foot_of_any_page(client):
    page = client.get("/films/", headers={"accept-language": "de"}).text
    assert f'action="{reverse("language")}"' in page
    assert re.findall(r'name="language"[^>]*>([^<]+)<', page) == ["English", "Deutsch"]
    answer = client.post("/language/", {"language": "de", "next": "/films/"})
    assert (answer.status_code, answer["Location"]) == (302, "/films/")
    assert _is_german(client.get("/films/", headers={"accept-language": "en"}))


@pytest.mark.django_db
def test_a_choice_leads_to_no_other_site_and_needs_the_token_of_the_form(client):
    answer = client.post("/language/", {"language": "de", "next": "https://example.org/"})
    assert "example.org" not in answer["Location"]
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/language/", {"language": "de"}).status_code == 403
    assert client.get("/language/").status_code == 405


@pytest.mark.django_db
def test_a_member_s_own_language_goes_before_cookie_and_browser(client, member):
    _choose(member, "de")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert _is_german(client.get("/films/", headers={"accept-language": "en"}))


@pytest.mark.django_db
def test_a_member_who_chose_nothing_reads_what_the_browser_asks_for(client, member):
    assert _is_german(client.get("/films/", headers={"accept-language": "de"}))
    assert not _is_german(client.get("/films/", headers={"accept-language": "en"}))


@pytest.mark.django_db
def test_a_language_that_the_site_does_not_speak_any_more_does_no_harm(client, member):
    _choose(member, "xx")
    assert _is_german(client.get("/films/", headers={"accept-language": "de"}))


@pytest.mark.django_db
def test_what_a_member_chooses_at_the_foot_is_kept_with_the_account(client, member):
    client.post("/language/", {"language": "de", "next": "/films/"})
    member.refresh_from_db()
    assert member.language == "de"
    client.post("/language/", {"language": "klingon", "next": "/films/"})
    member.refresh_from_db()
    assert member.language == "de"


@pytest.mark.django_db
def test_the_settings_give_the_choice_back_to_the_browser(client, member):
    client.post("/language/", {"language": "de", "next": "/films/"})
    client.post("/settings/region/", {"language": "", "time_zone": ""})
    assert not _is_german(client.get("/films/", headers={"accept-language": "en"}))


@pytest.mark.django_db
def test_one_member_s_language_is_not_the_next_visitor_s(client, member):
    _choose(member, "de")
    assert _is_german(client.get("/films/"))
    assert not _is_german(Client().get("/films/"))


@pytest.mark.django_db
def test_a_german_can_give_half_a_star(client):
    film = MovieFactory()
    page = client.get(film.get_absolute_url(), headers={"accept-language": "de"}).text
    values = re.findall(r'name="stars" [^>]*value="([^"]+)"', page)
    assert values == [f"{step / 2}" for step in range(1, 11)]


@pytest.mark.django_db
def test_a_page_that_is_missing_and_one_that_broke_answer_in_german(client):
    assert _is_german(client.get("/nowhere/", headers={"accept-language": "de"}))
    with override("de"):
        broken = render_to_string("500.html")
        assert '<html lang="de"' in broken
        assert translated("To the front page") in broken
        assert translated("To the front page") != "To the front page"


@pytest.mark.parametrize(("code", "name"), [("en", "Englisch"), ("cn", "Kantonesisch"), ("qq", "QQ")])
def test_languages_of_films_have_german_names(code, name):
    with override("de"):
        assert name_of_language(code) == name


def test_figures_are_said_as_in_german():
    with override("de"):
        assert dollars(63_000_000) == "63 Millionen $"
        assert in_words(4.5) == "viereinhalb Sterne"
        assert running_time(125) == "2 h 05"
