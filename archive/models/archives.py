"""Which archive this is: a random id, made with the record, by which an index and a backup know their record."""

import secrets
from typing import ClassVar

from django.db import models


class Archive(models.Model):
    """This archive; there is one row."""

    identity = models.CharField(max_length=32)

    class Meta:
        default_permissions: ClassVar = ()

    def __str__(self) -> str:
        return self.identity


_ONLY_ROW = 1


def archive_identity() -> str:
    """Returns the id of this archive. It was made with the table; if its row is lost, a new one is made. One query."""
    row, _ = Archive.objects.get_or_create(pk=_ONLY_ROW, defaults={"identity": secrets.token_hex(16)})
    return row.identity
