"""A whole archive to measure with, database and index: an existing archive, or the articles of a JSONL file."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def archive_of(where: str) -> Iterator[None]:
    """Sets Django up with an archive: a home folder, or a JSONL file (plain or gzipped) to ingest into a new one.

    Call it once in a process, before anything is imported that needs Django. Ingesting 60,000 sections takes three
    minutes.
    """
    path = Path(where)
    home = path if path.is_dir() else Path(tempfile.mkdtemp())
    os.environ["ARCHIVE_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "archive.settings"

    import django
    from django.core.management import call_command

    try:
        django.setup()
        if home != path:
            call_command("migrate", verbosity=0)
            with open(os.devnull, "w") as silent:
                call_command("ingest", where, stdout=silent, stderr=silent)
        yield
    finally:
        if home != path:
            shutil.rmtree(home)
