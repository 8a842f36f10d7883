"""What programs that read the whole web are told: which addresses there are, and which to leave alone."""

from collections.abc import Iterator

from django.conf import settings
from django.contrib.sitemaps import Sitemap, views
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts.sitemaps import ProfileSitemap
from catalog.sitemaps import ChartSitemap, FilmSitemap, ListSitemap, PersonSitemap

SITEMAPS = {
    "charts": ChartSitemap,
    "films": FilmSitemap,
    "lists": ListSitemap,
    "people-of-film": PersonSitemap,
    "profiles": ProfileSitemap,
}
for_an_hour = cache_control(public=True, max_age=3600)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    return render(request, "robots.txt", content_type="text/plain; charset=utf-8")


@require_safe
def sitemap_index(request: HttpRequest) -> HttpResponse:
    """Django's own names the pages by the host of the question; this one as the operator named the site."""
    pages = [page for name, site in SITEMAPS.items() for page in _pages(name, site())]
    return render(request, "sitemap_index.xml", {"sitemaps": pages}, content_type="application/xml")


def _pages(name: str, site: Sitemap) -> Iterator[views.SitemapIndexItem]:
    address = f"{settings.SITE_URL}{reverse('sitemap', args=[name])}"
    latest = site.get_latest_lastmod()
    for number in site.paginator.page_range:
        yield views.SitemapIndexItem(f"{address}?p={number}" if number > 1 else address, latest)


urlpatterns = [
    path("robots.txt", for_an_hour(robots)),
    path("sitemap.xml", for_an_hour(sitemap_index), name="sitemap-index"),
    path("sitemap-<section>.xml", for_an_hour(views.sitemap), {"sitemaps": SITEMAPS}, name="sitemap"),
]
