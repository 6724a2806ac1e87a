"""Copies of archives that several tests begin with: their rows and files as the first test of a process made them.

To ingest and index fifty articles takes a second, to copy them a thirtieth of it. Each test may change its copy.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import QuerySet

from archive.models import Archive, Article, RoleGroup

APPS = ("archive", "search")


@dataclass(frozen=True)
class ArchiveCopy:
    rows: list[list[Any]]
    home: Path


def copy_archive(home: Path, folder: Path) -> ArchiveCopy:
    """Copies the rows of the database, and the files of `home` to a new folder."""
    home.mkdir(exist_ok=True)
    shutil.copytree(home, folder)
    models = [model for app in APPS for model in apps.get_app_config(app).get_models(include_auto_created=True)]
    # The roles are those of the database, which migrations made.
    models.remove(RoleGroup)
    return ArchiveCopy([list(QuerySet(model)) for model in models], folder)


def fill_archive(copy: ArchiveCopy, home: Path) -> None:
    """Fills an empty archive with a copy; rows have the ids that they had."""
    shutil.copytree(copy.home, home, dirs_exist_ok=True)
    with transaction.atomic():
        # Its index serves the archive of this identity alone.
        Archive.objects.all().delete()
        for rows in filter(None, copy.rows):
            QuerySet(type(rows[0])).bulk_create(rows)


class ArchiveCopies:
    """The copies that a process made, each by what it was made of."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._copies: dict[object, ArchiveCopy] = {}

    def fill(self, home: Path, made_of: object, build: Callable[[], object]) -> None:
        """Fills an empty archive by `build`, or with the copy of what it made before of the same."""
        assert not Article.objects.exists(), "a copy fills an archive that is empty"
        if made_of in self._copies:
            fill_archive(self._copies[made_of], home)
        else:
            build()
            self._copies[made_of] = copy_archive(home, self._folder / str(len(self._copies)))
