"""Writes items into the record: the evidence, the articles, their versions and changes, a batch in one transaction.

A capture is a receipt of bytes at a time. The same bytes at the same time change nothing; bytes that say what the
article said already give no versions, others give versions only of the sections that changed. A section that is gone
is marked, not deleted. What a curator has set stays as it is.

The items of a batch are taken in their order. New articles are collected and written together (`writing`). What may be
of an article that the record has, or of one that is collected, is recorded by itself, after what is collected. So any
batches leave the same record. A batch that fails is halved, until the item that it cannot hold is alone.

The steps live beside this module: `steps`, `known`, `normalization`, `identity`, `sections`, `versions`, `placements`,
`writing`, `current_state`, `revisits`. `runs` calls `record_steps`; nothing else writes captures.
"""

import sys
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from django.db import DatabaseError, DataError, IntegrityError, OperationalError, transaction
from django.db.models import F, Q

from ..addresses import address_key
from ..bulk_rows import create_rows
from ..capture_files import flushed_together, store_bytes
from ..curation import BY_ADDRESS, divide
from ..errors import ArchiveError
from ..history import History, Receipt, load_history
from ..items import ArticleItem, Hints, Item, Note, PageGone, Rejected, Revisit
from ..models import Article, Capture, IngestRun, Problem, record_changes, wait_to_write
from ..problem_kinds import kind_of
from .identity import ArticleCapture, find_article, find_by_bytes, notes_on_id, own_id
from .known import Known
from .normalization import CaptureTime, drop_unstorable, resolve_times
from .revisits import as_revisit, end_waiting, find_waiting, keep_waiting, record_gone, repeated_items
from .settling import settle
from .shared_identities import mark_shared
from .steps import FileEnd, RecordEnd, Step, in_batches, steps_of
from .writing import Prepared, Written, restate_if_needed, write_captures

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


# A step, and what became of each item that was recorded with it.
Done = tuple[Step, Sequence[Outcome]]


class StorageError(ArchiveError):
    """The disk or the database cannot store what a file has: the name of the file, and their error as the cause."""

    def __init__(self, name: str, cause: OSError | DatabaseError) -> None:
        super().__init__(f"{name} cannot be stored: {cause}")
        self.name = name
        self.cause = cause


def ingest_items(items: Iterable[Item], hints: Hints, *, run: IngestRun, captured: CaptureTime) -> Iterator[Outcome]:
    """Records each item of a file, and yields what became of it; see `record_steps`."""
    for done in record_steps(file_steps(items, hints), run=run, captured=captured):
        for _, outcomes in done:
            yield from outcomes


def file_steps(items: Iterable[Item], hints: Hints, path: Path | None = None) -> Iterator[Step]:
    """Yields the steps of a file; items whose identities are not theirs alone are marked."""
    yield from steps_of(mark_shared(items), hints, path)
    yield Step(FileEnd(), hints, path)


def record_steps(steps: Iterable[Step], *, run: IngestRun, captured: CaptureTime) -> Iterator[list[Done]]:
    """Records steps in batches, each in a transaction with its counts; yields those of each with what became of them.

    Raises StorageError if the disk or the database can store no more; what came before the step that failed has been
    yielded then.
    """
    for batch in in_batches(steps):
        yield from _record(batch, run, captured)


def _record(steps: Sequence[Step], run: IngestRun, captured: CaptureTime) -> Iterator[list[Done]]:
    try:
        done = _record_together(steps, run, captured) if len(steps) > 1 else _record_alone(steps[0], run, captured)
    except StorageError:
        raise
    except Exception as error:
        if len(steps) == 1:
            if isinstance(error, OSError | DatabaseError):
                raise StorageError(steps[0].hints.name, error) from error
            raise
        # Whatever it is, it concerns one of them, and what came before that one is to be kept.
        middle = len(steps) // 2
        yield from _record(steps[:middle], run, captured)
        yield from _record(steps[middle:], run, captured)
        return
    yield done


def _record_alone(step: Step, run: IngestRun, captured: CaptureTime) -> list[Done]:
    try:
        try:
            return _record_together([step], run, captured)
        except IntegrityError:
            # A curator created the same source or topic in between, which is there at the second attempt.
            return _record_together([step], run, captured)
    except (DataError, IntegrityError, UnicodeEncodeError) as error:
        if not isinstance(step.item, ArticleItem):
            raise
        # No reader should yield such an item; one that does must not stop the documents behind it.
        return _record_together([replace(step, item=_refused(step.item, error))], run, captured)


def _refused(item: ArticleItem, error: Exception) -> Rejected:
    reason = str(error).partition("\n")[0]
    return Rejected(item.locator, f"the database refuses it: {reason}")


def _record_together(steps: Sequence[Step], run: IngestRun, captured: CaptureTime) -> list[Done]:
    """Records steps in one transaction, and counts them with their run."""
    # Before the transaction: bytes without a row are harmless, a row without bytes is not.
    with flushed_together():
        for step in steps:
            if isinstance(step.item, ArticleItem):
                store_bytes(step.item.raw, step.item.sha256)
    with ExitStack() as stack:
        try:
            stack.enter_context(transaction.atomic())
            wait_to_write()
        except OperationalError as error:
            # Others write for longer than it waits: that concerns none of the steps, and fewer would wait as long.
            raise StorageError(steps[0].hints.name, error) from error
        batch = _Batch(run, captured, steps)
        done = batch.record()
        statuses = Counter(outcome.status for _, outcomes in done for outcome in outcomes)
        del statuses["noted"]
        if statuses:
            IngestRun.objects.filter(pk=run.pk).update(**{name: F(name) + count for name, count in statuses.items()})
    for name, count in statuses.items():
        setattr(run, name, getattr(run, name) + count)
    return done


def _storable(step: Step) -> tuple[ArticleItem | None, tuple[str, ...]]:
    """Returns the article of a step without what no column can store, and notes on that; None for another step."""
    return drop_unstorable(step.item) if isinstance(step.item, ArticleItem) else (None, ())


@dataclass
class _Result:
    """What becomes of an item: None until it is written. `hints` are those of its document."""

    hints: Hints
    outcome: Outcome | None = None


class _Batch:
    """The steps of a batch while they are recorded."""

    def __init__(self, run: IngestRun, captured: CaptureTime, steps: Sequence[Step]) -> None:
        self._run = run
        self._captured = captured
        self._steps = [(step, *_storable(step)) for step in steps]
        self._known = Known(
            [(item, step.hints) for step, item, _ in self._steps if item],
            has_records=any(isinstance(step.item, RecordEnd | Revisit) for step in steps),
        )
        # What is collected and not written yet: new articles, each with its result.
        self._new: list[tuple[_Result, Prepared]] = []
        # In the order of the items; the first so many have their problems written.
        self._results: list[_Result] = []
        self._noted = 0
        # The articles to index again.
        self._changed: set[int] = set()

    def record(self) -> list[Done]:
        """Records all steps; returns each with what became of its items."""
        ends = []
        for step, item, dropped in self._steps:
            if item:
                self._record_item(item, dropped, step.hints)
            else:
                self._take(step)
            ends.append(len(self._results))
        self._settle_accounts()
        if self._changed:
            record_changes(self._changed)
        outcomes = [result.outcome for result in self._results if result.outcome]
        return [
            (step, outcomes[first:end])
            for (step, *_), first, end in zip(self._steps, [0, *ends[:-1]], ends, strict=True)
        ]

    def _take(self, step: Step) -> None:
        """Records a step that is no article."""
        item = step.item
        if isinstance(item, RecordEnd):
            self._record_waiting(item.part)
        elif isinstance(item, PageGone):
            self._record_gone(item, step.hints)
        elif isinstance(item, Revisit):
            self._record_revisit(item, step.hints)
        elif isinstance(item, Note):
            self._results.append(_Result(step.hints, Outcome("noted", item.locator, notes=(item.reason,))))
        elif isinstance(item, Rejected):
            self._results.append(_Result(step.hints, Outcome("rejected", item.locator, item.reason)))

    def _write_new(self) -> None:
        """Writes the new articles that are collected."""
        collected, self._new = self._new, []
        if collected:
            written = write_captures([prepared for _, prepared in collected], self._known.names)
            for (result, prepared), of_article in zip(collected, written, strict=True):
                self._finish(result, prepared, of_article)

    def _settle_accounts(self) -> None:
        """Writes what is collected, and the problems of the results so far."""
        self._write_new()
        rows = [row for result in self._results[self._noted :] for row in self._problems(result)]
        self._noted = len(self._results)
        if rows:
            create_rows(rows)

    def _problems(self, result: _Result) -> Iterator[Problem]:
        outcome = result.outcome
        if outcome is None:
            return
        remarks = [(Problem.Level.REJECTED, outcome.reason)] if outcome.status == "rejected" else []
        remarks += [(Problem.Level.NOTE, note) for note in outcome.notes]
        for level, reason in remarks:
            yield Problem(
                run=self._run,
                level=level,
                origin=result.hints.name,
                locator=outcome.locator,
                reason=reason,
                kind=kind_of(reason),
                article_id=outcome.article_id,
            )

    # --- web archives ---

    def _record_revisit(self, revisit: Revisit, hints: Hints) -> None:
        self._settle_accounts()
        repeated = self._record_repeated(revisit, hints)
        if repeated:
            self._record_waiting(repeated[-1])
            return
        note = keep_waiting(revisit, origin=hints.name, run=self._run)
        self._known.add_waiting()
        self._results.append(_Result(hints, Outcome("noted", revisit.locator, notes=(note,))))
        # It keeps the problem itself.
        self._noted = len(self._results)

    def _record_waiting(self, record: ArticleItem) -> None:
        """Records the revisits that waited for a record of a web archive, and those that waited for these revisits."""
        if not self._known.may_have_waiting:
            return
        self._settle_accounts()
        records = deque([record])
        while records:
            for waiting in find_waiting(records.popleft()):
                repeated = self._record_repeated(as_revisit(waiting), Hints(waiting.origin))
                if repeated:
                    end_waiting(waiting, run=self._run)
                records += repeated[-1:]

    def _record_repeated(self, revisit: Revisit, hints: Hints) -> list[ArticleItem]:
        """Records the items that a revisit repeats; returns them."""
        repeated = repeated_items(revisit)
        for item in repeated:
            storable, dropped = drop_unstorable(item)
            self._known.add(storable)
            try:
                with transaction.atomic():
                    self._record_item(storable, dropped, hints)
                    self._write_new()
            except (DataError, IntegrityError, UnicodeEncodeError) as error:
                refused = _refused(item, error)
                self._results[-1].outcome = Outcome("rejected", refused.locator, refused.reason)
                self._known.forget_names()
        self._settle_accounts()
        return repeated

    def _record_gone(self, gone: PageGone, hints: Hints) -> None:
        self._settle_accounts()
        if article := record_gone(gone, origin=hints.name, run=self._run):
            outcome = Outcome("noted", gone.locator, notes=(gone.reason,), article_id=article.pk)
            self._results.append(_Result(hints, outcome))

    # --- articles ---

    def _record_item(self, item: ArticleItem, dropped: tuple[str, ...], hints: Hints) -> None:
        """Records an item that is storable; `dropped` are notes on what was left out of it."""
        result = _Result(hints)
        self._results.append(result)
        captured = self._captured.of(item)
        found, is_by_address = self._known.source_of(item, hints)
        if not self._known.has_nothing_of(item, found):
            self._write_new()
        known = find_by_bytes(item, self._known)
        article = Article.objects.get(pk=known) if known else None
        if article and captured.by_ingest:
            result.outcome = _left_as_it_is(item, article)
            return
        history = load_history(article) if article else History()
        if article and history.has(item.sha256, captured.at):
            result.outcome = _left_as_it_is(item, article)
            return
        source = found or self._known.names.source(item.source)
        item, _, late = resolve_times(item, captured, zone=source.zone or hints.zone)
        receipt = Receipt(_NEXT_ID, item.sha256, captured.at, captured.by_ingest, item.partial)
        if article and (repeated := history.find_repeated(receipt)):
            result.outcome = self._record_repetition(item, article, history, repeated, hints)
            return
        url_key = address_key(item.url, item.external_id)
        if article is None:
            article = find_article(
                item, source, url_key=url_key, origin=hints.name, run_id=self._run.pk, known=self._known
            )
            history = load_history(article) if article else history
        if article is None and item.is_notice and item.status == "usable":
            result.outcome = Outcome("rejected", item.locator, _NOTHING_TO_FREE)
            return
        captured, behind = captured.not_before(history.last_ingest)
        capture = self._find_or_make_capture(item, captured, hints, not_before=history.last_ingest)
        receipt = replace(receipt, captured=capture.captured)
        is_new = article is None
        if article is None:
            article = Article(source=source, source_rule=BY_ADDRESS if is_by_address else "", headline=item.headline)
        article.url_key = article.url_key or url_key
        article.external_id = article.external_id or own_id(item, source, article, self._known)
        received = ArticleCapture(item, capture, article, is_new, history, history.find_following(receipt))
        notes = (*dropped, *late, *behind, *notes_on_id(item, article), *_notes_on_trash(article))
        self._write(result, Prepared(received, receipt, notes))

    def _write(self, result: _Result, prepared: Prepared) -> None:
        """Collects a new article, or writes a capture of another at once."""
        received = prepared.received
        self._known.add(received.item)
        if received.is_new:
            self._new.append((result, prepared))
        else:
            (written,) = write_captures([prepared], self._known.names)
            self._finish(result, prepared, written)
        self._known.add_article(received.article)

    def _finish(self, result: _Result, prepared: Prepared, written: Written) -> None:
        received = prepared.received
        status: OutcomeStatus = "new" if received.is_new else "changed" if written.is_changed else "unchanged"
        pk = received.article.pk
        result.outcome = Outcome(status, received.item.locator, notes=written.notes, article_id=pk)
        if written.is_to_index:
            self._changed.add(pk)

    def _record_repetition(
        self, item: ArticleItem, article: Article, history: History, repeated: Receipt, hints: Hints
    ) -> Outcome:
        """Writes a capture of bytes that say what the article said already at that time: it gives no version."""
        captured = self._captured.of(item)
        capture = self._make_capture(item, captured, hints, repeats=repeated.capture)
        capture.save()
        self._known.add(item)
        receipt = replace(
            repeated, capture=capture.pk, captured=captured.at, by_ingest=captured.by_ingest, version=None
        )
        changed = restate_if_needed(article, history, receipt)
        if article.withholdings.exists():
            changed |= settle(article, with_new_version=changed)
        changed |= bool(divide([article.pk]))
        self._known.add_article(article)
        is_moved = capture.address_key and not Capture.objects.filter(
            Q(pk=repeated.capture) | Q(repeats=repeated.capture), ~Q(pk=capture.pk), address_key=capture.address_key
        )
        # The index has the time of the first capture, and the addresses of all.
        if changed or captured.at < repeated.captured or is_moved:
            self._changed.add(article.pk)
        status: OutcomeStatus = "changed" if changed else "unchanged"
        return Outcome(status, item.locator, notes=_notes_on_trash(article), article_id=article.pk)

    def _find_or_make_capture(
        self, item: ArticleItem, captured: CaptureTime, hints: Hints, *, not_before: datetime | None
    ) -> Capture:
        """Returns a capture of these bytes that is not saved yet, or the stored one if its article was deleted.

        A stored time of ingest before that of the article's last would make these bytes the older ones.
        """
        if self._known.has_bytes(item):
            same_bytes = Capture.objects.filter(sha256=item.sha256, repeats=None)
            if not captured.by_ingest:
                same_bytes = same_bytes.filter(captured=captured.at)
            elif not_before:
                same_bytes = same_bytes.filter(captured__gte=not_before)
            for capture in same_bytes.order_by("captured", "id"):
                if not capture.article_versions.exists():
                    return capture
        return self._make_capture(item, captured, hints)

    def _make_capture(
        self, item: ArticleItem, captured: CaptureTime, hints: Hints, *, repeats: int | None = None
    ) -> Capture:
        return Capture(
            sha256=item.sha256,
            size_bytes=len(item.raw),
            media_type=item.media_type,
            origin=hints.name,
            locator=item.locator,
            address_key=address_key(item.address or hints.url),
            payload_digest=item.payload_digest,
            captured=captured.at,
            captured_rule=captured.rule,
            reader=item.reader,
            run=self._run,
            repeats_id=repeats,
        )


# The number of a capture that is not saved yet: of captures with the same time, it is the last.
_NEXT_ID = sys.maxsize


def _left_as_it_is(item: ArticleItem, article: Article) -> Outcome:
    """Answers bytes that the archive has at this time already: nothing is written but that nobody finds them."""
    return Outcome("unchanged", item.locator, notes=_notes_on_trash(article), article_id=article.pk)


def _notes_on_trash(article: Article) -> tuple[str, ...]:
    return () if article.trashed is None else (_IN_TRASH,)
