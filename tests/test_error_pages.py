"""Pages for what goes wrong say what happened and what to do, and tell nothing they should not."""

import re
from datetime import datetime

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from django.views.defaults import permission_denied

from moviesite.errors import longest_wait, words_of
from tests.factories import MovieFactory, UserFactory

PASSWORD = "a long enough password"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/films/987654/heat-1995/", "/heat", "/film/Heat", "/movies/hete/"])
def test_a_missed_address_is_answered_with_the_nearest_films(client, path):
    film = MovieFactory(title="Heat", year=1995)
    MovieFactory(title="Playtime", year=1967)
    answer = client.get(path)
    assert answer.status_code == 404
    assert film.get_absolute_url() in answer.text
    assert "playtime" not in answer.text


@pytest.mark.django_db
def test_a_missed_address_can_be_searched_for_at_once(client):
    page = client.get("/films/987654/the-long-goodbye/").text
    assert 'value="the long goodbye"' in page
    assert f'action="{reverse("catalog:search")}"' in page


@pytest.mark.django_db
def test_words_of_an_address_are_shown_as_words(client):
    page = client.get("/no/<script>alert(1)<%2Fscript>/").text
    assert "<script>alert" not in page


@pytest.mark.django_db
def test_a_private_profile_and_one_that_never_was_are_missed_alike(client):
    UserFactory(username="shy", profile_visibility="private")
    token = re.compile('name="csrfmiddlewaretoken" value="[^"]*"')
    pages = (client.get(f"/people/{name}/").text for name in ("shy", "sly"))
    there, nowhere = (token.sub("", page) for page in pages)
    assert there.replace("shy", "sly") == nowhere


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/wp-login.php", "/.env", "/heat.jpg", "/" + "heat-" * 40, "/12/34567/"])
def test_programs_that_try_addresses_start_no_search(client, path, django_assert_num_queries):
    assert words_of(path) == ""
    with django_assert_num_queries(0):
        assert client.get(path).status_code == 404


def test_only_what_may_be_a_title_is_taken_from_an_address():
    assert words_of("/films/12/heat-1995/") == "heat 1995"
    assert words_of("/people/anouk/diary/2026/5/") == "anouk 2026"


@pytest.mark.django_db
def test_a_missed_address_is_answered_with_the_search_broken(client):
    """The table that only the search reads is gone: the page comes without suggestions."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if "search" in table or table == "catalog_othertitle":
                cursor.execute(f'DROP TABLE IF EXISTS "{table}"')
    answer = client.get("/films/987654/heat-1995/")
    assert answer.status_code == 404
    assert "Not in this picture" in answer.text


def refused(user):
    request = RequestFactory().get("/somewhere/?page=2")
    request.user = user
    return permission_denied(request, PermissionDenied("secret reason")).content.decode()


@pytest.mark.django_db
def test_a_stranger_who_is_refused_is_offered_to_log_in_and_come_back(db):
    page = refused(AnonymousUser())
    assert f"{reverse('account_login')}?next=%2Fsomewhere%2F%3Fpage%3D2" in page
    assert "secret reason" not in page


@pytest.mark.django_db
def test_a_member_who_is_refused_is_told_as_whom(member):
    page = refused(member)
    assert "You are logged in as anouk" in page
    assert reverse("account_logout") in page


@pytest.mark.django_db
def test_a_form_that_waited_too_long_says_what_to_do(movie):
    answer = Client(enforce_csrf_checks=True).post(f"/films/{movie.pk}/rate/", {"stars": "4"})
    assert answer.status_code == 403
    assert "Nothing was saved" in answer.text
    assert "reload the page" in answer.text


@pytest.mark.django_db
def test_who_tries_too_often_is_told_when_to_try_again(client):
    UserFactory(username="anouk", password=PASSWORD)
    address = reverse("account_reset_password")
    answers = [client.post(address, {"email": "anouk@example.org"}) for _ in range(30)]
    refusal = next(answer for answer in answers if answer.status_code == 429)
    assert int(refusal["Retry-After"]) == longest_wait() == 300
    assert "within 5 minutes" in refusal.text
    again = datetime.fromisoformat(refusal.text.split('<time datetime="')[1].split('"')[0])
    assert 280 < (again - timezone.now()).total_seconds() <= 300


@pytest.mark.parametrize("name", ["500.html", "400.html"])
def test_pages_for_a_broken_site_stand_on_nothing(name):
    """No database (a test without the mark may not touch it), no context, no tag that could break."""
    page = render_to_string(name)
    assert 'href="/"' in page
    assert "{%" not in page
    for sheet in page.split('href="/static/')[1:]:
        assert (settings.BASE_DIR / "static" / sheet.split('"')[0]).is_file()


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/no/such/page/", "/films/987654/"])
def test_pages_for_what_goes_wrong_stay_out_of_search_engines(client, path):
    page = client.get(path).text
    assert '<meta name="robots" content="noindex">' in page
    assert "og:title" not in page
    assert 'rel="canonical"' not in page
