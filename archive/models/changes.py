"""The outbox between the record and the index.

A Change is written in the transaction of what changed, so the two cannot part; `search.sync` drains the pending
ones after commit. It holds a plain number, not a foreign key: a deleted article must still leave the index.
"""

from collections.abc import Iterable

from django.db import models
from django.utils import timezone


class Change(models.Model):
    """Says that one article must be indexed again; `done` is the time at which it was."""

    article_id = models.BigIntegerField(db_index=True)
    created = models.DateTimeField()
    done = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["id"], name="change_pending", condition=models.Q(done__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"Change {self.pk} of article {self.article_id}"


def record_changes(article_ids: Iterable[int]) -> None:
    """Notes that these articles must be indexed again. Call it inside the transaction that changes them."""
    now = timezone.now()
    Change.objects.bulk_create(Change(article_id=article_id, created=now) for article_id in sorted(set(article_ids)))
