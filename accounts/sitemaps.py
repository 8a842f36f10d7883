from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from accounts.models import User
from catalog.sitemaps import SiteSitemap


class ProfileSitemap(SiteSitemap):
    def items(self) -> QuerySet[User]:
        """Members who show themselves to strangers."""
        return User.objects.visible_to(AnonymousUser()).only("username").order_by("pk")
