"""Every page of the site has a picture in docs/pictures, or a reason why it has none."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatch

import pytest
from django.urls import Resolver404, URLPattern, get_resolver, resolve

from tests.pictures.no_picture import WHY
from tests.pictures.scenes import SCENES


class Anything:
    """Stands for whatever the invented people have."""

    def __getattr__(self, name: str) -> Anything:
        return self

    def __getitem__(self, name: str) -> Anything:
        return self

    def __format__(self, spec: str) -> str:
        return "1"


def routes(patterns=None, space: str = "") -> Iterator[str]:
    for one in get_resolver().url_patterns if patterns is None else patterns:
        if not isinstance(one, URLPattern):
            yield from routes(one.url_patterns, f"{space}{one.namespace}:" if one.namespace else space)
        elif one.name:
            yield space + one.name


def pictured() -> set[str]:
    return {route for scene in SCENES.values() if (route := route_of(scene.path))}


def route_of(path: str) -> str:
    try:
        return resolve(path.format_map(Anything()).partition("?")[0]).view_name
    except Resolver404:
        return ""


def explained(route: str) -> bool:
    return any(fnmatch(route, pattern) for pattern in WHY)


def test_every_named_address_has_a_picture_or_a_reason_why_it_has_none():
    assert {route for route in routes() if not explained(route)} - pictured() == set()


def test_no_reason_outlives_its_address():
    assert [pattern for pattern in WHY if not any(fnmatch(route, pattern) for route in routes())] == []


def test_no_page_with_a_picture_is_excused_by_name():
    assert pictured() & {pattern for pattern in WHY if "*" not in pattern} - {"theme"} == set()


@pytest.mark.parametrize("name", SCENES)
def test_every_picture_is_of_a_page_that_exists(name):
    scene = SCENES[name]
    assert route_of(scene.path) or scene.status >= 400
