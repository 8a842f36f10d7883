"""Finding films, people of films and members by what somebody typed."""

from catalog.search.finding import DEEPEST, Found, find
from catalog.search.members import members_called

__all__ = ["DEEPEST", "Found", "find", "members_called"]
