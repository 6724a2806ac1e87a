"""The project's settings with a home of their own, made for one test run.

CUTTINGS_TEST_DATABASE (`make test DATABASE=...`) names another database than SQLite, as ARCHIVE_DATABASE_URL does.
Django makes one beside it, whose name begins with test_, and drops it in the end.
"""

import os
import tempfile

for name in [name for name in os.environ if name.startswith("ARCHIVE_")]:
    del os.environ[name]
# Playwright keeps an event loop in the tests' thread, in which Django would refuse the database to a test.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
os.environ["ARCHIVE_HOME"] = tempfile.mkdtemp(prefix="cuttings-test-")
os.environ["ARCHIVE_DATABASE_URL"] = os.environ.get("CUTTINGS_TEST_DATABASE", "")

from archive.settings import *  # noqa: E402, F403
from archive.settings import ARCHIVE_HOME, DATABASES  # noqa: E402

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, so that the threads of a live server see one database.
    DATABASES["default"]["TEST"] = {"NAME": ARCHIVE_HOME / "test.sqlite3"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
