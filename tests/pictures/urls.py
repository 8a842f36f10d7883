"""Addresses at which something goes wrong, so that the pages that say so can be pictured."""

from typing import NoReturn

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest
from django.urls import path

from moviesite.errors import too_many
from moviesite.urls import *  # noqa: F403
from moviesite.urls import urlpatterns as of_the_site


def unclear(request: HttpRequest) -> NoReturn:
    raise SuspiciousOperation


def refused(request: HttpRequest) -> NoReturn:
    raise PermissionDenied


def broken(request: HttpRequest) -> NoReturn:
    raise RuntimeError("Broken for its picture.")


urlpatterns = [
    path("wrong/400/", unclear),
    path("wrong/403/", refused),
    path("wrong/429/", too_many),
    path("wrong/500/", broken),
    *of_the_site,
]
