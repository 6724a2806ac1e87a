"""The outbox between the record and the index.

A Change is written in the transaction of what it is about, so that neither exists without the other; search indexes
the pending changes after the commit. A change has the plain number of its article, not a foreign key, so that a
deleted article leaves the index too.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection, models
from django.utils import timezone

from ..batches import in_parts
from ..bulk_rows import create_rows
from ..prepared_queries import PreparedQuery
from .articles import Article
from .shown_names import hide_names
from .withdrawals import FOREVER, closed_sections
from .withholdings import Withholding, shown_articles, withheld_at


class Change(models.Model):
    """One article that must be indexed again, not before `due`; `done` is the time at which it was.

    The time `done` is that of the commit of the index, and later than that of the commit before: see `search.index`.
    A change `hides` where something that the index may have of the article may not be shown any more. It
    `renames` where that is how a name is written in it: a word that only texts which are hidden have.
    """

    article_id = models.BigIntegerField(db_index=True)
    created = models.DateTimeField()
    due = models.DateTimeField(default=timezone.now)
    done = models.DateTimeField(null=True, blank=True)
    hides = models.BooleanField(default=False)
    renames = models.BooleanField(default=False, db_default=False)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["id"], name="change_pending", condition=models.Q(done__isnull=True)),
            models.Index(fields=["done"], name="change_done"),
            models.Index(
                fields=["article_id"], name="change_hiding", condition=models.Q(done__isnull=True, hides=True)
            ),
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

    An article under embargo gets two changes: it leaves the index now and returns when the embargo ends. So does one
    with a version under embargo, and one of which something is withdrawn until some time. Where something is hidden,
    names follow, and with them the articles that have them. Six queries for each 5,000 articles, and those of
    `hide_names` where something is.
    """
    now = timezone.now()
    for some in in_parts(sorted(set(article_ids))):
        _record_changes(some, now)


def _record_changes(ids: Sequence[int], now: datetime) -> None:
    applying = Withholding.objects.filter(withheld_at(now), article__in=ids)
    ends = dict.fromkeys(applying.values_list("article", "until"))
    shown = dict(shown_articles(now).filter(pk__in=ids).values_list("pk", "embargo"))
    ends |= dict.fromkeys(Article.objects.filter(pk__in=ids, embargo__gt=now).values_list("pk", "embargo"))
    ends |= dict.fromkeys(Article.objects.filter(pk__in=ids, closed_until__gt=now).values_list("pk", "closed_until"))
    ends |= dict.fromkeys(closed_sections(now).filter(article__in=ids).values_list("article", "closed_until"))
    hidden = set(ids) - set(shown) | {article_id for article_id, _ in ends}
    renamed = hide_names(hidden) if hidden else set()
    changes = [
        Change(article_id=pk, created=now, due=now, hides=pk in hidden or pk in renamed, renames=pk in renamed)
        for pk in sorted({*ids, *renamed})
    ]
    changes += [
        Change(article_id=article_id, created=now, due=end) for article_id, end in ends if end and now < end < FOREVER
    ]
    create_rows(changes)


def hiding_changes() -> models.QuerySet[Change]:
    """Returns the changes of which the next update of the index may hide something."""
    return Change.objects.filter(done__isnull=True, hides=True).order_by()


_ANY_HIDING = PreparedQuery(lambda: hiding_changes().values_list("pk")[:1])


def hidden_changes(now: datetime) -> list[int]:
    """Returns the articles of which the index may have what may not be shown at this time.

    From the commit that hides an article to the next update of the index, its change is pending. One query by an
    index, 0.2 ms, where there is none; else two.
    """
    if not _ANY_HIDING.rows():
        return []
    waiting = hiding_changes()
    applying = Withholding.objects.filter(withheld_at(now), article=models.OuterRef("pk"))
    closed = closed_sections(now).filter(article=models.OuterRef("pk"))
    # What is renamed is left out until it is indexed, though nothing of it is hidden.
    whole = shown_articles(now).filter(
        ~models.Exists(applying), ~models.Exists(closed), pk=models.OuterRef("article_id")
    )
    hidden = waiting.filter(models.Q(renames=True) | ~models.Exists(whole))
    return list(hidden.values_list("article_id", flat=True).distinct())


def pending_changes(at: datetime | None = None) -> models.QuerySet[Change]:
    """Returns the changes that are due and not done, now or at another time.

    A change that was due when it was written stays due if the clock is then set back.
    """
    is_due = models.Q(due__lte=at or timezone.now()) | models.Q(due__lte=models.F("created"))
    return Change.objects.filter(is_due, done__isnull=True)
