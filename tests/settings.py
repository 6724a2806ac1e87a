"""The settings of the project with a home of their own, created for one test run.

CUTTINGS_TEST_DATABASE (`make test DATABASE=...`) names a database other than SQLite, like ARCHIVE_DATABASE_URL.
Django creates one beside it, whose name begins with test_, and drops it at the end.
"""

import os
import tempfile

for name in [name for name in os.environ if name.startswith("ARCHIVE_")]:
    del os.environ[name]
# Playwright runs an event loop in the thread of the tests, in which Django would refuse access to the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
os.environ["ARCHIVE_HOME"] = tempfile.mkdtemp(prefix="cuttings-test-")
os.environ["ARCHIVE_DATABASE_URL"] = os.environ.get("CUTTINGS_TEST_DATABASE", "")

from archive.settings import *  # noqa: E402, F403
from archive.settings import ARCHIVE_HOME, DATABASES  # noqa: E402

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, so that the threads of a live server see one database.
    DATABASES["default"]["TEST"] = {"NAME": ARCHIVE_HOME / "test.sqlite3"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Static files are looked for when they are asked for. A list of them all would be made for each client of a test, and
# take longer than a page; tests/archive/test_settings.py serves a file of the list.
WHITENOISE_AUTOREFRESH = True
