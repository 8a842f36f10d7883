from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.i18n import set_language

from accounts import services
from catalog.views.posted import posted_from


@posted_from("catalog:home")
def language(request: HttpRequest) -> HttpResponse:
    """Kept in a cookie, and with the account of whoever has one, so that it holds everywhere."""
    chosen = request.POST.get("language", "")
    if request.user.is_authenticated and chosen in dict(settings.LANGUAGES):
        services.change_settings(user=request.user, language=chosen)
    return set_language(request)
