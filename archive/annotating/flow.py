"""Annotates articles: while others are recorded, or all that wait."""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from ..annotate import RULES_VERSION
from ..batches import in_parts
from ..finding import Finder, Found
from ..models import (
    Annotation,
    IngestRun,
    Name,
    NameJudgement,
    unused_spellings,
    wait_to_write,
)
from .loading import LoadedTask, load_tasks
from .storing import Fault, store

logger = logging.getLogger(__name__)

# So many articles are loaded together, and the results of so many tasks are stored together.
_BATCH = 100
# So many versions that wait are looked up at a time.
_BATCH_VERSIONS = 500
# The rules may fall so far behind, by a second or two; then the record waits for them. What is found later than it is
# indexed has to be indexed again.
_MAX_TASKS_AHEAD = 64
# What comes in slowly waits no longer than this to be looked at, and then to be stored: readers shall find it. Where
# storing a few takes long, since others need the processor too, it waits longer: else storing would take all the time.
_MAX_WAIT_SECONDS = 1.0
_WAITS_OF_A_STEP = 4
# Beside a server, work is done in parts, between which others have their turn.
_PART_SECONDS = 2.0


class Annotator:
    """Annotates the articles that it is given, while its user goes on with others. Use it by `annotator`."""

    def __init__(self) -> None:
        self._finder = Finder()
        self._articles: dict[int, None] = {}
        self._loaded: deque[LoadedTask] = deque()
        self._at_work: set[int] = set()
        self._results: list[tuple[LoadedTask, list[Found]]] = []
        self._submitted, self._stored = _Pace(), _Pace()
        self.versions = 0

    def add(self, article_id: int) -> list[Fault]:
        """Takes an article of which versions may wait; returns the faults of those that were done meanwhile."""
        self._articles[article_id] = None
        if self._submitted.is_due(len(self._articles)):
            self._submit()
        self._take(wait=len(self._finder) > _MAX_TASKS_AHEAD)
        return self._store() if self._stored.is_due(len(self._results)) else []

    def finish(self) -> list[Fault]:
        """Annotates what is left; returns the faults."""
        self._submit()
        faults = []
        while len(self._finder):
            self._take(wait=True)
            if len(self._results) >= _BATCH:
                faults += self._store()
        return faults + self._store()

    def close(self) -> None:
        """Ends the work. What is not stored waits."""
        self._finder.close()

    def _submit(self) -> None:
        articles, self._articles = list(self._articles), {}
        with self._submitted.step():
            tasks = load_tasks(articles, without=self._at_work) if articles else []
        for loaded in tasks:
            self._finder.submit(loaded.task)
            self._at_work.update(text.version for text in loaded.task.texts)
            self._loaded.append(loaded)

    def _take(self, *, wait: bool) -> None:
        while (done := self._finder.take(wait=wait)) is not None:
            self._results.append((self._loaded.popleft(), done[1]))
            wait = False

    def _store(self) -> list[Fault]:
        results, self._results = self._results, []
        if not results:
            return []
        with self._stored.step():
            faults = store(results)
        stored = [part.version for _, parts in results for part in parts]
        self._at_work.difference_update(stored)
        self.versions += len(stored)
        return faults


class _Pace:
    """When a step was last taken, and how long it took."""

    def __init__(self) -> None:
        self._ended = time.monotonic()
        self._took_seconds = 0.0

    @contextmanager
    def step(self) -> Iterator[None]:
        """Times the step that is taken in the block."""
        begun = time.monotonic()
        yield
        self._ended = time.monotonic()
        self._took_seconds = self._ended - begun

    def is_due(self, count: int) -> bool:
        """Whether so many are a batch, or some have waited for long enough since the last step."""
        wait = max(_MAX_WAIT_SECONDS, _WAITS_OF_A_STEP * self._took_seconds)
        return count >= _BATCH or (count > 0 and time.monotonic() - self._ended >= wait)


@contextmanager
def annotator() -> Iterator[Annotator]:
    """Gives an Annotator to the block, which calls `finish` at its end. What a fault leaves undone waits."""
    annotating = Annotator()
    try:
        yield annotating
    finally:
        annotating.close()


@dataclass(frozen=True)
class Known:
    """How many versions are annotated, how many wait, and on how many the rules failed."""

    annotated: int
    waiting: int
    failed: int


def count_known() -> Known:
    """Returns how far the archive is annotated. Three counts."""
    waiting = waiting_count()
    return Known(Annotation.objects.count() - waiting, waiting, Annotation.objects.exclude(fault="").count())


def waiting_count() -> int:
    """Returns how many versions wait to be annotated, or to be annotated again. One count, by an index."""
    return Annotation.objects.filter(rules__lt=RULES_VERSION).count()


def annotations_to_come(article: OuterRef) -> QuerySet[Annotation]:
    """Returns what waits of an article, for a condition of a query on a table that refers to it."""
    return Annotation.objects.filter(rules__lt=RULES_VERSION, version__section__article=article)


def sweep_unused(among: Iterable[int] | None = None) -> int:
    """Deletes the spellings that no text has any more, and names without any; returns how many spellings.

    Names of which a curator decided something stay, with their spellings. Looks at all spellings, by indexes, or
    `among` these.
    """
    if among is not None:
        return sum(_sweep(Q(pk__in=some)) for some in in_parts(sorted(among)))
    return _sweep(Q())


def _sweep(looked_at: Q) -> int:
    judged = [Exists(NameJudgement.objects.filter(**{path: OuterRef("name")})) for path in ("name", "other")]
    kept = Q(curated=True) | Q(name__verdict__isnull=False) | ~Q(name__note="") | ~Q(name__same_as=[])
    kept |= Q(judged[0]) | Q(judged[1]) | Q(Exists(Name.objects.filter(merged_into=OuterRef("name"))))
    with transaction.atomic():
        wait_to_write()
        unused = unused_spellings().filter(looked_at).exclude(kept)
        names = list(unused.order_by().values_list("name", flat=True).distinct())
        count, _ = unused.delete()
        for start in range(0, len(names), _BATCH_VERSIONS):
            Name.objects.filter(pk__in=names[start : start + _BATCH_VERSIONS], spellings=None).delete()
    return count


def mark_all() -> None:
    """Marks all versions as waiting; what is stored of them stays until they are done."""
    Annotation.objects.update(rules=0, mark=F("mark") + 1)


def mark_articles(article_ids: Iterable[int]) -> None:
    """Marks the versions of articles as waiting: what their annotations follow from has changed. One query.

    A process that has one at work does not end the waiting: what it read is of before.
    """
    Annotation.objects.filter(version__section__article__in=list(article_ids)).update(rules=0, mark=F("mark") + 1)


def catch_up(progress: Callable[[int, int], None], *, seconds: float | None = None) -> list[Fault]:
    """Annotates what waits, for so many seconds at most; returns the faults.

    What is done is stored in batches, so that it goes on where it was stopped.
    """
    total = waiting_count()
    end = None if seconds is None else time.monotonic() + seconds
    faults: list[Fault] = []
    with annotator() as annotating:
        for article_id in _waiting_articles():
            faults += annotating.add(article_id)
            progress(annotating.versions, total)
            if end is not None and time.monotonic() >= end:
                break
        faults += annotating.finish()
        progress(annotating.versions, total)
    return faults


def work_on() -> bool:
    """Annotates some of what waits; returns whether there was anything. Call it in one process only.

    A run that goes on annotates what it ingests itself. One query where nothing waits.
    """
    if not Annotation.objects.filter(rules__lt=RULES_VERSION).exists():
        return False
    if IngestRun.objects.filter(state=IngestRun.State.RUNNING).exists():
        return False
    catch_up(lambda done, total: None, seconds=_PART_SECONDS)
    return True


def _waiting_articles() -> Iterator[int]:
    """Yields the articles with versions that wait, in the order of these; some more than once."""
    last = 0
    waiting = Annotation.objects.filter(rules__lt=RULES_VERSION).order_by("version")
    while True:
        rows = waiting.filter(version__gt=last).annotate(article=F("version__section__article"))
        batch = list(rows.values_list("version", "article")[:_BATCH_VERSIONS])
        if not batch:
            return
        last = batch[-1][0]
        yield from dict.fromkeys(article for _, article in batch)
