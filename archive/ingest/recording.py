"""Writes items into the record: the evidence, the article, its versions and a change, in one transaction an article.

The same bytes change nothing. Other bytes are a new capture, with versions only of the sections that changed; a
section that is gone is marked, not deleted. What a curator has set stays as it is. The steps live beside this module:
`normalization`, `identity`, `sections`, `versions`, `placements`. `runs` calls `ingest_items`; nothing else writes
captures.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from django.db import DataError, IntegrityError, transaction
from django.db.models import F

from ..curation import add_topics, apply_version, find_source
from ..items import ArticleItem, Hints, Item, Note, Rejected
from ..models import Article, ArticleVersion, Capture, IngestRun, Problem, record_changes, wait_to_write
from .evidence import store_bytes
from .identity import ArticleCapture, find_by_bytes, resolve_article
from .normalization import CaptureTime, drop_unstorable, resolve_times
from .placements import record_placements
from .section_changes import mark_all_changed, marking_changes
from .sections import MatchedSection, match_excerpt, record_sections
from .shared_identities import mark_shared
from .versions import make_article_version

OutcomeStatus = Literal["new", "changed", "unchanged", "rejected", "noted"]


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

    def note(self, locator: str, reason: str, *, article: Article | None = None) -> Problem:
        return self._problem(Problem.Level.NOTE, locator, reason, article)

    def rejection(self, locator: str, reason: str) -> Problem:
        return self._problem(Problem.Level.REJECTED, locator, reason, None)

    def _problem(self, level: Problem.Level, locator: str, reason: str, article: Article | None) -> Problem:
        return Problem(
            run=self.run, level=level, origin=self.hints.name, locator=locator, reason=reason, article=article
        )


def ingest_items(items: Iterable[Item], hints: Hints, *, run: IngestRun, captured: CaptureTime) -> Iterator[Outcome]:
    """Records each item, in a transaction of its own with its count, and yields what became of it.

    Raises OSError or DatabaseError if the disk or the database can store no more.
    """
    batch = _Batch(hints, run, captured)
    for item in mark_shared(items):
        if isinstance(item, Note):
            batch.note(item.locator, item.reason).save()
            yield Outcome("noted", item.locator, notes=(item.reason,))
            continue
        if isinstance(item, ArticleItem):
            # Before the transaction: bytes without a row are harmless, a row without bytes is not.
            store_bytes(item.raw, item.sha256)
        with transaction.atomic():
            if isinstance(item, Rejected):
                outcome = _reject(item, batch)
            else:
                outcome = _record_or_reject(item, batch)
            IngestRun.objects.filter(pk=run.pk).update(**{outcome.status: F(outcome.status) + 1})
        setattr(run, outcome.status, getattr(run, outcome.status) + 1)
        yield outcome


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
    known = find_by_bytes(item)
    if known is not None:
        return Outcome("unchanged", item.locator, article_id=known)
    item, dropped = drop_unstorable(item)
    source = find_source(item.source)
    item, captured, late = resolve_times(item, batch.captured, zone=source.zone or batch.hints.zone)
    capture = _find_or_create_capture(item, captured, batch)
    received = resolve_article(item, capture, source, origin=batch.hints.name, captured=captured.at)
    with marking_changes(received.article):
        version, article_changed = _record_article(received)
        if received.is_excerpt:
            sections, sections_changed = match_excerpt(received), False
        else:
            sections, sections_changed = record_sections(received)
    if article_changed and not received.is_new:
        mark_all_changed(received.article)
    record_placements(version, sections)
    changed = article_changed or sections_changed
    article = received.article
    if changed:
        record_changes([article.pk])
    notes = (*dropped, *late, *_withdrawn_unseen(received, sections))
    Problem.objects.bulk_create(batch.note(item.locator, note, article=article) for note in notes)
    status: OutcomeStatus = "new" if received.is_new else "changed" if changed else "unchanged"
    return Outcome(status, item.locator, notes=notes, article_id=article.pk)


def _find_or_create_capture(item: ArticleItem, captured: CaptureTime, batch: _Batch) -> Capture:
    """Returns the capture of these bytes, which exists if its article was deleted or passed on to another story."""
    capture, _ = Capture.objects.get_or_create(
        sha256=item.sha256,
        defaults={
            "size_bytes": len(item.raw),
            "media_type": item.media_type,
            "origin": batch.hints.name,
            "locator": item.locator,
            "captured": captured.at,
            "captured_rule": captured.rule,
            "reader": item.reader,
            "run": batch.run,
        },
    )
    return capture


def _record_article(received: ArticleCapture) -> tuple[ArticleVersion, bool]:
    """Writes the article and its version; returns the version, and whether the article is new or changed."""
    article = received.article
    version = make_article_version(received.item, received.capture)
    changed = received.is_new
    if received.is_latest:
        changed |= apply_version(article, version, only_missing=received.is_excerpt)
    article.save()
    version.article = article
    version.save()
    if received.is_latest:
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
