"""The outbox between the record and the index.

A Change is written in the transaction of what it is about, so that neither exists without the other; search indexes
the pending changes after the commit. A change has the plain number of its article, not a foreign key, so that a
deleted article leaves the index too.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection, models
from django.utils import timezone

from .articles import Article


class Change(models.Model):
    """One article that must be indexed again, not before `due`; `done` is the time at which it was."""

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


# The number of the lock, which other programs on the same database must not use.
_WRITERS_LOCK = 0x43757474696E6773  # "Cuttings"


def wait_to_write() -> None:
    """Waits until no other transaction writes the record. Call it first in a transaction that will.

    Ingest looks an article up before it writes it, and rows are saved as a whole: two ingests at once would make two
    articles of one page, and an ingest could undo what a curator saved meanwhile. SQLite has one writer at a time
    anyway (see `transaction_mode` in the settings).
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_WRITERS_LOCK])


def record_changes(article_ids: Iterable[int]) -> None:
    """Records that these articles must be indexed again. Call it in the transaction that changes them.

    An article under embargo gets two changes: it leaves the index now and returns when the embargo ends. Two queries.
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
    """Returns the changes that are due and not done, now or at another time.

    A change that was due when it was written stays due if the clock is then set back.
    """
    is_due = models.Q(due__lte=at or timezone.now()) | models.Q(due__lte=models.F("created"))
    return Change.objects.filter(is_due, done__isnull=True)
