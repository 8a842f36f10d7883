from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from accounts.views import theme
from moviesite import api, health

urlpatterns = [
    path("", include("catalog.urls")),
    path("", include("recommender.urls")),
    path("people/", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("theme/", theme, name="theme"),
    path("admin/", admin.site.urls),
    path("api/v1/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/v1/", include((api.urlpatterns, "api"))),
    path("ping/", health.ping, name="ping"),
    path("health/", health.health, name="health"),
]

handler500 = api.server_error
