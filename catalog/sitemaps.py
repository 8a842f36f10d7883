"""The addresses of films and of the people who made them, for search engines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.sitemaps import Sitemap
from django.db.models import Exists, Max, OuterRef
from django.urls import reverse

from catalog.models import Credit, FilmList, Genre, Movie, Person
from catalog.models.films import MovieQuerySet
from catalog.models.lists import FilmListQuerySet


class SiteSitemap(Sitemap):
    """Addresses as the operator named the site, whatever name the question came by."""

    limit = 5000

    def get_protocol(self, protocol: str | None = None) -> str:
        return settings.SITE_URL.partition("://")[0]

    def get_domain(self, site: Any = None) -> str:
        return settings.SITE_URL.partition("://")[2]


class FilmSitemap(SiteSitemap):
    def items(self) -> MovieQuerySet:
        return Movie.objects.only("slug", "updated_at").order_by("pk")

    def lastmod(self, film: Movie) -> datetime:
        return film.updated_at

    def get_latest_lastmod(self) -> datetime | None:
        """Asked of the database: the general way reads every film."""
        return Movie.objects.aggregate(latest=Max("updated_at"))["latest"]


class PersonSitemap(SiteSitemap):
    def items(self) -> Any:
        """Those whose page has a film on it."""
        credited = Exists(Credit.objects.filter(person=OuterRef("pk")))
        return Person.objects.filter(credited).only("slug").order_by("pk")


class ListSitemap(SiteSitemap):
    def items(self) -> FilmListQuerySet:
        """Those with films that strangers may see."""
        shown = FilmList.objects.visible_to(AnonymousUser()).with_films()
        return shown.only("title", "updated_at").order_by("pk")

    def lastmod(self, film_list: FilmList) -> datetime:
        return film_list.updated_at

    def get_latest_lastmod(self) -> datetime | None:
        return self.items().aggregate(latest=Max("updated_at"))["latest"]


class ChartSitemap(SiteSitemap):
    """The front page, the wall of films, the charts, and the page of lists."""

    def items(self) -> Sequence[str]:
        plain = [reverse(f"catalog:{name}") for name in ("home", "browse", "charts", "lists")]
        genres = Genre.objects.filter(
            Exists(Movie.objects.filter(genres=OuterRef("pk"), ratings_count__gt=0))
        )
        of_genres = [
            reverse("catalog:charts-genre", args=[slug]) for slug in genres.values_list("slug", flat=True)
        ]
        rated = Movie.objects.filter(ratings_count__gt=0)
        return plain + of_genres + [reverse("catalog:charts-decade", args=[one]) for one in rated.decades()]

    def location(self, address: str) -> str:
        return address
