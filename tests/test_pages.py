"""What holds for every page of the site."""

import pytest
from django.template.loader import render_to_string
from django.test import Client

pytestmark = pytest.mark.django_db


def test_no_page_carries_inline_script_or_style(client, movie):
    for address in ("/", "/films/", movie.get_absolute_url(), "/accounts/login/"):
        page = client.get(address).text
        assert " style=" not in page
        assert "<style" not in page
        assert " onclick=" not in page
        files = page.count("<script src=") + page.count('<script type="module" src=')
        # Data for search engines, which no browser runs.
        assert page.count("<script") == files + page.count('<script type="application/ld+json">')


def test_pages_are_sent_with_a_policy_that_lets_only_this_site_speak(client, movie):
    policy = client.get("/")["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


def test_an_address_that_is_no_page_gets_the_site_s_own_page(client):
    answer = client.get("/no/such/page/")
    assert answer.status_code == 404
    assert "Not in this picture" in answer.text


def test_the_page_for_a_broken_site_needs_no_context_and_no_database(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert "The film tore" in render_to_string("500.html")
        assert "made no sense" in render_to_string("400.html")


def test_a_form_without_its_token_is_explained(movie):
    answer = Client(enforce_csrf_checks=True).post(f"/films/{movie.pk}/rate/", {"stars": "4"})
    assert answer.status_code == 403
    assert "The form waited too long" in answer.text


def test_a_browser_that_asks_for_an_icon_by_its_old_name_is_led_to_it(client):
    assert client.get("/favicon.ico")["Location"].endswith("favicon.svg")
