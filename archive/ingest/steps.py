"""What a run records, as steps in their order, and in which batches: pure but for the clock.

A step is an item of a document, or an end: of a record of a web archive, after which revisits of it are recorded; or
of a file. `recording` takes batches of them.
"""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..items import ArticleItem, Hints, Item
from .revisits import is_of_record

# So many are recorded in one transaction, which takes about a second: a curator waits for it, and so do the rules that
# find names, which would have nothing to do. Twice as many take a tenth less time each.
_MAX_BATCH_STEPS = 100
# Of evidence: items take several times their bytes.
_MAX_BATCH_BYTES = 16 * 2**20
# From documents that take long to read, a batch is recorded after this time.
_MAX_BATCH_SECONDS = 1.0


@dataclass(frozen=True)
class RecordEnd:
    """The end of a record of a web archive; `part` is the last article of it."""

    part: ArticleItem


@dataclass(frozen=True)
class FileEnd:
    """The end of a file."""


@dataclass(frozen=True)
class Step:
    """One thing to record, and what is known of the file that it is in; `path` is where the bytes of the file are."""

    item: Item | RecordEnd | FileEnd
    hints: Hints
    path: Path | None = None


def steps_of(items: Iterable[Item], hints: Hints, path: Path | None = None) -> Iterator[Step]:
    """Yields the steps of the items of one file, without its end."""
    part: ArticleItem | None = None
    for item in items:
        if part and not (isinstance(item, ArticleItem) and is_of_record(item, part)):
            yield Step(RecordEnd(part), hints, path)
            part = None
        yield Step(item, hints, path)
        if isinstance(item, ArticleItem):
            part = item if item.payload_digest else None
    if part:
        yield Step(RecordEnd(part), hints, path)


def in_batches(steps: Iterable[Step]) -> Iterator[list[Step]]:
    """Yields steps in batches, none longer than all before it: the first are recorded at once, and people see them."""
    done, size_bytes, begun = 0, 0, 0.0
    batch: list[Step] = []
    for step in steps:
        if not batch:
            size_bytes, begun = 0, time.monotonic()
        batch.append(step)
        size_bytes += len(step.item.raw) if isinstance(step.item, ArticleItem) else 0
        is_full = len(batch) >= min(max(done, 1), _MAX_BATCH_STEPS) or size_bytes >= _MAX_BATCH_BYTES
        if is_full or time.monotonic() - begun >= _MAX_BATCH_SECONDS:
            done += len(batch)
            yield batch
            batch = []
    if batch:
        yield batch
