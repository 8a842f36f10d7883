"""The site's own settings, with pages beside that break on purpose."""

from moviesite.settings import *  # noqa: F403

ROOT_URLCONF = "tests.pictures.urls"
# What breaks on purpose need not be told.
LOGGING["loggers"] = {"django": {"level": "CRITICAL"}}  # noqa: F405
