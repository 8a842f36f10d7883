from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from accounts.views import theme
from moviesite import api, health


def favicon(request: HttpRequest) -> HttpResponse:
    """Where browsers look on pages that name no icon, such as the admin panel's."""
    return redirect(static("img/favicon.svg"))


urlpatterns = [
    path("", include("catalog.urls")),
    path("", include("recommender.urls")),
    path("people/", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("theme/", theme, name="theme"),
    path("admin/", admin.site.urls),
    path("api/v1/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/v1/", include((api.urlpatterns, "api"))),
    path("favicon.ico", favicon),
    path("ping/", health.ping, name="ping"),
    path("health/", health.health, name="health"),
]

handler500 = api.server_error
