"""The trash: articles lie in it with their evidence, deleted sources and topics as rows of their operations.

What lies there is restored whole. It is deleted for good by hand, or after `settings.TRASH_DAYS`; then its numbers are
kept, and its addresses say that it was deleted. The bytes of captures stay, as several articles may share them.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.template.defaultfilters import pluralize
from django.utils import timezone

from ..annotating import sweep_unused
from ..batches import in_parts
from ..deletions import plan_deletion
from ..models import (
    Article,
    DeletedNumber,
    Operation,
    OperationRow,
    Section,
    record_changes,
    spellings_of_articles,
    wait_to_write,
)
from .bulk_acts import BulkAct, Parameters, Refusals, register_act
from .images import BATCH_ROWS
from .kinds import DELETED, DELETED_FOR_GOOD, RESTORED_FROM_TRASH
from .recording import Act

# Who deletes what has lain in the trash long enough.
_BY_TIME = "the archive"
# The label of an operation, instead of one that names an article which is not there any more.
_OF_DELETED = "An operation on what was deleted for good"


class RestoreFromTrash(BulkAct):
    """Takes articles out of the trash."""

    name = "restore from the trash"
    kind = RESTORED_FROM_TRASH
    permission = "archive.delete_article"

    def label(self, parameters: Parameters, count: int) -> str:
        return f"Restored {count:,} article{pluralize(count)} from the trash"

    def refusals(self, parameters: Parameters, ids: Sequence[int]) -> Refusals:
        elsewhere = Article.objects.filter(pk__in=ids, trashed=None).values_list("pk", flat=True)
        return dict.fromkeys(elsewhere, "it is not in the trash")

    def apply(self, parameters: Parameters, ids: Sequence[int], act: Act) -> Refusals:
        Article.objects.filter(pk__in=ids).update(trashed=None)
        return {}


RESTORE_FROM_TRASH = RestoreFromTrash()
register_act(RESTORE_FROM_TRASH)


def trashed_articles() -> QuerySet[Article]:
    """Returns the articles in the trash."""
    return Article.objects.exclude(trashed=None)


def trashed_names() -> QuerySet[Operation]:
    """Returns the deletions of sources and topics that can be undone: those of which the rows are still there."""
    return Operation.objects.filter(kind=DELETED.name, undone_by=None, rows__isnull=False).distinct()


def delete_for_good(ids: Iterable[int], *, user_name: str) -> int:
    """Deletes articles of the trash, with all that was received of them but the bytes; returns their number.

    Articles that are not in the trash are left, except other addresses of one that is: they have its words. What
    operations kept of them goes along, so that these can not be undone for them any more. In transactions of 500
    articles.
    """
    deleted = 0
    for some in in_parts(sorted(set(ids)), size=BATCH_ROWS):
        trashed = list(trashed_articles().filter(pk__in=some).values_list("pk", flat=True))
        elsewhere = Article.objects.filter(same_as__in=trashed).values_list("pk", flat=True)
        for few in in_parts(sorted({*trashed, *elsewhere}), size=BATCH_ROWS):
            _delete(few, user_name)
            deleted += len(few)
    if deleted:
        # What earlier rules had found in these articles, and no text has.
        sweep_unused()
    return deleted


@transaction.atomic
def _delete(ids: Sequence[int], user_name: str) -> None:
    wait_to_write()
    now = timezone.now()
    sections = Section.objects.filter(article__in=ids)
    numbers = [(DeletedNumber.Kind.ARTICLE, pk) for pk in ids]
    numbers += [(DeletedNumber.Kind.SECTION, pk) for pk in sections.values_list("pk", flat=True)]
    DeletedNumber.objects.bulk_create(
        (DeletedNumber(kind=kind, number=number, at=now, user_name=user_name) for kind, number in numbers),
        batch_size=BATCH_ROWS,
    )
    of_sections = OperationRow.objects.filter(subject="section", subject_id__in=sections.values("pk"))
    for rows in (of_sections, OperationRow.objects.filter(subject="article", subject_id__in=ids)):
        # Acts on many articles name none.
        Operation.objects.filter(pk__in=rows.values("operation"), plan__isnull=True).update(label=_OF_DELETED)
        rows.delete()
    spellings = spellings_of_articles(ids)
    plan_deletion(Article, ids).carry_out()
    # Nobody is named in the archive any more whom only these articles named.
    sweep_unused(spellings)
    Operation.objects.create(
        kind=DELETED_FOR_GOOD.name,
        label=f"Deleted {len(ids):,} article{pluralize(len(ids))} of the trash for good",
        user_name=user_name,
        at=now,
        touched=len(ids),
    )
    record_changes(ids)


def empty_old(now: datetime) -> int:
    """Deletes for good what has lain in the trash for longer than `settings.TRASH_DAYS`; returns how many articles.

    Two queries where there is nothing.
    """
    limit = now - timedelta(days=settings.TRASH_DAYS)
    for name in trashed_names().filter(at__lt=limit):
        name.rows.all().delete()
    old = trashed_articles().filter(trashed__lt=limit)
    return delete_for_good(old.values_list("pk", flat=True), user_name=_BY_TIME)


def days_left(since: datetime, now: datetime) -> int:
    """Returns for how many days something that was moved to the trash then can still be restored."""
    return max(0, (since + timedelta(days=settings.TRASH_DAYS) - now).days)


def names_in_trash() -> Iterator[tuple[Operation, int]]:
    """Yields the deletions of sources and topics that can be undone, with the days that are left for it."""
    now = timezone.now()
    for deletion in trashed_names():
        yield deletion, days_left(deletion.at, now)
