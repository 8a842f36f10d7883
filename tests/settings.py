"""The site's own settings, with the few differences that tests need. DATABASE_URL chooses the database."""

import os
import tempfile

os.environ.setdefault("SECRET_KEY", "only-for-tests")
# Tests run side by side: a thread each is what keeps them from waiting for one another.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# Every process of the tests has its own folder, whatever folder the site uses; it goes with the process.
_folder = tempfile.TemporaryDirectory(prefix="marquee-tests-", ignore_cleanup_errors=True)
os.environ["VAR_DIR"] = _folder.name

from moviesite.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    # A file, so that a worker in its own process sees what a test wrote.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}  # noqa: F405
# Nothing listens here: pages must work with the broker down, and tests that want one start their own.
CELERY_BROKER_URL = REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:1/0")
