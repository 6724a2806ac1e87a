"""Trying again what a run rejected: the same bytes, read once more, perhaps with other options.

Only files whose bytes are kept can be tried (`archive.rejected_files`). A retry is a run of its own, which names the
run before it. Of each file only the rejected parts count. A problem that was tried again is closed: solved, or a
problem of the new run.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from ..items import Item
from ..models import IngestRun, Problem
from ..rejected_files import drop_file, is_kept, kept_path
from .files import Stream, read_path
from .options import IntakeOptions
from .queue import origin_of
from .runs import ingest_streams, start_run

# One request reads them all.
MAX_RETRIED_FILES = 1_000


@dataclass(frozen=True)
class Retry:
    """Problems that can be tried again, how many cannot because their bytes are not kept, and how many wait."""

    problems: tuple[Problem, ...]
    not_kept: int
    left_for_later: int = 0

    @property
    def file_count(self) -> int:
        return len({(problem.sha256, problem.origin) for problem in self.problems})

    def first_files(self, count: int) -> "Retry":
        """Returns the problems of the first so many files."""
        files = list(dict.fromkeys((problem.sha256, problem.origin) for problem in self.problems))[:count]
        chosen = tuple(problem for problem in self.problems if (problem.sha256, problem.origin) in files)
        return Retry(chosen, self.not_kept, len(self.problems) - len(chosen))

    @property
    def run(self) -> IngestRun | None:
        """The run of the first of the problems."""
        return self.problems[0].run if self.problems else None

    @property
    def options(self) -> Mapping[str, str]:
        """The options of that run, as they were entered."""
        return self.run.options if self.run else {}


def plan_retry(problems: QuerySet[Problem]) -> Retry:
    """Returns which of these problems can be tried again: open rejections whose bytes are kept. One query."""
    rejected = problems.filter(level=Problem.Level.REJECTED, closed=None).select_related("run").order_by("pk")
    kept: list[Problem] = []
    files: dict[str, bool] = {}
    not_kept = 0
    for problem in rejected:
        if problem.sha256 not in files:
            files[problem.sha256] = is_kept(problem.sha256)
        if files[problem.sha256]:
            kept.append(problem)
        else:
            not_kept += 1
    return Retry(tuple(kept), not_kept)


def retry(plan: Retry, options: IntakeOptions, texts: Mapping[str, str], *, user_id: int) -> IngestRun:
    """Reads again what was rejected, as a new run; closes the problems that it solves. Raises StoppedError."""
    names = dict.fromkeys(problem.origin for problem in plan.problems)
    run = start_run(
        f"another attempt at {origin_of(tuple(names))}",
        user_id=user_id,
        options=texts,
        retries=plan.run,
        file_count=plan.file_count,
    )
    try:
        for _ in ingest_streams(_streams(plan, options), options, run=run):
            pass
    finally:
        _close_solved(plan, run)
    return run


def _files_of(problems: Iterable[Problem]) -> Mapping[tuple[str, str], list[Problem]]:
    """Returns the problems by their file: its bytes and the name that it came with."""
    files = defaultdict(list)
    for problem in problems:
        files[problem.sha256, problem.origin].append(problem)
    return files


def _streams(plan: Retry, options: IntakeOptions) -> Iterator[Stream]:
    for (sha256, origin), problems in _files_of(plan.problems).items():
        hints = options.hints(origin)
        path = kept_path(sha256)
        yield Stream(_parts(read_path(path, hints), {problem.locator for problem in problems}), hints, path)


def _parts(items: Iterable[Item], locators: set[str]) -> Iterator[Item]:
    """Yields the items at the places that were rejected; all of them if the file was rejected as a whole.

    Another reading may cut a document otherwise, so that a place within it begins with that of the document.
    """
    for item in items:
        if "" in locators or any(_is_same_place(item.locator, locator) for locator in locators):
            yield item


def _is_same_place(place: str, other: str) -> bool:
    """Whether one of two places in a file is the other, or in it."""
    return place.startswith(other) or other.startswith(place)


def _close_solved(plan: Retry, run: IngestRun) -> None:
    """Closes the problems of files that were read to their end, unless their part was rejected again."""
    rejected = defaultdict(set)
    problems_again = run.problems.filter(level=Problem.Level.REJECTED)
    for origin, locator in problems_again.values_list("origin", "locator"):
        rejected[origin].add(locator)
    files = list(_files_of(plan.problems).items())[: run.files_done]
    now = timezone.now()
    for (_, origin), problems in files:
        for problem in problems:
            again = any(_is_same_place(problem.locator, locator) for locator in rejected[origin])
            # What was rejected again is a problem of the new run.
            Problem.objects.filter(pk=problem.pk, closed=None).update(closed=now, solved_by=None if again else run)
    for sha256 in {sha256 for (sha256, _), _ in files}:
        if not Problem.objects.filter(sha256=sha256, closed=None).exists():
            drop_file(sha256)
