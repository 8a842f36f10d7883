import pytest
from django.core.cache import caches

from tests.factories import MovieFactory, UserFactory

pytest_plugins = ["tests.small_site"]


@pytest.fixture(autouse=True)
def nothing_remembered():
    """What a process keeps of films and histories, by keys that come again with another test's database."""
    for shelf in ("scores", "films"):
        caches[shelf].clear()


@pytest.fixture
def member(db):
    return UserFactory(username="anouk")


@pytest.fixture
def movie(db):
    return MovieFactory()
