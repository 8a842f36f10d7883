"""What keeps strangers out, and what the browser is told."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from tests.factories import UserFactory
from tests.panel import site_owner

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "a long enough password"


def policy(answer):
    directives = [part.split() for part in answer["Content-Security-Policy"].split(";")]
    return {name: set(values) for name, *values in directives}


def with_environment(code="", **variables):
    """Run a check of the site, or some code, with nothing in the environment but what is named."""
    command = ["-c", code] if code else ["manage.py", "check"]
    environment = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "moviesite.settings", **variables}
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/films/", "/accounts/login/", "/api/v1/films/", "/no-such-page/"])
def test_the_site_runs_nothing_but_its_own_files(client, path):
    told = policy(client.get(path))
    assert told["default-src"] == {"'self'"}
    assert told["object-src"] == told["frame-ancestors"] == {"'none'"}
    assert told["base-uri"] == told["form-action"] == {"'self'"}
    assert told.get("script-src", {"'self'"}) == told.get("style-src", {"'self'"}) == {"'self'"}


@pytest.mark.django_db
def test_only_the_panel_may_evaluate_and_style_inline(client):
    client.force_login(site_owner())
    panel = policy(client.get(reverse("admin:index")))
    assert panel["script-src"] == {"'self'", "'unsafe-eval'"}
    assert panel["style-src"] == {"'self'", "'unsafe-inline'"}
    assert "script-src" not in policy(client.get("/"))


@pytest.mark.django_db
def test_every_page_carries_the_protective_headers(client):
    answer = client.get("/")
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/admin/", "/admin/catalog/movie/", "/admin/accounts/user/add/"])
def test_a_stranger_who_wants_the_panel_is_sent_to_the_sites_own_log_in(client, path):
    answer = client.get(path, follow=True)
    assert answer.request["PATH_INFO"] == reverse("account_login")


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/admin/", "/admin/catalog/movie/"])
def test_a_member_who_wants_the_panel_is_refused(client, member, path):
    client.force_login(member)
    assert client.get(path, follow=True).status_code == 403


@pytest.mark.django_db
def test_the_panel_has_no_log_in_form_of_its_own_to_try_passwords_on(client):
    site_owner()
    client.post(reverse("admin:login"), {"username": "owner", "password": PASSWORD})
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
def test_after_many_wrong_passwords_even_the_right_one_has_to_wait(client):
    UserFactory(username="anouk")
    path = reverse("account_login")
    for _ in range(11):
        client.post(path, {"login": "anouk", "password": "wrong"})
    answer = client.post(path, {"login": "anouk", "password": PASSWORD})
    assert "_auth_user_id" not in client.session
    assert answer.status_code in {200, 429}


@pytest.mark.django_db
def test_the_right_password_opens_the_site(client):
    """The test above means nothing if this one fails."""
    UserFactory(username="anouk")
    client.post(reverse("account_login"), {"login": "anouk", "password": PASSWORD})
    assert "_auth_user_id" in client.session


def test_without_a_secret_key_the_site_does_not_start(tmp_path):
    done = with_environment(VAR_DIR=str(tmp_path))
    assert done.returncode != 0
    assert "SECRET_KEY is not set" in done.stderr


def test_with_a_secret_key_it_starts_and_debug_is_off(tmp_path):
    assert with_environment(VAR_DIR=str(tmp_path), SECRET_KEY="x").returncode == 0
    told = with_environment(
        "from django.conf import settings; print(settings.DEBUG)", VAR_DIR=str(tmp_path), SECRET_KEY="x"
    )
    assert told.stdout.strip() == "False"


def test_on_https_cookies_and_pages_stay_on_https(tmp_path):
    names = ["SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS"]
    code = f"from django.conf import settings; print(*[int(getattr(settings, n)) > 0 for n in {names}])"
    known = {"VAR_DIR": str(tmp_path), "SECRET_KEY": "x"}
    on_https = with_environment(code, SITE_URL="https://films.example.org", **known)
    on_http = with_environment(code, SITE_URL="http://localhost:8000", **known)
    assert on_https.stdout.split() == ["True"] * 4
    assert on_http.stdout.split() == ["False"] * 4


def test_scripts_cannot_read_the_session_cookie():
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_SAMESITE == "Lax"
