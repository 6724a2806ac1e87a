"""The tables of search: long queries behind short addresses, and the exports of signed-in people.

What is searched is in the record, `archive.models`. `search.results.long_queries` and `search.exports.recorded` read
and write these; nothing else imports from here.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models


class LongQuery(models.Model):
    """The text of a query that is too long for an address, by its digest, and when it was last asked."""

    digest = models.CharField(max_length=32, primary_key=True)
    text = models.TextField()
    last_used = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions: ClassVar = ()
        verbose_name_plural = "long queries"

    def __str__(self) -> str:
        return self.text[:80]


class RecordedExport(models.Model):
    """An export that a signed-in person got to its end: what was asked for, and what it listed, without texts.

    `question` and `options` are the parameters of its address, as pairs; the query is written out. `listing` has its
    sections, see `search.exports.recorded`; it is empty where there were too many to be compared.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    made = models.DateTimeField()
    format = models.CharField(max_length=20)
    question = models.JSONField()
    options = models.JSONField()
    unit = models.CharField(max_length=10)
    row_count = models.PositiveBigIntegerField()
    size_bytes = models.PositiveBigIntegerField()
    index_generation = models.CharField(max_length=100)
    listing = models.BinaryField(null=True)

    class Meta:
        default_permissions: ClassVar = ()
        ordering: ClassVar = ["-made", "-pk"]
        indexes: ClassVar = [models.Index(fields=["user", "-made"], name="recorded_export_of_user")]

    def __str__(self) -> str:
        return f"{self.format} of {self.made:%Y-%m-%d %H:%M} UTC"
