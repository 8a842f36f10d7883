from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from accounts.views.language import language
from accounts.views.theme import theme
from moviesite import api, crawlers, errors, health


def favicon(request: HttpRequest) -> HttpResponse:
    """Where browsers look on pages that name no icon, such as the admin panel's."""
    return redirect(static("img/favicon.svg"))


urlpatterns = [
    path("", include("catalog.urls")),
    path("", include("recommender.urls")),
    path("", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("theme/", theme, name="theme"),
    path("language/", language, name="language"),
    path("admin/", admin.site.urls),
    path("api/v1/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/v1/", include((api.urlpatterns, "api"))),
    path("favicon.ico", favicon),
    *crawlers.urlpatterns,
    path("ping/", health.ping, name="ping"),
    path("health/", health.health, name="health"),
]

handler404 = errors.not_found
handler429 = errors.too_many
handler500 = api.server_error
