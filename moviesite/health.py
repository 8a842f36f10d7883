"""Whether the site is up: `ping` for the process, `health` for what it stands on."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asgiref.sync import sync_to_async
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from health_check.base import HealthCheck, HealthCheckResult
from health_check.checks import Cache, Database
from health_check.contrib.redis import Redis
from health_check.exceptions import ServiceUnavailable
from health_check.views import HealthCheckView
from redis.asyncio import Redis as RedisClient

if TYPE_CHECKING:
    from pathlib import Path

    from recommender.ml.artefact import Manifest
    from recommender.models import ModelVersion


def ping(request: HttpRequest) -> HttpResponse:
    return HttpResponse("pong", content_type="text/plain")


def _broker() -> RedisClient:
    return RedisClient.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1)


@dataclass
class LiveModel(HealthCheck):
    """A version is live and its files are there, as long as they were written."""

    async def run(self) -> None:
        await sync_to_async(self._look)()

    @staticmethod
    def _look() -> None:
        from recommender.models import ModelVersion

        version = ModelVersion.objects.filter(is_live=True).first()
        if version is None:
            raise ServiceUnavailable("No model is live yet")
        if unwell := list(_unwell(version)):
            raise ServiceUnavailable(f"These of version {version} cannot be read: {', '.join(unwell)}")


def _unwell(version: ModelVersion) -> Iterator[str]:
    """Sizes alone are compared: checksums of hundreds of megabytes are for the opening, not for a probe."""
    from recommender.ml.artefact import DamagedArtefact, read_manifest

    try:
        manifest = read_manifest(version.folder)
    except (DamagedArtefact, OSError):
        yield "manifest"
        return
    for part, files in _parts(manifest):
        if not all(_is_whole(version.folder, manifest, file) for file in files):
            yield part


def _parts(manifest: Manifest) -> Iterator[tuple[str, Collection[str]]]:
    yield "film ids", [manifest.items]
    for name, stored in manifest.models.items():
        yield f"model {name}", stored.arrays.values()
    for name, files in manifest.tables.items():
        yield f"table {name}", files.values()


def _is_whole(folder: Path, manifest: Manifest, file: str) -> bool:
    from recommender.ml.artefact import DamagedArtefact, check_file

    try:
        check_file(folder, file, manifest.files.get(file), verify=False)
    except DamagedArtefact:
        return False
    return os.access(folder / file, os.R_OK)


class HealthView(HealthCheckView):
    """503 where the site cannot work; 200 and "degraded" where it works with less."""

    needed = {"database": Database(), "cache": Cache()}
    useful = {"model": LiveModel(), "broker": Redis(client_factory=_broker)}
    http_method_names = ["get", "head"]

    async def get(self, request: HttpRequest) -> JsonResponse:
        checks = {**self.needed, **self.useful}
        results = await asyncio.gather(*(check.get_result() for check in checks.values()))
        named: dict[str, HealthCheckResult] = dict(zip(checks, results, strict=True))
        down = any(named[name].error for name in self.needed)
        reduced = any(named[name].error for name in self.useful)
        status = "down" if down else "degraded" if reduced else "ok"
        body = {"status": status, **{name: str(result.error or "ok") for name, result in named.items()}}
        return JsonResponse(body, status=503 if down else 200)


health = HealthView.as_view()
