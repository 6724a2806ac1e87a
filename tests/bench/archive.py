"""A whole archive to measure with, database and index: one that stands, or one made of a JSONL's articles."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def archive_of(where: str) -> Iterator[None]:
    """Sets Django up with an archive: the folder of one, or a JSONL (plain or gzipped) that a new one takes in.

    Once a process, and before anything is imported that needs Django. Taking in 60,000 sections takes three minutes.
    """
    given = Path(where)
    home = given if given.is_dir() else Path(tempfile.mkdtemp())
    os.environ["ARCHIVE_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "archive.settings"

    import django
    from django.core.management import call_command

    try:
        django.setup()
        if home != given:
            call_command("migrate", verbosity=0)
            with open(os.devnull, "w") as silent:
                call_command("ingest", where, stdout=silent, stderr=silent)
        yield
    finally:
        if home != given:
            shutil.rmtree(home)
