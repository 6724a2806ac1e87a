"""Makes the index follow the database: drains pending Changes, rebuilds, verifies and repairs.

A Change is marked as done only after the engine's commit is on disk. A crash in between repeats work and never loses
it. A process that cannot get the write lock in time leaves the Changes to the process that has it, or to the next
update.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from operator import itemgetter

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from archive.annotating import annotations_to_come
from archive.batches import in_parts
from archive.copies import catch_up, follow
from archive.ingest import settle_due
from archive.models import (
    Article,
    Change,
    Section,
    count_shown_sections,
    pending_changes,
    record_changes,
    shown_sections,
)
from archive.naming import show_names
from archive.search_port import IndexStatus

from ..engines import (
    Batch,
    Document,
    EngineError,
    Fingerprint,
    ForeignIndexError,
    MissingIndexError,
    Origin,
    OverloadedError,
    ProgressCallback,
    UnavailableError,
)
from .current import engine
from .documents import build_all_documents, build_documents
from .origins import current_origin, done_at

# Articles in a commit: some thousand sections, few enough to keep in memory and to repeat after a crash.
BATCH_ARTICLES = 1000

# On a page, a person waits. A process that needs the index for longer, such as a rebuild, will be followed by
# another update.
MAX_WAIT_SECONDS = 5.0
# A command and the follower have time to wait for the rebuild of another process.
LONG_WAIT_SECONDS = 600.0


# While documents come in, names and statements are found in them soon after they are recorded. An article that waits
# for that would be indexed twice; it is indexed as it is after this time. Then so few articles are in a commit that it
# takes a second or two: what comes in is to be found within five.
_MAX_WAIT_FOR_NAMES = timedelta(seconds=2.5)
_BATCH_ARTICLES_BESIDE_INGEST = 100


def drain(progress: ProgressCallback, *, wait_seconds: float = MAX_WAIT_SECONDS, waits_for_names: bool = False) -> int:
    """Indexes the articles of all pending Changes, a batch at a time. Returns their number.

    With `waits_for_names`, as beside an ingest, articles in which names are about to be found stay pending for some
    seconds, except those of which something is to be hidden; and batches are small, so that each is found soon.

    Raises BusyError; and EngineError where the index is missing, damaged or of another record: what is pending would
    make a small part of an index, which nobody could tell from the whole.
    """
    settle_due()
    total: int = pending_changes().aggregate(articles=Count("article_id", distinct=True))["articles"]
    if total and _must_begin():
        rebuild(progress, wait_seconds=wait_seconds)
        return total
    indexed = 0
    while articles := _next_articles(waits_for_names=waits_for_names):
        # All that is pending of them by now: an article that changed often is indexed once.
        changes = list(pending_changes().filter(article_id__in=articles).values_list("id", flat=True))
        # Their copies have other facts now, and others names that are written otherwise: indexed again after them.
        record_changes((follow(articles) | show_names(articles)) - articles)
        with engine().write(wait_seconds=wait_seconds) as batch:
            _reindex(batch, articles)
        for first in range(0, len(changes), BATCH_ARTICLES):
            Change.objects.filter(pk__in=changes[first : first + BATCH_ARTICLES]).update(done=done_at(batch.origin))
        indexed += len(articles)
        progress(indexed, max(total, indexed))
    return indexed


def _next_articles(*, waits_for_names: bool) -> set[int]:
    """Returns the articles of the first pending changes. One query."""
    pending = pending_changes()
    if waits_for_names:
        early = Q(created__gt=timezone.now() - _MAX_WAIT_FOR_NAMES, hides=False)
        pending = pending.filter(~(early & Exists(annotations_to_come(OuterRef("article_id")))))
    size = _BATCH_ARTICLES_BESIDE_INGEST if waits_for_names else BATCH_ARTICLES
    return set(pending.order_by("id").values_list("article_id", flat=True)[:size])


def rebuild(progress: ProgressCallback, *, wait_seconds: float = MAX_WAIT_SECONDS) -> int:
    """Builds a new index from the whole database while the old one serves. Returns the number of sections.

    Raises BusyError.
    """
    catch_up(progress)
    # Later changes are still pending when the new index starts to serve, and are drained into it.
    started = timezone.now()
    # A list of ids, not the highest one: PostgreSQL assigns an id before its row is committed, so a lower id can
    # appear later.
    covered = list(pending_changes(started).order_by("id").values_list("id", flat=True))
    total = Section.objects.count()

    built_of: list[Origin] = []

    def origin() -> Origin:
        built_of.append(current_origin())
        return built_of[-1]

    built = engine().rebuild(
        build_all_documents(),
        origin=origin,
        wait_seconds=wait_seconds,
        progress=lambda done: progress(done, max(total, done)),
    )
    for first in range(0, len(covered), BATCH_ARTICLES):
        Change.objects.filter(pk__in=covered[first : first + BATCH_ARTICLES]).update(done=done_at(built_of[-1]))
    drain(progress, wait_seconds=wait_seconds)
    return built


@dataclass(frozen=True)
class VerifyReport:
    """How index and database differ, as ids of sections.

    `missing` are not in the index, `stale` are there with old values or as those of another article, `surplus` are in
    the index alone, or twice. `articles` are those to index again. `damaged` says which files of the index are not as
    they were written; then no sections were compared.
    """

    compared: int
    missing: tuple[int, ...] = ()
    stale: tuple[int, ...] = ()
    surplus: tuple[int, ...] = ()
    damaged: tuple[str, ...] = ()
    articles: tuple[int, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether the index is undamaged and agrees with the database."""
        return not (self.articles or self.damaged)


def verify(progress: ProgressCallback) -> VerifyReport:
    """Compares every file of the index with its checksums, and every section in the index with the database.

    Reads the whole index and the whole database once, both in the order of articles. Keeps in memory the articles that
    it is at, and what differs.
    """
    if damaged := engine().check_files():
        return VerifyReport(0, damaged=tuple(damaged))
    total = Section.objects.count()
    compared = 0
    missing, stale, surplus = set[int](), set[int](), set[int]()
    articles: list[int] = []
    for article, recorded, indexed in _by_article(build_all_documents(), engine().fingerprints()):
        differing = {
            section for section in recorded.keys() & indexed.keys() if indexed[section] != [recorded[section]]
        }
        if differing or recorded.keys() != indexed.keys():
            articles.append(article)
            missing |= recorded.keys() - indexed.keys()
            surplus |= indexed.keys() - recorded.keys()
            for section in differing:
                (stale if recorded[section] not in indexed[section] else surplus).add(section)
        compared += len(recorded)
        progress(compared, total)
    # Sections that the index has as those of another article.
    moved = missing & surplus
    return VerifyReport(
        compared,
        tuple(sorted(missing - moved)),
        tuple(sorted(stale | moved)),
        tuple(sorted(surplus - moved)),
        articles=tuple(articles),
    )


def _by_article(
    documents: Iterable[Document], fingerprints: Iterable[Fingerprint]
) -> Iterator[tuple[int, dict[int, str], dict[int, list[str]]]]:
    """Yields for each article what the database and the index have of its sections: their fingerprints.

    Both must come in the order of articles.
    """
    recorded = groupby(documents, key=lambda document: document.article_id)
    indexed = groupby(fingerprints, key=itemgetter(0))
    in_record, in_index = next(recorded, None), next(indexed, None)
    while in_record or in_index:
        article = min(group[0] for group in (in_record, in_index) if group)
        ours: dict[int, str] = {}
        theirs: defaultdict[int, list[str]] = defaultdict(list)
        if in_record and in_record[0] == article:
            ours = {document.section_id: document.fingerprint for document in in_record[1]}
            in_record = next(recorded, None)
        if in_index and in_index[0] == article:
            for _, section, fingerprint in in_index[1]:
                theirs[section].append(fingerprint)
            in_index = next(indexed, None)
        yield article, ours, theirs


def repair(report: VerifyReport, progress: ProgressCallback) -> int:
    """Indexes again the articles that differ, in one commit. Returns their number.

    All may differ, as after an update of the archive: those of BATCH_ARTICLES articles are in memory at a time.
    Damaged files need a rebuild.
    """
    if report.damaged:
        rebuild(progress)
        return Article.objects.count()
    with engine().write(wait_seconds=MAX_WAIT_SECONDS) as batch:
        done = 0
        for few in in_parts(report.articles, size=BATCH_ARTICLES):
            _reindex(batch, few)
            done += len(few)
            progress(done, len(report.articles))
    return len(report.articles)


def status() -> IndexStatus:
    """Returns the state of the index, with advice in words if there is something to do. A few cheap queries."""
    pending = pending_changes().count()
    now = timezone.now()
    # By their articles, which are few: a join would read all sections.
    addresses = Article.objects.filter(same_as__isnull=False).order_by().values("pk")
    elsewhere = shown_sections(now).filter(article__in=addresses, current__isnull=False).order_by()
    sections = count_shown_sections(now) - elsewhere.count()
    try:
        info = engine().info()
    except EngineError as error:
        return IndexStatus(
            False,
            0,
            sections,
            pending,
            advice=str(error),
            is_foreign=isinstance(error, ForeignIndexError),
            is_away=isinstance(error, _AWAY),
            fault=_plain_fault(error),
        )
    advice = ""
    if pending:
        advice = f"{pending:,} changes are waiting: run `manage.py index update`."
    elif info.documents != sections:
        cure = "manage.py index verify --repair" if info.documents else "manage.py index rebuild"
        advice = f"The index has {info.documents:,} sections and the database {sections:,}: run `{cure}`."
    return IndexStatus(
        usable=bool(info.documents or pending or not sections),
        indexed=info.documents,
        sections=sections,
        pending=pending,
        advice=advice,
        size_bytes=info.size_bytes,
        updated=done_at(info.origin),
    )


# What passes by itself, or once somebody has looked after the cluster.
_AWAY = (UnavailableError, OverloadedError)


def _plain_fault(error: EngineError) -> str:
    """Returns why the index cannot be used, for a page, which has a button for the cure."""
    if isinstance(error, _AWAY):
        return "The search cluster does not answer."
    if isinstance(error, MissingIndexError):
        return "There is no index of this archive yet."
    if isinstance(error, ForeignIndexError):
        return "The index is that of another archive, or of a later state of this one."
    return "The index is damaged, or was built by another version of the archive."


def _reindex(batch: Batch, article_ids: Iterable[int]) -> None:
    ids = sorted(article_ids)
    for article_id in ids:
        batch.delete_article(article_id)
    for document in build_documents(ids):
        batch.add(document)
    batch.origin = current_origin(batch.origin)


def _must_begin() -> bool:
    """Whether there is no index yet, and every article is pending: then to index what is pending is to build it.

    Raises MissingIndexError if there is none and only some articles are pending.
    """
    try:
        engine().info()
    except MissingIndexError:
        pending = Change.objects.filter(done__isnull=True, article_id=OuterRef("pk"))
        if Article.objects.filter(~Exists(pending)).exists():
            raise
        return True
    return False
