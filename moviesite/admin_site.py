from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.decorators import secure_admin_login
from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from unfold.sites import UnfoldAdminSite

# Alpine evaluates the attributes of the panel's pages, and its colours are an inline style sheet.
PANEL_POLICY = {"script-src": [SELF, UNSAFE_EVAL], "style-src": [SELF, UNSAFE_INLINE]}


class MarqueeAdminSite(UnfoldAdminSite):
    index_template = "admin/dashboard.html"

    def admin_view(self, view: Callable[..., HttpResponse], cacheable: bool = False) -> Callable[..., Any]:
        return csp_update(PANEL_POLICY)(super().admin_view(view, cacheable))

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The site's own log-in, whose rate limits hold for staff too. Members are told that they may not."""
        return secure_admin_login(super().login)(request, extra_context)
