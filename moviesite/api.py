"""The one list of API resources; each app owns its own view sets."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views import defaults
from django.views.decorators.csrf import csrf_exempt
from rest_framework.routers import SimpleRouter

from catalog.api import GenreViewSet, MovieViewSet, RatingViewSet
from recommender.api import RecommendationViewSet

router = SimpleRouter()
router.register("films", MovieViewSet, basename="film")
router.register("genres", GenreViewSet, basename="genre")
router.register("ratings", RatingViewSet, basename="rating")
router.register("recommendations", RecommendationViewSet, basename="recommendation")


@csrf_exempt
def nothing_here(request: HttpRequest, rest: str = "") -> JsonResponse:
    """Programs that mistype an address get JSON, not the site's page."""
    return JsonResponse({"detail": _("There is nothing at this address.")}, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    if request.path.startswith("/api/"):
        return JsonResponse({"detail": _("Something broke here; it is in the log.")}, status=500)
    return defaults.server_error(request)


urlpatterns = [*router.urls, path("<path:rest>", nothing_here), path("", nothing_here)]
