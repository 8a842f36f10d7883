from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

# Pictures are packed already, and would lose their length on the way.
PACKED = ("text/", "application/json", "application/atom+xml", "application/xml", "image/svg+xml")


class PackText(GZipMiddleware):
    """Pages, feeds and answers in gzip, with random bytes against BREACH as Django adds them."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.get("Content-Type", "").startswith(PACKED):
            return super().process_response(request, response)
        return response
