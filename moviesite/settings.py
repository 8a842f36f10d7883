"""Settings, all of them from the environment. Order follows Django's settings reference."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse_lazy

# A fold-in is a small matrix: threads of the linear algebra library only get in each other's way.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
VAR_DIR = Path(env("VAR_DIR", default=str(BASE_DIR / "var")))
# `make run` keeps the secrets that it made for this machine here; real environment variables win.
env.read_env(VAR_DIR / "local.env")

# The product

SITE_NAME = env("SITE_NAME", default="Marquee")
SITE_URL = env("SITE_URL", default=f"http://localhost:{env('PORT', default='8000')}").rstrip("/")
MOVIES_PER_PAGE = env.int("MOVIES_PER_PAGE", default=48)
MODELS_DIR = Path(env("MODELS_DIR", default=str(VAR_DIR / "models")))
# Whom pages about films ask what a visitor would give them: catalog/predictions.py
PREDICTED_STARS = "recommender.predictions.predicted_stars"

# Core

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY", default="")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "SECRET_KEY is not set. Put a long random value into the environment, or start with `make run`, "
        "which makes one and keeps it in var/local.env."
    )

_site = urlsplit(SITE_URL)
_local_hosts = {"localhost", "127.0.0.1", "[::1]"}
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=sorted({_site.hostname or "localhost"} | _local_hosts))
CSRF_TRUSTED_ORIGINS = [SITE_URL]

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.import_export",
    "moviesite.apps.PanelConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "csp",
    "django_celery_beat",
    "django_celery_results",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "import_export",
    "rest_framework",
    "rest_framework.authtoken",
    "catalog",
    "accounts",
    "recommender",
    "moviesite",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "moviesite.compression.PackText",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.time_zone",
    "accounts.middleware.language",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "recommender.middleware.OneVersionAPage",
]

ROOT_URLCONF = "moviesite.urls"
WSGI_APPLICATION = "moviesite.wsgi.application"
ASGI_APPLICATION = "moviesite.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "moviesite.context_processors.site",
            ],
        },
    },
]

# Database, cache

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'marquee.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Readers never wait in WAL mode; writers take the lock at once instead of failing half way.
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        transaction_mode="IMMEDIATE",
        timeout=20,
        init_command="PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=134217728;",
    )
else:
    DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    # Rate limits are counted here: in the database, so that they hold in every process and with Redis down.
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"},
    # Scores of a history, keyed by model version and history: each process may keep its own.
    "scores": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "TIMEOUT": 60 * 60,
        "OPTIONS": {"MAX_ENTRIES": 256},
    },
    # What is the same for everybody and small: the neighbours of a film, a drawn card.
    "films": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "films",
        "TIMEOUT": 60 * 60,
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
}

# Accounts

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = env("ACCOUNT_EMAIL_VERIFICATION", default="optional")
ACCOUNT_USERNAME_BLACKLIST = ["admin", "root", "me", "settings"]
ACCOUNT_USERNAME_VALIDATORS = "accounts.models.username_validators"
ACCOUNT_EMAIL_SUBJECT_PREFIX = f"[{SITE_NAME}] "
ACCOUNT_FORMS = {
    "login": "accounts.forms_allauth.LoginForm",
    "signup": "accounts.forms_allauth.SignupForm",
    "add_email": "accounts.forms_allauth.AddEmailForm",
    "change_password": "accounts.forms_allauth.ChangePasswordForm",
    "set_password": "accounts.forms_allauth.SetPasswordForm",
    "reset_password": "accounts.forms_allauth.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms_allauth.ResetPasswordKeyForm",
    "reauthenticate": "accounts.forms_allauth.ReauthenticateForm",
}
# Beside allauth's own limits, which stay as they are.
ACCOUNT_RATE_LIMITS = {"follow": "60/m/user", "list": "10/m/user"}

# E-mail: printed to the console until a server is named

vars().update(env.email("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default=f"{SITE_NAME} <marquee@localhost>")

# Language and time

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "moviesite" / "locale"]
FORMAT_MODULE_PATH = "moviesite.formats"
USE_I18N = True
TIME_ZONE = env("TIME_ZONE", default="UTC")
USE_TZ = True

# Static files: everything is served from here, nothing from a CDN

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = VAR_DIR / "media"
MEDIA_URL = "media/"

# Security

_https = _site.scheme == "https"
SECURE_SSL_REDIRECT = _https
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000) if _https else 0
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
)
SECURE_REDIRECT_EXEMPT = [r"^ping/$", r"^health/$"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SESSION_COOKIE_AGE = 60 * 60 * 24 * 90
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# API

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        # The first one's challenge makes an anonymous write a 401.
        "rest_framework.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticatedOrReadOnly"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["moviesite.parsers.ShallowJSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
    "PAGE_SIZE": 50,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["moviesite.throttling.WriteThrottle"],
    "DEFAULT_THROTTLE_RATES": {"write": env("WRITE_RATE", default="120/min")},
}
SPECTACULAR_SETTINGS = {
    "TITLE": f"{SITE_NAME} API",
    "DESCRIPTION": "Films, your ratings, and what to watch next.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
}

# Admin panel: warm greys, brick on paper, amber at night

UNFOLD = {
    "SITE_TITLE": SITE_NAME,
    "SITE_HEADER": SITE_NAME,
    "SITE_SYMBOL": "theaters",
    "DASHBOARD_CALLBACK": "moviesite.dashboard.overview",
    "SIDEBAR": {"show_search": True, "navigation": "moviesite.dashboard.navigation"},
    "COLORS": {
        "base": {
            "50": "#f7f2e8",
            "100": "#efe8da",
            "200": "#e2d8c6",
            "300": "#cdc1ae",
            "400": "#a89d8f",
            "500": "#776b5e",
            "600": "#5f554a",
            "700": "#453d35",
            "800": "#2b2622",
            "900": "#191614",
            "950": "#0f0d0c",
        },
        "primary": {
            "50": "#fff6ea",
            "100": "#ffe9cc",
            "200": "#ffd699",
            "300": "#ffc566",
            "400": "#ffb23e",
            "500": "#ffb23e",
            "600": "#c2410c",
            "700": "#a63609",
            "800": "#842c0c",
            "900": "#5f230f",
            "950": "#361308",
        },
    },
}
IMPORT_EXPORT_USE_TRANSACTIONS = True

# Scheduled work

REDIS_URL = env("REDIS_URL", default="redis://127.0.0.1:6379/0")
CELERY_BROKER_URL = REDIS_URL
CELERY_RESULT_BACKEND = "django-db"
CELERY_RESULT_EXTENDED = True
CELERY_TASK_TRACK_STARTED = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 4 * 60 * 60
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# With the broker down a page must not wait for it: give up at once, the schedule catches up.
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 1, "visibility_timeout": 5 * 60 * 60}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"

# Films: the data set a new site begins with, a folder or zip; where none is named, where it comes from

DATA = env("DATA", default="")
MOVIELENS_URL = env("MOVIELENS_URL", default="https://files.grouplens.org/datasets/movielens")

# Plots: who is asked, in this order, and where

PLOT_PROVIDERS = env.list("PLOT_PROVIDERS", default=["cinemagoer", "wikipedia", "tmdb", "omdb"])
PLOT_BATCH_SIZE = env.int("PLOT_BATCH_SIZE", default=200)
PLOT_STALE_DAYS = env.int("PLOT_STALE_DAYS", default=365)
PLOT_NOT_FOUND_DAYS = env.int("PLOT_NOT_FOUND_DAYS", default=30)
# So many refusals in a row, and a provider is left alone for a while.
PLOT_REFUSALS = env.int("PLOT_REFUSALS", default=5)
PLOT_TIMEOUT_SECONDS = env.float("PLOT_TIMEOUT_SECONDS", default=10)
PLOT_BYTES = env.int("PLOT_BYTES", default=8_000_000)
PLOT_REQUESTS_PER_SECOND = env.float("PLOT_REQUESTS_PER_SECOND", default=2)
CINEMAGOER_URI = env("CINEMAGOER_URI", default=f"sqlite:///{VAR_DIR / 'imdb.sqlite3'}")
WIKIDATA_URL = env("WIKIDATA_URL", default="https://query.wikidata.org")
WIKIPEDIA_URL = env("WIKIPEDIA_URL", default="https://en.wikipedia.org")
TMDB_URL = env("TMDB_URL", default="https://api.themoviedb.org/3")
TMDB_IMAGE_URL = env("TMDB_IMAGE_URL", default="https://image.tmdb.org/t/p/w500")
TMDB_KEY = env("TMDB_KEY", default="")
OMDB_URL = env("OMDB_URL", default="https://www.omdbapi.com")
OMDB_KEY = env("OMDB_KEY", default="")
USER_AGENT = env("USER_AGENT", default=f"{SITE_NAME} (self-hosted film site; {SITE_URL})")

# Posters: from where pictures are fetched; hosts inside the operator's own network are named twice

POSTER_HOSTS = env.list(
    "POSTER_HOSTS",
    default=[
        "image.tmdb.org",
        "m.media-amazon.com",
        "images-na.ssl-images-amazon.com",
        "ia.media-imdb.com",
    ],
)
POSTER_PRIVATE_HOSTS = env.list("POSTER_PRIVATE_HOSTS", default=[])
POSTER_BATCH_SIZE = env.int("POSTER_BATCH_SIZE", default=1000)
POSTER_ATTEMPTS = env.int("POSTER_ATTEMPTS", default=6)
POSTER_TIMEOUT_SECONDS = env.float("POSTER_TIMEOUT_SECONDS", default=10)
POSTER_BYTES = env.int("POSTER_BYTES", default=8_000_000)
POSTER_PIXELS = env.int("POSTER_PIXELS", default=40_000_000)

# Logging: one line an event on standard error

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
}
