import pytest

from tests.factories import MovieFactory, UserFactory

pytest_plugins = ["tests.small_site"]


@pytest.fixture
def member(db):
    return UserFactory(username="anouk")


@pytest.fixture
def movie(db):
    return MovieFactory()
