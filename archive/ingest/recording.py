"""Writes items into the record: the evidence, the article, its versions and a change, in one transaction an article.

A capture is a receipt of bytes at a time. The same bytes at the same time change nothing; bytes that say what the
article said already give no versions, others give versions only of the sections that changed. A section that is gone
is marked, not deleted. What a curator has set stays as it is. The steps live beside this module: `normalization`,
`identity`, `sections`, `versions`, `placements`, `current_state`, `revisits`. `runs` calls `ingest_items`; nothing
else writes captures.
"""

import sys
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from django.db import DataError, IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from ..addresses import address_key
from ..capture_files import store_bytes
from ..curation import BY_ADDRESS, add_topics, apply_version, divide, find_source, source_at
from ..history import History, Receipt, load_history
from ..items import ArticleItem, Hints, Item, Note, PageGone, Rejected, Revisit
from ..models import (
    Article,
    ArticleVersion,
    Capture,
    IngestRun,
    Problem,
    mark_changed,
    record_changes,
    shown_versions,
    wait_to_write,
)
from ..problem_kinds import kind_of
from .current_state import restate
from .identity import ArticleCapture, find_article, find_by_bytes, notes_on_id, own_id
from .normalization import CaptureTime, drop_unstorable, resolve_times
from .placements import record_placements
from .revisits import (
    as_revisit,
    end_waiting,
    find_waiting,
    is_of_record,
    keep_waiting,
    record_gone,
    repeated_items,
)
from .sections import MatchedSection, match_excerpt, record_sections
from .settling import needs_settling, settle
from .shared_identities import mark_shared
from .versions import copy_version, make_article_version

_NOTHING_TO_FREE = "says without a text that an article is usable, which the archive does not have; ingest that first"

OutcomeStatus = Literal["new", "changed", "unchanged", "rejected", "noted"]


_IN_TRASH = "the article is in the trash; restore it from there to have it found"


@dataclass(frozen=True)
class Outcome:
    """What became of one item: its place in the file, why it was rejected, and a note of each value left out.

    The status `noted` is that of a Note, which concerns no single article; runs count the other statuses.
    """

    status: OutcomeStatus
    locator: str = ""
    reason: str = ""
    notes: tuple[str, ...] = ()
    article_id: int | None = None


@dataclass(frozen=True)
class _Batch:
    """The items of one file: what is known of the file, the run that counts them, and when they were captured."""

    hints: Hints
    run: IngestRun
    captured: CaptureTime

    def note(self, locator: str, reason: str, *, article_id: int | None = None) -> Problem:
        return self._problem(Problem.Level.NOTE, locator, reason, article_id)

    def rejection(self, locator: str, reason: str) -> Problem:
        return self._problem(Problem.Level.REJECTED, locator, reason, None)

    def _problem(self, level: Problem.Level, locator: str, reason: str, article_id: int | None) -> Problem:
        return Problem(
            run=self.run,
            level=level,
            origin=self.hints.name,
            locator=locator,
            reason=reason,
            kind=kind_of(reason),
            article_id=article_id,
        )


def ingest_items(items: Iterable[Item], hints: Hints, *, run: IngestRun, captured: CaptureTime) -> Iterator[Outcome]:
    """Records each item, in a transaction of its own with its count, and yields what became of it.

    Raises OSError or DatabaseError if the disk or the database can store no more.
    """
    batch = _Batch(hints, run, captured)
    record: ArticleItem | None = None  # of a web archive, with a part that was recorded last
    for item in mark_shared(items):
        if record and not (isinstance(item, ArticleItem) and is_of_record(item, record)):
            yield from _record_waiting(record, batch)
            record = None
        if isinstance(item, PageGone):
            yield from _record_gone(item, batch)
        elif isinstance(item, Revisit):
            yield from _record_revisit(item, batch)
        elif isinstance(item, Note):
            batch.note(item.locator, item.reason).save()
            yield Outcome("noted", item.locator, notes=(item.reason,))
        elif isinstance(item, Rejected):
            yield _count(item, batch)
        else:
            # Before the transaction: bytes without a row are harmless, a row without bytes is not.
            store_bytes(item.raw, item.sha256)
            yield _count(item, batch)
            record = item if item.payload_digest else None
    if record:
        yield from _record_waiting(record, batch)


def _count(item: ArticleItem | Rejected, batch: _Batch) -> Outcome:
    """Records or rejects an item and counts it with its run, in one transaction; returns what became of it."""
    run = batch.run
    with transaction.atomic():
        outcome = _reject(item, batch) if isinstance(item, Rejected) else _record_or_reject(item, batch)
        IngestRun.objects.filter(pk=run.pk).update(**{outcome.status: F(outcome.status) + 1})
    setattr(run, outcome.status, getattr(run, outcome.status) + 1)
    return outcome


def _record_revisit(revisit: Revisit, batch: _Batch) -> Iterator[Outcome]:
    repeated = repeated_items(revisit)
    for item in repeated:
        yield _count(item, batch)
    if repeated:
        yield from _record_waiting(repeated[-1], batch)
    else:
        with transaction.atomic():
            note = keep_waiting(revisit, origin=batch.hints.name, run=batch.run)
        yield Outcome("noted", revisit.locator, notes=(note,))


def _record_waiting(record: ArticleItem, batch: _Batch) -> Iterator[Outcome]:
    """Records the revisits that waited for a record of a web archive, and those that waited for these revisits."""
    records = deque([record])
    while records:
        for waiting in find_waiting(records.popleft()):
            origin = replace(batch, hints=Hints(waiting.origin))
            with transaction.atomic():
                repeated = repeated_items(as_revisit(waiting))
                outcomes = [_count(item, origin) for item in repeated]
                if repeated:
                    end_waiting(waiting, run=batch.run)
            yield from outcomes
            records += repeated[-1:]


def _record_gone(gone: PageGone, batch: _Batch) -> Iterator[Outcome]:
    with transaction.atomic():
        article = record_gone(gone, origin=batch.hints.name, run=batch.run)
        if article:
            batch.note(gone.locator, gone.reason, article_id=article.pk).save()
    if article:
        yield Outcome("noted", gone.locator, notes=(gone.reason,), article_id=article.pk)


def _reject(rejected: Rejected, batch: _Batch) -> Outcome:
    batch.rejection(rejected.locator, rejected.reason).save()
    return Outcome("rejected", rejected.locator, rejected.reason)


def _record_or_reject(item: ArticleItem, batch: _Batch) -> Outcome:
    try:
        try:
            return _record(item, batch)
        except IntegrityError:
            # A curator created the same source or topic in between, which is there at the second attempt.
            return _record(item, batch)
    except (DataError, IntegrityError, UnicodeEncodeError) as error:
        # No reader should yield such an item; one that does must not stop the documents behind it.
        reason = str(error).partition("\n")[0]
        return _reject(Rejected(item.locator, f"the database refuses it: {reason}"), batch)


@transaction.atomic
def _record(item: ArticleItem, batch: _Batch) -> Outcome:
    wait_to_write()
    item, dropped = drop_unstorable(item)
    captured = batch.captured.of(item)
    known = find_by_bytes(item)
    article = Article.objects.get(pk=known) if known else None
    if article and captured.by_ingest:
        return _leave_as_it_is(item, article, batch)
    history = load_history(article) if article else History()
    if article and history.has(item.sha256, captured.at):
        return _leave_as_it_is(item, article, batch)
    by_address = None if item.source else source_at(item.url, item.address or batch.hints.url)
    source = by_address or find_source(item.source)
    item, _, late = resolve_times(item, captured, zone=source.zone or batch.hints.zone)
    receipt = Receipt(_NEXT_ID, item.sha256, captured.at, captured.by_ingest, item.partial)
    if article and (repeated := history.find_repeated(receipt)):
        return _record_repetition(item, article, history, repeated, batch)
    url_key = address_key(item.url, item.external_id)
    if article is None:
        article = find_article(item, source, url_key=url_key, origin=batch.hints.name, run_id=batch.run.pk)
        history = load_history(article) if article else history
    if article is None and item.is_notice and item.status == "usable":
        return _reject(Rejected(item.locator, _NOTHING_TO_FREE), batch)
    captured, behind = captured.not_before(history.last_ingest)
    capture = _find_or_create_capture(item, captured, batch, not_before=history.last_ingest)
    receipt = replace(receipt, capture=_NEXT_ID, captured=capture.captured)
    is_new = article is None
    if article is None:
        article = Article(source=source, source_rule=BY_ADDRESS if by_address else "", headline=item.headline)
    article.url_key = article.url_key or url_key
    article.external_id = article.external_id or own_id(item, source, article)
    received = ArticleCapture(item, capture, article, is_new, history, history.find_following(receipt))
    receipt = replace(receipt, capture=capture.pk)
    notes = (*dropped, *late, *behind, *notes_on_id(item, article), *_notes_on_trash(article))
    return _record_versions(received, receipt, batch, notes=notes)


def _leave_as_it_is(item: ArticleItem, article: Article, batch: _Batch) -> Outcome:
    """Answers bytes that the archive has at this time already: nothing is written but that nobody finds them."""
    return _note_all(Outcome("unchanged", item.locator, notes=_notes_on_trash(article), article_id=article.pk), batch)


def _notes_on_trash(article: Article) -> tuple[str, ...]:
    return () if article.trashed is None else (_IN_TRASH,)


def _note_all(outcome: Outcome, batch: _Batch) -> Outcome:
    """Writes the notes of an outcome to its run."""
    problems = [batch.note(outcome.locator, note, article_id=outcome.article_id) for note in outcome.notes]
    Problem.objects.bulk_create(problems)
    return outcome


def _record_versions(received: ArticleCapture, receipt: Receipt, batch: _Batch, *, notes: tuple[str, ...]) -> Outcome:
    """Writes what a capture says of its article that the article does not say already."""
    article, item = received.article, received.item
    version, changed = _record_article(received)
    if changed and not received.is_new and article.kind != Article.Kind.LIVE:
        # Not the entries of a live page: each new headline of the page would make all of them new.
        mark_changed(article.sections.all())
    sections, sections_changed = match_excerpt(received) if received.is_excerpt else record_sections(received, version)
    record_placements(version, sections)
    changed |= sections_changed
    receipt = replace(receipt, version=version.pk)
    has_additions = received.is_excerpt and sections_changed
    changed |= _restate_if_needed(article, received.history, receipt, has_additions=has_additions)
    if needs_settling(article, version):
        changed |= settle(article, with_new_version=True)
    if not received.is_new:
        changed |= bool(divide([article.pk]))
    if changed or _has_new_address(article, version):
        record_changes([article.pk])
    notes += tuple(_withdrawn_unseen(received, sections))
    status: OutcomeStatus = "new" if received.is_new else "changed" if changed else "unchanged"
    return _note_all(Outcome(status, item.locator, notes=notes, article_id=article.pk), batch)


def _record_repetition(
    item: ArticleItem, article: Article, history: History, repeated: Receipt, batch: _Batch
) -> Outcome:
    """Writes a capture of bytes that say what the article said already at that time: it gives no version."""
    captured = batch.captured.of(item)
    capture = _create_capture(item, captured, batch, repeats=repeated.capture)
    receipt = replace(repeated, capture=capture.pk, captured=captured.at, by_ingest=captured.by_ingest, version=None)
    changed = _restate_if_needed(article, history, receipt)
    if article.withholdings.exists():
        changed |= settle(article, with_new_version=changed)
    changed |= bool(divide([article.pk]))
    is_moved = capture.address_key and not Capture.objects.filter(
        Q(pk=repeated.capture) | Q(repeats=repeated.capture), ~Q(pk=capture.pk), address_key=capture.address_key
    )
    # The index has the time of the first capture, and the addresses of all.
    if changed or captured.at < repeated.captured or is_moved:
        record_changes([article.pk])
    status: OutcomeStatus = "changed" if changed else "unchanged"
    return _note_all(Outcome(status, item.locator, notes=_notes_on_trash(article), article_id=article.pk), batch)


def _has_new_address(article: Article, version: ArticleVersion) -> bool:
    """Whether a version states an address, or came from one, that no other version of its article has. One query."""
    others = shown_versions(timezone.now()).filter(article=article).exclude(pk=version.pk).order_by()
    rows = others.values_list("url", "capture__address_key").distinct()
    return not {version.url, version.capture.address_key} <= {"", *(address for row in rows for address in row)}


def _restate_if_needed(article: Article, before: History, receipt: Receipt, *, has_additions: bool = False) -> bool:
    """Reads the article's history again unless a new capture only continues it; returns whether anything changed.

    `has_additions` says that the capture is an excerpt with entries whose place is still to be found. Where other
    bytes now come between two captures of the same bytes, the second gets versions of its own.
    """
    after = before.with_receipt(receipt)
    is_at_end = after.extends(before) and not after.without_version and not after.is_followed_closely(receipt)
    if is_at_end and not has_additions:
        return False
    for repetition in after.without_version:
        copy_version(Capture.objects.get(pk=repetition.capture), article)
    return restate(article, load_history(article))


# The number of a capture that is not saved yet: of captures with the same time, it is the last.
_NEXT_ID = sys.maxsize


def _find_or_create_capture(
    item: ArticleItem, captured: CaptureTime, batch: _Batch, *, not_before: datetime | None
) -> Capture:
    """Returns a new capture of these bytes, or the stored one if its article was deleted.

    A stored time of ingest before that of the article's last would make these bytes the older ones.
    """
    same_bytes = Capture.objects.filter(sha256=item.sha256, repeats=None)
    if not captured.by_ingest:
        same_bytes = same_bytes.filter(captured=captured.at)
    elif not_before:
        same_bytes = same_bytes.filter(captured__gte=not_before)
    for capture in same_bytes.order_by("captured", "id"):
        if not capture.article_versions.exists():
            return capture
    return _create_capture(item, captured, batch)


def _create_capture(item: ArticleItem, captured: CaptureTime, batch: _Batch, *, repeats: int | None = None) -> Capture:
    return Capture.objects.create(
        sha256=item.sha256,
        size_bytes=len(item.raw),
        media_type=item.media_type,
        origin=batch.hints.name,
        locator=item.locator,
        address_key=address_key(item.address or batch.hints.url),
        payload_digest=item.payload_digest,
        captured=captured.at,
        captured_rule=captured.rule,
        reader=item.reader,
        run=batch.run,
        repeats_id=repeats,
    )


def _record_article(received: ArticleCapture) -> tuple[ArticleVersion, bool]:
    """Writes the article and its version; returns the version, and whether the article is new or changed."""
    article = received.article
    version = make_article_version(received.item, received.capture)
    changed = received.is_new
    if received.is_latest or received.is_excerpt:
        changed |= apply_version(article, version, only_missing=received.is_excerpt)
    article.save()
    version.article = article
    version.save()
    if received.is_latest or received.is_excerpt:
        changed |= add_topics(article, received.item.topics)
    return version, changed


def _withdrawn_unseen(received: ArticleCapture, sections: Iterable[MatchedSection]) -> list[str]:
    """Returns a note of each entry that the capture withdraws and the archive never received."""
    if received.is_excerpt:
        return []
    return [
        f"section {matched.position + 1}: withdrawn, and never received before"
        for matched in sections
        if matched.section is None
    ]
