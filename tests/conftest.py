import pytest
from django.conf import settings
from django.core.cache import caches
from django.utils import translation
from hypothesis import settings as hypothesis_settings

from tests.factories import MovieFactory, UserFactory
from tests.panel import site_owner

pytest_plugins = ["tests.small_site"]
# How long an example takes is the machine's affair, and beside other tests it is no fault.
hypothesis_settings.register_profile("untimed", deadline=None)
hypothesis_settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def nothing_remembered():
    """What a process keeps of films and histories, by keys that come again with another test's database."""
    for shelf in ("scores", "films"):
        caches[shelf].clear()


@pytest.fixture(autouse=True)
def in_the_language_of_the_site():
    """A request leaves its language behind in the thread; the next request sets its own, a test does not."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture
def member(db):
    return UserFactory(username="anouk")


@pytest.fixture
def movie(db):
    return MovieFactory()


@pytest.fixture
def panel(client, db):
    """A browser in which the owner of the site is logged in."""
    client.force_login(site_owner())
    return client
