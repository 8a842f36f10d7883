from django.apps import AppConfig
from django.contrib.admin import apps as panel


class MoviesiteConfig(AppConfig):
    name = "moviesite"


class PanelConfig(panel.AdminConfig):
    default = False
    default_site = "moviesite.admin_site.MarqueeAdminSite"
