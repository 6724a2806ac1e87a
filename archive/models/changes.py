"""The outbox between the record and the index.

A Change is written in the transaction of what changed, so the two cannot part; `search.sync` drains the pending
ones after commit. It holds a plain number, not a foreign key: a deleted article must still leave the index.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection, models
from django.utils import timezone

from .articles import Article


class Change(models.Model):
    """Says that one article must be indexed again, not before `due`; `done` is the time at which it was."""

    article_id = models.BigIntegerField(db_index=True)
    created = models.DateTimeField()
    due = models.DateTimeField(default=timezone.now)
    done = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["id"], name="change_pending", condition=models.Q(done__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"Change {self.pk} of article {self.article_id}"


# The number of the lock; any but another program's that shares the database will do.
_WRITERS_LOCK = 0x43757474696E6773  # "Cuttings"


def wait_to_write() -> None:
    """Waits until no other transaction writes the record; to be called first in the transaction that will.

    What an item is a capture of is looked up before it is written, and rows are saved whole: two ingests at once would
    make two articles of one page, and an ingest could undo what a curator saved meanwhile. SQLite has one writer at a
    time anyway (see `transaction_mode` in the settings).
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_WRITERS_LOCK])


def record_changes(article_ids: Iterable[int]) -> None:
    """Notes that these articles must be indexed again. Call it inside the transaction that changes them.

    One under embargo is noted twice: it leaves the index now, and comes back when the embargo ends. Two queries.
    """
    now = timezone.now()
    ids = sorted(set(article_ids))
    changes = [Change(article_id=article_id, created=now, due=now) for article_id in ids]
    embargoed = Article.objects.filter(pk__in=ids, embargo__gt=now).values_list("pk", "embargo")
    changes += [
        Change(article_id=article_id, created=now, due=embargo) for article_id, embargo in embargoed if embargo
    ]
    Change.objects.bulk_create(changes)


def pending_changes(at: datetime | None = None) -> models.QuerySet[Change]:
    """Returns the changes that are due, now or at the given time, and not done."""
    return Change.objects.filter(done__isnull=True, due__lte=at or timezone.now())
