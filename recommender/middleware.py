from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from recommender.live import one_version


class OneVersionAPage:
    """All rows of a page, its predictions and its reasons come from one version of the models."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with one_version():
            return self.get_response(request)
