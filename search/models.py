"""The one table of search: long queries behind short addresses. What is searched is in the record, `archive.models`.

`search.results.long_queries` reads and writes it; nothing else imports from here.
"""

from typing import ClassVar

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
