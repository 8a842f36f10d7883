"""How somebody comes in: with a session that is simply there, or through the forms as people do."""

import pytest
from django.conf import settings
from django.test import Client

# What UserFactory gives everybody.
PASSWORD = "a long enough password"
# A phone, a desk, and a desk where no script runs.
in_each_browser = pytest.mark.parametrize(
    ("width", "javascript"), [(390, True), (1440, True), (1440, False)], ids=["phone", "desk", "no-scripts"]
)


def log_in(context, member, site):
    """All pages of the browser are the member's from the next load on."""
    client = Client()
    client.force_login(member)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site}])


def log_in_by_form(page, name):
    page.locator("input[name=login]").fill(name)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log in").click()
    _leave_the_forms(page)


def sign_up(page, name):
    page.goto("/accounts/signup/")
    fill_sign_up(page, name)


def fill_sign_up(page, name):
    page.get_by_label("Name").fill(name)
    page.get_by_label("E-mail").fill(f"{name}@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    _leave_the_forms(page)


def _leave_the_forms(page):
    page.wait_for_url(lambda address: "/accounts/" not in address)
