"""Keeps the index at one with the record: drains Changes, rebuilds, verifies.

A Change is marked done after the engine's commit is on disk. A crash between the two repeats work; it never loses
it. Whoever cannot get the index in time leaves the Changes pending for whoever has it, or for the next one.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Count
from django.utils import timezone

from archive.models import Article, Change, Section, is_shown, pending_changes
from archive.search_port import IndexStatus

from ..engines import Batch, Document, EngineError, ProgressCallback
from .current import engine
from .documents import all_documents, documents_of

# Articles a commit: some thousand sections, few enough to hold in memory and to repeat after a crash.
BATCH_ARTICLES = 1000

# In a page a person waits. Whoever holds the index for longer (a rebuild) leaves this to the next update.
MAX_WAIT_SECONDS = 5.0


def drain(progress: ProgressCallback, *, wait_seconds: float = MAX_WAIT_SECONDS) -> int:
    """Indexes the articles of all pending Changes, a batch a commit; returns how many. Raises BusyError."""
    total = pending_changes().aggregate(articles=Count("article_id", distinct=True))["articles"]
    indexed = 0
    while changes := dict(pending_changes().order_by("id").values_list("id", "article_id")[:BATCH_ARTICLES]):
        articles = set(changes.values())
        with engine().write(wait_seconds=wait_seconds) as batch:
            _index_again(batch, articles)
        Change.objects.filter(pk__in=list(changes)).update(done=timezone.now())
        indexed += len(articles)
        progress(indexed, max(total, indexed))
    return indexed


def _index_again(batch: Batch, article_ids: Iterable[int]) -> None:
    ids = sorted(article_ids)
    for article_id in ids:
        batch.delete_article(article_id)
    for document in documents_of(ids):
        batch.add(document)


def rebuild(progress: ProgressCallback, *, wait_seconds: float = MAX_WAIT_SECONDS) -> int:
    """Builds the index anew from the whole record while the old one serves; returns the sections indexed."""
    # What changes after this is pending still when the new index serves, and is drained into it.
    started = timezone.now()
    # By their ids, each: PostgreSQL hands ids out before what has them is committed, so a lower one may come later.
    covered = list(pending_changes(started).order_by("id").values_list("id", flat=True))
    total = Section.objects.count()

    def counted() -> Iterator[Document]:
        for number, document in enumerate(all_documents(), start=1):
            progress(number, total)
            yield document

    built = engine().rebuild(counted(), wait_seconds=wait_seconds)
    for first in range(0, len(covered), BATCH_ARTICLES):
        Change.objects.filter(pk__in=covered[first : first + BATCH_ARTICLES]).update(done=timezone.now())
    drain(progress, wait_seconds=wait_seconds)
    return built


@dataclass(frozen=True)
class VerifyReport:
    """How index and record differ, as ids of sections: not indexed, indexed as they were, indexed but no more."""

    compared: int
    missing: tuple[int, ...]
    stale: tuple[int, ...]
    surplus: tuple[int, ...]

    @property
    def clean(self) -> bool:
        return not (self.missing or self.stale or self.surplus)


def verify(progress: ProgressCallback) -> VerifyReport:
    """Compares every section's fingerprint in the index with the record's. Reads the whole record once."""
    indexed = engine().fingerprints()
    missing, stale = [], []
    total = Section.objects.count()
    compared = 0
    for document in all_documents():
        compared += 1
        progress(compared, total)
        fingerprint = indexed.pop(document.section_id, None)
        if fingerprint is None:
            missing.append(document.section_id)
        elif fingerprint != document.fingerprint:
            stale.append(document.section_id)
    return VerifyReport(compared, tuple(missing), tuple(stale), tuple(sorted(indexed)))


def repair(verdict: VerifyReport, progress: ProgressCallback) -> int:
    """Indexes again what the verdict names; returns the articles indexed. A surplus calls for a rebuild."""
    if verdict.surplus:
        rebuild(progress)
        return Article.objects.count()
    differing = [*verdict.missing, *verdict.stale]
    articles = set(Section.objects.filter(pk__in=differing).values_list("article_id", flat=True))
    with engine().write(wait_seconds=MAX_WAIT_SECONDS) as batch:
        _index_again(batch, articles)
    return len(articles)


def status() -> IndexStatus:
    """Returns how the index stands to the record, and in words what is to be done. A few cheap queries."""
    pending = pending_changes().count()
    shown = is_shown(timezone.now(), article="article")
    sections = Section.objects.filter(shown, current__isnull=False).count()
    try:
        indexed = engine().info().documents
    except EngineError as error:
        return IndexStatus(False, 0, sections, pending, str(error))
    advice = ""
    if pending:
        advice = f"{pending:,} changes are waiting: run `manage.py index update`."
    elif indexed != sections:
        cure = "manage.py index verify --repair" if indexed else "manage.py index rebuild"
        advice = f"The index has {indexed:,} sections and the record {sections:,}: run `{cure}`."
    usable = bool(indexed or pending or not sections)
    return IndexStatus(usable, indexed, sections, pending, advice)
